"""Weights, points and the total: what follows from what is printed, by the scheme."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import product

from yuqiao.evaluation.amounts import plain, rounded
from yuqiao.evaluation.findings import Finding, Weight, actual_of, measured, number, of_row, target_of, year_of
from yuqiao.evaluation.form import Form, IndicatorRow
from yuqiao.evaluation.schemes import BUDGET, InverseRule, Scheme, ZeroRule
from yuqiao.evaluation.scoring import Done, Indicator, score
from yuqiao.evaluation.targets import COUNTED, JUDGED, Operator, Target, TargetError, read_day, read_target


def understood(form: Form, _scheme: Scheme) -> Iterator[Finding]:
    """What the reader could not place, and cells that hold no target or no number."""
    for line in form.not_understood:
        yield Finding(Weight.FORM, "not-understood", "", f"无法识别：{line}")
    for line in form.guessed:
        yield Finding(Weight.FORM, "guessed", "", line)
    for row in form.indicators:
        try:
            read_target(row.target, year_of(form))
        except TargetError:
            sentence = f"年度指标值“{row.target.strip()}”无法识别，应写作“≥500个”“2023年7月31日前”或“是”。"
            yield of_row(row, Weight.ERROR, "target", sentence, printed=row.target)
        if number(row.weight) is None or number(row.points) is None:
            sentence = f"分值“{row.weight.strip()}”或得分“{row.points.strip()}”不是数字。"
            yield of_row(row, Weight.ERROR, "no-points", sentence)


def weights(form: Form, scheme: Scheme) -> Iterator[Finding]:
    """Weights add up to 100, to the printed sum, and to the scheme's share of each category (S119, S121)."""
    budget = number(form.funds[0].weight) if form.funds else None
    added = sum((number(row.weight) or Decimal(0) for row in form.indicators), budget or Decimal(0))
    printed = number(form.total_weight)
    if budget is not None and form.indicators and added != 100:
        sentence = f"分值合计{plain(added)}，应为100。"
        yield Finding(Weight.ERROR, "weights", "分值", sentence, printed=plain(added), should="100")
    if printed is not None and printed != added and not (budget is None and printed == 100):
        sentence = f"总分行的分值{form.total_weight}，各项分值合计{plain(added)}。"
        yield Finding(Weight.ERROR, "total-weight", "总分", sentence, printed=form.total_weight, should=plain(added))
    for category, has in category_weights(form).items():
        wanted = scheme.weights.get(category)
        if wanted is not None and has != wanted:
            sentence = f"{category}分值{plain(has)}，{scheme.name}规定{wanted}。"
            yield Finding(Weight.ERROR, "category-weight", category, sentence, printed=plain(has), should=str(wanted))


def category_weights(form: Form) -> dict[str, Decimal]:
    """Return the weights of a form by first-level category, the budget's first."""
    budget = number(form.funds[0].weight) if form.funds else None
    shares: dict[str, Decimal] = {BUDGET: budget} if budget is not None else {}
    for row in form.indicators:
        shares[row.level1] = shares.get(row.level1, Decimal(0)) + (number(row.weight) or Decimal(0))
    return shares


def points(form: Form, scheme: Scheme) -> Iterator[Finding]:
    """Each row's points follow from target and actual by the scheme."""
    for row in form.indicators:
        weight, printed, target = number(row.weight), number(row.points), target_of(row, year_of(form))
        if weight is None or printed is None or target is None:
            continue
        if printed > weight or printed < 0:
            sentence = f"得分{row.points}不在0至分值{row.weight}之间。"
            yield of_row(row, Weight.ERROR, "more-than-weight", sentence, printed=row.points)
        elif target.operator in COUNTED:
            yield from _counted(row, target, weight, printed, scheme)
        elif target.operator is Operator.BY:
            yield from _timely(row, target, (weight, printed), scheme, year_of(form))
        else:
            yield from _qualitative(row, weight, printed, scheme)


def _counted(row: IndicatorRow, target: Target, weight: Decimal, printed: Decimal, scheme: Scheme) -> Iterator[Finding]:
    actual = actual_of(row)
    if actual is None:
        sentence = f"实际完成值“{row.actual.strip()}”不是数字，无法复算得分。"
        yield of_row(row, Weight.ERROR, "no-actual", sentence, printed=row.actual)
        return
    asked = Indicator(row.name, target, weight, measured(target, actual))
    right = score(asked, scheme)
    if right.value is not None and rounded(right.value, 2) != rounded(printed, 2):
        if _fits_another_rule(asked, printed, scheme):
            sentence = f"得分{row.points}，按{scheme.name}应为{right.value}；与另一种计分规则相符，需写明计分规则。"
            yield of_row(row, Weight.DOUBT, "other-rule", sentence, printed=row.points, should=f"{right.value}")
        else:
            sentence = f"得分{row.points}，按规则应为{right.value}：{right.explanation}"
            yield of_row(row, Weight.ERROR, "points", sentence, printed=row.points, should=f"{right.value}")
    if right.over_achieved and not row.remark.strip():
        yield of_row(row, Weight.DOUBT, "over-achieved", right.explanation, printed=row.actual)


