"""Where else an interpreter is expected while a booking lasts: at her seat, or standing by (S32, S36, S72).

Other bookings: `bookings.conflicts`. A booking by telephone she can interpret from her seat; away from it she cannot.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.utils import timezone

from yuqiao.hotline.models import AssignmentState, Booking, BookingKind, Standby
from yuqiao.workforce import hours
from yuqiao.workforce.coverage import Window, spans
from yuqiao.workforce.models import InterpreterLanguage, Post

SEAT, STANDBY = "seat", "standby"


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody is expected elsewhere: ``kind`` is SEAT or STANDBY; the city's time, naive."""

    kind: str
    language: str
    begins: dt.datetime
    ends: dt.datetime


def expected(booking: Booking) -> dict[int, list[Expected]]:
    """Return, by interpreter asked for ``booking`` who did not decline, where she is expected while it lasts.

    Who is resident is expected at her seat in the resident hours of her languages, unless the booking is by telephone.
    """
    asked = set(booking.assignments.exclude(state=AssignmentState.DECLINED).values_list("interpreter", flat=True))
    if not asked:
        return {}
    first, last = (timezone.localtime(at).replace(tzinfo=None) for at in (booking.begins_at, booking.ends_at))
    before = first.date() - dt.timedelta(days=1)
    special = hours.special_days(before, last.date())
    found: defaultdict[int, list[Expected]] = defaultdict(list)
    for interpreter, kind, window in [*_seats(booking, asked, before, last.date()), *_standbys(asked, before, last)]:
        for begins, ends, _window in spans([window], first.date(), last.date(), special):
            if begins < last and ends > first:
                found[interpreter].append(Expected(kind, window.language, begins, ends))
    return {one: sorted(where, key=lambda each: (each.begins, each.kind)) for one, where in found.items()}


def _seats(booking: Booking, asked: set[int], first: dt.date, last: dt.date) -> list[tuple[int, str, Window]]:
    if booking.kind == BookingKind.PHONE:
        return []
    windows = [one for one in hours.windows_valid(first, last) if one.tier == Post.RESIDENT]
    held = InterpreterLanguage.objects.filter(interpreter__in=asked, interpreter__tier=Post.RESIDENT)
    pairs = held.order_by("interpreter", "language").values_list("interpreter", "language")
    return [(pk, SEAT, window) for pk, language in pairs for window in windows if window.language == language]


def _standbys(asked: set[int], first: dt.date, last: dt.datetime) -> list[tuple[int, str, Window]]:
    rows = Standby.objects.filter(interpreter__in=asked, valid_from__lte=last.date()).exclude(valid_until__lt=first)
    return [
        (
            row.interpreter_id,
            STANDBY,
            Window(row.language, "remote", row.days, row.begins, row.ends, row.valid_from, row.valid_until),
        )
        for row in rows
    ]
