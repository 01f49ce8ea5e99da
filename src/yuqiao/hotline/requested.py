"""Calls that an agent of a partner line asks for on a page: for herself beside a foreigner, or with one at a number.

She speaks in the browser, then her page has called us already; or by her own telephone, then that is rung first, so
that no interpreter waits for a telephone nobody picks up. From there on it is a call of her line like any other. A
foreigner who is elsewhere (``CallState.guest``) is rung once an interpreter is on, and told of the recording then.
Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

from yuqiao.hotline import consent, ringing, script, seeking
from yuqiao.hotline.choosing import BY_AGENT
from yuqiao.hotline.effects import Effect, MakeBridge
from yuqiao.hotline.state import AGENT, BESIDE_AGENT, CALLER, CallState, LegState, Phase, Timing
from yuqiao.hotline.turn import Turn

#: What a track calls the one leg on which the partner's agent and the caller speak beside each other.
BESIDE_LABEL = "坐席+来电人"


@dataclass(frozen=True, slots=True)
class Requested:
    """Whom to ring for a line's agent: her ``number`` at ``contact`` (SIP URI); what her line says of the call.

    ``guest`` (SIP URI): where the foreigner is; empty: beside her.
    """

    contact: str
    number: str
    language: str
    line: str
    priority: int = 10
    record: bool = True
    refusable: bool = True
    excludes: tuple[str, ...] = ()
    guest: str = ""


def begin_requested(call_id: str, wanted: Requested, timing: Timing, at: float) -> tuple[CallState, list[Effect]]:
    """Return a new call that rings the agent's telephone."""
    call = CallState(
        call_id,
        at,
        way_in=BESIDE_AGENT,
        caller_number=wanted.number,
        line=wanted.line,
        agent_contact=wanted.contact,
        priority=wanted.priority,
        record=wanted.record,
        refusable=wanted.refusable,
        excludes=wanted.excludes,
        language=wanted.language,
        language_by=BY_AGENT,
        guest=wanted.guest,
        timing=timing,
    )
    turn = Turn(call, at)
    label = "" if wanted.guest else BESIDE_LABEL
    agent = turn.leg(LegState(turn.new_id(), AGENT, at, label=label, contact=wanted.contact))
    turn.set(principal=agent.id)
    turn.note("requested", line=wanted.line, language=wanted.language)
    turn.note("agent_rung", agent.id)
    turn.do(MakeBridge())
    ringing.ring(turn, agent)
    return turn.call, turn.effects


def awaits_agent(call: CallState) -> bool:
    """Whether the agent is still to come on, and nobody is sought before."""
    return call.way_in == BESIDE_AGENT and not call.requests and call.phase is Phase.ARRIVING


def agent_on(turn: Turn, leg: LegState) -> None:
    """The agent picked up: an interpreter is sought now."""
    turn.note("agent_joined", leg.id)
    turn.set(phase=Phase.SEEKING)
    seeking.ask(turn)
    script.run(turn, leg.id, *script.waiting_prompts(turn))


def ring_guest(turn: Turn) -> None:
    """An interpreter is on: now the foreigner is rung, once in this call."""
    if not turn.call.guest or not turn.open or _guest(turn.call) is not None:
        return
    leg = turn.leg(LegState(turn.new_id(), CALLER, turn.now, contact=turn.call.guest))
    turn.note("caller_rung", leg.id)
    ringing.ring(turn, leg)


def guest_on(turn: Turn, leg: LegState) -> None:
    """The foreigner is on: told of the recording, for the call may already be recorded or begin to be."""
    if turn.call.record and not leg.again:
        script.run(turn, leg.id, "notice" if turn.call.refusable else "notice_duty")


def guest_gone(turn: Turn, before: LegState) -> None:
    """The foreigner left or was not reached. The agent, alone with the interpreter now, is asked in their place."""
    if before.joined_at is None and turn.open and turn.principal_present:
        names = consent.notice(turn.call)
        if names:
            script.run(turn, turn.call.principal, *names)


def _guest(call: CallState) -> LegState | None:
    return next((leg for leg in call.legs if leg.role == CALLER), None)
