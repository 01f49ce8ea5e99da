"""What callers ask for more than usual, from the calls of the last hour and of the same hour in past weeks (S48)."""

from __future__ import annotations

import datetime as dt
from functools import reduce
from operator import or_

from django.db.models import Q

from yuqiao.hotline.models import Call
from yuqiao.hotline.routing_tables import Remembered
from yuqiao.hotline.state import OUTBOUND
from yuqiao.hotline.trends import Trend, counted, rising

WEEKS = 4
HOUR = dt.timedelta(hours=1)


def trends(now: dt.datetime) -> dict[str, list[Trend]]:
    """Return what rises, by ``language`` (code), ``line`` (number) and ``topic`` (id, as wrapped up): one query."""
    ends = [now - dt.timedelta(weeks=week) for week in range(WEEKS + 1)]
    within = reduce(or_, (Q(started_at__gte=end - HOUR, started_at__lt=end) for end in ends))
    calls = Call.objects.filter(within).exclude(way_in__in=OUTBOUND).order_by()
    columns = ("started_at", "language", "line__number", "wrap_up__topic_id")
    rows: list[tuple[dt.datetime, str, str | None, int | None]] = list(calls.values_list(*columns))
    by: dict[str, list[Trend]] = {}
    for name, place in (("language", 0), ("line", 1), ("topic", 2)):
        hours = [[row[1:] for row in rows if end - HOUR <= row[0] < end] for end in ends]
        counts = [counted(str(keys[place] or "") for keys in hour) for hour in hours]
        by[name] = rising(counts[0], counts[1:])
    return by


_remembered = Remembered(30.0, lambda now: trends(dt.datetime.fromtimestamp(now, dt.UTC)))


def recent(now: dt.datetime) -> dict[str, list[Trend]]:
    """Return `trends` as they were at most half a minute before ``now``: boards ask often."""
    return _remembered.at(now.timestamp())


def forget() -> None:
    """Count anew next time."""
    _remembered.forget()
