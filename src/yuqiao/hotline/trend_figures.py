"""What callers ask for more than usual, from the calls of the last hour and of the same hour in past weeks (S48)."""

from __future__ import annotations

import datetime as dt

from yuqiao.hotline.models import Call
from yuqiao.hotline.state import OUTBOUND
from yuqiao.hotline.trends import Trend, counted, rising

WEEKS = 4
HOUR = dt.timedelta(hours=1)


def trends(now: dt.datetime) -> dict[str, list[Trend]]:
    """Return what rises, by ``language`` (codes) and by ``line`` (numbers); one query for each of five hours."""
    hours = [_hour(now - dt.timedelta(weeks=week)) for week in range(WEEKS + 1)]
    by: dict[str, list[Trend]] = {}
    for place, name in enumerate(("language", "line")):
        counts = [counted(row[place] or "" for row in hour) for hour in hours]
        by[name] = rising(counts[0], counts[1:])
    return by


def _hour(until: dt.datetime) -> list[tuple[str, str | None]]:
    calls = Call.objects.filter(started_at__gte=until - HOUR, started_at__lt=until).exclude(way_in__in=OUTBOUND)
    return list(calls.order_by().values_list("language", "line__number"))
