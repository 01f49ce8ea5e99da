"""The four machines: what Timers A, E and G repeat, what the others end, and that no state is without an end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.media.sip.transactions import Arm, Disarm, Do, Effect, Event, Kind, Machine, State, Timing, step

TIMING = Timing()
TIMERS = {event for event in Event if event.name.startswith("TIMER_")}
OUTSIDE = sorted(set(Event) - TIMERS - {Event.ABANDON}, key=lambda event: event.name)
#: States that only their owner ends: an INVITE that rings (13.2.1, 13.3.1), a request that its owner has yet to answer.
OWNERS = {
    (Kind.INVITE_CLIENT, State.PROCEEDING),
    (Kind.INVITE_SERVER, State.PROCEEDING),
    (Kind.SERVER, State.TRYING),
    (Kind.SERVER, State.PROCEEDING),
}


class Rig:
    """A machine under a clock that jumps from timer to timer."""

    def __init__(self, kind: Kind, *, reliable: bool = False, timing: Timing = TIMING) -> None:
        self.machine = Machine(kind, reliable, timing)
        self.now = 0.0
        self.timers: dict[Event, float] = {}
        self.log: list[tuple[float, Effect]] = []

    def feed(self, event: Event) -> None:
        self.machine, effects = step(self.machine, event)
        for effect in effects:
            self.log.append((round(self.now, 6), effect))
            if isinstance(effect, Arm):
                self.timers[effect.event] = self.now + effect.seconds
            elif isinstance(effect, Disarm):
                self.timers.pop(effect.event, None)
        if self.machine.state is State.TERMINATED:
            self.timers.clear()

    def tick(self) -> None:
        event = min(self.timers, key=lambda timer: self.timers[timer])
        self.now = self.timers.pop(event)
        self.feed(event)

    def run(self) -> None:
        for _ in range(1000):
            if not self.timers:
                return
            self.tick()
        pytest.fail("timers without end")

    def times(self, wanted: Do) -> list[float]:
        return [at for at, effect in self.log if effect is wanted]


def test_an_invite_nobody_answers_is_repeated_at_doubling_intervals_and_given_up_after_64_t1() -> None:
    rig = Rig(Kind.INVITE_CLIENT)
    rig.feed(Event.START)
    rig.run()
    assert rig.times(Do.SEND) == [0.0]
    assert rig.times(Do.RESEND) == [0.5, 1.5, 3.5, 7.5, 15.5, 31.5]
    assert rig.times(Do.TIMED_OUT) == [32.0]
    assert rig.machine.state is State.TERMINATED


def test_another_request_nobody_answers_is_repeated_up_to_every_t2_and_given_up_after_64_t1() -> None:
    rig = Rig(Kind.CLIENT)
    rig.feed(Event.START)
    rig.run()
    assert rig.times(Do.RESEND) == [0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    assert rig.times(Do.TIMED_OUT) == [32.0]


def test_after_a_provisional_response_a_request_is_repeated_every_t2() -> None:
    rig = Rig(Kind.CLIENT)
    rig.feed(Event.START)
    rig.feed(Event.PROVISIONAL)
    rig.run()
    assert rig.times(Do.RESEND)[:3] == [0.5, 4.5, 8.5]
    assert rig.times(Do.TIMED_OUT) == [32.0]


def test_a_refusal_is_repeated_until_acknowledged() -> None:
    rig = Rig(Kind.INVITE_SERVER)
    rig.feed(Event.START)
    rig.feed(Event.FAILURE)
    for _ in range(4):
        rig.tick()
    assert rig.times(Do.RESEND) == [0.5, 1.5, 3.5, 7.5]
    rig.feed(Event.ACK)
    assert rig.machine.state is State.CONFIRMED
    rig.run()
    assert rig.times(Do.RESEND) == [0.5, 1.5, 3.5, 7.5]
    assert not rig.times(Do.TIMED_OUT)


def test_a_refusal_never_acknowledged_times_out_after_64_t1() -> None:
    rig = Rig(Kind.INVITE_SERVER)
    rig.feed(Event.START)
    rig.feed(Event.FAILURE)
    rig.run()
    assert rig.times(Do.TIMED_OUT) == [32.0]


def test_an_answer_is_delivered_each_time_it_comes_and_a_refusal_once() -> None:
    accepted, refused = Rig(Kind.INVITE_CLIENT), Rig(Kind.INVITE_CLIENT)
    for rig, event in ((accepted, Event.SUCCESS), (refused, Event.FAILURE)):
        rig.feed(Event.START)
        rig.feed(event)
        rig.feed(event)
    assert len(accepted.times(Do.DELIVER)) == 2  # RFC 6026: forks and repetitions are the owner's affair
    assert not accepted.times(Do.ACK)
    assert len(refused.times(Do.DELIVER)) == 1
    assert len(refused.times(Do.ACK)) == 2


def test_a_request_come_again_is_answered_again_without_its_owner() -> None:
    rig = Rig(Kind.SERVER)
    for event in (Event.START, Event.REQUEST, Event.SUCCESS, Event.REQUEST, Event.REQUEST):
        rig.feed(event)
    assert len(rig.times(Do.DELIVER)) == 1
    assert len(rig.times(Do.SEND)) == 1
    assert len(rig.times(Do.RESEND)) == 2


@given(
    kind=st.sampled_from(Kind),
    reliable=st.booleans(),
    story=st.lists(st.one_of(st.sampled_from(OUTSIDE), st.just("tick")), max_size=40),
)
def test_whatever_happens_every_transaction_ends(kind: Kind, reliable: bool, story: list[Event | str]) -> None:
    rig = Rig(kind, reliable=reliable)
    rig.feed(Event.START)
    for happening in story:
        if isinstance(happening, Event):
            rig.feed(happening)
        elif rig.timers:
            rig.tick()
    rig.run()
    if (kind, rig.machine.state) in OWNERS:
        rig.feed(Event.ABANDON)
    assert rig.machine.state is State.TERMINATED
    assert rig.now <= (len(story) + 2) * TIMING.limit


@given(kind=st.sampled_from(Kind), reliable=st.booleans(), story=st.lists(st.sampled_from(list(Event)), max_size=40))
def test_no_timer_is_armed_that_its_state_does_not_know(kind: Kind, reliable: bool, story: list[Event]) -> None:
    """An armed timer, when it fires at once, always does something: it is not forgotten in a later state."""
    rig = Rig(kind, reliable=reliable)
    rig.feed(Event.START)
    for event in story:
        if event in TIMERS and event not in rig.timers:
            continue  # a timer that does not run cannot fire
        rig.timers.pop(event, None)
        rig.feed(event)
        for timer in rig.timers:
            after, effects = step(rig.machine, timer)
            assert effects or after.state is State.TERMINATED, (rig.machine.state, timer)


@given(kind=st.sampled_from(Kind), story=st.lists(st.sampled_from(list(Event)), max_size=30))
def test_nothing_is_retransmitted_by_timer_over_a_reliable_transport(kind: Kind, story: list[Event]) -> None:
    rig = Rig(kind, reliable=True)
    rig.feed(Event.START)
    for event in story:
        if event not in TIMERS:
            rig.feed(event)
    assert not {Event.TIMER_A, Event.TIMER_E, Event.TIMER_G} & {e.event for _, e in rig.log if isinstance(e, Arm)}


@given(kind=st.sampled_from(Kind), reliable=st.booleans(), story=st.lists(st.sampled_from(list(Event)), max_size=30))
def test_an_ended_transaction_stays_ended_and_silent(kind: Kind, reliable: bool, story: list[Event]) -> None:
    machine = Machine(kind, reliable, TIMING, State.TERMINATED)
    for event in story:
        machine, effects = step(machine, event)
        assert machine.state is State.TERMINATED
        assert not effects
