"""From a target and an actual to points, exactly, with the sentence that explains them. Pure.

`score` never raises for what a form can hold: what has no score says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from yuqiao.evaluation.amounts import plain, rounded
from yuqiao.evaluation.schemes import Band, InverseRule, Scheme, ZeroRule
from yuqiao.evaluation.targets import Target


class Done(StrEnum):
    """How a qualitative indicator came out; the order of the scheme's bands."""

    DONE = "done"
    PARTLY = "partly"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Indicator:
    """What is to be scored. ``actual`` for counted indicators; ``done`` and ``share`` (0–100 %) for qualitative ones.

    ``share`` None lets the best of its band be taken only for what is done; a partial result needs one.
    """

    name: str
    target: Target
    weight: Decimal
    actual: Decimal | None = None
    done: Done | None = None
    share: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """Points, or None where they cannot be told; ``explanation`` is one Chinese sentence. ``ratio`` is exact."""

    value: Decimal | None
    explanation: str
    ratio: Fraction | None = None
    over_achieved: bool = False


def score(indicator: Indicator, scheme: Scheme) -> Score:
    """Return the points of one indicator under a scheme."""
    if indicator.target.amount is None:
        return _qualitative(indicator, scheme)
    if indicator.actual is None:
        return Score(None, "没有实际完成值，无法计分。")
    if indicator.target.is_zero:
        return _zero(indicator, indicator.actual, scheme)
    if indicator.target.smaller_is_better:
        return _inverse(indicator, indicator.actual, scheme)
    return _proportional(indicator, indicator.actual, scheme)


def _points(indicator: Indicator, ratio: Fraction, scheme: Scheme) -> Decimal:
    """Exact points as a ratio of the weight, rounded once, by the scheme's rule."""
    return rounded(Fraction(indicator.weight) * ratio, scheme.points_places, scheme.rounding)


def _full(indicator: Indicator, scheme: Scheme) -> Decimal:
    return rounded(indicator.weight, scheme.points_places, scheme.rounding)


def _proportional(indicator: Indicator, actual: Decimal, scheme: Scheme) -> Score:
    amount = indicator.target.amount
    wanted = Fraction(amount.value if amount else 1)
    ratio = Fraction(actual) / wanted
    if indicator.target.met_by(actual):
        over = ratio >= Fraction(scheme.over_achieved)
        tail = f"，完成率{percent(ratio, scheme)}，超出较多，需说明原因" if over else ""
        return Score(_full(indicator, scheme), f"达到{indicator.target}，计满分{tail}。", ratio, over)
    if ratio <= 0:
        return Score(_points(indicator, Fraction(0), scheme), f"未完成{indicator.target}，计0分。", Fraction(0))
    if ratio >= 1:  # "more than" was promised, exactly as much was done
        return Score(
            _points(indicator, Fraction(0), scheme), f"须{indicator.target}，实际正好相等，未达到，计0分。", ratio
        )
    points = _points(indicator, ratio, scheme)
    return Score(points, f"完成{percent(ratio, scheme)}，按比例计{points}分。", ratio)


def _inverse(indicator: Indicator, actual: Decimal, scheme: Scheme) -> Score:
    if indicator.target.met_by(actual):
        return Score(_full(indicator, scheme), f"不超过{indicator.target}，计满分。")
    amount = indicator.target.amount
    ratio = Fraction(amount.value if amount else 0) / Fraction(actual)
    if scheme.inverse is InverseRule.NONE or ratio >= 1:
        return Score(_points(indicator, Fraction(0), scheme), f"超过{indicator.target}，计0分。", Fraction(0))
    points = _points(indicator, ratio, scheme)
    return Score(points, f"超过{indicator.target}，按指标值与完成值之比计{points}分。", ratio)


def _zero(indicator: Indicator, actual: Decimal, scheme: Scheme) -> Score:
    if actual == 0:
        return Score(_full(indicator, scheme), "未发生，计满分。")
    if actual < 0:
        return Score(None, "实际完成值为负数，无法计分。")
    if scheme.zero is ZeroRule.STEP:
        return Score(_points(indicator, Fraction(0), scheme), f"目标为0，实际发生{plain(actual)}，计0分。", Fraction(0))
    left = max(Fraction(0), 1 - Fraction(scheme.zero_share) * Fraction(actual))
    points = _points(indicator, left, scheme)
    return Score(points, f"目标为0，实际发生{plain(actual)}，逐次扣减后计{points}分。", left)


def band_of(share: Decimal, scheme: Scheme) -> Band:
    """Return the band a share (0–100 %) lies in; the lower edge belongs to a band, the upper to the next better one."""
    return next(band for band in scheme.bands if share >= band.low)


def _qualitative(indicator: Indicator, scheme: Scheme) -> Score:
    if indicator.done is None:
        return Score(None, "没有写明是否完成，无法计分。")
    if indicator.share is None:
        if indicator.done is Done.DONE:
            return Score(_full(indicator, scheme), "已完成，计满分。", Fraction(1))
        if indicator.done is Done.NOT:
            return Score(_points(indicator, Fraction(0), scheme), "未完成，计0分。", Fraction(0))
        return Score(None, "部分完成，须由评价人在60%至80%之间确定得分率并说明依据。")
    ratio = Fraction(indicator.share) / 100
    points = _points(indicator, ratio, scheme)
    return Score(points, f"{band_of(indicator.share, scheme).name}，按{plain(indicator.share)}%计{points}分。", ratio)


def percent(ratio: Fraction, scheme: Scheme) -> str:
    """Return a ratio as the scheme prints rates: 99.62%."""
    return f"{rounded(ratio * 100, scheme.rate_places, scheme.rounding)}%"


def budget_score(executed: Decimal, budget: Decimal, weight: Decimal, scheme: Scheme) -> Score:
    """Return the points of the budget's execution: weight × executed / budget, at most the weight (S85, S118)."""
    if budget <= 0:
        return Score(None, "没有预算数，无法计算执行率。")
    ratio = Fraction(executed) / Fraction(budget)
    exact = Fraction(weight) * max(Fraction(0), min(ratio, Fraction(1)))
    points = rounded(exact, scheme.points_places, scheme.rounding)
    return Score(points, f"执行率{percent(ratio, scheme)}，计{points}分。", ratio, over_achieved=ratio > 1)


def total(scores: list[Decimal]) -> Decimal:
    """Return the sum of scores that are rounded already: first round each, then add (S119)."""
    return sum(scores, Decimal(0))
