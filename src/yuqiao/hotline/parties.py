"""Who else comes on or goes: third parties, by an interpreter's keys or a desk's command; and the wish to end."""

from __future__ import annotations

from yuqiao.engines.events import KeyPressed, LegEnded
from yuqiao.hotline import (
    calling_back,
    choosing,
    excluding,
    pausing,
    recalling,
    refusing,
    requested,
    ringing,
    script,
    seeking,
    steering,
    survey,
)
from yuqiao.hotline import events as desk
from yuqiao.hotline.consent import REFUSE_KEY
from yuqiao.hotline.effects import FindParty, FinishCommand, HangUp, Journal
from yuqiao.hotline.keys import AddLine, Excluded, MachineHeard, NoMore, PauseRecording, RefuseRecording, Service, press
from yuqiao.hotline.state import AGENT, CALLER, INTERPRETER, THIRD, LegPhase, LegState, Phase
from yuqiao.hotline.turn import Turn
from yuqiao.languages.catalogue import BY_DIGIT


def key_pressed(turn: Turn, event: KeyPressed) -> None:
    """A key chooses the language as long as that is open; from an interpreter it is part of a wish."""
    leg = turn.call.leg(event.leg)
    if leg is None or not leg.present or survey.key_pressed(turn, leg, event.key) or not turn.open:
        return
    if leg.role != INTERPRETER:
        if turn.call.phase is Phase.CHOOSING and event.key in BY_DIGIT:
            choosing.choose(turn, BY_DIGIT[event.key].code, choosing.BY_KEY)
        elif event.key == REFUSE_KEY and (leg.id == turn.call.principal or leg.role == CALLER):
            refusing.by_key(turn, leg)
        return
    buffer, wish = press(leg.keys, event.key)
    turn.leg(leg, keys=buffer)
    if isinstance(wish, AddLine):
        turn.note("third_asked", leg.id, line=wish.number, by="key")
        _journal(turn, leg, "call.add_party", line=wish.number)
        turn.do(FindParty(wish.number))
    elif isinstance(wish, RefuseRecording):
        refusing.by_interpreter(turn, leg)
        _journal(turn, leg, "call.refuse_recording")
    elif isinstance(wish, PauseRecording):
        _journal(turn, leg, f"call.{pausing.by_key(turn, leg)}")
    elif isinstance(wish, Excluded):
        _journal(turn, leg, "call.excluded", matter=wish.matter)
        excluding.by_key(turn, leg, wish)
    elif isinstance(wish, MachineHeard):
        _journal(turn, leg, "call.machine") if calling_back.heard_a_machine(turn) else _tell_interpreter(turn)
    elif isinstance(wish, NoMore):
        _journal(turn, leg, "call.no_more") if calling_back.no_more_calls(turn, leg) else _tell_interpreter(turn)
    elif isinstance(wish, Service):
        _journal(turn, leg, f"call.{wish.value}")
        steering.by_key(turn, leg, wish)
    elif wish is not None:
        turn.note("work_done", leg.id)
        _journal(turn, leg, "call.end")
        turn.set(outcome="served")
        seeking.last_words(turn, "goodbye")


def _journal(turn: Turn, leg: LegState, action: str, **detail: str) -> None:
    if leg.interpreter is not None:
        turn.do(Journal(leg.interpreter, action, {**detail, "by": "key"}))


def add_party(turn: Turn, event: desk.AddPartyAsked) -> None:
    """The desk wants somebody on the call."""
    turn.note("third_asked", line=event.number, by="desk")
    if event.contact:
        party_found(turn, desk.PartyFound(event.number, event.contact, event.at, event.command))
    else:
        turn.do(FindParty(event.number, event.command))


def party_found(turn: Turn, event: desk.PartyFound) -> None:
    """Ring the third party."""
    if not turn.open or not turn.principal_present:
        if event.command is not None:
            turn.do(FinishCommand(event.command, "the call is over"))
        return
    leg = turn.leg(
        LegState(
            turn.new_id(),
            THIRD,
            turn.now,
            label=event.label,
            contact=event.contact,
            command=event.command,
            asked_by=event.asked_by,
        )
    )
    turn.note("third_rung", leg.id, line=event.label)
    ringing.ring(turn, leg)


def party_unknown(turn: Turn, event: desk.PartyUnknown) -> None:
    """There is no such line."""
    turn.note("third_unknown", line=event.label)
    _tell_interpreter(turn)
    if event.command is not None:
        turn.do(FinishCommand(event.command, "no such line"))


def drop_leg(turn: Turn, event: desk.DropLegAsked) -> None:
    """The desk wants somebody off the call."""
    leg = turn.call.leg(event.leg)
    over = leg is None or leg.phase is LegPhase.OVER
    turn.do(FinishCommand(event.command, "no such party" if over else ""))
    if not over:
        turn.note("drop_asked", event.leg)
        turn.do(HangUp(event.leg))


def end(turn: Turn, event: desk.EndAsked) -> None:
    """The desk wants the call to end; the caller hears goodbye."""
    turn.do(FinishCommand(event.command))
    if turn.open:
        turn.note("end_asked")
        seeking.last_words(turn, "goodbye")


def came(turn: Turn, leg: LegState) -> None:
    """An agent we rang back, a third party, or a foreigner whom an agent had rung, is in the bridge."""
    turn.note(f"{leg.role}_joined", leg.id, label=leg.label)
    if leg.command is not None:
        turn.do(FinishCommand(leg.command))
        turn.leg(leg, command=None)
    if leg.role == AGENT:
        turn.set(agent_recalls=0)
    if turn.call.phase is Phase.CHOOSING:
        choosing.offer_menu(turn)
    elif turn.open:
        script.quiet(turn)
        if leg.role == CALLER:
            requested.guest_on(turn, leg)


def left(turn: Turn, before: LegState, event: LegEnded) -> None:
    """An agent we rang back, or a third party, is gone or could not be reached: the others go on."""
    reached = before.phase is not LegPhase.RINGING
    if before.role != AGENT or not recalling.agent_lost(turn, before, event):
        turn.note(f"{before.role}_left" if reached else f"{before.role}_unreachable", before.id, cause=event.cause)
    if before.command is not None:
        turn.do(FinishCommand(before.command, f"not reached (cause {event.cause})"))
    if before.role == AGENT and not reached:
        recalling.agent_not_reached(turn)
    if before.role == CALLER:
        requested.guest_gone(turn, before)
    if before.role in {CALLER, THIRD} and not reached:
        _tell_interpreter(turn)
    if not turn.principal_present:
        return
    if turn.call.phase is Phase.CHOOSING and before.role == AGENT:
        choosing.offer_menu(turn)
    elif turn.call.phase is Phase.UNASSISTED and len(turn.call.present()) == 1 and not turn.call.agent_recalls:
        seeking.last_words(turn, "goodbye")


def _tell_interpreter(turn: Turn) -> None:
    """A short tone to the interpreter: what she asked for did not work."""
    listener = turn.call.present(INTERPRETER)
    if listener and turn.call.playing is None:
        script.run(turn, listener[0].id, script.BEEP)
