"""Phones that ring for a request: one or several at once; the first who takes the call has it, the others are let go.

Whom to ring, how many and when to look again, the queue answers (`hotline.queue`); here is what follows in the call.
"""

from __future__ import annotations

from dataclasses import replace

from yuqiao.engines.events import INTERWORKING, NO_ANSWER, UNREACHABLE, LegEnded
from yuqiao.hotline.closing import settle
from yuqiao.hotline.effects import Engage, HangUp, Join, Release, Ring, Seek
from yuqiao.hotline.events import Chosen, InterpretersClaimed
from yuqiao.hotline.state import (
    ANSWERED,
    CLAIMED,
    INTERPRETER,
    OPEN_REQUEST,
    WAITING,
    LegPhase,
    LegState,
    RequestOf,
)
from yuqiao.hotline.turn import Turn

#: Q.850 causes that say the line is gone, not that somebody chose to hang up: destination out of order, network out
#: of order, temporary failure, recovery on timer expiry, interworking (RTP time-out).
LINE_LOST = frozenset({27, UNREACHABLE, 41, 102, INTERWORKING})
NO_REPLY = LINE_LOST | {18, NO_ANSWER, 20}
#: The engine rings for the time it was told; only if it forgets do we hang up ourselves, so much later.
RING_GRACE = 3.0


def ring(turn: Turn, leg: LegState) -> None:
    """Place a leg; a deadline of our own follows in case the engine forgets it."""
    timeout = turn.call.timing.ring
    shown = turn.call.line or turn.call.dialled  # never the caller's own number
    beside = turn.call.principal if turn.call.principal != leg.id else ""
    if not beside:  # a callback: the caller is rung beside the interpreter, and she beside nobody
        beside = next((one.id for one in turn.call.present(INTERPRETER)), "")
    turn.do(Ring(leg.id, leg.contact, beside, shown, timeout))
    turn.alarm(f"ring:{leg.id}", timeout + RING_GRACE)


def claimed(turn: Turn, event: InterpretersClaimed) -> None:
    """Ring those who are held for us; give them back if the call went on without them."""
    request = turn.call.request(event.request)
    if request is None or request.state not in OPEN_REQUEST or not turn.open:
        turn.do(*(Release(event.request, "ready", one.interpreter) for one in event.chosen))
        return
    for one in event.chosen:
        if one.interpreter not in request.ringing:
            request = _ring_one(turn, request, one)
    look_again(turn, request, event.look_again_at)


def _ring_one(turn: Turn, request: RequestOf, chosen: Chosen) -> RequestOf:
    leg = turn.leg(
        LegState(
            turn.new_id(),
            INTERPRETER,
            turn.now,
            label=chosen.number,
            contact=chosen.contact,
            interpreter=chosen.interpreter,
            request=request.id,
        )
    )
    request = replace(
        request,
        state=CLAIMED,
        first_rung_at=request.first_rung_at or turn.now,
        tried=(*request.tried, chosen.interpreter),
        ringing=(*request.ringing, chosen.interpreter),
    )
    turn.call = turn.call.with_request(request)
    tier = {"tier": chosen.tier} if chosen.tier else {}
    turn.note("interpreter_rung", leg.id, request=request.id, number=chosen.number, **tier)
    ring(turn, leg)
    return request


def look_again(turn: Turn, request: RequestOf, at: float | None) -> None:
    """Ask the queue again at ``at`` (UNIX seconds), also while phones ring; None: only when something happens."""
    turn.call = turn.call.with_deadline(f"look:{request.id}", at)


def look(turn: Turn, request_id: str) -> None:
    """The time came to ask the queue again."""
    request = turn.call.request(request_id)
    if request is not None and request.state in OPEN_REQUEST and turn.open:
        turn.do(Seek(request.id))


def answered(turn: Turn, leg: LegState) -> None:
    """An interpreter picked up: the first one joins at once, whoever comes later is let go."""
    request = turn.call.request(leg.request)
    if request is None or request.state != CLAIMED or leg.interpreter is None:
        turn.do(HangUp(leg.id))  # she is free again once her phone is down
        return
    turn.leg(leg, phase=LegPhase.UP, answered_at=turn.now)
    turn.alarm(f"ring:{leg.id}", None)
    still = tuple(one for one in request.ringing if one != leg.interpreter)
    settle(turn, replace(request, interpreter=leg.interpreter, ringing=still), ANSWERED)
    turn.note("interpreter_answered", leg.id)
    turn.do(Engage(request.id, leg.interpreter), Join(leg.id))
    let_go(turn, request.id, but=leg.id)


def let_go(turn: Turn, request_id: str, *, but: str = "") -> None:
    """Hang up whoever still rings for a request, except leg ``but``; each is free again once her phone is down."""
    for leg in turn.call.legs:
        if leg.request == request_id and leg.phase is LegPhase.RINGING and leg.id != but:
            turn.note("interpreter_not_needed", leg.id)
            turn.do(HangUp(leg.id))


def not_taken(turn: Turn, before: LegState, event: LegEnded) -> None:
    """A phone that rang is silent: refused, not reached, or let go. If nobody else rings, the request waits."""
    unreachable = not before.rang and event.cause in NO_REPLY
    turn.do(Release(before.request, "off" if unreachable else "ready", before.interpreter))
    request = turn.call.request(before.request)
    if request is None:
        return
    request = replace(request, ringing=tuple(one for one in request.ringing if one != before.interpreter))
    if request.state == CLAIMED:
        turn.note("interpreter_unreachable" if unreachable else "interpreter_refused", before.id, cause=event.cause)
        request = request if request.ringing else replace(request, state=WAITING)
        turn.do(Seek(request.id))
    turn.call = turn.call.with_request(request)
