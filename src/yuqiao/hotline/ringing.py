"""Phones that ring for a request: one or several at once; the first who takes the call has it, the others are let go.

Whom to ring, how many and when to look again, the queue answers (`hotline.queue`); here is what follows in the call.
"""

from __future__ import annotations

from dataclasses import replace

from yuqiao.engines.events import INTERWORKING, NO_ANSWER, UNAVAILABLE, UNREACHABLE, LegEnded
from yuqiao.hotline import asides, briefing, script
from yuqiao.hotline.closing import settle
from yuqiao.hotline.effects import Engage, FinishCommand, HangUp, Join, Release, Ring, Seek
from yuqiao.hotline.events import Chosen, InterpretersClaimed, Preempted
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
#: of order, temporary failure, channel not available (RTP time-out at Asterisk), recovery on timer expiry, interworking
#: (RTP time-out at ours).
LINE_LOST = frozenset({27, UNREACHABLE, 41, UNAVAILABLE, 102, INTERWORKING})
NO_REPLY = LINE_LOST | {18, NO_ANSWER, 20}
#: The engine rings for the time it was told; only if it forgets do we hang up ourselves, so much later.
RING_GRACE = 3.0
#: Keys of one who must confirm.
TAKE, LEAVE = "1", "2"


def ring(turn: Turn, leg: LegState) -> None:
    """Place a leg; a deadline of our own follows in case the engine forgets it."""
    timeout = turn.call.timing.ring
    shown = turn.call.line or turn.call.dialled  # never the caller's own number
    turn.do(Ring(leg.id, leg.contact, beside(turn, leg.id), shown, timeout))
    turn.alarm(f"ring:{leg.id}", timeout + RING_GRACE)


def beside(turn: Turn, leg_id: str) -> str:
    """Return the leg in whose mixer a new leg belongs; empty if nobody is there yet."""
    principal = turn.principal
    if principal is not None and principal.id != leg_id and principal.phase is not LegPhase.OVER:
        return principal.id
    # A callback, or a caller who was lost: beside whoever is on, if anybody.
    return next((one.id for one in turn.call.present() if one.id != leg_id), "")


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
            confirm=chosen.confirm,
            tier=chosen.tier,
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
    turn.alarm(f"dead:{leg.id}", turn.call.timing.dead)
    return request


def look_again(turn: Turn, request: RequestOf, at: float | None) -> None:
    """Ask the queue again at ``at`` (UNIX seconds), also while phones ring; None: only when something happens."""
    turn.call = turn.call.with_deadline(f"look:{request.id}", at)


def look(turn: Turn, request_id: str) -> None:
    """The time came to ask the queue again."""
    request = turn.call.request(request_id)
    if request is not None and request.state in OPEN_REQUEST and turn.open:
        turn.do(Seek(request.id))


def heard(turn: Turn, leg: LegState) -> None:
    """The far end says that it rings."""
    if leg.role == INTERPRETER:
        turn.alarm(f"dead:{leg.id}", None)
        turn.note("interpreter_ringing", leg.id)
        request = turn.call.request(leg.request)
        if request is not None and leg.interpreter in request.dead:  # late, but alive
            alive = tuple(one for one in request.dead if one != leg.interpreter)
            turn.call = turn.call.with_request(replace(request, dead=alive))


def gives_no_sign(turn: Turn, leg_id: str) -> None:
    """A phone that should ring long since gives no sign of it: the next one beside it, at once."""
    leg = turn.call.leg(leg_id)
    request = None if leg is None else turn.call.request(leg.request)
    if leg is None or request is None or leg.phase is not LegPhase.RINGING or request.state != CLAIMED:
        return
    turn.note("no_ringing_heard", leg.id, number=leg.label)
    turn.call = turn.call.with_request(replace(request, dead=(*request.dead, leg.interpreter or 0)))
    turn.do(Seek(request.id))


def answered(turn: Turn, leg: LegState) -> None:
    """A phone was picked up: she joins at once, or presses 1 first where it may be her voicemail."""
    request = turn.call.request(leg.request)
    wanted = leg.again or (request is not None and request.state == CLAIMED)
    if not leg.confirm or leg.let_go or not wanted:
        take(turn, leg)
        return
    _silence(turn, leg)
    turn.leg(leg, phase=LegPhase.CONFIRMING)
    turn.alarm(f"confirm:{leg.id}", turn.call.timing.confirm)
    turn.note("confirmation_asked", leg.id)
    asides.play(turn, leg.id, script.CONFIRM, again=1)


def confirming_key(turn: Turn, leg: LegState, key: str) -> None:
    """1: she takes the call. 2: she does not."""
    if key == TAKE:
        take(turn, leg)
    elif key == LEAVE and not leg.let_go:
        _hang_up(turn, leg, "refused")


