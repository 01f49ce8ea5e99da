"""A party whose line broke is rung again within the same call, while the others stay and hear what happens. Pure.

The caller, or the one leg on which agent and caller speak beside each other, is the call's principal: the leg changes,
the call, its language, its consent and its recording stay. An agent whom we had rung is rung again the same way.
"""

from __future__ import annotations

from yuqiao.engines.events import BUSY, LegArrived, LegEnded
from yuqiao.hotline import choosing, consent, ringing, script, seeking
from yuqiao.hotline.closing import close
from yuqiao.hotline.effects import Answer, CallerServed, HangUp, OpenCallback
from yuqiao.hotline.state import AGENT, BESIDE_AGENT, INTERPRETER, TRANSFERRED, CallState, LegPhase, LegState, Phase
from yuqiao.hotline.turn import Turn

#: How often a lost party is rung within the call, and how many seconds lie between.
TRIES, PAUSE = 2, 3.0


def way_back(call: CallState) -> str:
    """Return where the principal can be rung; empty if nowhere."""
    return call.agent_contact if call.way_in == BESIDE_AGENT else call.outbound


def principal_lost(turn: Turn, before: LegState, event: LegEnded) -> bool:
    """Begin to ring a principal that was lost; False when it left on purpose, cannot be rung, or nobody waits."""
    call = turn.call
    lost = before.joined_at is not None and event.cause in ringing.LINE_LOST
    if not (lost and turn.open and call.language and way_back(call) and call.present()):
        return False
    turn.note(f"{before.role}_lost", before.id, cause=event.cause)
    turn.set(recalling=True, recalls=0)
    script.tell(turn, "lost", *(leg.id for leg in call.present()))
    ring_principal(turn)
    return True


def ring_principal(turn: Turn) -> None:
    """Ring the lost principal on a new leg, which is the principal from now on."""
    lost = turn.principal
    if lost is None or lost.phase is not LegPhase.OVER or not turn.call.recalling:
        return
    again = lost.again + 1 if turn.call.cut_at is not None else 0
    leg = LegState(turn.new_id(), lost.role, turn.now, label=lost.label, contact=way_back(turn.call), again=again)
    turn.leg(leg)
    turn.set(principal=leg.id, recalls=turn.call.recalls + 1)
    turn.note(f"{leg.role}_rung_again", leg.id, attempt=turn.call.recalls)
    ringing.ring(turn, leg)


def principal_not_reached(turn: Turn, before: LegState, event: LegEnded) -> None:
    """The new leg came to nothing: once more after a pause, then an ordinary callback."""
    turn.note(f"{before.role}_not_reached_again", before.id, cause=event.cause)
    if turn.call.recalls < TRIES:
        turn.alarm("recall", PAUSE)
    else:
        give_up(turn)


def give_up(turn: Turn) -> None:
    """The caller stays lost: the others are let go, and the caller is called back in a call of its own (S39)."""
    turn.note("recall_failed", turn.call.principal)
    turn.set(recalling=False)
    if turn.call.outcome != "callback":
        turn.set(outcome="callback")
        turn.do(OpenCallback())
    close(turn)


def awaits(call: CallState, event: LegArrived) -> bool:
    """Whether a new leg is the lost caller of this call, ringing us meanwhile: by the number, if it can be dialled."""
    return call.recalling and call.outbound != "" and call.caller_number == event.caller_number


def rang_in(turn: Turn, event: LegArrived) -> None:
    """The lost caller rings us meanwhile: back into the call. One who comes too late is told busy and calls anew."""
    call, lost = turn.call, turn.principal
    if call.leg(event.leg) is not None:
        return
    if not (call.recalling and turn.open) or lost is None or lost.present or call.way_in == BESIDE_AGENT:
        turn.do(HangUp(event.leg, BUSY))
        return
    if lost.phase is LegPhase.RINGING:
        turn.leg(lost, phase=LegPhase.OVER, ended_at=turn.now)
        turn.alarm(f"ring:{lost.id}", None)
        turn.do(HangUp(lost.id))
    leg = turn.leg(
        LegState(
            event.leg,
            lost.role,
            turn.now,
            label=lost.label,
            contact=event.caller_number,
            inbound=True,
            again=int(call.cut_at is not None),
        )
    )
    turn.set(principal=leg.id)
    turn.note("caller_rang_in", leg.id)
    turn.alarm("recall", None)
    turn.alarm("answer", call.timing.closing)
    turn.do(Answer(leg.id))


