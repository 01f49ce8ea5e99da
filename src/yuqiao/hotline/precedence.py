"""Whose phone may be called away from whom, while it merely rings: pure.

A caller on the line goes before a call that we make ourselves, an emergency line before both, a list after all of
them. Nobody is starved: each request loses an interpreter so only once, a replacement never, and she who already picked
up is never taken away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from yuqiao.hotline.state import OUTBOUND, OUTREACH

#: The priority of emergency lines; see `hotline.models.Line`.
EMERGENCY_PRIORITY = 100


Place = tuple[bool, bool, float, str]


class Precedence(IntEnum):
    """Classes of calls; only a higher one may call an interpreter away from a lower one."""

    OUTREACH = 0
    OUTBOUND = 1
    CALLER = 2
    EMERGENCY = 3


@dataclass(frozen=True, slots=True)
class Rung:
    """An interpreter who rings for a request, ``others`` beside her, since ``since`` (UNIX seconds).

    ``place``: the request's place in the queue (`hotline.routing.place`); the smaller is served first.
    """

    interpreter: int
    request: str
    precedence: Precedence
    since: float
    place: Place
    others: int = 0
    head: bool = False
    preempted: bool = False


def precedence(way_in: str, priority: int) -> Precedence:
    """Return the class of a call."""
    if way_in in OUTBOUND:
        return Precedence.OUTREACH if way_in == OUTREACH else Precedence.OUTBOUND
    return Precedence.EMERGENCY if priority >= EMERGENCY_PRIORITY else Precedence.CALLER


def whom(mine: Precedence, place: Place, rung: Iterable[Rung]) -> Rung | None:
    """Return who is to be called away for a request of class ``mine`` at ``place``, None if nobody may be.

    Never from a request that the queue serves first: she would only come back to it. The least urgent call loses her;
    among equals one that rings others too, then the one who rings for the shortest time, who is the least likely to
    pick up at this very moment.
    """
    may = [one for one in rung if one.precedence < mine and place < one.place and not one.head and not one.preempted]
    return min(may, key=lambda one: (one.precedence, -one.others, -one.since, one.interpreter), default=None)
