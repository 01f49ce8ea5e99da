"""Calendars as programs read them: by another library, with what changed since, to whoever holds a valid address."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
import vobject
from django.test import Client
from django.utils import timezone

from yuqiao.accounts.models import JournalEntry, Person, Role
from yuqiao.accounts.services import create_person, grant_role
from yuqiao.hotline import bookings, calendars, emergencies, orders
from yuqiao.hotline.bookings import Event
from yuqiao.hotline.calendar_rules import AHEAD, CANCELLED_STAYS, PAST
from yuqiao.hotline.models import BookingAssignment, CalendarEntry, CalendarFeed
from yuqiao.languages.catalogue import FOREIGN
from yuqiao.lib import clock
from yuqiao.workforce import hours
from yuqiao.workforce.calendar import kind_of_day
from yuqiao.workforce.models import Interpreter, InterpreterLanguage, ServiceWindow

pytestmark = [pytest.mark.database, pytest.mark.django_db]

CITY = ZoneInfo("Asia/Shanghai")
DAY = dt.timedelta(days=1)
#: A Monday, ten in the morning; an ordinary week follows.
NOW = dt.datetime(2026, 11, 23, 10, tzinfo=CITY)


@pytest.fixture(autouse=True)
def moment() -> Iterator[dict[str, dt.datetime]]:
    at = {"now": NOW}
    with patch.object(clock, "now", lambda: at["now"].astimezone(dt.UTC)):
        yield at


@pytest.fixture
def zhou() -> Person:
    person = create_person("zhou", by=None, interface_language="en")
    grant_role(person, Role.SUPERVISOR, by=None)
    return person


def interpreter(number: str, *languages: str) -> Interpreter:
    person = create_person(f"i{number}", by=None, display_name="李雷", interface_language="en")
    grant_role(person, Role.INTERPRETER, by=None)
    made = Interpreter.objects.create(person=person, number=number, contact="sip:x@y", state_since=NOW)
    for one in languages:
        InterpreterLanguage.objects.create(interpreter=made, language=one, level=2)
    return made


@pytest.fixture
def li(zhou: Person) -> Interpreter:
    for language in ("ar", "en"):
        window = ("resident", "12345", dt.time(9), dt.time(21))
        hours.open_window(language, *window, valid_from=NOW.date() - 7 * DAY, by=zhou)
    return interpreter("1001", "ar", "en")


class Program:
    """Somebody's calendar program: reads as vobject, another library than the one that writes."""

    def __init__(self, person: Person, language: str = "") -> None:
        self.path = f"/calendars/{calendars.token_of(calendars.make(person, language))}/shifts.ics"

    def get(self, **headers: str) -> Any:
        return Client().get(self.path, headers=headers)

    def events(self) -> dict[str, Any]:
        """Return the events by their UID."""
        answer = self.get()
        assert answer.status_code == 200
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        text = answer.content.decode()
        assert all(len(line.encode()) <= 75 for line in text.split("\r\n")), "RFC 5545 3.1"
        assert "\n" not in text.replace("\r\n", "")
        read = vobject.readOne(io.StringIO(text))
        read.validate(raiseException=True)
        return {one.uid.value: one for one in read.contents.get("vevent", [])}

    def of(self, kind: str) -> list[Any]:
        return [one for uid, one in self.events().items() if uid.startswith(kind)]


def test_her_shifts_stand_in_the_citys_time_the_languages_of_the_same_hours_as_one(li: Interpreter) -> None:
    program = Program(li.person)
    seats = program.of("seat")
    days = [NOW.date() + number * DAY for number in range(-7, AHEAD.days + 1)]
    worked = [day for day in days if kind_of_day(day) in "12345"]
    assert [one.dtstart.value.date() for one in seats] == worked, "as far back as they hold, as far ahead as promised"
    today = next(one for one in seats if one.dtstart.value.date() == NOW.date())
    assert today.dtstart.value == NOW.replace(hour=9)
    assert today.dtend.value == NOW.replace(hour=21)
    assert (today.summary.value, today.status.value, today.sequence.value) == (
        "On duty · Arabic, English",
        "CONFIRMED",
        "0",
    )
    text = program.get().content.decode()
    assert "DTSTART;TZID=Asia/Shanghai:20261123T090000" in text
    assert text.count("BEGIN:VTIMEZONE") == 1