def _fits_another_rule(asked: Indicator, printed: Decimal, scheme: Scheme) -> bool:
    """Whether the points are right under another published rule for limits and for zero targets, where there is one."""
    if not asked.target.smaller_is_better:
        return False
    schemes = (replace(scheme, inverse=one, zero=other) for one, other in product(InverseRule, ZeroRule))
    found = (score(asked, one).value for one in schemes)
    return any(value is not None and rounded(value, 2) == rounded(printed, 2) for value in found)


def _timely(
    row: IndicatorRow, target: Target, numbers: tuple[Decimal, Decimal], scheme: Scheme, year: int | None
) -> Iterator[Finding]:
    weight, printed = numbers
    first = read_day(row.actual, year)
    if first is None:
        sentence = f"实际完成值“{row.actual.strip()}”不是日期，应填首次提交日期（时限{target}）。"
        yield of_row(row, Weight.DOUBT, "no-date", sentence, printed=row.actual)
        return
    right = score(Indicator(row.name, target, weight, first_submitted=first), scheme)
    if right.met and right.value is not None and rounded(right.value, 2) != rounded(printed, 2):
        sentence = f"得分{row.points}，按规则应为{right.value}：{right.explanation}"
        yield of_row(row, Weight.ERROR, "points", sentence, printed=row.points, should=f"{right.value}")
    if not right.met and rounded(printed, 2) == rounded(weight, 2):
        sentence = f"{right.explanation.rstrip('。')}，却得满分{row.points}。"
        yield of_row(row, Weight.ERROR, "late-full", sentence, printed=row.points, should=f"{right.value}")


def _qualitative(row: IndicatorRow, weight: Decimal, printed: Decimal, scheme: Scheme) -> Iterator[Finding]:
    done = _said_done(row.actual)
    full = score(Indicator(row.name, Target(Operator.DONE), weight, done=Done.DONE), scheme).value
    if done and full is not None and rounded(printed, 2) != rounded(full, 2):
        sentence = f"写明已完成，得分{row.points}，应为{full}，或说明扣分原因。"
        yield of_row(row, Weight.ERROR, "points", sentence, printed=row.points, should=f"{full}")
    if not done:
        share = rounded(Fraction(printed) / Fraction(weight) * 100, 1) if weight else Decimal(0)
        sentence = f"未全部完成（{row.actual.strip()}），得分率{share}%没有写明依据；请拆分指标或写明评分依据。"
        yield of_row(row, Weight.DOUBT, "partial", sentence, printed=row.points)


def _said_done(actual: str) -> bool:
    """Whether a cell says that all was done: 是, 是，2023-07-12首次完成, 服务环境得到提升; not 未完成."""
    text = actual.strip()
    if re.search("[未没不逾]", text):
        return False
    return re.split("[，,（(]", text)[0] in JUDGED or text.endswith(CONCLUDED)


#: How a sentence ends that says what came of something.
CONCLUDED = tuple(one for one in JUDGED if len(one) > 2)


def addition(form: Form, _scheme: Scheme) -> Iterator[Finding]:
    """The printed total is the sum of the printed points (S119)."""
    printed = number(form.total_points)
    if printed is None:
        yield Finding(Weight.FORM, "no-total", "总分", "没有总分。")
        return
    added = points_added(form)
    if added != printed:
        sentence = f"各项得分合计{plain(added)}，总分写作{form.total_points}。"
        yield Finding(Weight.ERROR, "total", "总分", sentence, printed=form.total_points, should=plain(added))
    if not 0 <= printed <= 100:
        yield Finding(Weight.ERROR, "total-range", "总分", "总分应在0至100之间。", printed=form.total_points)


def points_added(form: Form) -> Decimal:
    """Return the sum of all printed points; the budget's counts once, in the row of the whole (S85)."""
    budget = number(form.funds[0].points) if form.funds else None
    return sum((number(row.points) or Decimal(0) for row in form.indicators), budget or Decimal(0))