def principal_back(turn: Turn, leg: LegState) -> None:
    """The principal is in the bridge again. Consent once given holds; a notice not heard whole is heard now."""
    turn.set(recalling=False, recalls=0)
    turn.alarm("recall", None)
    turn.note(f"{leg.role}_back", leg.id)
    if not turn.open:
        return
    if turn.call.interpreter_at is None and any(one.phase is LegPhase.JOINED for one in turn.call.present(INTERPRETER)):
        turn.set(interpreter_at=turn.now)
        turn.do(CallerServed(turn.now))
    _welcome(turn, leg)


def _welcome(turn: Turn, leg: LegState) -> None:
    """Say who calls, or that we are sorry, and go on where the call was."""
    first = ("sorry",) if leg.again else () if leg.inbound else ("callback",)
    if turn.call.phase is Phase.ARRIVING:
        turn.set(phase=Phase.SEEKING if turn.call.language else Phase.CHOOSING)
    if turn.call.phase is Phase.CHOOSING:
        choosing.offer_menu(turn, *first)
    elif turn.call.phase is Phase.SEEKING:
        script.run(turn, leg.id, *first, *script.waiting_prompts(turn))
    elif turn.call.phase is Phase.UNASSISTED and not _company(turn, leg):
        seeking.last_words(turn, seeking.nobody_free(turn))
    else:
        script.run(turn, leg.id, *first, *consent.notice(turn.call))


def _company(turn: Turn, principal: LegState) -> bool:
    """Whether anybody is on, or being rung, besides the caller."""
    others = [leg for leg in turn.call.legs if leg.id != principal.id and leg.phase is not LegPhase.OVER]
    return bool(others or turn.call.pending or turn.call.agent_recalls)


def agent_lost(turn: Turn, before: LegState, event: LegEnded) -> bool:
    """Begin to ring an agent again whose line broke; False when she left on purpose or cannot be rung."""
    call = turn.call
    lost = before.joined_at is not None and event.cause in ringing.LINE_LOST
    if not (lost and turn.open and call.way_in == TRANSFERRED and call.agent_contact):
        return False
    turn.note("agent_lost", before.id, cause=event.cause)
    turn.set(agent_recalls=0)
    script.tell(turn, "lost", *(leg.id for leg in call.present()))
    ring_agent(turn)
    return True


def ring_agent(turn: Turn) -> None:
    """Ring the line's agents again."""
    if not turn.open or turn.call.present(AGENT):
        return
    again = int(turn.call.cut_at is not None)
    contact = turn.call.agent_contact
    leg = LegState(turn.new_id(), AGENT, turn.now, label=turn.call.line, contact=contact, again=again)
    turn.leg(leg)
    turn.set(agent_recalls=turn.call.agent_recalls + 1)
    turn.note("agent_rung_again", leg.id, attempt=turn.call.agent_recalls)
    ringing.ring(turn, leg)


def agent_not_reached(turn: Turn) -> None:
    """An agent rung again did not come: once more after a pause, then the others go on without her."""
    if 0 < turn.call.agent_recalls < TRIES:
        turn.alarm("agent", PAUSE)
    else:
        turn.set(agent_recalls=0)


def settle(turn: Turn) -> None:
    """After each event: nobody is left to wait for a lost caller, so it becomes an ordinary callback."""
    principal = turn.principal
    if not turn.call.recalling or principal is None or principal.present:
        return
    if turn.open and not turn.call.present() and turn.call.cut_at is None:
        give_up(turn)
    elif not turn.open:
        turn.set(recalling=False)