def take(turn: Turn, leg: LegState) -> None:
    """The first one to take the call joins; whoever comes later is let go."""
    request = turn.call.request(leg.request)
    if leg.again and not leg.let_go:  # the call is hers already: `hotline.rebuilding`
        _silence(turn, leg)
        asides.stop(turn, leg.id)
        turn.leg(leg, phase=LegPhase.UP, answered_at=turn.now)
        turn.note("interpreter_answered", leg.id)
        turn.do(Join(leg.id))
        return
    if request is None or request.state != CLAIMED or leg.interpreter is None or leg.let_go:
        turn.do(HangUp(leg.id))  # she is free again once her phone is down
        return
    _silence(turn, leg)
    asides.stop(turn, leg.id)
    turn.leg(leg, phase=LegPhase.UP, answered_at=turn.now)
    still = tuple(one for one in request.ringing if one != leg.interpreter)
    settle(turn, replace(request, interpreter=leg.interpreter, ringing=still), ANSWERED)
    turn.note("interpreter_answered", leg.id)
    turn.do(Engage(request.id, leg.interpreter))
    briefing.join(turn, leg)
    let_go(turn, request.id, but=leg.id)


def let_go(turn: Turn, request_id: str, *, but: str = "") -> None:
    """Hang up whoever still rings for a request, except leg ``but``; each is free again once her phone is down.

    One who picked up already is told first that the call is taken.
    """
    for leg in turn.call.legs:
        if leg.request == request_id and leg.undecided and leg.id != but and not leg.let_go:
            turn.note("interpreter_not_needed", leg.id)
            _hang_up(turn, leg, "not_needed")


def _hang_up(turn: Turn, leg: LegState, why: str) -> None:
    turn.leg(leg, let_go=why)
    if (
        leg.phase is LegPhase.CONFIRMING and why == "not_needed"
    ):  # she listens already: nobody is cut off without a word
        turn.alarm(f"confirm:{leg.id}", turn.call.timing.closing)
        asides.play(turn, leg.id, asides.TAKEN)
        return
    asides.stop(turn, leg.id)
    turn.do(HangUp(leg.id))


def preempted(turn: Turn, event: Preempted) -> None:
    """A more urgent call needs her: her phone is hung up, and the request looks for another, or for her, again.

    Once somebody picked up, it is too late: nobody who may be talking is taken away.
    """
    request = turn.call.request(event.request)
    mine = [leg for leg in turn.call.legs if leg.request == event.request and leg.interpreter == event.interpreter]
    leg = next((leg for leg in mine if leg.phase is LegPhase.RINGING and not leg.let_go), None)
    if request is None or request.state != CLAIMED or request.preempted or leg is None:
        turn.do(FinishCommand(event.command, "she does not ring any more"))
        return
    tried = tuple(one for one in request.tried if one != event.interpreter)
    turn.call = turn.call.with_request(replace(request, preempted=True, tried=tried))
    turn.note("interpreter_preempted", leg.id, number=leg.label)
    turn.do(FinishCommand(event.command))
    _hang_up(turn, leg, "preempted")


def not_taken(turn: Turn, before: LegState, event: LegEnded) -> None:
    """A phone that rang is silent: refused, not reached, or let go. If nobody else rings, the request waits."""
    _silence(turn, before)
    request = turn.call.request(before.request)
    unreachable = before.phase is LegPhase.RINGING and not before.rang and _gave_no_reply(before, request, event)
    turn.do(Release(before.request, "off" if unreachable else "ready", before.interpreter))
    if unreachable:  # whoever is set off duty is told of, even if nobody needs her any more
        turn.note("interpreter_unreachable", before.id, cause=event.cause, number=before.label)
    if request is None:
        return
    request = replace(request, ringing=tuple(one for one in request.ringing if one != before.interpreter))
    if request.state == CLAIMED:
        if not unreachable and before.let_go != "preempted":
            turn.note(_why_not(before, event), before.id, cause=event.cause)
        request = request if request.ringing else replace(request, state=WAITING)
        turn.do(Seek(request.id))
    turn.call = turn.call.with_request(request)


def _gave_no_reply(before: LegState, request: RequestOf | None, event: LegEnded) -> bool:
    """Whether the line is to blame: by the cause, or since the phone gave no sign until we hung up.

    A mobile network may take longer to find a phone than we had patience; that says nothing of the phone.
    """
    dead = request is not None and before.interpreter in request.dead and not before.confirm
    return dead or event.cause in NO_REPLY


def _why_not(before: LegState, event: LegEnded) -> str:
    if before.phase is LegPhase.CONFIRMING and event.cause == NO_ANSWER and not before.let_go:
        return "voicemail_suspected"
    return "interpreter_no_answer" if event.cause == NO_ANSWER else "interpreter_refused"


def _silence(turn: Turn, leg: LegState) -> None:
    """Nothing is awaited of this phone any more."""
    for kind in ("ring", "dead", "confirm"):
        turn.alarm(f"{kind}:{leg.id}", None)