def test_uids_stay_what_changed_has_a_higher_sequence_and_what_is_gone_is_cancelled(
    li: Interpreter, zhou: Person, moment: dict[str, dt.datetime]
) -> None:
    program = Program(li.person)
    before = program.events()
    moment["now"] += dt.timedelta(hours=1)
    assert program.events().keys() == before.keys()
    InterpreterLanguage.objects.filter(language="ar").delete()
    changed = {uid: one for uid, one in program.events().items() if one.dtstart.value > NOW}
    assert {one.sequence.value for one in changed.values()} == {"1"}
    assert {one.summary.value for one in changed.values()} == {"On duty · English"}
    for window in ServiceWindow.objects.all():
        hours.close_window(window, (NOW + 3 * DAY).date(), by=zhou)
    moment["now"] += dt.timedelta(hours=1)
    after = program.events()
    assert after.keys() == before.keys()
    gone = [one for one in after.values() if one.status.value == "CANCELLED"]
    assert min(one.dtstart.value for one in gone).date() == (NOW + 4 * DAY).date()
    assert {(one.sequence.value, one.transp.value) for one in gone} == {("2", "TRANSPARENT")}
    assert gone[0].last_modified.value == moment["now"]
    moment["now"] += CANCELLED_STAYS + DAY
    assert not [one for one in program.events().values() if one.status.value == "CANCELLED"]
    moment["now"] += PAST
    assert program.events() == {}


