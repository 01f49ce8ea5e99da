"""The simulated city: the same seed gives the same calls; nobody stays held, every call ends, the rules decide."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuqiao.hotline.routing import MOBILE, REMOTE, RESIDENT
from yuqiao.hotline.simulation.hours import covers_of
from yuqiao.hotline.simulation.people import DESK, ON_CALL, OWN_MOBILE, SEAT, Arrival, Interpreter, Outcome, Phone
from yuqiao.hotline.simulation.report import by_phone, emergencies, rank, staffed, waits
from yuqiao.hotline.simulation.run import Simulation, World
from yuqiao.hotline.state import Timing
from yuqiao.workforce.coverage import Window

DAY = ((0.0, 86400.0),)
SURE = Phone((0.1, 0.1), picks_up=2.0, spread=0.0, refuses=0.0, silent=0.0, dead=0.0)


def caller(at: float = 10.0, **changes: object) -> Arrival:
    one = Arrival(at, "12345", "government", 20, "beside_agent", "en", True, f"139{at:010.3f}", 1e6, 60.0)
    return replace(one, **changes)  # type: ignore[arg-type]


def seat(number: int = 1, **changes: object) -> Interpreter:
    return replace(Interpreter(number, RESIDENT, (("en", 1),), DAY, SURE), **changes)  # type: ignore[arg-type]


def run(crew: list[Interpreter], callers: list[Arrival], seed: int = 1, **changes: object) -> list[Outcome]:
    """Simulate, and check what always holds at the end."""
    world = World(crew, lost=0.0)
    simulation = Simulation(replace(world, **changes), seed)  # type: ignore[arg-type]
    outcomes = list(simulation.run(callers))
    assert len(outcomes) == len(callers)
    assert simulation.open_calls == 0
    assert not simulation.rows.waiting
    assert all(not member.held_by for member in simulation.pool.members.values())
    assert all(one.kept for one in outcomes)
    return sorted(outcomes, key=lambda one: one.at)


def test_one_caller_hears_the_interpreter_after_her_phone_rang() -> None:
    (one,) = run([seat()], [caller()])
    assert one.outcome == "served"
    assert (one.tier, one.cover, one.rung) == (RESIDENT, RESIDENT, 1)
    assert one.waited == pytest.approx(2.1 + 0.03)


def test_a_second_caller_waits_until_the_first_conversation_is_written_up() -> None:
    first, second = run([seat()], [caller(10), caller(11)], timing=replace(Timing(), wait=500.0))
    assert first.waited is not None
    assert second.waited is not None
    done = 10 + first.waited + 60 + 20
    assert done <= 11 + second.waited <= done + 0.75 + 0.15 + 2.3, "wrap-ups end every fifth beat, turns at each"


def test_who_finds_nobody_is_called_back_and_who_loses_patience_too() -> None:
    assert [one.outcome for one in run([], [caller()])] == ["callback"]
    (_, waits_in_vain) = run([seat()], [caller(10), caller(11, patience=5.0)])
    assert (waits_in_vain.outcome, waits_in_vain.callback, waits_in_vain.waited) == ("abandoned", True, 5.0)


def test_a_language_not_known_is_asked_for_by_the_menu() -> None:
    for way_in in ("direct", "beside_agent", "transferred"):
        (one,) = run([seat()], [caller(way_in=way_in, known=False)])
        assert one.outcome == "served"
        assert one.asked_at is not None
        assert one.asked_at > one.at + 3, "greeting and menu come first"


def test_off_shift_a_mobile_is_rung_and_her_voicemail_never_takes_the_call() -> None:
    sure = replace(SURE, presses=(1.0, 1.0))
    (one,) = run([seat(shifts=(), mobile=sure)], [caller()])
    assert (one.tier, one.cover) == (MOBILE, MOBILE)
    assert one.waited == pytest.approx(2.1 + 1.0 + 0.03)
    (trapped,) = run([seat(shifts=(), mobile=replace(sure, voicemail=1.0))], [caller()])
    assert trapped.interpreter_at is None
    assert trapped.outcome == "callback"


def test_she_who_refuses_is_followed_by_the_next_and_a_dead_phone_by_another_beside_it() -> None:
    (one,) = run([seat(1, phone=replace(SURE, refuses=1.0)), seat(2)], [caller()])
    assert (one.outcome, one.rung) == ("served", 2)
    (other,) = run([seat(1, phone=replace(SURE, dead=1.0)), seat(2)], [caller()])
    assert other.outcome == "served"
    assert other.waited is not None
    assert other.waited < 8, "the call does not wait for the phone that gives no sign"


def test_shifts_begin_and_end_and_a_conversation_outlasts_hers() -> None:
    crew = [seat(1, shifts=((0.0, 30.0),)), seat(2, shifts=((50.0, 90.0),))]
    outcomes = run(crew, [caller(20, talk=30.0), caller(45, talk=70.0), caller(80), caller(200)])
    # The third waits for two who are off duty once they have talked: neither comes back, and he is called back.
    assert [one.outcome for one in outcomes] == ["served", "served", "callback", "callback"]
    assert [one.cover for one in outcomes] == [RESIDENT, "none", RESIDENT, "none"]
    second, third, fourth = outcomes[1:]
    assert second.waited is not None
    assert 50 < 45 + second.waited < 50 + 2.5, "rung at the beat after her shift began"
    assert (third.waited, fourth.waited) == (45.0, 0.0)


def test_covers_follow_the_service_windows_and_their_edges() -> None:
    nine, five = dt.time(9), dt.time(17)
    covers = covers_of([Window("de", REMOTE, "12345", nine, five)], dt.UTC, {})
    monday = dt.datetime(2021, 3, 1, tzinfo=dt.UTC).timestamp()
    for hour, tier, until in [
        (8.99, "none", 9),
        (9, REMOTE, 17),
        (16.99, REMOTE, 17),
        (17, "none", 33),
        (24, "none", 33),
    ]:
        cover = covers(monday + hour * 3600)["de"]
        assert (cover.tier, cover.until) == (tier, monday + until * 3600)
    assert covers(monday + 5 * 86400)["de"].until == monday + (7 * 24 + 9) * 3600, "the weekend is passed over"


def test_a_lost_interpreter_is_replaced() -> None:
    (one,) = run([seat(1), seat(2)], [caller(talk=600.0)], lost=1.0)
    assert one.outcome == "served"
    assert one.requests == 2


CREW = st.lists(
    st.builds(
        lambda tier, language, begin, long, phone, mobile: (tier, language, begin, long, phone, mobile),
        st.sampled_from([RESIDENT, REMOTE]),
        st.sampled_from(["en", "ja"]),
        st.floats(0, 400),
        st.floats(1, 900),
        st.sampled_from([SEAT, ON_CALL, replace(SEAT, refuses=0.5), replace(SEAT, dead=0.5)]),
        st.sampled_from([None, OWN_MOBILE, replace(OWN_MOBILE, voicemail=0.6)]),
    ),
    max_size=5,
)
CALLERS = st.lists(
    st.builds(
        caller,
        st.floats(0, 500),
        line_class=st.sampled_from(["emergency", "government"]),
        way_in=st.sampled_from(["direct", "beside_agent", "transferred"]),
        language=st.sampled_from(["en", "ja"]),
        known=st.booleans(),
        patience=st.floats(1, 200),
        talk=st.floats(1, 300),
    ),
    max_size=12,
)


@given(CREW, CALLERS, st.integers(0, 9), st.sampled_from([0.0, 1.0]))
@settings(max_examples=60, deadline=None)
def test_whatever_the_world_every_call_ends_and_nobody_stays_held(
    posts: list[tuple[str, str, float, float, Phone, Phone | None]], callers: list[Arrival], seed: int, lost: float
) -> None:
    crew = [
        Interpreter(number, tier, ((language, 1),), ((begin, begin + long),), phone, mobile)
        for number, (tier, language, begin, long, phone, mobile) in enumerate(posts, 1)
    ]
    ordered = sorted(callers, key=lambda one: one.at)
    ordered = [replace(one, priority=100 if one.line_class == "emergency" else 20) for one in ordered]
    outcomes = run(crew, ordered, seed, lost=lost)
    assert outcomes == run(crew, ordered, seed, lost=lost), "the same seed gives the same calls"


def test_sums_count_who_asked_and_rank_the_nearest() -> None:
    crew = [seat(number) for number in (1, 2)] + [seat(9, tier=REMOTE, levels=(("ar", 1),))]
    callers = [caller(10), caller(400, language="ar"), caller(800, line_class="emergency", priority=100)]
    outcomes = run(crew, callers)
    assert [len(part(outcomes)) for part in (staffed, by_phone, emergencies)] == [2, 1, 1]
    told = waits(outcomes)
    assert (told.calls, told.asked, told.served, told.gave_up, told.callbacks) == (3, 3, 1.0, 0, 0)
    assert waits([]).p95 == 0
    values = sorted(Random(1).random() for _ in range(100))
    assert rank(values, 0.95) == values[94]
    assert DESK.answer_after(Random(1)) > 0
