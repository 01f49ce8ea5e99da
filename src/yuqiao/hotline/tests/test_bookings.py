"""Bookings for events: what makes sense, the way to done, who interprets and where she is wanted elsewhere."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from yuqiao.accounts.models import JournalEntry, Person
from yuqiao.hotline import bookings
from yuqiao.hotline.booking_conflicts import SEAT, STANDBY, expected
from yuqiao.hotline.bookings import BookingError, Event
from yuqiao.hotline.models import Booking, Line, Standby
from yuqiao.hotline.tests.rows import interpreter
from yuqiao.lib import clock
from yuqiao.workforce.calendar import DAYS
from yuqiao.workforce.models import Interpreter, ServiceWindow

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


def test_a_booking_clashes_with_the_seat_and_with_standing_by(zhou: Person) -> None:
    li, away = interpreter("1001", en=2), interpreter("1002", en=2, ja=2)
    Interpreter.objects.filter(pk=away.pk).update(tier="remote")
    monday = dt.datetime(2026, 11, 23, 9, tzinfo=timezone.get_current_timezone())
    morning = replace(FAIR, begins_at=monday, ends_at=monday + 4 * HOUR)
    nine_to_five: dict[str, Any] = {
        "days": "12345",
        "begins": dt.time(11),
        "ends": dt.time(17),
        "valid_from": dt.date(2026, 1, 1),
    }
    ServiceWindow.objects.create(language="en", tier="resident", **nine_to_five)
    ServiceWindow.objects.create(language="en", tier="remote", **nine_to_five | {"days": DAYS})
    Standby.objects.create(
        interpreter=away, language="ja", **nine_to_five | {"begins": dt.time(22), "ends": dt.time(10)}
    )
    Standby.objects.create(interpreter=li, language="en", **nine_to_five | {"valid_until": dt.date(2026, 11, 20)})
    fair = bookings.book(morning, by=zhou)
    for number in ("1001", "1002"):
        bookings.assign(fair, number, "en", by=zhou)
    found = expected(fair)
    assert [(one.kind, one.language, one.begins) for one in found[li.pk]] == [
        (SEAT, "en", dt.datetime(2026, 11, 23, 11)),  # noqa: DTZ001 (the city's own time)
    ]
    assert [(one.kind, one.language) for one in found.get(away.pk, [])] == [], "the night before was a Sunday"
    tuesday = bookings.book(
        replace(FAIR, title="二", begins_at=monday + 24 * HOUR, ends_at=monday + 25 * HOUR), by=zhou
    )
    bookings.assign(tuesday, "1002", "en", by=zhou)
    assert [(one.kind, one.language) for one in expected(tuesday)[away.pk]] == [(STANDBY, "ja")]
    phone = bookings.book(replace(morning, title="三", kind="phone"), by=zhou)
    bookings.assign(phone, "1001", "en", by=zhou)
    assert expected(phone) == {}, "by telephone she interprets from her seat"


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
