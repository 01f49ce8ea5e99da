"""From a target and an actual to points, exactly, with the sentence that explains them. Pure.

`score` never raises for what a form can hold: what has no score says why. Points never leave 0…weight, and doing better
never costs any.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from yuqiao.evaluation.amounts import Rounding, plain, rounded
from yuqiao.evaluation.schemes import Band, InverseRule, LateRule, Scheme, ZeroRule
from yuqiao.evaluation.targets import Target

NONE = Fraction(0)
WHOLE = Fraction(1)


class Done(StrEnum):
    """How a qualitative indicator came out; the order of the scheme's bands."""

    DONE = "done"
    PARTLY = "partly"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Indicator:
    """What is to be scored: ``actual`` for counted targets, ``done`` and ``share`` (0–100 %) for qualitative ones.

    ``share`` None lets the best of its band be taken only for what is done; a partial result needs one. For a deadline
    ``first_submitted`` counts, whatever was handed in again later (S127); ``done`` NOT says that nothing was.
    """

    name: str
    target: Target
    weight: Decimal
    actual: Decimal | Fraction | None = None
    done: Done | None = None
    share: Decimal | None = None
    first_submitted: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """Points, or None where they cannot be told; ``explanation`` is one Chinese sentence. ``ratio`` is exact.

    ``met`` says whether the target was reached, None where nobody can tell; ``parts`` belong to a compound indicator.
    """

    value: Decimal | None
    explanation: str
    ratio: Fraction | None = None
    over_achieved: bool = False
    met: bool | None = None
    parts: tuple[Score, ...] = ()


def score(indicator: Indicator, scheme: Scheme) -> Score:
    """Return the points of one indicator under a scheme."""
    target = indicator.target
    if not _finite(indicator.weight) or indicator.weight < 0:
        return Score(None, "分值不是正数，无法计分。")
    if target.deadline is not None:
        return _deadline(indicator, target.deadline, scheme)
    if target.amount is None:
        return _qualitative(indicator, scheme)
    if indicator.actual is None:
        return Score(None, "没有实际完成值，无法计分。")
    if not target.amount.value.is_finite() or not _finite(indicator.actual):
        return Score(None, "指标值或实际完成值不是数，无法计分。")
    return _counted(indicator, Fraction(indicator.actual), Fraction(target.amount.value), scheme)


def _finite(value: Decimal | Fraction) -> bool:
    """Whether it is a number at all; whole ones are, which a row that was not read back from a database may hold."""
    return not isinstance(value, Decimal) or value.is_finite()


def _counted(indicator: Indicator, actual: Fraction, wanted: Fraction, scheme: Scheme) -> Score:
    if indicator.target.is_zero:
        return _zero(indicator, actual, scheme)
    if wanted <= 0:
        return _signed(indicator, actual, scheme)
    if indicator.target.smaller_is_better:
        return _inverse(indicator, actual, wanted, scheme)
    return _proportional(indicator, actual, wanted, scheme)


def points_of(weight: Decimal, ratio: Fraction, scheme: Scheme) -> Decimal:
    """Return ``ratio`` of a weight, rounded once by the scheme's rule, never more than the weight itself."""
    exact = Fraction(weight) * max(NONE, min(ratio, WHOLE))
    got = rounded(exact, scheme.points_places, scheme.rounding)
    return got if got <= weight else rounded(exact, scheme.points_places, Rounding.TRUNCATE)


def _proportional(indicator: Indicator, actual: Fraction, wanted: Fraction, scheme: Scheme) -> Score:
    target, ratio = indicator.target, actual / wanted
    points = points_of(indicator.weight, ratio, scheme)
    if target.met_by(actual):
        over = ratio >= Fraction(scheme.over_achieved)
        tail = f"，完成率{percent(ratio, scheme)}，超出较多，需说明原因" if over else ""
        return Score(points, f"达到{target}，计满分{tail}。", ratio, over, met=True)
    if ratio <= 0:
        return Score(points, f"未完成{target}，计0分。", NONE, met=False)
    if ratio >= 1:  # "more than" was promised, exactly as much was done: the ratio leaves nothing to cut
        return Score(points, f"须{target}，实际正好相等，未达到；按完成比例计{points}分。", ratio, met=False)
    return Score(points, f"完成{percent(ratio, scheme)}，按比例计{points}分。", ratio, met=False)


def _inverse(indicator: Indicator, actual: Fraction, limit: Fraction, scheme: Scheme) -> Score:
    target = indicator.target
    if target.met_by(actual):
        return Score(points_of(indicator.weight, WHOLE, scheme), f"符合{target}，计满分。", met=True)
    ratio, how = limit / actual, "按指标值与完成值之比"
    if scheme.inverse is InverseRule.EXCESS:
        ratio, how = max(NONE, 1 - (actual - limit) / limit), "按超出比例扣减后"
    if scheme.inverse is InverseRule.NONE:
        return Score(points_of(indicator.weight, NONE, scheme), f"不符合{target}，计0分。", NONE, met=False)
    points = points_of(indicator.weight, ratio, scheme)
    return Score(points, f"不符合{target}，{how}计{points}分。", ratio, met=False)


def _zero(indicator: Indicator, actual: Fraction, scheme: Scheme) -> Score:
    if actual < 0:
        return Score(None, "实际完成值为负数，无法计分。")
    if actual == 0:
        return Score(points_of(indicator.weight, WHOLE, scheme), "未发生，计满分。", met=True)
    happened = f"目标为0，实际发生{plain(rounded(actual, scheme.rate_places))}"
    if scheme.zero is ZeroRule.STEP:
        return Score(points_of(indicator.weight, NONE, scheme), f"{happened}，计0分。", NONE, met=False)
    left = max(NONE, 1 - Fraction(scheme.zero_share) * actual)
    points = points_of(indicator.weight, left, scheme)
    return Score(points, f"{happened}，逐次扣减后计{points}分。", left, met=False)


