"""The life of a work order: nothing but what the table says, and every order can be closed."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.cases.rules import BESIDE, HOURS, MOVES, Act, Side, State, after, due, possible

BEGAN = dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC)


def test_the_usual_way_and_who_goes_it() -> None:
    state = State.OPEN
    for act, side, to in (
        (Act.ACCEPT, Side.DEPARTMENT, State.ACCEPTED),
        (Act.ANSWER, Side.DEPARTMENT, State.ANSWERED),
        (Act.SEND_BACK, Side.CENTRE, State.ACCEPTED),
        (Act.ANSWER, Side.DEPARTMENT, State.ANSWERED),
        (Act.CLOSE, Side.CENTRE, State.CLOSED),
    ):
        other = Side.CENTRE if side is Side.DEPARTMENT else Side.DEPARTMENT
        assert after(state, act, other) is None
        moved = after(state, act, side)
        assert moved is to
        state = moved


@given(st.lists(st.tuples(st.sampled_from(Act), st.sampled_from(Side)), max_size=30))
def test_whatever_is_asked_an_order_stays_in_the_table_and_can_still_be_closed(asked: list[tuple[Act, Side]]) -> None:
    state = State.OPEN
    for act, side in asked:
        to = after(state, act, side)
        assert (to is not None) == (act in possible(state, side))
        if to is not None:
            assert act in BESIDE or (state, act) in MOVES
            state = to
    if state in {State.OPEN, State.ACCEPTED}:
        state = after(state, Act.RETURN, Side.DEPARTMENT) or state
    assert state is State.CLOSED or after(state, Act.CLOSE, Side.CENTRE) is State.CLOSED


def test_a_closed_order_says_only_that_the_caller_was_told() -> None:
    assert [possible(State.CLOSED, side) for side in Side] == [[Act.TOLD_CALLER]] * 2


@pytest.mark.parametrize(("order_class", "hours"), HOURS.items())
def test_the_class_sets_the_deadline(order_class: str, hours: int) -> None:
    assert due(order_class, BEGAN) - BEGAN == dt.timedelta(hours=hours)
