"""What is written, and when: rows before acts, one callback per number, commands taken once, leases held once."""

from __future__ import annotations

import time

import pytest

from yuqiao.accounts.models import JournalEntry, Person
from yuqiao.engines import events as engine
from yuqiao.hotline import effects as ask
from yuqiao.hotline import events as desk
from yuqiao.hotline import queue, services, wishes
from yuqiao.hotline.models import Call, Callback, CallCommand, CallEvent, InterpreterRequest, Leg, Recording
from yuqiao.hotline.tests.rows import OneCall, interpreter, line
from yuqiao.workforce.models import Interpreter

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_the_rows_stand_before_the_engine_is_asked_to_ring() -> None:
    line()
    anna = interpreter("1001")
    call = OneCall()
    ring = next(act for act in call.acts if isinstance(act, ask.Ring))
    assert Leg.objects.get(pk=ring.leg).interpreter == anna
    request = InterpreterRequest.objects.get()
    assert (request.state, request.interpreter, request.tried) == ("claimed", anna, [anna.pk])
    anna.refresh_from_db()
    assert (anna.state, anna.held_by) == ("claimed", str(request.pk))
    row = Call.objects.get()
    assert (row.line.number if row.line else "", row.language, row.way_in) == ("960169", "en", "direct")
    assert list(row.events.values_list("kind", flat=True)) == [
        "arrived",
        "language_known",
        "interpreter_requested",
        "interpreter_rung",
    ]


def test_a_whole_call_in_rows() -> None:
    line()
    anna = interpreter("1001")
    call = OneCall()
    inbound, outbound = (leg.id for leg in call.call.legs)
    now = time.time()
    call.tell(engine.LegAnswered(inbound, now))
    call.tell(engine.LegJoined(inbound, now))
    call.tell(engine.LegControlled(outbound, now + 1))
    anna.refresh_from_db()
    assert anna.state == "busy"
    call.tell(engine.LegJoined(outbound, now + 1.25))
    playing = call.call.playing
    assert playing is not None
    assert playing.name == "notice"
    acts = call.tell(engine.PlaybackEnded(playing.id, inbound, now + 1.4))
    names = [act.name for act in acts if isinstance(act, ask.Record)]
    assert len(names) == 3
    for name in names:
        call.tell(engine.RecordingBegan(name, now + 1.5))
    call.tell(engine.LegEnded(inbound, 16, now + 9))
    call.tell(engine.LegEnded(outbound, 16, now + 9.1))
    assert Call.objects.get().ended_at is None, "still open: its recordings are not closed"
    for name in names:
        call.tell(engine.RecordingEnded(name, 7500, now + 9.2))
    row = Call.objects.get()
    assert (row.phase, row.outcome) == ("ended", "served")
    assert row.ended_at is not None
    assert row.interpreter_at is not None
    assert row.ended_at.timestamp() == pytest.approx(now + 9, abs=0.001)
    assert row.interpreter_at.timestamp() == pytest.approx(now + 1.25, abs=0.001)
    assert row.answered_at is not None
    assert (row.time_to_answer, row.time_to_interpreter) == (
        row.answered_at - row.started_at,
        row.interpreter_at - row.started_at,
    )
    anna.refresh_from_db()
    assert (anna.state, anna.held_by) == ("wrap_up", "")
    assert anna.last_call_ended_at is not None
    assert set(Recording.objects.values_list("kind", "offset_ms", "duration_ms")) == {
        ("segment", 1500, 7500),
        ("mix_segment", 1500, 7500),
    }
    assert Leg.objects.filter(ended_at=None).count() == 0
    assert InterpreterRequest.objects.get().state == "answered"


def test_a_commit_that_fails_leaves_nothing_and_can_be_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    line()
    interpreter("1001")
    second = interpreter("1002", tier="remote")
    call = OneCall()
    before, rung = call.call, call.call.legs[1].id
    count = CallEvent.objects.count()

    def fail(*_: object) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(services, "write", fail)
        with pytest.raises(RuntimeError):
            call.tell(engine.LegEnded(rung, 17, time.time()))
    second.refresh_from_db()
    assert (second.state, CallEvent.objects.count(), call.call) == ("ready", count, before)
    acts = call.tell(engine.LegEnded(rung, 17, time.time()))
    assert [act.contact for act in acts if isinstance(act, ask.Ring)] == [second.contact]


def test_one_open_callback_per_number() -> None:
    line()
    for number in range(2):
        call = OneCall(f"leg-{number}")
        assert call.call.outcome == "callback"
    callback = Callback.objects.get()
    assert (callback.number, callback.language) == ("13900000001", "en")
    assert callback.due_at > callback.created_at
    Callback.objects.update(done_at=callback.due_at)
    OneCall("leg-3")
    assert Callback.objects.count() == 2, "a missed call after the return is a new one"


def test_a_caller_without_a_number_cannot_be_called_back() -> None:
    line()
    OneCall(number="anonymous")
    assert not Callback.objects.exists()


def test_an_unknown_number_is_taken_as_a_direct_call() -> None:
    call = OneCall(dialled="000")
    assert Call.objects.get().line is None
    assert any(isinstance(act, ask.Answer) for act in call.acts)


