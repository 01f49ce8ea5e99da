"""Bookings of interpretation: entered, confirmed, assigned, answered by the interpreter, done; journaled (S36, S72)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import IntegrityError, transaction

from yuqiao.accounts.models import Department, Person
from yuqiao.accounts.services import record
from yuqiao.hotline.models import AssignmentState, Booking, BookingAssignment, BookingKind, BookingState, Line
from yuqiao.languages.catalogue import FOREIGN
from yuqiao.lib import clock
from yuqiao.workforce.models import Interpreter

#: Which state may follow which.
NEXT: dict[str, frozenset[str]] = {
    BookingState.ASKED: frozenset({BookingState.CONFIRMED, BookingState.CANCELLED}),
    BookingState.CONFIRMED: frozenset({BookingState.DONE, BookingState.CANCELLED}),
    BookingState.DONE: frozenset(),
    BookingState.CANCELLED: frozenset(),
}
LONGEST = dt.timedelta(days=60)


class BookingError(ValueError):
    """A wish about a booking makes no sense; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Event:
    """What is booked; ``department`` and ``line`` by code and number, empty: none."""

    title: str
    kind: str
    languages: tuple[str, ...]
    interpreters: int
    begins_at: dt.datetime
    ends_at: dt.datetime
    contact_name: str
    contact_number: str
    place: str = ""
    department: str = ""
    line: str = ""
    note: str = ""


def check(event: Event) -> None:
    """BookingError for what makes no sense in a booking by itself."""
    if not event.title.strip() or not event.contact_name.strip() or not event.contact_number.strip():
        raise BookingError("missing")
    if event.kind not in BookingKind.values:
        raise BookingError("kind")
    if not event.languages or not set(event.languages) <= set(FOREIGN):
        raise BookingError("language")
    if not 1 <= event.interpreters <= 500:
        raise BookingError("interpreters")
    if not dt.timedelta(0) < event.ends_at - event.begins_at <= LONGEST:
        raise BookingError("span")
    if event.kind == BookingKind.ON_SITE and not event.place.strip():
        raise BookingError("place")


def book(event: Event, *, by: Person) -> Booking:
    """Enter a booking."""
    check(event)
    line = Line.objects.filter(number=event.line).first()
    department = Department.objects.filter(code=event.department).first()
    if (event.line and line is None) or (event.department and department is None):
        raise BookingError("unknown")
    with transaction.atomic():
        booking = Booking.objects.create(
            title=event.title.strip()[:120],
            department=department,
            line=line,
            kind=event.kind,
            languages=[code for code in FOREIGN if code in event.languages],
            interpreters=event.interpreters,
            place=event.place.strip()[:120],
            begins_at=event.begins_at,
            ends_at=event.ends_at,
            contact_name=event.contact_name.strip()[:60],
            contact_number=event.contact_number.strip()[:64],
            note=event.note.strip()[:300],
            created_at=clock.now(),
            created_by=by,
        )
        record(by, "booking.enter", booking, {"kind": booking.kind, "languages": booking.languages})
        return booking


def move(booking: Booking, to: str, *, by: Person, volunteers: int = 0, hours: Decimal = Decimal(0)) -> None:
    """Bring a booking to its next state; what volunteers gave is entered when it is done."""
    before = [state for state, after in NEXT.items() if to in after]
    changes: dict[str, object] = {"state": to}
    if to == BookingState.DONE:
        if not (0 <= volunteers <= 10_000 and 0 <= hours <= 99_999):
            raise BookingError("volunteers")
        changes |= {"volunteers": volunteers, "volunteer_hours": hours}
    with transaction.atomic():
        if not Booking.objects.filter(pk=booking.pk, state__in=before).update(**changes):
            raise BookingError("state")
        record(by, "booking.move", booking, {"state": to, "volunteers": volunteers, "hours": str(hours)})


def assign(booking: Booking, number: str, language: str, *, by: Person) -> BookingAssignment:
    """Ask an interpreter (by her number) to interpret ``language`` there."""
    held = {"number": number, "languages__language": language}
    interpreter = Interpreter.objects.filter(**held).first()
    if interpreter is None or language not in booking.languages:
        raise BookingError("not_held")
    try:
        with transaction.atomic():
            if not Booking.objects.filter(
                pk=booking.pk, state__in=[BookingState.ASKED, BookingState.CONFIRMED]
            ).exists():
                raise BookingError("state")
            made = BookingAssignment.objects.create(booking=booking, interpreter=interpreter, language=language)
            record(by, "booking.assign", booking, {"interpreter": number, "language": language})
            return made
    except IntegrityError:
        raise BookingError("twice") from None


def answer(assignment: BookingAssignment, *, accept: bool, by: Person) -> None:
    """The interpreter herself accepts or declines; she may change her mind until the booking is over."""
    if assignment.interpreter.person_id != by.pk:
        raise BookingError("not_hers")
    to = AssignmentState.ACCEPTED if accept else AssignmentState.DECLINED
    with transaction.atomic():
        live = BookingAssignment.objects.filter(
            pk=assignment.pk, booking__state__in=[BookingState.ASKED, BookingState.CONFIRMED]
        )
        if not live.update(state=to, answered_at=clock.now()):
            raise BookingError("state")
        record(by, "booking.answer", assignment.booking, {"interpreter": assignment.interpreter.number, "state": to})


def conflicts(booking: Booking) -> dict[int, list[Booking]]:
    """Return, by interpreter, other live bookings that overlap this one in time and want her too; one query."""
    mine = booking.assignments.exclude(state=AssignmentState.DECLINED).values("interpreter")
    others = (
        BookingAssignment.objects.filter(
            interpreter__in=mine,
            booking__begins_at__lt=booking.ends_at,
            booking__ends_at__gt=booking.begins_at,
            booking__state__in=[BookingState.ASKED, BookingState.CONFIRMED],
        )
        .exclude(booking=booking)
        .exclude(state=AssignmentState.DECLINED)
        .select_related("booking")
    )
    found: dict[int, list[Booking]] = {}
    for one in others:
        found.setdefault(one.interpreter_id, []).append(one.booking)
    return found


def preferred_by_line(now: dt.datetime) -> dict[str, tuple[int, ...]]:
    """Return, by line, the interpreters whom its calls prefer now: who accepted for an event that it serves."""
    accepted = BookingAssignment.objects.filter(
        state=AssignmentState.ACCEPTED,
        booking__line__isnull=False,
        booking__state=BookingState.CONFIRMED,
        booking__begins_at__lte=now,
        booking__ends_at__gt=now,
    )
    found: dict[str, tuple[int, ...]] = {}
    for number, interpreter in accepted.order_by("pk").values_list("booking__line__number", "interpreter_id"):
        found[number] = (*found.get(number, ()), interpreter)
    return found
