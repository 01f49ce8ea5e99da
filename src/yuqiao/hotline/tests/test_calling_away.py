"""A phone that merely rings is called away to a more urgent call: once, by one call, and never who picked up."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator

import pytest
from django.test import override_settings

from yuqiao.engines import events as engine
from yuqiao.hotline import effects as ask
from yuqiao.hotline import events as desk
from yuqiao.hotline import queue, wishes
from yuqiao.hotline.models import CallCommand, DialledNumber, InterpreterRequest, Line
from yuqiao.hotline.tests.rows import OneCall, interpreter, line
from yuqiao.hotline.tests.test_callbacks import ALL_DAY, OUTBOUND, Back, missed
from yuqiao.lib import clock
from yuqiao.workforce.models import Interpreter

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _outbound() -> Iterator[None]:
    with override_settings(OUTBOUND_CONTACT=OUTBOUND, CALLBACK_HOURS=ALL_DAY):
        yield


def emergency() -> None:
    """Write the police's line with its number for English."""
    police = Line.objects.create(number="110", name_zh="报警", line_class="emergency", priority=100)
    DialledNumber.objects.create(number="1101", line=police, way_in="beside_agent", language="en")


def rung(call: OneCall) -> str:
    """Return the newest interpreter's leg of a call."""
    return [leg.id for leg in call.call.legs if leg.role == "interpreter"][-1]


def obey(call: OneCall) -> None:
    """The call takes up the one command there is, and the phone it hangs up goes silent."""
    (command,) = wishes.take_commands("server")
    assert str(command.call_id) == call.call.id
    event = wishes.event_of(command, time.time())
    assert isinstance(event, desk.Preempted)
    call.tell(event)
    silent = [act.leg for act in call.acts if isinstance(act, ask.HangUp)]
    for leg in silent:
        call.tell(engine.LegEnded(leg, 16, time.time()))


def look(call: OneCall) -> None:
    """The call's queue has something for it."""
    assert queue.whose_turn() == [call.call.id]
    call.tell(desk.TryAgain(time.time()))


def test_a_caller_gets_who_merely_rings_for_a_callback() -> None:
    line()
    missed()
    li = interpreter("1001")
    back = Back()
    long_since = clock.now() - dt.timedelta(minutes=1)
    InterpreterRequest.objects.filter(call_id=back.call.id).update(created_at=long_since)
    live = OneCall("live", "13900000002")
    assert live.call.requests[0].state == "waiting"
    assert dict(live.call.deadlines).keys() >= {"wait", f"look:{live.call.requests[0].id}"}
    obey(back)
    li.refresh_from_db()
    assert (li.state, li.held_by) == ("ready", "")
    assert back.call.requests[0].preempted
    assert back.call.requests[0].state == "waiting"
    look(live)
    li.refresh_from_db()
    assert li.held_by == live.call.requests[0].id
    assert [act.contact for act in live.acts if isinstance(act, ask.Ring)] == [li.contact]
    kinds = set(live.call_kinds())
    assert {"preempting", "waiting", "interpreter_rung"} <= kinds
    assert "interpreter_preempted" in back.call_kinds()
    assert CallCommand.objects.get().done_at is not None


def test_an_emergency_takes_from_a_caller_but_only_once_and_a_caller_takes_from_no_caller() -> None:
    line()
    emergency()
    li = interpreter("1001")
    first = OneCall("first", "13900000002")
    OneCall("second", "13900000003")
    assert not CallCommand.objects.exists(), "equals wait for each other"
    urgent = OneCall("urgent", "13900000004", "1101")
    obey(first)
    look(urgent)
    urgent.tell(engine.LegEnded(rung(urgent), 17, time.time()))
    assert urgent.call.outcome == "callback", "she refused, and nobody else holds English"
    assert queue.whose_turn() == [first.call.id], "who lost her goes before who called later"
    look(first)
    li.refresh_from_db()
    assert li.held_by == first.call.requests[0].id
    OneCall("urgent-2", "13900000005", "1101")
    assert CallCommand.objects.count() == 1, "not from the same call again"


def test_who_picked_up_stays_although_it_is_not_written_yet() -> None:
    line()
    emergency()
    li = interpreter("1001")
    first = OneCall("first", "13900000002")
    urgent = OneCall("urgent", "13900000004", "1101")
    first.tell(engine.LegControlled(rung(first), time.time()))
    (command,) = wishes.take_commands("server")
    event = wishes.event_of(command, time.time())
    assert event is not None
    acts = first.tell(event)
    assert not [act for act in acts if isinstance(act, ask.HangUp)]
    li.refresh_from_db()
    assert (li.state, li.held_by) == ("busy", first.call.requests[0].id)
    assert CallCommand.objects.get().error == "she does not ring any more"
    urgent.tell(desk.TimeCame(time.time() + 2))
    assert urgent.call.requests[0].state == "waiting"


def test_two_urgent_calls_do_not_take_from_the_same_call() -> None:
    line()
    emergency()
    interpreter("1001")
    interpreter("1002")
    OneCall("first", "13900000002")
    OneCall("second", "13900000003")
    OneCall("urgent-1", "13900000004", "1101")
    OneCall("urgent-2", "13900000005", "1101")
    OneCall("urgent-3", "13900000006", "1101")
    commands = CallCommand.objects.all()
    assert commands.count() == 2
    assert len({str(command.call_id) for command in commands}) == 2
    assert InterpreterRequest.objects.filter(preempted=True).count() == 2
    assert Interpreter.objects.exclude(held_by="").count() == 2, "nothing changes hands before the other call let go"
