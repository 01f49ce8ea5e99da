"""The expected wait: honest, orderly, and never a number where none can be known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from yuqiao.hotline.waits import HALF, MOST, Habits, Outlook, Staff, erlang, expected

habits = st.builds(
    Habits,
    half=st.floats(1, 60),
    most=st.floats(1, 300),
    handling=st.floats(10, 3600),
    cases=st.integers(0, 1000),
)
staffs = st.builds(Staff, st.integers(0, 40), st.integers(0, 40), st.integers(0, 10))
queues = st.integers(0, 300)


@given(staffs, queues, habits)
def test_a_number_is_given_exactly_where_somebody_is_on_shift(staff: Staff, ahead: int, usual: Habits) -> None:
    told = expected(staff, ahead, usual)
    on_shift = bool(staff.free or staff.busy)
    assert (told.half is not None) == (told.most is not None) == on_shift
    assert (told.outlook in {Outlook.FREE, Outlook.QUEUE}) == on_shift
    if told.half is not None and told.most is not None:
        assert 0 < usual.half <= told.half <= told.most < math.inf


@given(staffs, queues, habits)
def test_who_comes_later_never_waits_less(staff: Staff, ahead: int, usual: Habits) -> None:
    assume(staff.free or staff.busy)
    first, second = expected(staff, ahead, usual), expected(staff, ahead + 1, usual)
    assert first.half is not None
    assert second.half is not None
    assert first.half <= second.half
    assert first.most is not None
    assert second.most is not None
    assert first.most <= second.most


@given(staffs, queues, habits)
def test_one_more_on_shift_never_makes_it_longer(staff: Staff, ahead: int, usual: Habits) -> None:
    assume(staff.free or staff.busy)
    before = expected(staff, ahead, usual)
    for more in (Staff(staff.free + 1, staff.busy), Staff(staff.free, staff.busy + 1)):
        after = expected(more, ahead, usual)
        assert after.half is not None
        assert before.half is not None
        assert after.half <= before.half + 1e-9


@given(st.integers(1, 40), queues, habits)
def test_as_long_as_more_are_free_than_wait_nobody_waits_for_a_conversation_to_end(
    free: int, ahead: int, usual: Habits
) -> None:
    told = expected(Staff(free, 5), ahead, usual)
    assert (told.outlook is Outlook.FREE) == (free > ahead)


def test_nobody_on_shift_is_said_as_such() -> None:
    assert expected(Staff(at_home=2), 0, Habits()).outlook is Outlook.AT_HOME
    assert expected(Staff(), 0, Habits()).outlook is Outlook.NOBODY


@pytest.mark.parametrize(("share", "time"), [(HALF, math.log(2)), (MOST, math.log(10))])
def test_one_conversation_that_ends_is_exponential(share: float, time: float) -> None:
    assert erlang(1, share) == pytest.approx(time, rel=1e-9)


def test_the_wait_is_what_a_simulated_queue_shows() -> None:
    """Four interpreters talk, two wait before us: the third end of a conversation is ours."""
    dice = np.random.default_rng(7)
    waits = []
    for _ in range(4000):
        ends = sorted(dice.exponential(300.0, 4))
        for _ in range(2):  # the first who is free takes the next one in the queue
            ends = sorted([ends[0] + dice.exponential(300.0), *ends[1:]])
        waits.append(ends[0])
    told = expected(Staff(busy=4), 2, Habits(half=0.0, most=0.0, handling=300.0))
    assert told.half == pytest.approx(float(np.quantile(waits, 0.5)), rel=0.05)
    assert told.most == pytest.approx(float(np.quantile(waits, 0.9)), rel=0.05)
