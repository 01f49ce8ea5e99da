"""How a day's calls come, quarter hour by quarter hour, beside what the same weekday has brought of late."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Case, Q, When

from yuqiao.hotline.figures.catalogue import BY_CODE, CALLS
from yuqiao.hotline.figures.definition import Scope

QUARTER = dt.timedelta(minutes=15)
QUARTERS = 96
#: So many weeks make what is expected; it is counted anew at the next day.
WEEKS = 8
_KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Quarter:
    """Calls that began in a quarter hour, those of them answered within the promised time, and how many were expected
    (None: there is no history)."""

    calls: int
    in_time: int
    expected: float | None


def through_day(midnight: dt.datetime, at: dt.datetime) -> list[Quarter]:
    """Return the day that began at ``midnight`` (the city's) until ``at``, as `QUARTERS` quarter hours."""
    scope = Scope(midnight, at + dt.timedelta(seconds=1), at=at)
    kept = Case(When(BY_CODE["service_level"].numerator(scope), then=True), default=False)
    begun = list(CALLS.within(scope).annotate(kept=kept).values_list("started_at", "kept"))
    calls = _by_quarter(midnight, (moment for moment, _kept in begun))
    in_time = _by_quarter(midnight, (moment for moment, was_kept in begun if was_kept))
    before = expected(midnight)
    return [
        Quarter(calls[place], in_time[place], before[place] if before is not None else None)
        for place in range(QUARTERS)
    ]


def expected(midnight: dt.datetime) -> list[float] | None:
    """Return how many calls each quarter hour of the same weekday brought on average of the last weeks; None where
    not one came."""
    key = f"expected-through-{midnight:%Y%m%d}"
    found: list[float] | None = cache.get(key)
    if found is None:
        found = _averaged(midnight)
        cache.set(key, found, _KEPT_SECONDS)
    return found or None


def _averaged(midnight: dt.datetime) -> list[float]:
    days = [midnight - dt.timedelta(weeks=week) for week in range(1, WEEKS + 1)]
    first = (
        CALLS.model._default_manager.filter(CALLS.counted)
        .order_by("started_at")
        .values_list("started_at", flat=True)[:1]
    )
    days = [day for day in days if first and day >= first[0] - dt.timedelta(days=1)]
    if not days:
        return []
    within = Q()
    for day in days:
        within |= Q(started_at__gte=day, started_at__lt=day + dt.timedelta(days=1))
    moments = (
        CALLS.model._default_manager.filter(CALLS.counted & within).order_by().values_list("started_at", flat=True)
    )
    counted = _by_quarter(midnight, moments)
    return [counted[place] / len(days) for place in range(QUARTERS)] if counted else []


def _by_quarter(midnight: dt.datetime, moments: Iterable[dt.datetime]) -> Counter[int]:
    """Count ``moments`` by quarter hour of their day, whichever day that is."""
    return Counter(int(((moment - midnight) % dt.timedelta(days=1)) / QUARTER) for moment in moments)
