"""Today's figures on the board, from midnight in the city's own time; defined as in the statistics."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, F, Max
from django.utils import timezone

from yuqiao.hotline.figures import percentile
from yuqiao.hotline.figures.catalogue import BY_CODE
from yuqiao.hotline.figures.definition import ANSWER_WITHIN, Scope
from yuqiao.hotline.models import Callback


@dataclass(frozen=True, slots=True)
class Today:
    """Calls begun today, how many an interpreter joined, and the time to interpreter in seconds (None: no call yet).

    ``in_time``: answered within ``promised`` seconds (the figure ``service_level``); ``abandoned``: the caller hung up
    before an interpreter joined; ``longest``: the longest time to interpreter in seconds.
    """

    calls: int
    served: int
    median: float | None
    p95: float | None
    callbacks: int
    in_time: int = 0
    abandoned: int = 0
    longest: float | None = None
    promised: int = int(ANSWER_WITHIN.total_seconds())

    @property
    def level(self) -> int | None:
        """Return the share answered in time in percent, cut; None before the first call."""
        return None if not self.calls else 100 * self.in_time // self.calls

    @property
    def abandoned_share(self) -> float | None:
        """Return the share abandoned in percent; None before the first call."""
        return None if not self.calls else 100 * self.abandoned / self.calls


def midnight(at: dt.datetime) -> dt.datetime:
    """Return when the day that ``at`` falls on began, in the city's time."""
    return timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)


def today(at: dt.datetime) -> Today:
    """Return the figures of the day that ``at`` falls on."""
    scope = Scope(midnight(at), at + dt.timedelta(seconds=1), at=at)
    begun = BY_CODE["calls"].source.within(scope)
    joined = BY_CODE["served"].numerator(scope)
    counted = begun.aggregate(
        calls=Count("pk"),
        served=Count("pk", filter=joined),
        in_time=Count("pk", filter=BY_CODE["service_level"].numerator(scope)),
        abandoned=Count("pk", filter=BY_CODE["abandoned"].numerator(scope)),
        longest=Max(F("time_to_interpreter")),
    )
    longest = counted.pop("longest")
    times = [one.total_seconds() for one in begun.filter(joined).values_list("time_to_interpreter", flat=True)]
    return Today(
        **counted,
        median=percentile(times, 50) if times else None,
        p95=percentile(times, 95) if times else None,
        callbacks=Callback.objects.filter(done_at=None).count(),
        longest=None if longest is None else longest.total_seconds(),
    )
