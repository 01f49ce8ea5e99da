"""Overtime (S49): who took calls at home off shift, when and for how long; these calls count as all others do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from yuqiao.hotline.figures.intervals import MILLISECOND
from yuqiao.hotline.models import Leg
from yuqiao.hotline.routing import MOBILE


def rows(since: dt.datetime, until: dt.datetime) -> QuerySet[Leg]:
    """Return the legs of interpreters who answered off shift in ``[since, until)`` and are done, oldest first."""
    answered = Leg.objects.filter(
        interpreter__isnull=False,
        tier=MOBILE,
        answered_at__gte=since,
        answered_at__lt=until,
        ended_at__isnull=False,
        # Rung at most minutes before she answered: found by index.
        created_at__gte=since - dt.timedelta(hours=1),
        created_at__lt=until,
    )
    return answered.select_related("interpreter", "call", "call__line").order_by("answered_at", "pk")


@dataclass(frozen=True, slots=True)
class Overtime:
    """What one interpreter (her number) worked off shift: calls, and milliseconds from answer to end."""

    number: str
    calls: int
    lasted: int


def lasted(leg: Leg) -> int:
    """Return the milliseconds from answer to end of a leg that has both."""
    if leg.answered_at is None or leg.ended_at is None:
        return 0
    return (leg.ended_at - leg.answered_at) // MILLISECOND


def totals(legs: Iterable[Leg]) -> list[Overtime]:
    """Return each interpreter's sum, the longest first. A call that was built again after a fault of ours is one."""
    found: dict[str, Overtime] = {}
    counted: set[tuple[str, object]] = set()
    for leg in legs:
        number = "" if leg.interpreter is None else leg.interpreter.number
        so_far = found.get(number, Overtime(number, 0, 0))
        fresh = (number, leg.call_id) not in counted
        counted.add((number, leg.call_id))
        found[number] = Overtime(number, so_far.calls + fresh, so_far.lasted + lasted(leg))
    return sorted(found.values(), key=lambda one: (-one.lasted, one.number))