def _signed(indicator: Indicator, actual: Fraction, scheme: Scheme) -> Score:
    """A target below 0 (a change of at least -5 %), or "more than 0": a ratio would say nothing (S128)."""
    met = indicator.target.met_by(actual)
    points = points_of(indicator.weight, WHOLE if met else NONE, scheme)
    end = "计满分" if met else "指标值不大于0、没有完成比例，计0分"
    return Score(points, f"{'达到' if met else '未达到'}{indicator.target}，{end}。", met=met)


def _deadline(indicator: Indicator, deadline: dt.date, scheme: Scheme) -> Score:
    handed_in = indicator.first_submitted
    if handed_in is None:
        if indicator.done is Done.NOT:
            return Score(points_of(indicator.weight, NONE, scheme), "没有提交，计0分。", NONE, met=False)
        return Score(None, "没有首次提交日期，无法计分。")
    day = f"首次提交日期{handed_in.isoformat()}"
    if handed_in <= deadline:
        points = points_of(indicator.weight, WHOLE, scheme)
        return Score(points, f"{day}，不晚于{deadline.isoformat()}，计满分。", WHOLE, met=True)
    late = (handed_in - deadline).days
    left = NONE
    if scheme.late is LateRule.SHARE:
        left = Fraction(scheme.late_share)
    elif scheme.late is LateRule.PER_DAY:
        left = max(NONE, 1 - Fraction(scheme.late_share) * late)
    points = points_of(indicator.weight, left, scheme)
    return Score(points, f"{day}，晚于{deadline.isoformat()}{late}天，计{points}分。", left, met=False)


def band_of(share: Decimal, scheme: Scheme) -> Band:
    """Return the band a share (0–100 %) lies in; the lower edge belongs to a band, the upper to the next better one."""
    return next((band for band in scheme.bands if share >= band.low), scheme.bands[-1])


#: Which band a result of each kind lies in, counted from the best one (财预〔2020〕10号: three bands).
BAND_OF = {Done.DONE: 0, Done.PARTLY: 1, Done.NOT: -1}


def _qualitative(indicator: Indicator, scheme: Scheme) -> Score:
    done, share = indicator.done, indicator.share
    if done is None:
        return Score(None, "没有写明是否完成，无法计分。")
    if share is None:
        if done is Done.DONE:
            return Score(points_of(indicator.weight, WHOLE, scheme), "已完成，计满分。", WHOLE, met=True)
        if done is Done.NOT:
            return Score(points_of(indicator.weight, NONE, scheme), "未完成，计0分。", NONE, met=False)
        band = scheme.bands[min(BAND_OF[done], len(scheme.bands) - 1)]
        between = f"{band.low}%至{band.high}%"
        return Score(None, f"部分完成，须由评价人在{between}之间确定得分率并说明依据。", met=False)
    if not share.is_finite() or not 0 <= share <= 100:
        return Score(None, "得分率应在0%至100%之间，无法计分。")
    ratio = Fraction(share) / 100
    points = points_of(indicator.weight, ratio, scheme)
    name = band_of(share, scheme).name
    return Score(points, f"{name}，按{plain(share)}%计{points}分。", ratio, met=done is Done.DONE)


def score_parts(weight: Decimal, parts: Sequence[Indicator], scheme: Scheme) -> Score:
    """Return the points of a compound indicator: each part scored by its own sub-weight, then added (S126).

    The sub-weights (``weight`` of each part) must add up to the parent's, or there is no score.
    """
    added = sum((part.weight for part in parts), Decimal(0))
    if not parts or added != weight:
        return Score(None, f"各部分分值合计{plain(added)}，应等于指标分值{plain(weight)}，无法计分。")
    scores = tuple(score(part, scheme) for part in parts)
    for part, one in zip(parts, scores, strict=True):
        if one.value is None:
            return Score(None, f"“{part.name}”{one.explanation}", parts=scores)
    value = total([one.value for one in scores if one.value is not None])
    pairs = zip(parts, scores, strict=True)
    told = "，".join(f"“{part.name}”{one.value}分（分值{plain(part.weight)}）" for part, one in pairs)
    return Score(value, f"{told}，合计{value}分。", met=all(one.met for one in scores), parts=scores)


def percent(ratio: Fraction, scheme: Scheme) -> str:
    """Return a ratio as the scheme prints rates: 135.20%."""
    return f"{rounded(ratio * 100, scheme.rate_places, scheme.rounding)}%"


def execution_percent(ratio: Fraction, scheme: Scheme) -> str:
    """Return a budget's rate of execution as the scheme prints it: 99.62%; Guangzhou cuts it: 99.18% (S122)."""
    return f"{rounded(ratio * 100, scheme.rate_places, scheme.execution_rounding)}%"


def budget_score(executed: Decimal, budget: Decimal, weight: Decimal, scheme: Scheme) -> Score:
    """Return the points of the budget's execution: weight × executed / budget, at most the weight (S85, S118)."""
    if not _finite(weight) or weight < 0:
        return Score(None, "分值不是正数，无法计分。")
    if not _finite(executed) or not _finite(budget) or budget <= 0:
        return Score(None, "没有预算数，无法计算执行率。")
    ratio = Fraction(executed) / Fraction(budget)
    points = points_of(weight, ratio, scheme)
    rate = execution_percent(ratio, scheme)
    return Score(points, f"执行率{rate}，计{points}分。", ratio, over_achieved=ratio > 1, met=ratio >= 1)


def total(scores: Sequence[Decimal]) -> Decimal:
    """Return the sum of scores that are rounded already: first round each, then add (S119)."""
    return sum(scores, Decimal(0))
