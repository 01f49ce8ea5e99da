"""What a simulated stretch of time came to: waits by how a language was covered, and by class of line. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from yuqiao.hotline.routing import MOBILE, REMOTE, RESIDENT
from yuqiao.hotline.simulation.people import Outcome

EMERGENCY = "emergency"
#: How a language was covered when an interpreter was asked for.
STAFFED, MOBILES = frozenset({RESIDENT}), frozenset({REMOTE, MOBILE})


@dataclass(frozen=True, slots=True)
class Waits:
    """Of some calls: how many asked for an interpreter, the share of them who had one, and their waits in seconds.

    ``p50`` and ``p95`` count those who had one, from the moment the language was known until she was heard;
    ``longest`` counts everybody, also those who gave up or were promised a call.
    """

    calls: int
    asked: int
    served: float
    p50: float
    p95: float
    longest: float
    gave_up: int
    callbacks: int


def waits(outcomes: Iterable[Outcome]) -> Waits:
    """Sum up these calls; percentiles by the nearest rank, 0 where there is nothing."""
    told = list(outcomes)
    asked = [one for one in told if one.asked_at is not None]
    spent = sorted(one.waited or 0.0 for one in asked if one.interpreter_at is not None)
    endings = Counter(one.outcome for one in told)
    return Waits(
        calls=len(told),
        asked=len(asked),
        served=len(spent) / len(asked) if asked else 1.0,
        p50=rank(spent, 0.5),
        p95=rank(spent, 0.95),
        longest=max((one.waited or 0.0 for one in asked), default=0.0),
        gave_up=endings["abandoned"],
        callbacks=sum(one.callback for one in told),
    )


def rank(ordered: Sequence[float], share: float) -> float:
    """Return the value at the nearest rank of an ordered sequence; 0 for none."""
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else 0.0


def staffed(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Return the calls in languages whose seats were on duty."""
    return [one for one in outcomes if one.cover in STAFFED]


def by_phone(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Return the calls in languages covered by remote interpreters and mobile phones alone."""
    return [one for one in outcomes if one.cover in MOBILES]


def emergencies(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Return the calls of emergency lines, in whatever language at whatever hour."""
    return [one for one in outcomes if one.line_class == EMERGENCY]
