"""The arithmetic of somebody's self-evaluation form, checked: ratios, scores, the total; and what an auditor asks.

Each check is one small function in one visible list (`CHECKS`); it yields findings and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from yuqiao.evaluation.amounts import QUOTES, Amount, Rounding, decimals, plain, read_amount, rounded
from yuqiao.evaluation.form import Form, FundsRow, IndicatorRow
from yuqiao.evaluation.schemes import BUDGET, Scheme
from yuqiao.evaluation.scoring import Done, Indicator, score
from yuqiao.evaluation.targets import Operator, Target, TargetError, read_target, split_operator


class Weight(StrEnum):
    """How much a finding weighs."""

    ERROR = "错误"  # contradicts itself or the scheme
    DOUBT = "疑问"  # needs a reason or evidence
    FORM = "格式"  # should be written otherwise


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, where, and what should stand there. ``rule`` is a code that does not change."""

    weight: Weight
    rule: str
    where: str
    sentence: str


Check = Callable[[Form, Scheme], Iterator[Finding]]


def audit(form: Form, scheme: Scheme) -> list[Finding]:
    """Return all findings, in the order of the checks."""
    return [finding for check in CHECKS for finding in check(form, scheme)]


def number(text: str) -> Decimal | None:
    """Return the number a printed cell holds, without its unit; None for a dash or no number."""
    amount = read_amount(text)
    return None if amount is None else amount.value


def target_of(row: IndicatorRow) -> Target | None:
    """Return the row's target, None if it cannot be read."""
    try:
        return read_target(row.target)
    except TargetError:
        return None


def actual_of(row: IndicatorRow) -> Amount | None:
    """Return the row's actual as a number, whatever operator somebody put before it."""
    return read_amount(split_operator(row.actual)[1])


def understood(form: Form, _scheme: Scheme) -> Iterator[Finding]:
    """What the reader could not place, and cells that hold no target or no number."""
    for line in form.not_understood:
        yield Finding(Weight.FORM, "not-understood", "", f"无法识别：{line}")
    for row in form.indicators:
        try:
            read_target(row.target)
        except TargetError:
            yield Finding(Weight.ERROR, "target", row.name, f"年度指标值“{row.target}”无法识别，应写作“≥500个”或“是”。")
        if number(row.weight) is None or number(row.points) is None:
            yield Finding(Weight.ERROR, "no-points", row.name, "分值或得分不是数字。")


def execution(form: Form, scheme: Scheme) -> Iterator[Finding]:
    """Each source's rate and points follow from its amounts, by one rounding rule (S118, S122)."""
    for row in form.funds:
        budget, executed = number(row.adjusted), number(row.executed)
        if not budget or executed is None:
            continue
        ratio = Fraction(executed) / Fraction(budget)
        yield from _rate(row, ratio, scheme)
        weight, points = number(row.weight), number(row.points)
        if weight is not None and points is not None:
            right = rounded(Fraction(weight) * min(ratio, Fraction(1)), decimals(row.points), scheme.rounding)
            if points != right:
                yield Finding(Weight.ERROR, "budget-points", row.name, f"预算得分{row.points}，应为{right}。")
        if ratio > 1:
            yield Finding(Weight.DOUBT, "overspent", row.name, "执行数超过预算数，需说明资金来源。")


def _rate(row: FundsRow, ratio: Fraction, scheme: Scheme) -> Iterator[Finding]:
    printed = number(row.rate)
    if printed is None:
        return
    places = decimals(row.rate)
    if printed == rounded(ratio * 100, places, scheme.execution_rounding):
        return
    other = Rounding.TRUNCATE if scheme.execution_rounding is Rounding.HALF_UP else Rounding.HALF_UP
    right = rounded(ratio * 100, places, scheme.execution_rounding)
    if printed == rounded(ratio * 100, places, other):
        yield Finding(Weight.ERROR, "rate-rounding", row.name, f"执行率{row.rate}的进位规则与模板不同，应为{right}%。")
    else:
        yield Finding(Weight.ERROR, "rate", row.name, f"执行率{row.rate}有误，应为{right}%。")