def test_nothing_is_sent_and_nothing_written_when_nothing_changed(
    li: Interpreter, moment: dict[str, dt.datetime]
) -> None:
    program = Program(li.person)
    first = program.get()
    rows = list(CalendarEntry.objects.values())
    moment["now"] += dt.timedelta(minutes=5)
    again = program.get(if_none_match=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert list(CalendarEntry.objects.values()) == rows
    InterpreterLanguage.objects.filter(language="ar").delete()
    assert program.get(if_none_match=first["ETag"]).status_code == 200
    assert Client().head(program.path).status_code == 200


def test_stand_by_and_bookings_until_they_are_called_off(li: Interpreter, zhou: Person) -> None:
    program = Program(li.person)
    standby = emergencies.stand_by(li, "ar", "67", dt.time(22), dt.time(6), valid_from=NOW.date(), by=zhou)
    fair = Event(
        "广交会; 第一期, 琶洲", "on_site", ("ar",), 1, NOW + DAY, NOW + DAY * 1.3, "王女士", "13800138000", "展馆A区"
    )
    booking = bookings.book(fair, by=zhou)
    assigned = bookings.assign(booking, "1001", "ar", by=zhou)
    nights = program.of("standby")
    assert (nights[0].dtstart.value.isoweekday(), nights[0].dtstart.value.hour, nights[0].dtend.value.hour) == (
        6,
        22,
        6,
    )
    (one,) = program.of("booking")
    assert (one.summary.value, one.location.value, one.status.value) == (
        "广交会; 第一期, 琶洲 · Arabic",
        "展馆A区",
        "TENTATIVE",
    )
    bookings.answer(assigned, accept=True, by=li.person)
    bookings.move(booking, "confirmed", by=zhou)
    (one,) = program.of("booking")
    assert (one.status.value, one.sequence.value) == ("CONFIRMED", "1")
    bookings.move(booking, "cancelled", by=zhou)
    emergencies.stand_down(standby, NOW.date(), by=zhou)
    assert {one.status.value for one in [*program.of("booking"), *program.of("standby")]} == {"CANCELLED"}
    assert BookingAssignment.objects.count() == 1


def test_nothing_of_a_caller_or_of_whoever_booked_is_told(li: Interpreter, zhou: Person) -> None:
    wanted = orders.Wanted("13900000002", "ar", NOW + DAY, name="Kim", note="住院手续")
    orders.arrange(wanted, by=zhou)
    fair = Event("展会", "phone", ("ar",), 1, NOW + DAY, NOW + 2 * DAY, "王女士", "13800138000", note="签到")
    bookings.assign(bookings.book(fair, by=zhou), "1001", "ar", by=zhou)
    for program in (Program(li.person), Program(zhou, "ar")):
        (appointment,) = program.of("appointment")
        assert (appointment.summary.value, appointment.transp.value) == ("Appointment · Arabic", "TRANSPARENT")
        text = program.get().content.decode()
        assert not [
            one for one in ("13900000002", "Kim", "住院", "王女士", "13800138000", "签到", "李雷") if one in text
        ]


def test_who_plans_reads_a_languages_shifts_with_the_numbers(li: Interpreter, zhou: Person) -> None:
    interpreter("1002", "ar")
    hours.open_window("ar", "remote", "67", dt.time(9), dt.time(18), valid_from=NOW.date(), by=zhou)
    emergencies.stand_by(li, "ar", "7", dt.time(0), dt.time(9), valid_from=NOW.date(), by=zhou)
    program = Program(zhou, "ar")
    assert program.of("seat")[-1].summary.value == "On duty · Arabic · 1001, 1002"
    assert program.of("remote")[0].summary.value == "Remote hours · Arabic"
    assert program.of("standby")[0].summary.value == "Stands by · Arabic · 1001"


@pytest.mark.parametrize("how", ["revoked", "replaced", "person gone", "role gone", "guessed"])
def test_an_address_that_is_no_longer_valid_opens_nothing(zhou: Person, how: str) -> None:
    program = Program(zhou, "ar")
    assert program.get().status_code == 200
    if how == "revoked":
        assert calendars.revoke(zhou, "ar")
        assert not calendars.revoke(zhou, "ar")
    elif how == "replaced":
        calendars.make(zhou, "ar")
    elif how == "person gone":
        Person.objects.update(is_active=False)
    elif how == "role gone":
        zhou.grants.all().delete()
    else:
        program.path = program.path.replace("/shifts", "x/shifts")
    assert program.get().status_code == 404


def test_the_page_makes_shows_and_revokes_addresses_journaled_without_the_secret(li: Interpreter, zhou: Person) -> None:
    client = Client()
    client.force_login(li.person)
    assert "webcal://" not in client.get("/calendars/").content.decode()
    client.post("/calendars/change/", {"ask": "make"})
    page = client.get("/calendars/").content.decode()
    feed = CalendarFeed.objects.get()
    secret = calendars.token_of(feed)
    assert f'href="webcal://127.0.0.1:8000/calendars/{secret}/shifts.ics"' in page
    assert f'value="http://127.0.0.1:8000/calendars/{secret}/shifts.ics"' in page
    assert secret not in repr(list(CalendarFeed.objects.values())) + repr(list(JournalEntry.objects.values()))
    assert client.post("/calendars/change/", {"ask": "make", "language": "ar"}).status_code == 404, "hers alone"
    client.post("/calendars/change/", {"ask": "revoke"})
    assert secret not in client.get("/calendars/").content.decode()
    acts = JournalEntry.objects.filter(action__startswith="calendar.").values_list("action", "actor")
    assert list(acts.order_by("id")) == [("calendar.make", li.person.pk), ("calendar.revoke", li.person.pk)]
    client.force_login(zhou)
    assert client.get("/calendars/").content.decode().count('value="make"') == len(FOREIGN)
    client.force_login(create_person("nobody", by=None))
    assert client.get("/calendars/").status_code == 404
    assert timezone.is_aware(feed.made_at)
