"""A self-evaluation form as printed (S4): cells as text, so that an audit can compare what stands with what should."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FundsRow:
    """One source of money in 万元: initial budget, adjusted budget, executed, weight, rate, points; "—" for none."""

    name: str
    initial: str
    adjusted: str
    executed: str
    weight: str = ""
    rate: str = ""
    points: str = ""


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """One third-level indicator; ``where`` says where it was found (row 12, page 2)."""

    level1: str
    level2: str
    name: str
    target: str
    actual: str
    weight: str
    points: str
    remark: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """One form. ``not_understood`` lists what a reader could not place; ``guessed`` what it placed by its content.

    ``goal`` (预期目标) and ``achieved`` (实际完成情况) are the year's, as paragraphs.
    """

    title: str = ""
    year: str = ""
    header: dict[str, str] = field(default_factory=dict)
    funds: tuple[FundsRow, ...] = ()
    indicators: tuple[IndicatorRow, ...] = ()
    total_weight: str = ""
    total_points: str = ""
    not_understood: tuple[str, ...] = ()
    goal: str = ""
    achieved: str = ""
    guessed: tuple[str, ...] = ()