def sources(form: Form, _scheme: Scheme) -> Iterator[Finding]:
    """The sources add up to the first row, and the initial budget differs from the adjusted one only with a reason."""
    if len(form.funds) < 2:
        return
    whole, *parts = form.funds
    for name, read in (("年初预算数", "initial"), ("全年预算数", "adjusted"), ("全年执行数", "executed")):
        printed = number(getattr(whole, read))
        added = sum((number(getattr(part, read)) or Decimal(0) for part in parts), Decimal(0))
        if printed is not None and printed != added:
            yield Finding(Weight.ERROR, "sources", name, f"资金来源合计{plain(added)}，年度资金总额{plain(printed)}。")
    initial, adjusted, executed = number(whole.initial), number(whole.adjusted), number(whole.executed)
    if initial and adjusted is not None and executed is not None and initial != adjusted:
        change = rounded(abs(Fraction(initial - adjusted)) / Fraction(initial) * 100, 2)
        rate = rounded(Fraction(executed) / Fraction(initial) * 100, 2)
        verb = "调减" if adjusted < initial else "调增"
        moved = f"全年预算数比年初{verb}{plain(abs(initial - adjusted))}万元（{change}%），需有批复"
        sentence = f"{moved}；按年初预算数执行率为{rate}%。"
        yield Finding(Weight.DOUBT, "budget-base", whole.name, sentence)


def weights(form: Form, scheme: Scheme) -> Iterator[Finding]:
    """Weights add up to 100 and to the scheme's share of each category (S119, S121)."""
    budget = number(form.funds[0].weight) if form.funds else None
    added = sum((number(row.weight) or Decimal(0) for row in form.indicators), Decimal(0))
    if budget is not None and form.indicators and added + budget != 100:
        yield Finding(Weight.ERROR, "weights", "分值", f"分值合计{plain(added + budget)}，应为100。")
    shares: dict[str, Decimal] = {BUDGET: budget} if budget is not None else {}
    for row in form.indicators:
        shares[row.level1] = shares.get(row.level1, Decimal(0)) + (number(row.weight) or Decimal(0))
    for category, wanted in scheme.weights.items():
        if category in shares and shares[category] != wanted:
            sentence = f"{category}分值{plain(shares[category])}，{scheme.name}规定{wanted}。"
            yield Finding(Weight.ERROR, "category-weight", category, sentence)


def points(form: Form, scheme: Scheme) -> Iterator[Finding]:
    """Each row's points follow from target and actual by the scheme."""
    for row in form.indicators:
        weight, printed, target = number(row.weight), number(row.points), target_of(row)
        if weight is None or printed is None or target is None:
            continue
        if printed > weight:
            yield Finding(Weight.ERROR, "more-than-weight", row.name, f"得分{row.points}超过分值{row.weight}。")
            continue
        if target.operator is Operator.DONE:
            yield from _qualitative(row, weight, printed, scheme)
            continue
        actual = actual_of(row)
        if actual is None:
            yield Finding(Weight.ERROR, "no-actual", row.name, f"实际完成值“{row.actual}”不是数字。")
            continue
        right = score(Indicator(row.name, target, weight, actual.value), scheme)
        if right.value is not None and rounded(right.value, 2) != rounded(printed, 2):
            sentence = f"得分{row.points}，按规则应为{right.value}：{right.explanation}"
            yield Finding(Weight.ERROR, "points", row.name, sentence)
        if right.over_achieved:
            yield Finding(Weight.DOUBT, "over-achieved", row.name, right.explanation)


