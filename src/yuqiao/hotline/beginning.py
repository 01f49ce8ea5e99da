"""How a call begins: somebody rings us, or a caller who was missed is called back. Pure, as all rules."""

from __future__ import annotations

from dataclasses import dataclass

from yuqiao.engines import events as engine
from yuqiao.hotline import calling_back, choosing, ringing, seeking, survey
from yuqiao.hotline.effects import Answer, Effect, MakeBridge
from yuqiao.hotline.requested import BESIDE_LABEL
from yuqiao.hotline.state import (
    AGENT,
    BESIDE_AGENT,
    CALLER,
    DIRECT,
    TRANSFERRED,
    CallState,
    LegState,
    Timing,
)
from yuqiao.hotline.turn import Turn

Step = tuple[CallState, list[Effect]]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the dialled number tells us; an unknown number is taken as a direct call without a line.

    ``survey``: the line's callers are asked afterwards how it was.
    ``hints`` and ``excludes`` are the line's; ``valid``: the line is in service today. ``menu``: `choosing.menu_order`.
    ``outbound``: where the caller can be rung, empty if nowhere. Of what an agent asked for on her page: how the
    language became known, and where the foreigner is rung (``guest``).
    """

    way_in: str = DIRECT
    line: str = ""
    agent_contact: str = ""
    priority: int = 10
    record: bool = True
    language: str = ""
    survey: bool = False
    refusable: bool = True
    hints: tuple[str, ...] = ()
    menu: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    valid: bool = True
    outbound: str = ""
    diverted_from: str = ""
    language_by: str = ""
    guest: str = ""


def begin(call_id: str, arrival: engine.LegArrived, facts: Facts, timing: Timing) -> Step:
    """Return a new call for an inbound leg: answer it and, where the language is known, seek an interpreter at once."""
    beside = facts.way_in == BESIDE_AGENT
    leg = LegState(
        arrival.leg,
        AGENT if beside else CALLER,
        arrival.at,
        label=BESIDE_LABEL if beside and not facts.guest else "",
        contact=arrival.caller_number,
        inbound=True,
    )
    language, by = choosing.known(facts.language, arrival.languages)
    by = facts.language_by or by
    call = CallState(
        call_id,
        arrival.at,
        way_in=facts.way_in,
        dialled=arrival.dialled,
        caller_number=arrival.caller_number,
        line=facts.line,
        agent_contact=facts.agent_contact,
        guest=facts.guest,
        priority=facts.priority,
        record=facts.record,
        survey=survey.OPEN if facts.survey else "",
        refusable=facts.refusable,
        language=language,
        language_by=by,
        hints=facts.hints,
        menu=facts.menu,
        excludes=facts.excludes,
        proposal=choosing.proposed(facts.hints),
        outbound=facts.outbound,
        principal=leg.id,
        legs=(leg,),
        timing=timing,
    )
    turn = Turn(call, arrival.at)
    came = {"trunk": arrival.trunk, "diverted_from": facts.diverted_from}
    turn.note(
        "arrived", leg.id, way_in=facts.way_in, line=facts.line, **{name: said for name, said in came.items() if said}
    )
    turn.alarm("answer", timing.closing)
    if not facts.valid:
        turn.note("line_not_valid", line=facts.line)  # answered all the same: nobody is turned away
    if facts.excludes:
        turn.note("line_excludes", excludes=list(facts.excludes))
    if language:
        turn.note("language_known", language=language, by=by)
        seeking.ask(turn)
    turn.do(Answer(leg.id, language if arrival.languages else ""), MakeBridge())
    if facts.way_in == TRANSFERRED:
        ring_agent(turn)
    return turn.call, turn.effects


def begin_outbound(call_id: str, wanted: calling_back.Outbound, timing: Timing, at: float) -> Step:
    """Return a new call that we begin: first an interpreter, then the person who is called, then both together."""
    turn = Turn(calling_back.call_of(call_id, wanted, timing, at), at)
    turn.note(f"{wanted.kind}_begun", line=wanted.line)
    turn.do(MakeBridge())  # before the search, which may end the call at once
    seeking.ask(turn)
    return turn.call, turn.effects


def ring_agent(turn: Turn) -> None:
    """Ring the agents of the line that transferred the caller to us, if they can be rung."""
    if not turn.call.agent_contact:
        turn.note("agent_unreachable")
        return
    leg = turn.leg(LegState(turn.new_id(), AGENT, turn.now, label=turn.call.line, contact=turn.call.agent_contact))
    turn.note("agent_rung", leg.id)
    ringing.ring(turn, leg)
