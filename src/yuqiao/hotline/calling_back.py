"""Calls that we begin: the interpreter is on first and hears what it is, then the person is rung (S39, S46, S72).

A missed caller is called back, a call somebody arranged begins at its minute, a list of people is called one by one:
one way for all three, told apart by ``kind``, which is also the call's way in and the name of its first prompt.
"""

from __future__ import annotations

from dataclasses import dataclass

from yuqiao.engines.events import LegEnded
from yuqiao.hotline import consent, ringing, script, survey
from yuqiao.hotline.closing import close
from yuqiao.hotline.effects import CallerServed, NoMoreCalls
from yuqiao.hotline.state import (
    AGENT,
    CALLBACK,
    CALLER,
    INTERPRETER,
    OUTBOUND,
    OUTREACH,
    CallState,
    LegState,
    Phase,
    Timing,
)
from yuqiao.hotline.turn import Turn

#: Below every line's own priority: a caller who is on the line goes first. Which of ours begins first, the rows say
#: (`hotline.outgoing.due`).
PRIORITY = 0
#: What an attempt came to when no person picked up but a machine, as the interpreter heard.
MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class Outbound:
    """A person to be called: the row's id by ``kind``, where the person is rung, and what the row knows of the call.

    ``agent_contact`` (SIP URI): the line's agent, rung once the person is on; empty: nobody else is wanted.
    """

    kind: str
    row: int
    contact: str
    number: str
    language: str
    line: str = ""
    dialled: str = ""
    record: bool = True
    survey: bool = False
    refusable: bool = True
    agent_contact: str = ""
    excludes: tuple[str, ...] = ()


def call_of(call_id: str, wanted: Outbound, timing: Timing, at: float) -> CallState:
    """Return the state with which the call begins; a person whose language nobody learnt is called in English."""
    return CallState(
        call_id,
        at,
        way_in=wanted.kind,
        dialled=wanted.dialled,
        caller_number=wanted.number,
        line=wanted.line,
        agent_contact=wanted.agent_contact,
        priority=PRIORITY,
        record=wanted.record,
        survey=survey.OPEN if wanted.survey else "",
        refusable=wanted.refusable,
        excludes=wanted.excludes,
        language=wanted.language or script.DEFAULT_LANGUAGE,
        phase=Phase.SEEKING,
        callback=wanted.row if wanted.kind == CALLBACK else None,
        order=None if wanted.kind == CALLBACK else wanted.row,
        outbound=wanted.contact,
        timing=timing,
    )


def ring_caller(turn: Turn, interpreter: LegState) -> None:
    """The interpreter is on: she hears what call it is, and the person is rung, once in this call."""
    if turn.call.principal or not turn.open:
        return
    turn.note("interpreter_on", interpreter.id, number=interpreter.label)
    caller = turn.leg(LegState(turn.new_id(), CALLER, turn.now, contact=turn.call.outbound))
    turn.set(principal=caller.id, phase=Phase.CALLING_BACK)
    turn.note("caller_rung", caller.id)
    ringing.ring(turn, caller)
    script.run(turn, interpreter.id, turn.call.way_in, script.RING)


def caller_joined(turn: Turn, leg: LegState) -> None:
    """The person picked up and is heard: told who calls and that it is recorded; the promise is kept."""
    if not turn.open:
        return
    if turn.call.present(INTERPRETER) and turn.call.interpreter_at is None:
        turn.set(phase=Phase.TALKING, interpreter_at=turn.now)
        turn.note("caller_reached", leg.id)
        turn.do(CallerServed(turn.now))
    script.run(turn, leg.id, turn.call.way_in, *consent.notice(turn.call))
    if turn.call.agent_contact and all(one.role != AGENT for one in turn.call.legs):
        agent = turn.leg(
            LegState(turn.new_id(), AGENT, turn.now, label=turn.call.line, contact=turn.call.agent_contact)
        )
        turn.note("agent_rung", agent.id)
        ringing.ring(turn, agent)


def not_reached(turn: Turn, leg: LegState, event: LegEnded) -> None:
    """The person did not pick up, was busy or refused: the attempt is over."""
    turn.note("caller_not_reached", leg.id, cause=event.cause)
    turn.set(outcome=turn.call.outcome or "not_reached")
    close(turn)


def heard_a_machine(turn: Turn) -> bool:
    """The interpreter says that a machine picked up: the attempt reached nobody, and another one follows.

    The person is asked for nothing. To have everybody we call press a key first would also tell people from machines,
    but costs every one of them seconds and a puzzle in the first words they hear, and loses those whose phone sends no
    tones; the interpreter knows after one sentence, and may leave word before she marks it. False: no call of ours, or
    nobody picked up.
    """
    if turn.call.way_in not in OUTBOUND or not turn.principal_present or not turn.open:
        return False
    turn.note("machine_heard", turn.call.principal)
    turn.set(outcome=MACHINE)
    close(turn)
    return True


def no_more_calls(turn: Turn, leg: LegState) -> bool:
    """The interpreter passes on the person's wish not to be called by lists again; the call itself goes on.

    False: this is no call of a list, or the person is not on.
    """
    if turn.call.way_in != OUTREACH or not turn.principal_present or not turn.open:
        return False
    turn.note("no_more_calls", leg.id)
    turn.do(NoMoreCalls())
    if turn.call.playing is None:
        script.run(turn, leg.id, "no_more_calls")
    return True
