"""What is asked of a running call by an interpreter's keys or by a desk: hold, consult, hand over, escalate. Pure.

Each wish is answered exactly once: carried out, or refused with a reason; by keys, a short tone says no.
"""

from __future__ import annotations

from yuqiao.hotline import apart, handing, script
from yuqiao.hotline import events as desk
from yuqiao.hotline.effects import FindManager, FinishCommand, OpenIncident
from yuqiao.hotline.keys import Service
from yuqiao.hotline.state import AGENT, INTERPRETER, MANAGER_LABEL, LegPhase, LegState
from yuqiao.hotline.turn import Turn

NO_SUCH = "no such party"
NOT_NOW = "not possible now"


def by_key(turn: Turn, leg: LegState, service: Service) -> None:
    """An interpreter asks by her keys."""
    if service is Service.ESCALATE:
        why = escalate(turn, leg, None)
    elif service is Service.HOLD:
        why = _toggle_hold(turn)
    elif service is Service.HAND_OVER:
        why = handing.hand_over(turn, leg)
    elif apart.consulting(turn):
        apart.merge(turn)
        why = ""
    elif service is Service.CONSULT_AGENT:
        why = _consult_agent(turn, leg)
    else:
        why = _consult_manager(turn, leg, None)
    if why:
        turn.note("wish_refused", leg.id, wish=service.value)
        script.tell(turn, script.BEEP, leg.id)


def hold(turn: Turn, event: desk.HoldAsked) -> None:
    """The desk wants a party to wait."""
    leg = turn.call.leg(event.leg)
    why = NO_SUCH if leg is None or leg.phase is LegPhase.OVER else _hold(turn, leg)
    turn.do(FinishCommand(event.command, why))


def resume(turn: Turn, event: desk.ResumeAsked) -> None:
    """The desk wants a party back that waits."""
    leg = turn.call.leg(event.leg)
    waits = leg is not None and leg.aside == apart.HOLD and turn.open
    if leg is not None and waits:
        apart.resume(turn, leg)
    turn.do(FinishCommand(event.command, "" if waits else "the party does not wait"))


def consult(turn: Turn, event: desk.ConsultAsked) -> None:
    """The desk wants the interpreter to speak with one party, or with the floor manager, apart from the others."""
    asker = _interpreter(turn, event.asker)
    partner = turn.call.leg(event.partner)
    if asker is None or not turn.open or apart.consulting(turn):
        why = NOT_NOW
    elif not event.partner:
        why = _consult_manager(turn, asker, event.command)
        if not why:
            return  # answered when the floor manager is on, or cannot be reached
    elif partner is None or partner.role == INTERPRETER:
        why = NO_SUCH
    else:
        why = _consult(turn, asker, partner)
    turn.do(FinishCommand(event.command, why))


def merge(turn: Turn, event: desk.MergeAsked) -> None:
    """The desk wants everybody together again."""
    talking = turn.open and bool(apart.consulting(turn))
    if talking:
        apart.merge(turn)
    turn.do(FinishCommand(event.command, "" if talking else "nobody consults"))


def hand_over(turn: Turn, event: desk.HandOverAsked) -> None:
    """The desk wants a colleague in the interpreter's place; answered when she is on, or nobody came."""
    by = _interpreter(turn, event.asker)
    why = NOT_NOW if by is None or not turn.open else handing.hand_over(turn, by, event.command)
    if why:
        turn.do(FinishCommand(event.command, why))


def escalated(turn: Turn, event: desk.EscalateAsked) -> None:
    """The desk calls the floor manager in."""
    why = escalate(turn, None, event.command) if turn.open else "the call is over"
    turn.do(FinishCommand(event.command, why))


def call_manager(turn: Turn, event: desk.CallManagerAsked) -> None:
    """The ladder of an incident wants the floor manager in the call; answered when he is on, or not reached."""
    there = any(leg.label == MANAGER_LABEL and leg.phase is not LegPhase.OVER for leg in turn.call.legs)
    if there or not turn.open:
        turn.do(FinishCommand(event.command, "" if there else "the call is over"))
    else:
        turn.do(FindManager("", event.command))


def escalate(turn: Turn, by: LegState | None, command: int | None) -> str:
    """Open an incident and ring the floor manager on duty into the call (S141 i)."""
    turn.note("escalated", "" if by is None else by.id)
    turn.do(OpenIncident(None if by is None else by.interpreter, command))
    if not any(leg.label == MANAGER_LABEL and leg.phase is not LegPhase.OVER for leg in turn.call.legs):
        turn.do(FindManager())
    return ""


def _hold(turn: Turn, leg: LegState) -> str:
    others = [one for one in turn.call.present() if one.id != leg.id and not one.aside]
    if leg.phase is not LegPhase.JOINED or not turn.open or not others:
        return NOT_NOW
    apart.hold(turn, leg)
    return ""


def _toggle_hold(turn: Turn) -> str:
    leg = turn.principal
    if leg is None or not leg.present:
        return NO_SUCH
    if leg.aside == apart.HOLD:
        apart.resume(turn, leg)
        return ""
    return _hold(turn, leg)


def _consult(turn: Turn, asker: LegState, partner: LegState) -> str:
    if asker.phase is not LegPhase.JOINED or partner.phase is not LegPhase.JOINED:
        return NOT_NOW
    if partner.id == turn.call.principal:
        return "nobody would be left: put the other party on hold, or speak with the floor manager"
    apart.consult(turn, asker, partner)
    return ""


def _consult_agent(turn: Turn, asker: LegState) -> str:
    agents = [leg for leg in turn.call.present(AGENT) if leg.id != turn.call.principal]
    return _consult(turn, asker, agents[0]) if agents else NO_SUCH


def _consult_manager(turn: Turn, asker: LegState, command: int | None) -> str:
    managers = [leg for leg in turn.call.legs if leg.label == MANAGER_LABEL and leg.phase is not LegPhase.OVER]
    if not managers:
        turn.do(FindManager(asker.id, command))
        return ""
    why = _consult(turn, asker, managers[0])
    if not why and command is not None:
        turn.do(FinishCommand(command))
    return why


def _interpreter(turn: Turn, leg_id: str) -> LegState | None:
    """Return the interpreter who asks; if nobody is named, whoever interprets now."""
    asked = turn.call.leg(leg_id)
    if asked is not None:
        return asked if asked.role == INTERPRETER and asked.present else None
    return next((leg for leg in turn.call.present(INTERPRETER) if leg.phase is LegPhase.JOINED), None)
