"""Calling a missed caller back: the interpreter is on first and hears what it is, then the caller is rung (S39)."""

from __future__ import annotations

from dataclasses import dataclass

from yuqiao.engines.events import LegEnded
from yuqiao.hotline import consent, ringing, script, survey
from yuqiao.hotline.closing import close
from yuqiao.hotline.effects import CallerServed
from yuqiao.hotline.state import CALLBACK, CALLER, INTERPRETER, CallState, LegState, Phase, Timing
from yuqiao.hotline.turn import Turn

#: Below every line's own priority: a caller who is on the line goes first.
PRIORITY = 0


@dataclass(frozen=True, slots=True)
class Missed:
    """A caller to be called back: the row's id, where the caller is rung, and what was known of the missed call."""

    callback: int
    contact: str
    number: str
    language: str
    line: str = ""
    dialled: str = ""
    record: bool = True
    survey: bool = False
    refusable: bool = True


def call_of(call_id: str, missed: Missed, timing: Timing, at: float) -> CallState:
    """Return the state with which the call begins; a caller whose language nobody learnt is called in English."""
    return CallState(
        call_id,
        at,
        way_in=CALLBACK,
        dialled=missed.dialled,
        caller_number=missed.number,
        line=missed.line,
        priority=PRIORITY,
        record=missed.record,
        survey=survey.OPEN if missed.survey else "",
        refusable=missed.refusable,
        language=missed.language or script.DEFAULT_LANGUAGE,
        phase=Phase.SEEKING,
        callback=missed.callback,
        outbound=missed.contact,
        timing=timing,
    )


def ring_caller(turn: Turn, interpreter: LegState) -> None:
    """The interpreter is on: she hears that it is a callback, and the caller is rung, once in this call."""
    if turn.call.principal or not turn.open:
        return
    turn.note("interpreter_on", interpreter.id, number=interpreter.label)
    caller = turn.leg(LegState(turn.new_id(), CALLER, turn.now, contact=turn.call.outbound))
    turn.set(principal=caller.id, phase=Phase.CALLING_BACK)
    turn.note("caller_rung", caller.id)
    ringing.ring(turn, caller)
    script.run(turn, interpreter.id, "callback", script.RING)


def caller_joined(turn: Turn, leg: LegState) -> None:
    """The caller picked up and is heard: told who calls and that it is recorded; the promise is kept."""
    if not turn.open:
        return
    if turn.call.present(INTERPRETER) and turn.call.interpreter_at is None:
        turn.set(phase=Phase.TALKING, interpreter_at=turn.now)
        turn.note("caller_reached", leg.id)
        turn.do(CallerServed(turn.now))
    script.run(turn, leg.id, "callback", *consent.notice(turn.call))


def not_reached(turn: Turn, leg: LegState, event: LegEnded) -> None:
    """The caller did not pick up, was busy or refused: the attempt is over."""
    turn.note("caller_not_reached", leg.id, cause=event.cause)
    turn.set(outcome=turn.call.outcome or "not_reached")
    close(turn)