def test_who_waits_first_is_served_first() -> None:
    line()
    anna = interpreter("1001", state="busy")
    first, second = OneCall("leg-1"), OneCall("leg-2", "13900000002")
    assert {one.state for one in InterpreterRequest.objects.all()} == {"waiting"}
    assert queue.whose_turn() == []
    Interpreter.objects.filter(pk=anna.pk).update(state="ready")
    assert queue.whose_turn() == [first.call.id]
    second.tell(desk.TryAgain(time.time()))
    assert second.call.requests[0].state == "waiting", "nobody jumps the queue"
    late = OneCall("leg-3", "13900000003")
    assert late.call.requests[0].state == "waiting", "not even by arriving at the right moment"
    first.tell(desk.TryAgain(time.time()))
    assert first.call.requests[0].state == "claimed"


def test_commands_are_journaled_taken_once_and_refused_for_a_call_that_is_over() -> None:
    line()
    interpreter("1001")
    talk = OneCall()
    call = Call.objects.get()
    boss = Person.objects.create(username="boss")
    command = wishes.ask_add_party(call, " 12345 ", by=boss)
    wishes.ask_add_party(call, "sip:somebody@desk", by=boss)
    assert [entry.detail for entry in JournalEntry.objects.all()] == [{"line": "12345"}, {"contact": True}]
    assert [one.pk for one in wishes.take_commands("one")] == [command.pk, command.pk + 1]
    assert wishes.take_commands("other") == []
    assert wishes.return_commands("other", []) == 2
    assert len(wishes.take_commands("other")) == 2
    talk.tell(desk.AddPartyAsked(command.pk, "999", "", time.time()))
    done = CallCommand.objects.get(pk=command.pk)
    assert (done.error, done.done_at is not None) == ("no such line", True)
    with pytest.raises(wishes.CommandError):
        wishes.ask_add_party(call, "", by=boss)
    Call.objects.update(ended_at=call.started_at)
    with pytest.raises(wishes.CommandError):
        wishes.ask_end(call, by=boss)


def test_a_lease_has_one_holder_until_it_runs_out_or_is_given_back() -> None:
    assert services.hold_lease("calls", "one", 60)
    assert services.hold_lease("calls", "one", 60), "renewed"
    assert not services.hold_lease("calls", "other", 60)
    services.drop_lease("calls", "one")
    assert services.hold_lease("calls", "other", -1)
    assert services.hold_lease("calls", "one", 60), "it ran out"


def test_a_call_that_failed_is_ended_on_paper() -> None:
    line()
    anna = interpreter("1001")
    call = OneCall()
    services.abort(call.call)
    anna.refresh_from_db()
    assert (anna.state, anna.held_by) == ("ready", "")
    row = Call.objects.get()
    assert (row.phase, row.outcome, row.ended_at is not None) == ("ended", "failed", True)
    assert InterpreterRequest.objects.get().state == "unmet"
    assert Callback.objects.exists()
    assert services.open_calls() == []


def test_interpreters_of_calls_that_are_over_are_released() -> None:
    line()
    interpreter("1001")
    orphan = interpreter("1002", tier="remote")
    OneCall()
    Interpreter.objects.filter(pk=orphan.pk).update(state="busy", held_by="11111111-2222-4333-8444-555555555555")
    assert services.release_orphans() == 1
    orphan.refresh_from_db()
    assert (orphan.state, orphan.held_by) == ("wrap_up", "")
    assert Interpreter.objects.exclude(held_by="").count() == 1, "who is rung stays held"


def test_an_interpreters_keys_enter_the_journal_under_her_name() -> None:
    line()
    li = interpreter("1001")
    call = OneCall()
    inbound, outbound = (leg.id for leg in call.call.legs)
    now = time.time()
    call.tell(engine.LegAnswered(inbound, now))
    call.tell(engine.LegControlled(outbound, now))
    call.tell(engine.LegJoined(outbound, now))
    for key in "*12345###":
        call.tell(engine.KeyPressed(outbound, key, now))
    written = JournalEntry.objects.order_by("id").values_list("actor", "action", "subject_id", "detail")
    assert list(written) == [
        (li.person.pk, "call.add_party", call.call.id, {"line": "12345", "by": "key"}),
        (li.person.pk, "call.end", call.call.id, {"by": "key"}),
    ]


def test_the_record_keeps_by_which_trunk_a_call_came_and_from_which_hotline_it_was_sent_on() -> None:
    line()
    timing = OneCall().call.timing
    for number, diverted_from in enumerate(("12345", "9601691", "13800000009", ""), 7):
        arrival = engine.LegArrived(f"leg-{number}", "9601690", "13900000001", time.time(), (), "city-a", diverted_from)
        services.admit(arrival, timing)
    kept = [event.data for event in CallEvent.objects.filter(kind="arrived").order_by("id")]
    assert "trunk" not in kept[0]
    assert [(data["trunk"], data.get("diverted_from")) for data in kept[1:]] == [
        ("city-a", "12345"),
        ("city-a", "9601691"),
        ("city-a", None),  # a private number is nobody's business
        ("city-a", None),
    ]
