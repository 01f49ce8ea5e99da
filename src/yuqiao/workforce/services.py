"""Interpreters' presence: claimed, busy, released, back from wrap-up. Every change is one conditional UPDATE.

How many rows the UPDATE changed decides who won, so two call servers never hold the same interpreter (S26–S28).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, F, Q, Value, When

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.lib import clock
from yuqiao.workforce import spans
from yuqiao.workforce.models import BreakReason, Interpreter, PresenceState

#: States an interpreter may choose herself; the others follow from her calls.
CHOSEN = frozenset({PresenceState.READY, PresenceState.BREAK, PresenceState.OFF})
#: How long she stays in wrap-up after the last sign that she is filling in the form.
STAYS = dt.timedelta(seconds=30)
#: States in which she is on duty, so that a caller may wait for her.
ON_DUTY = frozenset({PresenceState.READY, PresenceState.CLAIMED, PresenceState.BUSY, PresenceState.WRAP_UP})


class PresenceError(ValueError):
    """An interpreter's presence cannot change as asked; the message says why."""


#: After so many seconds without a call she has had a pause, and her work begins anew (agencies' published rule).
PAUSE_SECONDS = 300.0
#: Where one who was rung goes back to: whoever is called at home stays at home.
WHENCE = Case(When(off_shift=True, then=Value(PresenceState.OFF.value)), default=Value(PresenceState.READY.value))


def claim(interpreter_id: int, request_id: str, at: dt.datetime, *, off_shift: bool = False) -> bool:
    """Hold a ready interpreter for a request, or one who is off and may be rung at home (``off_shift``).

    False when somebody else was faster or she is not as thought any more.
    """
    asked = {"at_home" if off_shift else "ready": [interpreter_id]}
    return bool(claim_all(request_id, at, **asked))


def claim_all(request_id: str, at: dt.datetime, *, ready: Sequence[int] = (), at_home: Sequence[int] = ()) -> set[int]:
    """Hold those of the ``ready`` ones who still are, and of those ``at_home`` who are off, for a request.

    Whoever is just being claimed by another server counts as claimed: nobody waits for a lock, so two servers who want
    the same can never wait for each other in a circle. Returns the ids of those held.
    """
    asked = [(PresenceState.READY.value, ready), (PresenceState.OFF.value, at_home)]
    able: list[tuple[str, list[Any]]] = [
        (f"(state = %s AND id IN ({', '.join(['%s'] * len(ids))}))", [state, *ids]) for state, ids in asked if ids
    ]
    if not able:
        return set()
    free = f"SELECT id FROM workforce_interpreter WHERE held_by = '' AND ({' OR '.join(sql for sql, _ in able)})"  # noqa: S608
    if connection.features.has_select_for_update_skip_locked:  # else writers take turns anyway
        free += " FOR UPDATE SKIP LOCKED"
    since, chosen = connection.ops.adapt_datetimefield_value(at), [one for _, ids in able for one in ids]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workforce_interpreter SET off_shift = (state = 'off'), state = 'claimed', held_by = %s, "  # noqa: S608
            f"state_since = %s WHERE id IN ({free}) RETURNING id",
            [request_id, since, *chosen],
        )
        return {pk for (pk,) in cursor.fetchall()}


def engage(request_id: str, interpreter_id: int, at: dt.datetime) -> bool:
    """This interpreter, held by the request, talks now; False when it does not hold her.

    Her work goes on, or begins anew after a pause: what the rest rule counts.
    """
    held = Interpreter.objects.filter(pk=interpreter_id, held_by=request_id, state=PresenceState.CLAIMED)
    second = at.timestamp()
    paused = Q(worked_until__lte=second - PAUSE_SECONDS)
    return (
        held.update(
            state=PresenceState.BUSY,
            state_since=at,
            worked_since=Case(When(paused, then=Value(second)), default=F("worked_since")),
            calls_since_pause=Case(When(paused, then=Value(1)), default=F("calls_since_pause") + 1),
            worked_until=second,
        )
        == 1
    )


