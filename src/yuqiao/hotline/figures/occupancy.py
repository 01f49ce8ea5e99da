"""Occupancy: ringing, talking and wrapping up, out of the time interpreters were signed on (breaks are not).

Calls' part comes from their legs, the rest from `workforce.models.PresenceSpan`. Of a language: of those who hold it.
Who is called at home off shift (S49) is not signed on: neither her talk nor her time counts here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from yuqiao.hotline.figures.definition import Part, Scope
from yuqiao.hotline.figures.intervals import MILLISECOND, Interval, milliseconds, within
from yuqiao.hotline.models import Leg
from yuqiao.hotline.routing import MOBILE
from yuqiao.workforce.models import InterpreterLanguage, PresenceSpan, SpanKind

#: No call lasts longer; so far before a period the legs that reach into it are looked for.
LONGEST_CALL = dt.timedelta(hours=12)
HALF_HOUR = dt.timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Slot:
    """One half hour: milliseconds of work and of time signed on."""

    begins: dt.datetime
    worked: int
    signed_on: int


def legs(scope: Scope) -> QuerySet[Leg]:
    """Return the legs of interpreters on shift that began in ``scope``, newest first."""
    found = Leg.objects.filter(
        _holders(scope), interpreter__isnull=False, created_at__gte=scope.since, created_at__lt=scope.until
    )
    return found.exclude(tier=MOBILE).order_by("-created_at", "pk")


def spans(scope: Scope, kind: SpanKind) -> QuerySet[PresenceSpan]:
    """Return the spans of a kind that began in ``scope``, newest first."""
    return PresenceSpan.objects.filter(
        _holders(scope), kind=kind, began_at__gte=scope.since, began_at__lt=scope.until
    ).order_by("-began_at", "pk")


def _holders(scope: Scope) -> Q:
    if scope.language is None:
        return Q()
    holders = InterpreterLanguage.objects.filter(language=scope.language)
    return Q(interpreter__in=holders.values("interpreter"))


def shown(scope: Scope, part: Part) -> QuerySet[Leg] | QuerySet[PresenceSpan]:
    """Return the rows of the figure: legs for its numerator, times signed on for its denominator."""
    return legs(scope) if part is Part.NUMERATOR else spans(scope, SpanKind.ON)


def measure(scope: Scope) -> tuple[int, int]:
    """Return milliseconds worked and milliseconds signed on; (0, 0) for one line, whose interpreters serve all lines.

    One sum by index for what began in the period; what reaches over its edges is cut row by row.
    """
    if scope.line is not None:
        return 0, 0
    before, after = _edges(scope)
    worked = _sum(legs(scope)) + _sum(spans(scope, SpanKind.WRAP_UP))
    worked += milliseconds(within(_worked(before), scope.since, scope.until)) - _beyond(_worked(after), scope.until)
    worked += milliseconds(within(_running_legs(scope), scope.since, min(scope.until, scope.at)))
    signed_on = _sum(spans(scope, SpanKind.ON)) - _beyond(_signed_on(scope, at_end=True), scope.until)
    signed_on += milliseconds(within(_signed_on(scope, at_end=False), scope.since, scope.until))
    signed_on += milliseconds(within(_running_spans(scope), scope.since, min(scope.until, scope.at)))
    return worked, signed_on


def by_half_hour(scope: Scope) -> list[Slot]:
    """Return the slots of ``scope`` (a day or so: its rows are read one by one), in order."""
    early = replace(scope, since=scope.since - LONGEST_CALL)
    end = min(scope.until, scope.at)
    worked = [*_worked(early), *within(_running_legs(scope), scope.since, end)]
    on = [*_signed_on(scope, at_end=None), *within(_running_spans(scope), scope.since, end)]
    return [
        Slot(begins, milliseconds(within(worked, begins, ends)), milliseconds(within(on, begins, ends)))
        for begins, ends in _slots(scope.since, scope.until)
    ]


def _slots(since: dt.datetime, until: dt.datetime) -> Iterator[Interval]:
    begins = since.astimezone(dt.UTC)
    while begins < until:
        yield timezone.localtime(begins), timezone.localtime(min(begins + HALF_HOUR, until))
        begins += HALF_HOUR


def _sum(rows: QuerySet[Leg] | QuerySet[PresenceSpan]) -> int:
    total: dt.timedelta | None = rows.order_by().aggregate(total=Sum("lasted"))["total"]
    return 0 if total is None else total // MILLISECOND


def _edges(scope: Scope) -> tuple[Scope, Scope]:
    """Return what began shortly before the period, and shortly before its end but not before its beginning."""
    last = max(scope.since, scope.until - LONGEST_CALL)
    return replace(scope, since=scope.since - LONGEST_CALL, until=scope.since), replace(scope, since=last)


def _worked(scope: Scope) -> list[Interval]:
    rows = [*legs(scope).exclude(lasted=None).values_list("created_at", "lasted")]
    rows += spans(scope, SpanKind.WRAP_UP).values_list("began_at", "lasted")
    return [(begin, begin + lasted) for begin, lasted in rows if lasted is not None]


def _signed_on(scope: Scope, *, at_end: bool | None) -> list[Interval]:
    """Return times signed on that are over and reach over the period's end, its beginning, or (None) touch it."""
    ended = PresenceSpan.objects.filter(_holders(scope), kind=SpanKind.ON).exclude(lasted=None).order_by()
    match at_end:
        case True:
            found = ended.filter(ended_at__gt=scope.until, began_at__gte=scope.since, began_at__lt=scope.until)
        case False:
            found = ended.filter(ended_at__gt=scope.since, began_at__lt=scope.since)
        case None:
            found = ended.filter(ended_at__gt=scope.since, began_at__lt=scope.until)
    return [(begin, end) for begin, end in found.values_list("began_at", "ended_at") if end is not None]


def _running_legs(scope: Scope) -> list[Interval]:
    early = replace(scope, since=scope.at - LONGEST_CALL, until=scope.at)
    open_ones = legs(early).filter(lasted=None, call__ended_at=None)
    return [(begin, scope.at) for begin in open_ones.values_list("created_at", flat=True)]


def _running_spans(scope: Scope) -> list[Interval]:
    open_ones = PresenceSpan.objects.filter(_holders(scope), kind=SpanKind.ON, ended_at=None, began_at__lt=scope.at)
    return [(begin, scope.at) for begin in open_ones.values_list("began_at", flat=True)]


def _beyond(intervals: Iterable[Interval], until: dt.datetime) -> int:
    return milliseconds((max(begin, until), end) for begin, end in intervals if end > until)
