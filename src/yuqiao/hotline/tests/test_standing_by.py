"""All hands in an emergency, and the interpreters booked for an event: on the rows that routing reads."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from yuqiao.accounts.models import Person
from yuqiao.hotline import bookings, emergencies, standing_by
from yuqiao.hotline.models import RoutingDecision
from yuqiao.hotline.routing_tables import kinds_of_day
from yuqiao.hotline.tests.rows import OneCall, interpreter, line
from yuqiao.lib import clock
from yuqiao.workforce.models import Interpreter

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def zhou() -> Person:
    return Person.objects.create(username="zhou")


def at_home(number: str, *, agreed: bool) -> Interpreter:
    """Somebody off shift with a mobile, who agreed to be rung at this hour or only at others."""
    li = interpreter(number, state="off", en=2)
    _, _, minute = kinds_of_day(time.time())
    begins = 0 if agreed else (minute + 120) % 1440
    Interpreter.objects.filter(pk=li.pk).update(
        mobile=f"sip:m{number}@desk", mobile_days="1234567H", mobile_begins=begins, mobile_ends=(begins + 60) % 1440
    )
    if agreed:
        Interpreter.objects.filter(pk=li.pk).update(mobile_ends=0)
    return li


def rung() -> set[str]:
    call = OneCall(f"leg-{time.monotonic_ns()}")
    return {leg.contact for leg in call.call.legs if leg.role == "interpreter"}


def test_in_an_emergency_everybody_at_home_who_stands_by_is_rung_at_once(zhou: Person) -> None:
    line()
    for number in ("1001", "1002"):
        at_home(number, agreed=True)
    asleep, stands_by = at_home("1003", agreed=False), at_home("1004", agreed=False)
    emergencies.stand_by(stands_by, "en", "1234567H", dt.time(0), dt.time(0), valid_from=dt.date(2026, 1, 1), by=zhou)
    assert rung() <= {"sip:m1001@desk", "sip:m1002@desk"}
    Interpreter.objects.update(state="off", held_by="")
    lasting = emergencies.begin("台风", ["en"], 2, by=zhou)
    standing_by.forget()
    assert rung() == {"sip:m1001@desk", "sip:m1002@desk", "sip:m1004@desk"}
    decision = RoutingDecision.objects.order_by("-id").first()
    assert decision is not None
    assert set(decision.facts["opens"].values()) <= {0, None}, "no tier waits for another"
    asleep.refresh_from_db()
    assert asleep.state == "off"
    Interpreter.objects.update(state="off", held_by="")
    emergencies.end(lasting, by=zhou)
    emergencies.begin("另一处", ["ja"], 2, by=zhou)
    standing_by.forget()
    assert "sip:m1004@desk" not in rung(), "another language is concerned"


def test_calls_on_an_events_line_prefer_who_is_booked_for_it(zhou: Person) -> None:
    own = line()
    interpreter("1001", en=3)
    booked = interpreter("1002", tier="remote", en=1)
    now = clock.now()
    hour = dt.timedelta(hours=1)
    event = bookings.Event("广交会", "phone", ("en",), 1, now - hour, now + hour, "Chen", "139", line=own.number)
    booking = bookings.book(event, by=zhou)
    made = bookings.assign(booking, "1002", "en", by=zhou)
    bookings.answer(made, accept=True, by=booked.person)
    assert rung() == {"sip:1001@desk"}, "not confirmed yet"
    Interpreter.objects.update(state="ready", held_by="")
    bookings.move(booking, "confirmed", by=zhou)
    standing_by.forget()
    assert rung() == {"sip:1002@desk"}
