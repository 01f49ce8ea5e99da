"""The registration machine: whatever a carrier answers in whatever order, it neither stops trying nor hammers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from yuqiao.media.sip.registration import (
    LONGEST_EXPIRES,
    LONGEST_PAUSE,
    SHORTEST_PAUSE,
    Accepted,
    Challenged,
    Due,
    Event,
    Phase,
    Refused,
    Registration,
    Rest,
    Send,
    Start,
    Stop,
    Wait,
    pause,
    refresh_after,
    step,
)

events: st.SearchStrategy[Event] = st.one_of(
    st.just(Start()),
    st.just(Due()),
    st.just(Stop()),
    st.builds(Accepted, st.integers(-5, 10**6)),
    st.builds(Challenged, st.booleans()),
    st.builds(
        Refused,
        st.sampled_from([0, 400, 401, 403, 404, 423, 500, 503, 603]),
        st.integers(0, 10**6),
        st.floats(0, 1e6),
    ),
)


def test_the_ordinary_course() -> None:
    """10.2, 22.2: challenged once, granted less than was asked, refreshed in time, removed at the end."""
    state, effects = step(Registration(600), Start())
    assert effects == (Send(600),)
    state, effects = step(state, Challenged(stale=False))
    assert effects == (Send(600, answering=True),)
    assert not state.standing
    state, effects = step(state, Accepted(100))
    assert (state.standing, effects) == (True, (Wait(80.0),))
    state, effects = step(state, Due())
    assert effects == (Send(600),)
    assert state.standing
    state, effects = step(state, Challenged(stale=True))
    assert effects == (Send(600, answering=True),)
    state, effects = step(state, Accepted(600))
    assert effects == (Wait(540.0),)
    state, effects = step(state, Stop())
    assert effects == (Rest(), Send(0))
    assert not state.standing
    state, effects = step(state, Accepted(0))
    assert state.phase is Phase.OVER


def test_too_brief() -> None:
    """10.2.8: 423 with Min-Expires; a carrier that says it again about what it asked for is one that refuses."""
    state, _ = step(Registration(60), Start())
    state, effects = step(state, Refused(423, least=1800))
    assert effects == (Send(1800),)
    state, effects = step(state, Refused(423, least=1800))
    assert effects == (Wait(SHORTEST_PAUSE),)


def test_a_wrong_password_does_not_lock_the_account() -> None:
    state, _ = step(Registration(60), Start())
    state, _ = step(state, Challenged(stale=False))
    state, effects = step(state, Challenged(stale=False))
    assert effects == (Wait(LONGEST_PAUSE),)
    state, effects = step(state, Due())
    assert effects == (Send(60),)
    for _ in range(2):
        state, effects = step(state, Challenged(stale=True))
        assert effects == (Send(60, answering=True),)
    assert step(state, Challenged(stale=True))[1] == (Wait(LONGEST_PAUSE),)


def test_pauses_double_up_to_the_longest() -> None:
    assert [pause(n) for n in (1, 2, 3, 7, 1000)] == [5, 10, 20, 300, 300]


@given(st.integers(1, LONGEST_EXPIRES))
def test_a_refresh_comes_before_the_end(granted: int) -> None:
    assert 0 < refresh_after(granted) < granted


@given(st.integers(30, 3600), st.lists(events, max_size=40))
def test_whatever_happens(wanted: int, happened: list[Event]) -> None:
    """Never two REGISTERs for one event; where nothing is on its way a timer runs; after the end, silence."""
    state, _ = step(Registration(wanted), Start())
    waiting = False
    for event in happened:
        before = state
        state, effects = step(before, event)
        sends = [one for one in effects if isinstance(one, Send)]
        waits = [one for one in effects if isinstance(one, Wait)]
        assert len(sends) + len(waits) <= 1
        if before.phase is Phase.OVER:
            assert effects == ()
        for wait in waits:
            assert 0 < wait.seconds <= LONGEST_EXPIRES
            if state.phase is Phase.PAUSING:
                assert SHORTEST_PAUSE <= wait.seconds <= LONGEST_PAUSE
        waiting = bool(waits) or (waiting and not sends and Rest() not in effects)
        assert waiting == (state.phase in {Phase.REGISTERED, Phase.PAUSING})
        if isinstance(event, Stop):
            assert not state.standing
