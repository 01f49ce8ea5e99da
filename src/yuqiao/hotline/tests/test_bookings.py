"""Bookings for events: what makes sense, the way to done, who interprets and where she is wanted elsewhere."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from yuqiao.accounts.models import JournalEntry, Person
from yuqiao.hotline import bookings
from yuqiao.hotline.bookings import BookingError, Event
from yuqiao.hotline.models import Booking, Line
from yuqiao.hotline.tests.rows import interpreter
from yuqiao.lib import clock

pytestmark = [pytest.mark.database, pytest.mark.django_db]

HOUR = dt.timedelta(hours=1)
FAIR = Event(
    "广交会现场", "on_site", ("en", "ja"), 2, clock.now() - HOUR, clock.now() + 5 * HOUR, "Chen", "13900000009", "A 馆"
)


@pytest.fixture
def zhou() -> Person:
    return Person.objects.create(username="zhou")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"title": " "}, "missing"),
        ({"kind": "telepathy"}, "kind"),
        ({"languages": ()}, "language"),
        ({"languages": ("tlh",)}, "language"),
        ({"interpreters": 0}, "interpreters"),
        ({"ends_at": FAIR.begins_at}, "span"),
        ({"place": ""}, "place"),
        ({"line": "999"}, "unknown"),
    ],
)
def test_what_makes_no_sense_is_refused(zhou: Person, changed: dict[str, Any], code: str) -> None:
    with pytest.raises(BookingError, match=code):
        bookings.book(replace(FAIR, **changed), by=zhou)
    assert not Booking.objects.exists()


def test_from_asked_to_done_with_volunteers(zhou: Person) -> None:
    booking = bookings.book(FAIR, by=zhou)
    with pytest.raises(BookingError, match="state"):
        bookings.move(booking, "done", by=zhou)
    bookings.move(booking, "confirmed", by=zhou)
    bookings.move(booking, "done", by=zhou, volunteers=12, hours=Decimal("96.5"))
    booking.refresh_from_db()
    assert (booking.state, booking.volunteers, booking.volunteer_hours) == ("done", 12, Decimal("96.5"))
    with pytest.raises(BookingError, match="state"):
        bookings.move(booking, "cancelled", by=zhou)
    assert JournalEntry.objects.filter(action="booking.move").count() == 2


def test_she_is_asked_answers_herself_and_conflicts_show(zhou: Person) -> None:
    li, wang = interpreter("1001", en=2), interpreter("1002", ja=2)
    line = Line.objects.create(number="88", name_zh="广交会", line_class="public")
    booking = bookings.book(replace(FAIR, line="88"), by=zhou)
    made = bookings.assign(booking, "1001", "en", by=zhou)
    with pytest.raises(BookingError, match="twice"):
        bookings.assign(booking, "1001", "en", by=zhou)
    with pytest.raises(BookingError, match="not_held"):
        bookings.assign(booking, "1001", "ja", by=zhou)
    with pytest.raises(BookingError, match="not_hers"):
        bookings.answer(made, accept=True, by=wang.person)
    assert bookings.preferred_by_line(clock.now()) == {}, "she has not accepted"
    bookings.answer(made, accept=True, by=li.person)
    bookings.move(booking, "confirmed", by=zhou)
    assert bookings.preferred_by_line(clock.now()) == {"88": (li.pk,)}
    assert bookings.preferred_by_line(clock.now() + 6 * HOUR) == {}
    overlapping = bookings.book(replace(FAIR, title="另一场", begins_at=clock.now()), by=zhou)
    apart = bookings.book(replace(FAIR, begins_at=clock.now() + 5 * HOUR, ends_at=clock.now() + 6 * HOUR), by=zhou)
    again = bookings.assign(overlapping, "1001", "en", by=zhou)
    bookings.assign(apart, "1001", "en", by=zhou)
    assert bookings.conflicts(booking) == {li.pk: [overlapping]}
    bookings.answer(again, accept=False, by=li.person)
    assert bookings.conflicts(booking) == {}
    assert line.pk == Booking.objects.get(pk=booking.pk).line_id
