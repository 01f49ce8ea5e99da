"""Where interpreters are expected in the next weeks: at their seats, standing by, at bookings (S28, S32, S72).

Nothing of a caller is read: of an appointment its time and language, of a booking what and where.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import QuerySet
from django.utils import timezone

from yuqiao.hotline.calendar_rules import APPOINTMENT, BOOKING, REMOTE, SEAT, STANDBY, Planned
from yuqiao.hotline.models import AssignmentState, BookingAssignment, BookingState, Order, OrderKind, Standby
from yuqiao.workforce import hours
from yuqiao.workforce.coverage import Window, spans
from yuqiao.workforce.models import Interpreter, InterpreterLanguage, Post

#: How long an appointment is taken to last.
APPOINTMENT_LASTS = dt.timedelta(minutes=30)
KINDS = {Post.RESIDENT.value: SEAT, Post.REMOTE.value: REMOTE}


def of_interpreter(interpreter: Interpreter, first: dt.datetime, last: dt.datetime) -> list[Planned]:
    """Return what she is expected to from ``first`` to ``last``; languages of the same hours are one entry.

    Who is resident is expected at her seat in the resident hours of her languages.
    """
    held = sorted(InterpreterLanguage.objects.filter(interpreter=interpreter).values_list("language", flat=True))
    found: list[Planned] = []
    if interpreter.tier == Post.RESIDENT:
        windows = [one for one in _windows(first, last) if one.tier == Post.RESIDENT and one.language in held]
        found += _merged(SEAT, windows, first, last)
    found += _standbys(Standby.objects.filter(interpreter=interpreter), first, last)
    found += _bookings(BookingAssignment.objects.filter(interpreter=interpreter), first, last)
    return [*found, *_appointments(held, first, last)]


def of_language(language: str, first: dt.datetime, last: dt.datetime) -> list[Planned]:
    """Return who of ``language`` is expected when: its hours with the residents, who stands by, bookings."""
    holders = InterpreterLanguage.objects.filter(language=language, interpreter__tier=Post.RESIDENT)
    residents = tuple(sorted(holders.values_list("interpreter__number", flat=True)))
    found = []
    for tier, kind in KINDS.items():
        windows = [one for one in _windows(first, last) if one.tier == tier and one.language == language]
        found += _merged(kind, windows, first, last, residents if kind == SEAT else ())
    found += _standbys(Standby.objects.filter(language=language), first, last, named=True)
    found += _bookings(BookingAssignment.objects.filter(language=language), first, last, named=True)
    return [*found, *_appointments([language], first, last)]


def _windows(first: dt.datetime, last: dt.datetime) -> list[Window]:
    return hours.windows_valid(_day(first) - dt.timedelta(days=1), _day(last))


def _day(at: dt.datetime) -> dt.date:
    return timezone.localtime(at).date()


def _aware(naive: dt.datetime) -> dt.datetime:
    return timezone.make_aware(naive)


def _spans(
    windows: Iterable[Window], first: dt.datetime, last: dt.datetime
) -> list[tuple[dt.datetime, dt.datetime, Window]]:
    special = hours.special_days(_day(first) - dt.timedelta(days=1), _day(last))
    return spans(windows, _day(first), _day(last), special)


def _merged(
    kind: str, windows: Sequence[Window], first: dt.datetime, last: dt.datetime, people: tuple[str, ...] = ()
) -> list[Planned]:
    """Return the spans of windows, those of the same hours as one."""
    languages: defaultdict[tuple[dt.datetime, dt.datetime], set[str]] = defaultdict(set)
    for begins, ends, window in _spans(windows, first, last):
        languages[begins, ends].add(window.language)
    return [
        Planned(_key(kind, begins, ends), kind, _aware(begins), _aware(ends), tuple(sorted(codes)), people=people)
        for (begins, ends), codes in languages.items()
    ]


def _key(kind: str, begins: dt.datetime, ends: dt.datetime, of: object = "") -> str:
    return f"{kind}-{of}{'-' if of else ''}{begins:%Y%m%dT%H%M}-{ends:%Y%m%dT%H%M}"


def _standbys(rows: QuerySet[Standby], first: dt.datetime, last: dt.datetime, *, named: bool = False) -> list[Planned]:
    found = {}
    for row in rows.select_related("interpreter"):
        window = Window(row.language, "remote", row.days, row.begins, row.ends, row.valid_from, row.valid_until)
        for begins, ends, _ in _spans([window], first, last):
            key = _key(STANDBY, begins, ends, f"{row.interpreter_id}{row.language}")
            people = (row.interpreter.number,) if named else ()
            found[key] = Planned(key, STANDBY, _aware(begins), _aware(ends), (row.language,), people=people)
    return list(found.values())


def _bookings(
    rows: QuerySet[BookingAssignment], first: dt.datetime, last: dt.datetime, *, named: bool = False
) -> list[Planned]:
    live = [BookingState.ASKED, BookingState.CONFIRMED, BookingState.DONE]
    wanted = rows.filter(booking__state__in=live, booking__ends_at__gte=first, booking__begins_at__lte=last)
    found = wanted.exclude(state=AssignmentState.DECLINED).select_related("booking", "interpreter").order_by("pk")
    return [
        Planned(
            f"{BOOKING}-{one.pk}",
            BOOKING,
            one.booking.begins_at,
            one.booking.ends_at,
            (one.language,),
            one.booking.title,
            one.booking.place,
            (one.interpreter.number,) if named else (),
            tentative=one.state != AssignmentState.ACCEPTED or one.booking.state == BookingState.ASKED,
        )
        for one in found
    ]


def _appointments(languages: Sequence[str], first: dt.datetime, last: dt.datetime) -> list[Planned]:
    orders = Order.objects.filter(kind=OrderKind.SCHEDULED, language__in=languages, begins_at__range=(first, last))
    return [
        Planned(f"{APPOINTMENT}-{pk}", APPOINTMENT, begins, begins + APPOINTMENT_LASTS, (language,), tentative=True)
        for pk, begins, language in orders.filter(done_at=None).values_list("pk", "begins_at", "language")
    ]
