"""Checks of what single indicators promise: targets, units, days, where actuals come from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from yuqiao.evaluation.amounts import plain, rounded
from yuqiao.evaluation.design import day_in_name
from yuqiao.evaluation.linting.plan import ENTERED, PERCENT, Concern, Line, Plan, Severity, Yield, about, quoted
from yuqiao.evaluation.schemes import ZeroRule
from yuqiao.evaluation.targets import Operator

#: A target so far below what was reached a year before needs a reason; and so far above, where less is more.
FAR_BELOW, FAR_ABOVE = Fraction(4, 5), Fraction(5, 4)
#: Rates end so, and a growth is no rate of a whole.
RATE_NAMES = ("率", "比例", "占比", "满意度")
GROWTH = ("增长率", "增长比例", "增幅")
_GIVEN = {Yield.RATE: "百分比", Yield.COUNT: "件数", Yield.TIME: "秒数"}
#: More findings of one kind than these are told as one.
MANY = 5
TIMELINESS = "时效指标"


def rate_operator(plan: Plan) -> Iterator[Concern]:
    """≥100% of a rate is ＝100%, since there is no more (S130)."""
    for one in plan.judged:
        growth = one.name.endswith(GROWTH)
        if one.target.is_rate_at_least_whole and not growth:
            sentence = f"比率最高为100%，“{one.target}”等于“＝100%”。"
            yield about(one, Severity.DOUBT, "rate-operator", sentence, "请写作“＝100%”，或定一个可能超过的目标。")
        elif one.unit == PERCENT and (one.wanted or 0) > 100 and one.name.endswith(RATE_NAMES) and not growth:
            yield about(one, Severity.ERROR, "rate-over", f"比率不会超过100%，“{one.target}”无法完成。", "请改指标值。")


def unit_of_rate(plan: Plan) -> Iterator[Concern]:
    """A counted target has a unit, and that of a rate is per cent (S133)."""
    for one in plan.judged:
        if not one.counted:
            continue
        if not one.unit:
            sentence = f"指标值“{one.target}”没有单位。"
            yield about(one, Severity.DOUBT, "no-unit", sentence, "请写明单位，如“个”“次”“%”。")
        elif one.unit not in {PERCENT, "‰", "分"} and one.name.endswith(RATE_NAMES):
            sentence = f"名称是比率，指标值“{one.target}”的单位却是“{one.unit}”。"
            yield about(one, Severity.DOUBT, "rate-unit", sentence, "请以“%”表示，或改名称。")


def unit_of_formula(plan: Plan) -> Iterator[Concern]:
    """What the formula gives can be compared with what was promised; a count tells a deed by being more than none."""
    for one in plan.judged:
        if one.yields is Yield.SAID:
            continue
        if not one.counted and one.yields in {Yield.RATE, Yield.TIME}:
            sentence = f"指标值是“{one.target}”，数据来源给出的却是{_GIVEN[one.yields]}。"
            yield about(one, Severity.ERROR, "formula-unit", sentence, "请写明数量目标，或更换数据来源。")
        elif one.counted and (one.unit == PERCENT) != (one.yields is Yield.RATE):
            sentence = f"指标值“{one.target}”与数据来源给出的{_GIVEN[one.yields]}不能比较。"
            yield about(one, Severity.ERROR, "formula-unit", sentence, "请更换数据来源，或改指标值。")


def mixed_units(plan: Plan) -> Iterator[Concern]:
    """What is counted by one formula is counted in one unit (S133)."""
    units: defaultdict[str, set[str]] = defaultdict(set)
    for one in plan.judged:
        if one.counted and one.yields is not Yield.SAID:
            units[one.formula.partition("?")[0]].add(one.unit)
    for one in plan.judged:
        mixed = units.get(one.formula.partition("?")[0], set())
        if len(mixed) > 1 and one.counted:
            sentence = f"同一数据来源用了{quoted(sorted(mixed))}几种单位。"
            yield about(one, Severity.DOUBT, "mixed-units", sentence, "请统一单位。")


def proof_is_known(plan: Plan) -> Iterator[Concern]:
    """What a person enters, or judges, says what will prove it (S131, S134); many of a kind are one finding."""
    bare = [one for one in plan.judged if one.formula == ENTERED and not one.proof.strip() and not one.proofs]
    for counted, told, advice in (
        (True, "实际完成值由人工填报，没有写明依据。", "请选择数据来源，或写明佐证材料。"),
        (False, "“是”没有写明凭什么认定。", "请写明佐证材料，如报告、收文、验收单。"),
    ):
        mine = [one for one in bare if one.counted is counted]
        if len(mine) > MANY:
            names = quoted([one.name for one in mine])
            yield Concern(Severity.DOUBT, "no-proof", "绩效指标", f"{names}：{told}", advice)
            continue
        for one in mine:
            yield about(one, Severity.DOUBT, "no-proof", told, advice)


def day_is_set(plan: Plan) -> Iterator[Concern]:
    """Timeliness has a day (S134), and the day in a name is the one that counts."""
    for one in plan.judged:
        named = day_in_name(one.name, plan.year)
        if named is not None and one.deadline is None:
            sentence = "名称写明了期限，但没有设置完成期限。"
            yield about(one, Severity.DOUBT, "no-deadline", sentence, f"请将期限设为{named.isoformat()}。")
        elif named is not None and one.deadline != named:
            sentence = (
                f"名称中的期限是{named.isoformat()}，设置的是{one.deadline.isoformat() if one.deadline else ''}。"
            )
            yield about(one, Severity.ERROR, "other-deadline", sentence, "请改一致。")
        elif one.level2 == TIMELINESS and one.deadline is None and one.unit != PERCENT:
            yield about(one, Severity.DOUBT, "no-deadline", "时效指标没有完成期限。", "请设置期限，以首次提交日期计。")


def always_met(plan: Plan) -> Iterator[Concern]:
    """A target that nothing can miss promises nothing; one of nothing has no ratio (S128)."""
    zeros = []
    for one in plan.judged:
        if one.target.operator in {Operator.AT_LEAST, Operator.MORE} and one.wanted is not None and one.wanted <= 0:
            yield about(one, Severity.ERROR, "always-met", f"“{one.target}”必然完成。", "请定一个有意义的目标。")
        elif one.target.operator is Operator.LESS and one.wanted is not None and one.wanted <= 0:
            yield about(one, Severity.ERROR, "never-met", f"“{one.target}”无法完成。", "请改指标值。")
        elif one.target.is_zero:
            zeros.append(one.name)
    if zeros:
        each = plan.scheme.zero is ZeroRule.EACH
        cost = f"每发生一次扣{plain(plan.scheme.zero_share * 100)}%" if each else "发生一次即不得分"
        sentence = f"{quoted(zeros)}的目标为0，没有完成率；按本评分方案{cost}。"
        yield Concern(Severity.NOTE, "zero", "绩效指标", sentence, "如不合适，请在计划中选用其他评分方案。")


def far_from_last_year(plan: Plan) -> Iterator[Concern]:
    """A target far below what was reached a year before, or this year already, is too easy."""
    for one in plan.judged:
        wanted = one.wanted
        if wanted is None or wanted == 0:
            continue
        if one.last is not None and one.last > 0 and _easier(one, wanted, one.last):
            sentence = f"指标值“{one.target}”比上年实际完成的{_told(one, one.last)}宽松很多。"
            yield about(one, Severity.DOUBT, "easy", sentence, "请提高目标，或说明原因。")
        rising = not one.target.smaller_is_better and one.unit != PERCENT
        if rising and one.reached is not None and one.reached >= wanted * Fraction(plan.scheme.over_achieved):
            sentence = f"目前已完成{_told(one, one.reached)}，大大超过全年指标值“{one.target}”。"
            yield about(one, Severity.DOUBT, "reached", sentence, "请核对目标；如需调整，须在年底前经批准变更。")


def far_from_forecast(plan: Plan) -> Iterator[Concern]:
    """A target far below what the groundwork expects is no ambition (S139)."""
    for one in plan.judged:
        if one.wanted and one.expected is not None and one.expected > 0 and _easier(one, one.wanted, one.expected):
            sentence = f"指标值“{one.target}”比前期预测的{_told(one, one.expected)}宽松很多。"
            yield about(one, Severity.DOUBT, "easy-forecast", sentence, "请提高目标，或更新预测。")


def _easier(line: Line, wanted: Fraction, last: Fraction) -> bool:
    if line.target.smaller_is_better:
        return wanted > last * FAR_ABOVE
    return wanted < last * FAR_BELOW


def _told(line: Line, value: Fraction) -> str:
    return f"{plain(rounded(value, 2))}{line.unit}"
