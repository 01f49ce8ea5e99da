"""How grave a risk is, and what may become of it (S140). Pure."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

HIGHEST = 5
#: From these products of likelihood and impact on (of 25) a risk is grave, or middling. The matrix is one of
#: GB/T 27921-2023 (风险评估技术); the limits are ours.
GRAVE, MIDDLING = 15, 6


class Level(StrEnum):
    """How grave a risk is; grave ones need a measure and an owner."""

    GRAVE = "高"
    MIDDLING = "中"
    SLIGHT = "低"


def level(likelihood: int, impact: int) -> Level:
    """Return how grave a risk is; something that would ruin all (impact 5) is never slight."""
    product = likelihood * impact
    if product >= GRAVE:
        return Level.GRAVE
    return Level.MIDDLING if product >= MIDDLING or impact == HIGHEST else Level.SLIGHT


#: State -> what it may become; one that was closed can open again.
NEXT: dict[str, frozenset[str]] = {
    "open": frozenset({"open", "occurred", "closed"}),
    "occurred": frozenset({"occurred", "closed"}),
    "closed": frozenset({"open"}),
}


def may_become(before: str, after: str) -> bool:
    """Whether a risk in one state may be in another next."""
    return after in NEXT.get(before, frozenset())


def overdue(state: str, review_on: dt.date | None, today: dt.date) -> bool:
    """Whether somebody should have looked at it again by now."""
    return state != "closed" and review_on is not None and review_on < today
