"""Finding an interpreter for a call: request, claim, ring, next one, replacement, and giving up with a callback."""

from __future__ import annotations

from dataclasses import replace

from yuqiao.engines.events import INTERWORKING, NO_ANSWER, UNREACHABLE, LegEnded
from yuqiao.hotline import script
from yuqiao.hotline.closing import close, settle, withdraw
from yuqiao.hotline.effects import CallerServed, Engage, HangUp, Join, OpenCallback, Release, Ring, Seek
from yuqiao.hotline.events import InterpreterClaimed, MustWait, NobodyThere
from yuqiao.hotline.state import (
    AGENT,
    ANSWERED,
    CALLBACK,
    CLAIMED,
    INTERPRETER,
    THIRD,
    UNMET,
    WAITING,
    LegPhase,
    LegState,
    Phase,
    RequestOf,
)
from yuqiao.hotline.turn import Turn

#: Q.850 causes that say the line is gone, not that somebody chose to hang up: destination out of order, network out
#: of order, temporary failure, recovery on timer expiry, interworking (RTP time-out).
LINE_LOST = frozenset({27, UNREACHABLE, 41, 102, INTERWORKING})
NO_REPLY = LINE_LOST | {18, NO_ANSWER, 20}
#: The engine rings for the time it was told; only if it forgets do we hang up ourselves, so much later.
RING_GRACE = 3.0


def ask(turn: Turn, *, head: bool = False, tried: tuple[int, ...] = ()) -> None:
    """Make a request for an interpreter of the call's language; ``head`` for a replacement."""
    request = RequestOf(
        turn.new_id(), turn.call.language, turn.now, priority=turn.call.priority, head=head, tried=tried
    )
    turn.call = turn.call.with_request(request)
    turn.note("replacement_requested" if head else "interpreter_requested", request=request.id)
    turn.do(Seek(request.id))


def claimed(turn: Turn, event: InterpreterClaimed) -> None:
    """Ring the interpreter who is held for us; give her back if the call went on without her."""
    request = turn.call.request(event.request)
    if request is None or request.state != WAITING or not turn.open:
        turn.do(Release(event.request, "ready"))
        return
    leg = turn.leg(
        LegState(
            turn.new_id(),
            INTERPRETER,
            turn.now,
            label=event.number,
            contact=event.contact,
            interpreter=event.interpreter,
            request=request.id,
        )
    )
    turn.call = turn.call.with_request(
        replace(
            request,
            state=CLAIMED,
            interpreter=event.interpreter,
            first_rung_at=request.first_rung_at or turn.now,
            tried=(*request.tried, event.interpreter),
        )
    )
    turn.note("interpreter_rung", leg.id, request=request.id, number=event.number)
    ring(turn, leg)


def ring(turn: Turn, leg: LegState) -> None:
    """Place a leg; a deadline of our own follows in case the engine forgets it."""
    timeout = turn.call.timing.ring
    shown = turn.call.line or turn.call.dialled  # never the caller's own number
    beside = turn.call.principal if turn.call.principal != leg.id else ""
    if not beside:  # a callback: the caller is rung beside the interpreter, and she beside nobody
        beside = next((one.id for one in turn.call.present(INTERPRETER)), "")
    turn.do(Ring(leg.id, leg.contact, beside, shown, timeout))
    turn.alarm(f"ring:{leg.id}", timeout + RING_GRACE)


def must_wait(turn: Turn, event: MustWait) -> None:
    """Stay in the queue until the limit; after that, give up."""
    request = turn.call.request(event.request)
    if request is None or request.state != WAITING:
        return
    limit = request.created_at + turn.call.timing.wait
    if turn.now >= limit:
        give_up(turn, request)
    elif not any(name == "wait" for name, _ in turn.call.deadlines):
        turn.note("waiting", request=request.id)
        turn.call = turn.call.with_deadline("wait", limit)


def nobody(turn: Turn, event: NobodyThere) -> None:
    """Nobody of the language is there: give up at once."""
    request = turn.call.request(event.request)
    if request is not None and request.state == WAITING:
        give_up(turn, request)


def waited_enough(turn: Turn) -> None:
    """The limit of waiting passed; while somebody rings, she may still answer."""
    request = turn.call.open_request
    if request is not None and request.state == WAITING:
        give_up(turn, request)


