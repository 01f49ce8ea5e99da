"""Today's figures on the board, from midnight in the city's own time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from yuqiao.hotline.figures import percentile
from yuqiao.hotline.models import Call, Callback
from yuqiao.hotline.state import OUTBOUND


@dataclass(frozen=True, slots=True)
class Today:
    """Calls begun today, how many an interpreter joined, and the time to interpreter in seconds (None: no call yet)."""

    calls: int
    served: int
    median: float | None
    p95: float | None
    callbacks: int


def today(at: dt.datetime) -> Today:
    """Return the figures of the day that ``at`` falls on."""
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    begun = Call.objects.filter(started_at__gte=midnight).exclude(way_in__in=OUTBOUND)  # ours, not a caller's
    times = [
        (joined - started).total_seconds()
        for started, joined in begun.values_list("started_at", "interpreter_at")
        if joined is not None
    ]
    return Today(
        calls=begun.count(),
        served=len(times),
        median=percentile(times, 50) if times else None,
        p95=percentile(times, 95) if times else None,
        callbacks=Callback.objects.filter(done_at=None).count(),
    )
