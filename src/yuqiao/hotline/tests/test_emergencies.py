"""Emergency mode: one at a time, journaled, with a roster; and its report from calls and phones."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings

from yuqiao.accounts.models import JournalEntry, Person
from yuqiao.hotline import emergencies, standing_by
from yuqiao.hotline.effects import FinishCommand
from yuqiao.hotline.emergencies import EmergencyError
from yuqiao.hotline.events import LongerWait
from yuqiao.hotline.models import Call, CallCommand, Emergency, Leg, Standby
from yuqiao.hotline.rules import step
from yuqiao.hotline.state import Timing
from yuqiao.hotline.tests.rows import OneCall, interpreter, line
from yuqiao.hotline.wishes import event_of
from yuqiao.lib import clock

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def zhou() -> Person:
    return Person.objects.create(username="zhou")


def test_it_is_switched_on_and_off_once_and_journaled(zhou: Person) -> None:
    assert emergencies.current() is None
    lasting = emergencies.begin(" 台风 ", ["ja", "en"], 6, by=zhou)
    assert (lasting.reason, lasting.languages) == ("台风", ["en", "ja"])
    with pytest.raises(EmergencyError, match="already_on"):
        emergencies.begin("again", [], 6, by=zhou)
    hands = standing_by.all_hands(clock.now().timestamp())
    assert (hands.concerns("en"), hands.concerns("ko")) == (True, False)
    assert standing_by.patience(Timing(wait=45)).wait == 180
    emergencies.prolong(lasting, 3, by=zhou)
    lasting.refresh_from_db()
    assert lasting.remind_at > clock.now() + dt.timedelta(hours=2)
    emergencies.end(lasting, by=zhou)
    assert emergencies.current() is None
    standing_by.forget()
    assert standing_by.patience(Timing(wait=45)).wait == 45
    for verb in (emergencies.end, lambda one, by: emergencies.prolong(one, 1, by=by)):
        with pytest.raises(EmergencyError, match="over"):
            verb(lasting, by=zhou)
    emergencies.begin("another", [], 1, by=zhou)
    standing_by.forget()
    assert standing_by.all_hands(clock.now().timestamp()).concerns("ko"), "no language named: all"
    actions = JournalEntry.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == ["emergency.begin", "emergency.prolong", "emergency.end", "emergency.begin"]


def test_who_waits_already_may_wait_as_long_as_who_calls_from_now_on(zhou: Person) -> None:
    line()
    interpreter("1", state="busy")
    waiting, over = OneCall(leg="a").call, OneCall(leg="b").call
    Call.objects.filter(pk=over.id).update(ended_at=clock.now())
    emergencies.begin("台风", [], 6, by=zhou)
    command = CallCommand.objects.get()
    assert (str(command.call_id), command.kind) == (waiting.id, "longer_wait")
    event = event_of(command, waiting.started_at + 20)
    assert isinstance(event, LongerWait)
    limit = dict(waiting.deadlines)["wait"]
    longer, effects = step(waiting, event)
    assert FinishCommand(command.pk, "") in effects
    wait = 4.0 * settings.WAIT_SECONDS
    assert longer.timing.wait == wait
    assert dict(longer.deadlines)["wait"] == waiting.requests[0].created_at + wait > limit
    again, _ = step(longer, replace(event, wait=10.0))
    assert again.timing.wait == wait, "nobody's time is cut short"


@pytest.mark.parametrize(
    ("reason", "languages", "hours", "code"),
    [
        (" ", [], 1, "reason_missing"),
        ("x", ["tlh"], 1, "unknown_language"),
        ("x", [], 0, "hours"),
        ("x", [], 99, "hours"),
    ],
)
def test_what_makes_no_sense_is_refused(zhou: Person, reason: str, languages: list[str], hours: int, code: str) -> None:
    with pytest.raises(EmergencyError, match=code):
        emergencies.begin(reason, languages, hours, by=zhou)
    assert not Emergency.objects.exists()


def roster(zhou: Person, number: str, begins: dt.time, ends: dt.time, **more: Any) -> Standby:
    li = interpreter(number, state="off", ja=2)
    today = dt.date(2026, 5, 1)
    return emergencies.stand_by(li, "ja", "1234567H", begins, ends, valid_from=today, by=zhou, **more)


def test_who_stands_by_at_which_hour(zhou: Person) -> None:
    night = roster(zhou, "1001", dt.time(20), dt.time(8))
    day = roster(zhou, "1002", dt.time(8), dt.time(20))
    zone = dt.timezone(dt.timedelta(hours=8))
    at = dt.datetime(2026, 6, 3, 3, tzinfo=zone)
    assert emergencies.on_standby(at) == {night.interpreter_id: {"ja"}}
    assert emergencies.on_standby(at.replace(hour=12)) == {day.interpreter_id: {"ja"}}
    assert emergencies.on_standby(at.replace(month=4)) == {}
    emergencies.stand_down(night, dt.date(2026, 6, 1), by=zhou)
    assert emergencies.on_standby(at) == {}, "the last night began on the 1st"
    with pytest.raises(EmergencyError, match="language_not_held"):
        emergencies.stand_by(
            day.interpreter, "ko", "1", dt.time(8), dt.time(9), valid_from=dt.date(2026, 5, 1), by=zhou
        )


def test_the_report_counts_callers_and_what_the_roster_did(zhou: Person) -> None:
    standby = roster(zhou, "1001", dt.time(0), dt.time(0))
    lasting = emergencies.begin("台风", ["ja"], 6, by=zhou)
    now = clock.now()

    def call(seconds: float | None, *, before: bool = False, **more: Any) -> Call:
        at = lasting.began_at - dt.timedelta(minutes=1) if before else now
        waited = None if seconds is None else dt.timedelta(seconds=seconds)
        facts = {"dialled": "1", "way_in": "direct", "language": "ja", "started_at": at, "time_to_interpreter": waited}
        return Call.objects.create(**facts | more)

    for seconds in (4, 8, 20):
        served = call(seconds, ended_at=now)
    call(None)
    call(None, ended_at=now)
    call(1, before=True)
    call(1, language="ko")
    call(1, way_in="callback")
    for number, answered in enumerate((now, None, None)):
        Leg.objects.create(
            id=f"leg-{number}",
            call=served,
            role="interpreter",
            interpreter=standby.interpreter,
            created_at=now,
            answered_at=answered,
        )
    later = now + dt.timedelta(minutes=1)
    (japanese,) = emergencies.by_language(lasting, later)
    assert (japanese.calls, japanese.served, japanese.waiting, japanese.p50, japanese.p95) == (5, 3, 1, 8, 20)
    (li,) = emergencies.roster(lasting, later)
    assert (li.languages, li.rung, li.answered) == (("ja",), 3, 1)
