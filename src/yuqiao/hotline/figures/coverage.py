"""Departments that are served through a line by an agreement in force (S35, S112)."""

from __future__ import annotations

import datetime as dt

from django.db.models import Min, Q, QuerySet
from django.utils import timezone

from yuqiao.hotline.figures.definition import Part, Scope
from yuqiao.hotline.models import Agreement


def agreements(scope: Scope, part: Part = Part.NUMERATOR) -> QuerySet[Agreement]:
    """Return one agreement for each department: in force on the last day of ``scope`` or today, if that is earlier.

    As denominator, one for each department that is to be covered, signed or not.
    """
    day = _last_day(scope)
    found = Agreement.objects.filter(Q() if scope.line is None else Q(line_id=scope.line))
    if part is Part.NUMERATOR:
        found = found.filter(Q(valid_until=None) | Q(valid_until__gte=day), signed_on__lte=day)
    first = found.order_by().values("department").annotate(first=Min("pk")).values("first")
    return Agreement.objects.filter(pk__in=first).order_by("line__number", "department__code")


def departments(scope: Scope) -> tuple[int, int]:
    """Return how many departments are covered, out of those that are to be."""
    covered, wanted = (agreements(scope, part).order_by().count() for part in Part)
    return covered, wanted


def _last_day(scope: Scope) -> dt.date:
    moment = min(scope.until - dt.timedelta(microseconds=1), scope.at)
    return timezone.localtime(moment).date()