def give_up(turn: Turn, request: RequestOf) -> None:
    """Tell the caller that we call back. Others who are on the call keep talking; a caller who is alone is let go."""
    settle(turn, request, UNMET)
    turn.note("nobody_free", request=request.id)
    if turn.call.way_in == CALLBACK and not turn.principal_present:
        _not_even_rung(turn)
        return
    turn.set(outcome="callback")
    turn.do(OpenCallback())
    company = [leg for leg in turn.call.present(AGENT, THIRD) if leg.id != turn.call.principal]
    if company and turn.principal_present:
        turn.set(phase=Phase.UNASSISTED)
        script.run(turn, turn.call.principal, "nobody_free")
    else:
        last_words(turn, "nobody_free")


def last_words(turn: Turn, prompt: str) -> None:
    """Everybody else leaves; the caller hears ``prompt`` and is then let go."""
    if turn.call.way_in == CALLBACK and not turn.principal_present:
        _not_even_rung(turn)
        return
    withdraw(turn)
    turn.set(phase=Phase.CLOSING, deadlines=())
    turn.alarm("closing", turn.call.timing.closing)
    for leg in turn.call.legs:
        if leg.id != turn.call.principal and leg.phase is not LegPhase.OVER:
            turn.do(HangUp(leg.id))
    if turn.principal_present:
        script.run(turn, turn.call.principal, prompt)
    else:
        turn.set(script=(prompt,), listener=turn.call.principal)  # played once the answer took effect


def _not_even_rung(turn: Turn) -> None:
    """A callback ends before its caller was on: postponed, or broken off while the caller's phone rang."""
    turn.set(outcome="interrupted" if turn.call.principal else "postponed")
    close(turn)


def answered(turn: Turn, leg: LegState) -> None:
    """The interpreter picked up: she joins at once."""
    request = turn.call.request(leg.request)
    turn.leg(leg, phase=LegPhase.UP, answered_at=turn.now)
    turn.alarm(f"ring:{leg.id}", None)
    if request is not None and request.state == CLAIMED:
        settle(turn, request, ANSWERED)
    turn.note("interpreter_answered", leg.id)
    turn.do(Engage(leg.request), Join(leg.id))


def joined(turn: Turn, leg: LegState) -> None:
    """The interpreter is heard: the promise is kept, and measured."""
    if turn.call.interpreter_at is None:
        turn.set(interpreter_at=turn.now)
        turn.do(CallerServed(turn.now))
    waited = round((turn.now - turn.call.started_at) * 1000)
    turn.note("interpreter_joined", leg.id, number=leg.label, since_start_ms=waited)
    if turn.open:
        turn.set(phase=Phase.TALKING)
        script.quiet(turn)
        if not script.notice_pending(turn):
            script.begin_recording(turn)


def ended(turn: Turn, before: LegState, event: LegEnded) -> None:
    """An interpreter's leg is over: refused, not reached, lost, or rightly ended."""
    request = turn.call.request(before.request)
    if before.phase is LegPhase.RINGING:
        unreachable = not before.rang and event.cause in NO_REPLY
        turn.do(Release(before.request, "off" if unreachable else "ready"))
        if request is not None and request.state == CLAIMED:
            turn.note("interpreter_unreachable" if unreachable else "interpreter_refused", before.id, cause=event.cause)
            turn.call = turn.call.with_request(replace(request, state=WAITING, interpreter=None))
            turn.do(Seek(request.id))
        return
    turn.do(Release(before.request, "off" if event.cause in LINE_LOST else "wrap_up"))
    if turn.call.way_in == CALLBACK and turn.open and not turn.principal_present:
        _lost_before_caller(turn, before)
        return
    if not turn.open or not turn.principal_present or turn.call.present(INTERPRETER):
        turn.note("interpreter_left", before.id)
        return
    turn.note("interpreter_lost", before.id, cause=event.cause, number=before.label)
    turn.set(phase=Phase.REPLACING)
    notice = ("notice",) if script.notice_pending(turn) else ()  # one that was cut short is heard whole
    script.run(turn, turn.call.principal, *notice, "replacing")
    ask(turn, head=True, tried=() if before.interpreter is None else (before.interpreter,))


def _lost_before_caller(turn: Turn, before: LegState) -> None:
    """She left a callback whose caller is not on: another one first, but nobody may pick up to an empty line."""
    turn.note("interpreter_left", before.id)
    if turn.call.principal:
        _not_even_rung(turn)
    else:
        ask(turn, tried=() if before.interpreter is None else (before.interpreter,))