def release(request_id: str, to: str, at: dt.datetime, interpreter_id: int | None = None) -> int:
    """Let go an interpreter (None: all) whom the request holds, into ``ready``, ``wrap_up`` or ``off``.

    ``wrap_up`` applies only to one who talked; one who was merely rung goes back where she came from, as long idle as
    before. Returns how many were held.
    """
    state = PresenceState(to)
    held = Interpreter.objects.filter(held_by=request_id)
    if interpreter_id is not None:
        held = held.filter(pk=interpreter_id)
    if state is PresenceState.OFF:
        spans.signed_off(held.values_list("pk", flat=True), at)
    after: dict[str, Any] = {"state": WHENCE if state is PresenceState.READY else state}
    if state is not PresenceState.WRAP_UP:
        after["off_shift"] = False
    second = at.timestamp()
    talked = held.filter(state=PresenceState.BUSY)
    count = talked.update(
        **after, held_by="", state_since=at, last_call_ended_at=at, idle_since=second, worked_until=second
    )
    if count and interpreter_id is not None:
        return count
    back = PresenceState.OFF if state is PresenceState.OFF else WHENCE
    return count + held.update(state=back, held_by="", state_since=at, off_shift=False)


def end_wrap_ups(at: dt.datetime, seconds: float) -> int:
    """Make ready those whose wrap-up is over, or off who was called at home; she who fills in the form stays."""
    over = Interpreter.objects.filter(
        Q(wrap_up_until=None) | Q(wrap_up_until__lte=at),
        state=PresenceState.WRAP_UP,
        state_since__lte=at - dt.timedelta(seconds=seconds),
        held_by="",
    )
    with transaction.atomic():
        begun = dict(over.select_for_update().values_list("pk", "state_since"))
        if not begun:
            return 0
        spans.wrapped_up(begun.items(), at)
        wrapped = Interpreter.objects.filter(pk__in=begun)
        return wrapped.update(state=WHENCE, state_since=at, idle_since=at.timestamp(), off_shift=False)


def hold_wrap_up(interpreter_id: int, at: dt.datetime, limit: float) -> bool:
    """Let her stay in wrap-up because she is at the form, ``limit`` seconds in all; False when she is not in it."""
    with transaction.atomic():
        busy = Interpreter.objects.select_for_update().filter(pk=interpreter_id, state=PresenceState.WRAP_UP)
        begun = busy.values_list("state_since", flat=True).first()
        if begun is None:
            return False
        until = min(at + STAYS, begun + dt.timedelta(seconds=limit))
        return busy.update(wrap_up_until=until) == 1


def set_presence(interpreter_id: int, to: str, by: Person, reason: str = "") -> Interpreter:
    """Sign an interpreter in, off, or to a break; journaled. PresenceError while she is rung or on a call.

    ``reason``: one of `BreakReason` for a break, or empty.
    """
    state = PresenceState(to)
    if reason and (state is not PresenceState.BREAK or reason not in BreakReason.values):
        raise PresenceError("a reason belongs to a break, and must be a known one")
    if state not in CHOSEN:
        raise PresenceError(f"{state.value} follows from calls and cannot be chosen")
    now = clock.now()
    with transaction.atomic():
        free = Interpreter.objects.filter(pk=interpreter_id, held_by="")
        before = free.values_list("state", "state_since", "idle_since").select_for_update().first()
        idle = {} if before is None else _idle(*before, state, now)
        if before is not None and before[0] == PresenceState.WRAP_UP:
            spans.wrapped_up([(interpreter_id, before[1])], now)
        changed = free.update(state=state, state_since=now, off_shift=False, **idle)
        if changed:
            spans.chose(interpreter_id, state, now, reason)
        interpreter = Interpreter.objects.get(pk=interpreter_id)
        if not changed:
            raise PresenceError("she is rung or on a call; her state follows from that")
        record(by, "workforce.presence", interpreter, {"state": state.value} | ({"reason": reason} if reason else {}))
        return interpreter


def _idle(before: str, since: dt.datetime, idle_since: float, state: str, now: dt.datetime) -> dict[str, float]:
    """Return the change of ``idle_since``: a break neither gains nor costs a place, signing on begins anew."""
    if state != PresenceState.READY or before == PresenceState.READY:
        return {}
    if before == PresenceState.BREAK:
        return {"idle_since": idle_since + (now - since).total_seconds()}
    return {"idle_since": now.timestamp()}
