"""Interpreters' presence: claimed, busy, released, back from wrap-up. Every change is one conditional UPDATE.

How many rows the UPDATE changed decides who won, so two call servers never hold the same interpreter (S26–S28).
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.lib import clock
from yuqiao.workforce.models import Interpreter, PresenceState

#: States an interpreter may choose herself; the others follow from her calls.
CHOSEN = frozenset({PresenceState.READY, PresenceState.BREAK, PresenceState.OFF})
#: States in which she is on duty, so that a caller may wait for her.
ON_DUTY = frozenset({PresenceState.READY, PresenceState.CLAIMED, PresenceState.BUSY, PresenceState.WRAP_UP})


class PresenceError(ValueError):
    """An interpreter's presence cannot change as asked; the message says why."""


def claim(interpreter_id: int, request_id: str, at: dt.datetime) -> bool:
    """Hold a ready interpreter for a request; False when somebody else was faster or she is not ready any more."""
    ready = Interpreter.objects.filter(pk=interpreter_id, state=PresenceState.READY, held_by="")
    return ready.update(state=PresenceState.CLAIMED, held_by=request_id, state_since=at) == 1


def engage(request_id: str, interpreter_id: int, at: dt.datetime) -> bool:
    """This interpreter, held by the request, talks now; False when it does not hold her."""
    held = Interpreter.objects.filter(pk=interpreter_id, held_by=request_id, state=PresenceState.CLAIMED)
    return held.update(state=PresenceState.BUSY, state_since=at) == 1


def release(request_id: str, to: str, at: dt.datetime, interpreter_id: int | None = None) -> int:
    """Let go an interpreter (None: all) whom the request holds, into ``ready``, ``wrap_up`` or ``off``.

    ``wrap_up`` applies only to one who talked; one who was merely rung is ready again. Returns how many were held.
    """
    state = PresenceState(to)
    held = Interpreter.objects.filter(held_by=request_id)
    if interpreter_id is not None:
        held = held.filter(pk=interpreter_id)
    if state is not PresenceState.WRAP_UP:
        return held.update(state=state, held_by="", state_since=at)
    talked = held.filter(state=PresenceState.BUSY)
    count = talked.update(state=state, held_by="", state_since=at, last_call_ended_at=at)
    if count and interpreter_id is not None:
        return count
    return count + held.update(state=PresenceState.READY, held_by="", state_since=at)


def end_wrap_ups(at: dt.datetime, seconds: float) -> int:
    """Make ready those whose wrap-up lasted ``seconds``; returns how many."""
    over = Interpreter.objects.filter(
        state=PresenceState.WRAP_UP, state_since__lte=at - dt.timedelta(seconds=seconds), held_by=""
    )
    return over.update(state=PresenceState.READY, state_since=at)


def set_presence(interpreter_id: int, to: str, by: Person) -> Interpreter:
    """Sign an interpreter in, off, or to a break; journaled. PresenceError while she is rung or on a call."""
    state = PresenceState(to)
    if state not in CHOSEN:
        raise PresenceError(f"{state.value} follows from calls and cannot be chosen")
    with transaction.atomic():
        changed = Interpreter.objects.filter(pk=interpreter_id, held_by="").update(state=state, state_since=clock.now())
        interpreter = Interpreter.objects.get(pk=interpreter_id)
        if not changed:
            raise PresenceError("she is rung or on a call; her state follows from that")
        record(by, "workforce.presence", interpreter, {"state": state.value})
        return interpreter
