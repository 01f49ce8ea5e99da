"""Today's figures on the board, from midnight in the city's own time."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from yuqiao.hotline.models import Call, Callback


@dataclass(frozen=True, slots=True)
class Today:
    """Calls begun today, how many an interpreter joined, and the time to interpreter in seconds (None: no call yet)."""

    calls: int
    served: int
    median: float | None
    p95: float | None
    callbacks: int


def nearest_rank(values: Sequence[float], share: float) -> float | None:
    """Return the smallest value that at least ``share`` of ``values`` do not exceed; None of nothing."""
    if not values:
        return None
    return sorted(values)[max(1, math.ceil(share * len(values))) - 1]


def today(at: dt.datetime) -> Today:
    """Return the figures of the day that ``at`` falls on."""
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    begun = Call.objects.filter(started_at__gte=midnight)
    times = [
        (joined - started).total_seconds()
        for started, joined in begun.values_list("started_at", "interpreter_at")
        if joined is not None
    ]
    return Today(
        calls=begun.count(),
        served=len(times),
        median=nearest_rank(times, 0.5),
        p95=nearest_rank(times, 0.95),
        callbacks=Callback.objects.filter(done_at=None).count(),
    )
