"""Rows of callbacks: taken once, tried at sensible hours, closed with proof, and nobody called twice."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from fractions import Fraction

import pytest
from django.test import override_settings

from yuqiao.accounts.models import JournalEntry, Person
from yuqiao.engines import events as engine
from yuqiao.hotline import callback_figures, callbacks, services
from yuqiao.hotline import effects as ask
from yuqiao.hotline.models import Call, Callback, CallCommand, InterpreterRequest, Line
from yuqiao.hotline.rules import step
from yuqiao.hotline.state import Timing
from yuqiao.hotline.tests.rows import OneCall, interpreter, line
from yuqiao.hotline.tests.test_races import race
from yuqiao.lib import clock
from yuqiao.lib.hours import Hours
from yuqiao.workforce.models import Interpreter

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

ANNA = "13900000001"
ALL_DAY = Hours(dt.time(0), dt.time(23, 59, 59, 999999))
OUTBOUND = "sip:{number}@trunk"


@pytest.fixture(autouse=True)
def _outbound() -> Iterator[None]:
    with override_settings(OUTBOUND_CONTACT=OUTBOUND, CALLBACK_HOURS=ALL_DAY, CALLBACK_ATTEMPTS=2):
        yield


def missed(number: str = ANNA) -> Callback:
    """A call that found nobody, and is over."""
    call = OneCall(f"leg-{number}-{Callback.objects.count()}", number)
    call.tell(engine.LegEnded(call.call.legs[0].id, 16, time.time()))
    assert call.call.phase == "ended"
    return Callback.objects.get(number=number, done_at=None)


class Back(OneCall):
    """The call back that is begun now."""

    def __init__(self) -> None:
        begun = services.begin_due_outbound(Timing())
        assert begun is not None, "no callback was begun"
        self.call, self.acts = begun

    def up(self, role: str) -> str:
        """The newest leg of this role picks up and joins."""
        leg = [one.id for one in self.call.legs if one.role == role][-1]
        self.tell(engine.LegControlled(leg, time.time()))
        self.tell(engine.LegJoined(leg, time.time()))
        return leg

    def over(self, *legs: str, cause: int = 16) -> None:
        """These legs end."""
        for leg in legs:
            self.tell(engine.LegEnded(leg, cause, time.time()))
        tracks = [track.name for track in self.call.tracks]
        for name in tracks:
            self.tell(engine.RecordingEnded(name, 1000, time.time()))
        assert self.call.phase == "ended"


def due_now() -> None:
    Callback.objects.filter(done_at=None).update(next_try_at=clock.now())


def test_served_in_a_call_back_is_done_with_proof() -> None:
    line()
    owed = missed()
    interpreter("1001")
    back = Back()
    row = Call.objects.get(pk=back.call.id)
    assert (row.way_in, row.returns_id, row.line_id, row.dialled) == ("callback", owed.pk, owed.line_id, "9601691")
    assert InterpreterRequest.objects.get(call=row).priority == 0
    li, anna = back.up("interpreter"), back.up("caller")
    owed.refresh_from_db()
    assert (owed.outcome, owed.proof_id, owed.done_at) == (
        "answered",
        row.pk,
        Call.objects.get(pk=row.pk).interpreter_at,
    )
    back.over(anna, li)
    owed.refresh_from_db()
    assert (owed.attempts, owed.running_id) == (1, None)
    assert Callback.objects.count() == 1


def test_two_attempts_and_then_not_reached() -> None:
    line()
    owed = missed()
    li = interpreter("1001")
    for attempt in (1, 2):
        back = Back()
        leg = back.up("interpreter")
        back.over(back.call.principal, leg, cause=17)
        Interpreter.objects.filter(pk=li.pk).update(state="ready")
        owed.refresh_from_db()
        assert (owed.attempts, owed.running_id) == (attempt, None)
        assert services.begin_due_outbound(Timing()) is None, "not before the pause is over"
        due_now()
    assert (owed.outcome, owed.proof_id) == ("not_reached", None)
    assert owed.done_at is not None
    assert services.begin_due_outbound(Timing()) is None


def test_the_pause_grows_and_keeps_to_sensible_hours() -> None:
    night = Hours(dt.time(8), dt.time(21))
    with override_settings(CALLBACK_HOURS=night, CALLBACK_PAUSE_SECONDS=300):
        promise = callbacks.promise()
        zone = dt.timezone(dt.timedelta(hours=8))
        late = dt.datetime(2026, 5, 4, 20, 52, tzinfo=zone)
        assert promise.next_try(1, late, any_hour=False) == late + dt.timedelta(minutes=5)
        assert promise.next_try(2, late, any_hour=False) is None
        assert promise.first_try(late.replace(hour=22), any_hour=False) == dt.datetime(2026, 5, 5, 8, tzinfo=zone)
        assert promise.first_try(late.replace(hour=3), any_hour=True) == late.replace(hour=3)
        assert promise.due(late, any_hour=False) == dt.datetime(2026, 5, 5, 8, 22, tzinfo=zone)


def test_outside_the_hours_nobody_is_rung_except_for_emergencies_or_when_asked() -> None:
    line()
    local = dt.datetime.now(dt.timezone(dt.timedelta(hours=8)))
    closed = Hours(dt.time(0), dt.time(0, 1)) if local.hour >= 12 else Hours(dt.time(23, 58), dt.time(23, 59))
    owed = missed()
    interpreter("1001")
    with override_settings(CALLBACK_HOURS=closed):
        assert services.begin_due_outbound(Timing()) is None
        owed.refresh_from_db()
        assert owed.next_try_at is not None
        assert owed.next_try_at > clock.now()
        callbacks.take_back_now(owed, Person.objects.create(username="zhou"))
        assert Back().call.callback == owed.pk
        assert JournalEntry.objects.filter(action="callback.now").count() == 1
        Callback.objects.update(running=None, asked_now=False, next_try_at=clock.now())
        Call.objects.update(ended_at=clock.now())
        Interpreter.objects.update(state="ready", held_by="")
        Line.objects.update(line_class="emergency")
        assert Back().call.callback == owed.pk


def test_a_caller_on_the_line_goes_first() -> None:
    line()
    owed = missed()
    busy = interpreter("1001", state="busy")
    other = OneCall("leg-2", "13900000002")
    Interpreter.objects.filter(pk=busy.pk).update(state="ready")
    assert services.begin_due_outbound(Timing()) is None, "somebody waits for the same language"
    other.tell(engine.LegEnded("leg-2", 16, time.time()))
    Callback.objects.exclude(pk=owed.pk).update(done_at=clock.now())
    again = OneCall("leg-3", ANNA)
    Interpreter.objects.update(state="ready", held_by="")
    assert services.begin_due_outbound(Timing()) is None, "Anna is on the line herself"
    again.tell(engine.LegAnswered("leg-3", time.time()))
    ring = again.call.legs[-1].id
    again.tell(engine.LegControlled(ring, time.time()))
    again.tell(engine.LegJoined(ring, time.time()))
    owed.refresh_from_db()
    assert (owed.outcome, str(owed.proof_id)) == ("called_in", again.call.id)


def test_a_caller_served_by_calling_again_ends_the_running_attempt() -> None:
    line()
    owed = missed()
    interpreter("1001")
    interpreter("1002")
    back = Back()
    again = OneCall("leg-2", ANNA)
    again.tell(engine.LegAnswered("leg-2", time.time()))
    ring = again.call.legs[-1].id
    again.tell(engine.LegControlled(ring, time.time()))
    again.tell(engine.LegJoined(ring, time.time()))
    wish = CallCommand.objects.get()
    assert (str(wish.call_id), wish.kind) == (back.call.id, "end")
    owed.refresh_from_db()
    assert owed.outcome == "called_in"


def test_a_call_whose_rules_fail_counts_as_no_attempt_and_is_made_again() -> None:
    line()
    owed = missed()
    interpreter("1001")
    services.abort(Back().call)
    owed.refresh_from_db()
    assert (owed.running_id, owed.attempts, owed.done_at) == (None, 0, None)
    due_now()
    assert Back().call.callback == owed.pk


def test_nothing_is_rung_without_an_outbound_contact_or_to_a_strange_number() -> None:
    line()
    strange = missed("anna@evil")
    interpreter("1001")
    assert strange.next_try_at is None
    zhou = Person.objects.create(username="zhou")
    with pytest.raises(callbacks.CallbackError):
        callbacks.take_back_now(strange, zhou)
    Interpreter.objects.update(state="off")
    owed = missed()
    Interpreter.objects.update(state="ready")
    with override_settings(OUTBOUND_CONTACT=""):
        assert services.begin_due_outbound(Timing()) is None
        with pytest.raises(callbacks.CallbackError):
            callbacks.take_back_now(owed, zhou)
    assert Back().call.callback == owed.pk


def test_closing_by_hand_needs_a_word_and_an_idle_callback() -> None:
    line()
    owed = missed()
    zhou = Person.objects.create(username="zhou")
    with pytest.raises(callbacks.CallbackError):
        callbacks.close_by_hand(owed, zhou, "  ")
    callbacks.close_by_hand(owed, zhou, "rang her from the desk, Li interpreted")
    owed.refresh_from_db()
    assert (owed.outcome, owed.done_by) == ("by_hand", zhou)
    assert JournalEntry.objects.filter(action="callback.by_hand", actor=zhou).count() == 1
    with pytest.raises(callbacks.CallbackError):
        callbacks.close_by_hand(owed, zhou, "again")


def test_the_figure_adds_up_and_leads_to_its_rows() -> None:
    line()
    at = clock.now()
    hour = dt.timedelta(hours=1)
    for number, (due, done, outcome) in enumerate(
        [
            (at - hour, at - hour, "answered"),
            (at - hour, at, "called_in"),
            (at + hour, at, "by_hand"),
            (at - hour, at, "not_reached"),
            (at - hour, None, ""),
            (at + hour, None, ""),
        ]
    ):
        owed = missed(f"1390000000{number}")
        Callback.objects.filter(pk=owed.pk).update(due_at=due, done_at=done, outcome=outcome)
    period = (at - hour, at + hour)
    figure = callback_figures.callbacks_returned(*period, at)
    assert (figure.due, figure.in_time, figure.late, figure.not_reached, figure.overdue, figure.open) == (
        5,
        2,
        1,
        1,
        1,
        1,
    )
    assert figure.due == figure.in_time + figure.late + figure.not_reached + figure.overdue
    assert figure.share == Fraction(2, 5)
    assert not figure.all_returned
    for part in callback_figures.PARTS:
        assert callback_figures.rows(*period, part, at).count() == getattr(figure, part)
    assert callback_figures.callbacks_returned(at + hour, at + 2 * hour, at).share is None


def test_two_call_servers_never_call_one_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUQIAO_OUTBOUND_CONTACT", OUTBOUND)
    monkeypatch.setenv("YUQIAO_CALLBACK_HOURS", "00:00-23:59")
    line()
    numbers = {f"139000001{number:02}" for number in range(12)}
    for number in sorted(numbers):
        missed(number)
    for place in range(12):
        interpreter(f"20{place:02}")
    one, other = race(["back", "one"], ["back", "other"])
    assert sorted(one + other) == sorted(numbers)
    assert Call.objects.filter(way_in="callback").count() == 12


def test_the_engine_rings_nobody_before_the_rows_stand() -> None:
    line()
    missed()
    interpreter("1001")
    back = Back()
    rung = [act.leg for act in back.acts if isinstance(act, ask.Ring)]
    assert set(Call.objects.get(pk=back.call.id).legs.values_list("pk", flat=True)) == set(rung)
    late, _ = step(back.call, engine.LegEnded("stranger", 16, time.time()))
    assert late == back.call