def _qualitative(row: IndicatorRow, weight: Decimal, printed: Decimal, scheme: Scheme) -> Iterator[Finding]:
    done = row.actual.strip() in {"是", "完成", "达成", "已完成"}
    full = score(Indicator(row.name, Target(Operator.DONE), weight, done=Done.DONE), scheme).value
    if done and full is not None and rounded(printed, 2) != rounded(full, 2):
        yield Finding(Weight.ERROR, "points", row.name, f"写明已完成，得分{row.points}，应为{full}。")
    if not done:
        share = rounded(Fraction(printed) / Fraction(weight) * 100, 1) if weight else Decimal(0)
        sentence = f"未全部完成（{row.actual}），得分率{share}%没有写明依据；请拆分指标或写明评分依据。"
        yield Finding(Weight.DOUBT, "partial", row.name, sentence)
    if not row.remark:
        yield Finding(Weight.DOUBT, "evidence", row.name, "“是”没有完成日期或佐证材料，无法核对。")


def addition(form: Form, scheme: Scheme) -> Iterator[Finding]:
    """The printed total is the sum of the printed points, and tells the grade."""
    printed = number(form.total_points)
    if printed is None:
        yield Finding(Weight.FORM, "no-total", "总分", "没有总分。")
        return
    budget = number(form.funds[0].points) if form.funds else None
    added = sum((number(row.points) or Decimal(0) for row in form.indicators), budget or Decimal(0))
    if added != printed:
        yield Finding(Weight.ERROR, "total", "总分", f"各项得分合计{plain(added)}，总分写作{form.total_points}。")
    if not 0 <= printed <= 100:
        yield Finding(Weight.ERROR, "total-range", "总分", "总分应在0至100之间。")


def writing(form: Form, _scheme: Scheme) -> Iterator[Finding]:
    """Cells that are written so that nobody can compare them (S130–S133)."""
    for row in form.indicators:
        target = target_of(row)
        operator, _ = split_operator(row.actual)
        if operator is not None:
            sentence = f"实际完成值“{row.actual.strip()}”带有运算符，应填实际数。"
            yield Finding(Weight.DOUBT, "operator-in-actual", row.name, sentence)
        if any(cell.strip()[:1] in QUOTES for cell in (row.target, row.actual) if cell.strip()):
            yield Finding(Weight.FORM, "stray-quote", row.name, "单元格前有多余的引号（表格转义残留）。")
        amount = None if target is None else target.amount
        if target and amount and amount.unit == "%" and amount.value == 100 and target.operator is Operator.AT_LEAST:
            yield Finding(Weight.FORM, "rate-operator", row.name, "比率最高为100%，“≥100%”应写作“＝100%”。")
        actual = actual_of(row)
        if amount and actual and amount.unit and not actual.unit:
            yield Finding(Weight.FORM, "unit", row.name, f"实际完成值“{row.actual.strip()}”缺少单位“{amount.unit}”。")
    styles = {decimals(row.weight) for row in form.indicators}
    if len(styles) > 1:
        yield Finding(Weight.FORM, "weight-format", "分值", "分值的小数位数不一致。")


def design(form: Form, scheme: Scheme) -> Iterator[Finding]:
    """Indicators that cannot be judged well: two in one, categories missing, deviations without remark (S126, S136)."""
    for row in form.indicators:
        clauses = [one for one in row.name.replace("、", "，").split("，") if any(verb in one for verb in COMPOUND)]
        if len(clauses) > 1:
            yield Finding(Weight.DOUBT, "compound", row.name, "一个指标含多项任务，应拆分并分别赋分。")
        weight, printed = number(row.weight), number(row.points)
        if weight is not None and printed is not None and printed < weight and not row.remark:
            yield Finding(Weight.DOUBT, "no-remark", row.name, "未得满分，缺少偏差原因分析及改进措施。")
    present = "".join(row.level2 for row in form.indicators)
    missing = [one for one in scheme.categories if one.removesuffix("指标") not in present] if form.indicators else []
    if missing:
        yield Finding(Weight.DOUBT, "categories", "绩效指标", f"没有设置{'、'.join(missing)}。")


#: Words that make a clause a task of its own.
COMPOUND = ("完成", "制作", "组织", "提交", "编制", "开展", "提升")

CHECKS: tuple[Check, ...] = (understood, execution, sources, weights, points, addition, writing, design)
