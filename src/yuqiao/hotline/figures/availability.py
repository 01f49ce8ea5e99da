"""Availability (S42, S113): 1 - unplanned downtime / scheduled time, exact, from the rows of the outage log.

Scheduled is every moment of the period since the platform went into service, up to now, except announced maintenance.
Down is a scheduled moment at which something every caller needs was away; overlapping outages count once.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Min, Q, QuerySet

from yuqiao.hotline import outages
from yuqiao.hotline.figures.definition import Part, Scope
from yuqiao.hotline.figures.intervals import Interval, milliseconds, union, within, without
from yuqiao.hotline.models import Call, Outage, Service

#: Without these no caller is served.
NEEDED = (Service.CALLS, Service.MEDIA, Service.TRUNK)


@dataclass(frozen=True, slots=True)
class Availability:
    """Milliseconds of a period: ``scheduled``, and of those ``down``."""

    scheduled: int
    down: int

    @property
    def up(self) -> int:
        """Milliseconds in which callers could be served."""
        return self.scheduled - self.down


def rows(scope: Scope, part: Part = Part.NUMERATOR) -> QuerySet[Outage]:
    """Return the outages that make the downtime, newest first; as denominator the announced ones."""
    concerned = Q(service__in=NEEDED)
    if scope.line is not None:
        concerned |= Q(service=Service.LINE, line_id=scope.line)
    return Outage.objects.filter(
        concerned,
        Q(ended_at=None) | Q(ended_at__gt=scope.since),
        withdrawn_at=None,
        planned=part is Part.DENOMINATOR,
        began_at__lt=min(scope.until, scope.at),
    ).order_by("-began_at", "pk")


def availability(scope: Scope) -> Availability:
    """Return the availability of ``scope``; of one line, if it names one: its own outages count too."""
    end = min(scope.until, scope.at)
    first = in_service_since()
    if first is None or max(first, scope.since) >= end:
        return Availability(0, 0)
    whole = [(max(first, scope.since), end)]
    planned = _intervals(scope, Part.DENOMINATOR)
    away = _intervals(scope, Part.NUMERATOR)
    unseen = outages.away_since(scope.at)
    if unseen is not None:
        away.append((unseen, scope.at))
    down = without(within(union(away), *whole[0]), planned)
    return Availability(milliseconds(without(whole, planned)), milliseconds(down))


def measure(scope: Scope) -> tuple[int, int]:
    """Return milliseconds up and milliseconds scheduled."""
    found = availability(scope)
    return found.up, found.scheduled


def _intervals(scope: Scope, part: Part) -> list[Interval]:
    return [
        (begin, scope.at if end is None else end)
        for begin, end in rows(scope, part).values_list("began_at", "ended_at")
    ]


def in_service_since() -> dt.datetime | None:
    """Return when the platform first did anything: its first call or its first outage; None before."""
    firsts = (
        Call.objects.aggregate(first=Min("started_at"))["first"],
        Outage.objects.aggregate(first=Min("began_at"))["first"],
    )
    return min((one for one in firsts if one is not None), default=None)
