"""The life of a work order: who may do what in which state, and until when it is to be answered (S43, S47). Pure."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum


class State(StrEnum):
    """Where a work order is."""

    OPEN = "open"  # the department has not taken it yet
    ACCEPTED = "accepted"
    ANSWERED = "answered"
    RETURNED = "returned"  # the department says that it is not theirs
    CLOSED = "closed"


class Side(StrEnum):
    """Who acts: the department's clerk, or the centre that opened the order."""

    DEPARTMENT = "department"
    CENTRE = "centre"


class Act(StrEnum):
    """What is done to a work order. The last three change no state: they tell what happened beside it (S47)."""

    ACCEPT = "accept"
    ANSWER = "answer"
    RETURN = "return"
    REASSIGN = "reassign"
    SEND_BACK = "send_back"
    CLOSE = "close"
    NOTE = "note"
    TO_COMMUNITY = "to_community"
    TOLD_CALLER = "told_caller"


#: How long each class has until its answer, in hours of the clock.
HOURS: dict[str, int] = {"emergency": 2, "urgent": 24, "normal": 120}
#: (state, act) -> the state after it, and who may.
MOVES: dict[tuple[State, Act], tuple[State, frozenset[Side]]] = {
    (State.OPEN, Act.ACCEPT): (State.ACCEPTED, frozenset({Side.DEPARTMENT})),
    (State.OPEN, Act.RETURN): (State.RETURNED, frozenset({Side.DEPARTMENT})),
    (State.ACCEPTED, Act.RETURN): (State.RETURNED, frozenset({Side.DEPARTMENT})),
    (State.ACCEPTED, Act.ANSWER): (State.ANSWERED, frozenset({Side.DEPARTMENT})),
    (State.OPEN, Act.REASSIGN): (State.OPEN, frozenset({Side.CENTRE})),
    (State.RETURNED, Act.REASSIGN): (State.OPEN, frozenset({Side.CENTRE})),
    (State.ANSWERED, Act.SEND_BACK): (State.ACCEPTED, frozenset({Side.CENTRE})),
    (State.ANSWERED, Act.CLOSE): (State.CLOSED, frozenset({Side.CENTRE})),
    (State.RETURNED, Act.CLOSE): (State.CLOSED, frozenset({Side.CENTRE})),
}
BESIDE = frozenset({Act.NOTE, Act.TO_COMMUNITY, Act.TOLD_CALLER})
#: Acts that say nothing without a word.
NEEDS_WORDS = frozenset({Act.ANSWER, Act.RETURN, Act.SEND_BACK, Act.NOTE, Act.TO_COMMUNITY, Act.TOLD_CALLER})


def after(state: State, act: Act, side: Side) -> State | None:
    """Return the state after ``act`` by ``side``; None where that is not possible."""
    if act in BESIDE:
        return None if state is State.CLOSED and act is not Act.TOLD_CALLER else state
    to, who = MOVES.get((state, act), (None, frozenset[Side]()))
    return to if side in who else None


def possible(state: State, side: Side) -> list[Act]:
    """Return what ``side`` may do now, in the order of `Act`."""
    return [act for act in Act if after(state, act, side) is not None]


def due(order_class: str, opened_at: dt.datetime) -> dt.datetime:
    """Return until when an order of this class is to be answered; KeyError for a class that does not exist."""
    return opened_at + dt.timedelta(hours=HOURS[order_class])
