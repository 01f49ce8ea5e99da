"""The rate of complaints (S44): complaints are about calls, and calls are many, so both are counted by themselves."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from yuqiao.hotline.figures.definition import Part, Scope, Source
from yuqiao.hotline.models import Call, Complaint, WayIn

SERVED = Source(
    "served_calls", Call, "started_at", "line_id", ~Q(way_in=WayIn.CALLBACK) & Q(time_to_interpreter__isnull=False)
)


def rows(scope: Scope, part: Part) -> QuerySet[Any]:
    """Return the served calls of ``scope``; for the numerator those about which somebody complained."""
    served = SERVED.within(scope).order_by("-started_at", "pk")
    if part is Part.DENOMINATOR:
        return served
    # Nobody complains before the call; so complaints are found by their own index, and not by going through all calls.
    about = Complaint.objects.filter(call__isnull=False, made_at__gte=scope.since).order_by()
    return served.filter(pk__in=list(about.values_list("call_id", flat=True).distinct()))


def measure(scope: Scope) -> tuple[int, int]:
    """Return how many served calls were complained about, out of how many."""
    return rows(scope, Part.NUMERATOR).count(), rows(scope, Part.DENOMINATOR).count()
