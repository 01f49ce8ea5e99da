"""Rows of arranged calls and of lists: begun once, tried by policy, closed with proof; lists come last."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone

from yuqiao.engines import events as engine
from yuqiao.hotline import services
from yuqiao.hotline.models import Call, Callback, Campaign, InterpreterRequest, Line, NoCallNumber, Order, OrderAttempt
from yuqiao.hotline.state import Timing
from yuqiao.hotline.tests.rows import OneCall, interpreter, line
from yuqiao.hotline.tests.test_callbacks import ALL_DAY, OUTBOUND, Back, missed
from yuqiao.hotline.tests.test_races import race
from yuqiao.lib import clock
from yuqiao.workforce.models import Interpreter

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

KIM = "13900000002"


@pytest.fixture(autouse=True)
def _outbound() -> Iterator[None]:
    with override_settings(OUTBOUND_CONTACT=OUTBOUND, CALLBACK_HOURS=ALL_DAY, SCHEDULED_ATTEMPTS=2):
        yield


def campaign(**more: Any) -> Campaign:
    facts: dict[str, Any] = {
        "name": "随访",
        "first_hour": ALL_DAY.first,
        "last_hour": ALL_DAY.last,
        "attempts": 2,
        "pause_minutes": 60,
        "ends_at": clock.now() + dt.timedelta(days=3),
        "state": "running",
        "created_at": clock.now(),
    }
    return Campaign.objects.create(**facts | more)


def order(number: str = KIM, of: Campaign | None = None, **more: Any) -> Order:
    now = clock.now()
    facts: dict[str, Any] = {
        "kind": "outreach" if of else "scheduled",
        "campaign": of,
        "number": number,
        "language": "en",
        "begins_at": now,
        "next_try_at": now,
        "latest_at": now + dt.timedelta(days=1),
        "created_at": now,
    }
    return Order.objects.create(**facts | more)


def due_again() -> None:
    Order.objects.filter(done_at=None).update(next_try_at=clock.now())
    Interpreter.objects.exclude(state="off").update(state="ready")


def test_an_appointment_is_kept_with_proof_and_never_twice() -> None:
    line()
    interpreter("1001")
    wanted = order(begins_at=clock.now())
    back = Back()
    assert services.begin_due_outbound(Timing()) is None, "taken already"
    li, kim = back.up("interpreter"), back.up("caller")
    row = Call.objects.get(pk=back.call.id)
    assert (row.way_in, row.caller_number, row.returns_id) == ("scheduled", KIM, None)
    assert InterpreterRequest.objects.get(call=row).priority == 0
    back.over(kim, li)
    wanted.refresh_from_db()
    assert (wanted.outcome, wanted.proof_id, wanted.attempts, wanted.running_id) == ("answered", row.pk, 1, None)
    assert [one.call_id for one in wanted.tries.all()] == [row.pk]
    assert not Callback.objects.exists()
    due_again()
    assert services.begin_due_outbound(Timing()) is None


def test_not_before_its_minute_and_only_in_a_language_somebody_is_ready_for() -> None:
    interpreter("1001", ja=2)
    order(next_try_at=clock.now() + dt.timedelta(minutes=5))
    order("13900000003")
    assert services.begin_due_outbound(Timing()) is None
    interpreter("1002")
    assert Back().call.caller_number == "13900000003"


def test_the_agent_of_the_line_comes_along_only_if_asked_for() -> None:
    line()
    mayor = Line.objects.get(number="12345")
    interpreter("1001")
    order(line=mayor, with_agent=True)
    assert Back().call.agent_contact == "sip:12345@desk"
    due_again()
    interpreter("1002")
    order("13900000003", line=mayor)
    assert Back().call.agent_contact == ""


def attempt(cause: int = 19, *, machine: bool = False) -> None:
    back = Back()
    li = back.up("interpreter")
    if not machine:
        back.over(back.call.principal, li, cause=cause)
        return
    kim = back.up("caller")
    for key in "*9#":
        back.tell(engine.KeyPressed(li, key, time.time()))
    back.over(kim, li)


@pytest.mark.parametrize("machine", [False, True])
def test_after_as_many_attempts_as_promised_it_is_not_reached(machine: bool) -> None:
    wanted = order()
    interpreter("1001")
    for made in (1, 2):
        attempt(machine=machine)
        wanted.refresh_from_db()
        assert (wanted.attempts, wanted.running_id, wanted.proof_id) == (made, None, None)
        due_again()
    assert wanted.outcome == "not_reached"


def test_a_callback_answered_by_a_machine_is_open_again_and_tried_again() -> None:
    line()
    owed = missed()
    interpreter("1001")
    attempt(machine=True)
    owed.refresh_from_db()
    assert (owed.done_at, owed.outcome, owed.proof_id, owed.attempts, owed.running_id) == (None, "", None, 1, None)
    assert owed.next_try_at is not None
    assert owed.next_try_at > clock.now() + dt.timedelta(minutes=4)
    Callback.objects.update(next_try_at=clock.now())
    due_again()
    back = Back()
    back.up("interpreter")
    back.up("caller")
    owed.refresh_from_db()
    assert owed.outcome == "answered"


def test_a_machine_leaves_the_newer_promise_to_the_same_caller_in_force() -> None:
    line()
    owed = missed()
    interpreter("1001")
    back = Back()
    li, anna = back.up("interpreter"), back.up("caller")
    newer = missed()
    for key in "*9#":
        back.tell(engine.KeyPressed(li, key, time.time()))
    back.over(anna, li)
    owed.refresh_from_db()
    newer.refresh_from_db()
    assert (owed.outcome, owed.proof_id) == ("not_reached", None)
    assert (newer.done_at, newer.pk == owed.pk) == (None, False)


def test_too_late_is_missed_and_seen() -> None:
    wanted = order(latest_at=clock.now() - dt.timedelta(seconds=1))
    assert services.begin_due_outbound(Timing()) is None
    wanted.refresh_from_db()
    assert (wanted.outcome, wanted.done_at is None) == ("missed", False)


def test_appointments_first_then_missed_callers_then_lists() -> None:
    line()
    owed = missed()
    order("13900000003", campaign())
    order()
    for number in ("1001", "1002", "1003", "1004"):
        interpreter(number)
    begun = [Back().call for _ in range(3)]
    assert [one.way_in for one in begun] == ["scheduled", "callback", "outreach"]
    assert begun[1].callback == owed.pk
    assert [one.priority for one in begun] == [0, 0, 0]


def test_a_list_leaves_the_last_one_of_every_language_to_callers() -> None:
    order(of=campaign())
    interpreter("1001", en=1)
    assert services.begin_due_outbound(Timing()) is None
    only_japanese = interpreter("1002", en=3, ja=3)
    back = Back()
    assert back.call.requests[0].ringing == (Interpreter.objects.get(number="1001").pk,)
    back.tell(engine.LegEnded(back.call.legs[0].id, 17, time.time()))
    assert back.call.outcome == "postponed", "nobody but the only one for Japanese is left"
    only_japanese.refresh_from_db()
    assert only_japanese.state == "ready"


def test_a_paused_list_calls_nobody_and_quiet_hours_put_it_off() -> None:
    interpreter("1001")
    interpreter("1002")
    paused = campaign(state="paused")
    first = order(of=paused)
    assert services.begin_due_outbound(Timing()) is None
    local = timezone.localtime()
    quiet = local.hour >= 12  # open in the other half of the day
    hours = (dt.time(1), dt.time(9)) if quiet else (dt.time(15), dt.time(23))
    Campaign.objects.update(state="running", first_hour=hours[0], last_hour=hours[1])
    assert services.begin_due_outbound(Timing()) is None
    first.refresh_from_db()
    assert first.next_try_at is None or timezone.localtime(first.next_try_at).time() == hours[0]


def test_one_list_a_day_for_one_number_and_none_against_the_wish() -> None:
    interpreter("1001")
    interpreter("1002")
    order(of=campaign())
    attempt()
    due_again()
    Order.objects.update(done_at=clock.now(), outcome="not_reached")
    again = order(of=campaign(name="另一批"), latest_at=clock.now() + dt.timedelta(days=3))
    assert services.begin_due_outbound(Timing()) is None
    again.refresh_from_db()
    assert again.next_try_at is not None
    assert timezone.localtime(again.next_try_at).date() == timezone.localdate() + dt.timedelta(days=1)
    NoCallNumber.objects.create(number=KIM, since=clock.now())
    due_again()
    assert services.begin_due_outbound(Timing()) is None
    again.refresh_from_db()
    assert again.outcome == "refused"


def test_who_says_no_more_is_on_no_list_but_still_called_back() -> None:
    line()
    interpreter("1001")
    interpreter("1002")
    mine = order(of=campaign())
    other = order(of=campaign(name="另一批"))
    back = Back()
    li, kim = back.up("interpreter"), back.up("caller")
    for key in "*8#":
        back.tell(engine.KeyPressed(li, key, time.time()))
    back.over(kim, li)
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.outcome, other.outcome) == ("answered", "refused")
    assert NoCallNumber.objects.get().number == KIM
    Interpreter.objects.update(state="off")
    owed = missed(KIM)
    due_again()
    Interpreter.objects.update(state="ready")
    assert Back().call.callback == owed.pk


def test_somebody_on_a_call_with_us_is_not_rung_beside_it() -> None:
    line()
    interpreter("1001")
    interpreter("1002")
    order()
    OneCall(number=KIM)
    assert services.begin_due_outbound(Timing()) is None


def test_two_call_servers_begin_each_appointment_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUQIAO_OUTBOUND_CONTACT", OUTBOUND)
    numbers = [f"1390000{number:04}" for number in range(12)]
    for number in numbers:
        order(number)
        interpreter(f"2{number[-4:]}")
    one, other = race(["back", "one"], ["back", "other"])
    assert sorted(one + other) == sorted(numbers)
    assert OrderAttempt.objects.count() == 12
