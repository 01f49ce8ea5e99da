"""What a call does next: pure ``step(call, event) -> (call, effects)``.

Every event may come late, twice or never: what no longer fits is answered on purpose or passed over. A call always
ends: it holds a deadline for whatever it waits for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from yuqiao.engines import events as engine
from yuqiao.hotline import events as desk
from yuqiao.hotline import script, seeking
from yuqiao.hotline.effects import (
    Answer,
    Effect,
    EndBridge,
    FindParty,
    FinishCommand,
    FinishRecordings,
    HangUp,
    Join,
    MakeBridge,
    OpenCallback,
    Release,
    Seek,
    StopRecording,
)
from yuqiao.hotline.keys import AddLine, press
from yuqiao.hotline.review import review
from yuqiao.hotline.state import (
    AGENT,
    BESIDE_AGENT,
    CALLER,
    DIRECT,
    INTERPRETER,
    THIRD,
    TRANSFERRED,
    WAITING,
    CallState,
    LegPhase,
    LegState,
    Phase,
    Timing,
    TrackPhase,
)
from yuqiao.hotline.turn import Turn
from yuqiao.languages.catalogue import BY_DIGIT

Step = tuple[CallState, list[Effect]]
MENU_ROUNDS = 2
#: What a track calls the one leg on which the partner's agent and the caller speak beside each other.
BESIDE_LABEL = "坐席+来电人"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the dialled number tells us; an unknown number is taken as a direct call without a line."""

    way_in: str = DIRECT
    line: str = ""
    agent_contact: str = ""
    priority: int = 10
    record: bool = True
    language: str = ""


def begin(call_id: str, arrival: engine.LegArrived, facts: Facts, timing: Timing) -> Step:
    """Return a new call for an inbound leg: answer it and, where the language is known, seek an interpreter at once."""
    beside = facts.way_in == BESIDE_AGENT
    leg = LegState(
        arrival.leg,
        AGENT if beside else CALLER,
        arrival.at,
        label=BESIDE_LABEL if beside else "",
        contact=arrival.caller_number,
        inbound=True,
    )
    call = CallState(
        call_id,
        arrival.at,
        way_in=facts.way_in,
        dialled=arrival.dialled,
        caller_number=arrival.caller_number,
        line=facts.line,
        agent_contact=facts.agent_contact,
        priority=facts.priority,
        record=facts.record,
        language=facts.language,
        principal=leg.id,
        legs=(leg,),
        timing=timing,
    )
    turn = Turn(call, arrival.at)
    turn.note("arrived", leg.id, way_in=facts.way_in, line=facts.line)
    turn.alarm("answer", timing.closing)
    if facts.language:
        turn.note("language_known", language=facts.language)
        seeking.ask(turn)
    turn.do(Answer(leg.id), MakeBridge())
    if facts.way_in == TRANSFERRED:
        _ring_agent(turn)
    return turn.call, turn.effects


def _ring_agent(turn: Turn) -> None:
    if not turn.call.agent_contact:
        turn.note("agent_unreachable")
        return
    leg = turn.leg(LegState(turn.new_id(), AGENT, turn.now, label=turn.call.line, contact=turn.call.agent_contact))
    turn.note("agent_rung", leg.id)
    seeking.ring(turn, leg)


def step(call: CallState, event: desk.Event) -> Step:
    """Return the call after ``event`` and what is to be done, in order. Never raises; never changes ``call``."""
    turn = Turn(call, event.at)
    HANDLERS[type(event)](turn, event)
    _finish_if_over(turn)
    return turn.call, turn.effects


def _ringing(turn: Turn, event: engine.LegRinging) -> None:
    leg = turn.call.leg(event.leg)
    if leg is not None and leg.phase is LegPhase.RINGING and not leg.rang:
        turn.leg(leg, rang=True)


def _answered(turn: Turn, event: engine.LegAnswered) -> None:
    leg = turn.call.leg(event.leg)
    if leg is None or not leg.inbound or leg.phase is not LegPhase.RINGING:
        return
    turn.leg(leg, phase=LegPhase.UP, answered_at=turn.now)
    turn.set(answered_at=turn.now)
    turn.alarm("answer", None)
    turn.note("answered", leg.id)
    turn.do(Join(leg.id))
    if not turn.open:
        script.run(turn, leg.id, *turn.call.script)
    elif turn.call.language:
        if turn.call.phase is Phase.ARRIVING:
            turn.set(phase=Phase.SEEKING)
        script.run(turn, leg.id, "greeting", *script.waiting_prompts(turn))
    else:
        turn.set(phase=Phase.CHOOSING)
        _offer_menu(turn, "greeting")


def _offer_menu(turn: Turn, *before: str) -> None:
    """Let somebody choose the language: the agent if one is on, else the caller; while an agent rings, wait for her."""
    agents = [leg for leg in turn.call.legs if leg.role == AGENT and leg.phase is not LegPhase.OVER]
    ringing = [leg for leg in agents if leg.phase is LegPhase.RINGING]
    joined = [leg for leg in agents if leg.phase is LegPhase.JOINED and leg.id != turn.call.principal]
    if joined:
        script.run(turn, joined[0].id, "menu")
    elif ringing:
        script.run(turn, turn.call.principal, *before, script.RING)
    else:
        script.run(turn, turn.call.principal, *before, "menu")


def _controlled(turn: Turn, event: engine.LegControlled) -> None:
    leg = turn.call.leg(event.leg)
    if leg is None or leg.inbound:
        return
    if leg.phase is LegPhase.OVER or (leg.phase is LegPhase.RINGING and not turn.open):
        turn.do(HangUp(leg.id))
    elif leg.phase is LegPhase.RINGING and leg.role == INTERPRETER:
        seeking.answered(turn, leg)
    elif leg.phase is LegPhase.RINGING:
        turn.leg(leg, phase=LegPhase.UP, answered_at=turn.now)
        turn.alarm(f"ring:{leg.id}", None)
        turn.note(f"{leg.role}_answered", leg.id)
        turn.do(Join(leg.id))


def _joined(turn: Turn, event: engine.LegJoined) -> None:
    leg = turn.call.leg(event.leg)
    if leg is None or leg.phase is not LegPhase.UP:
        return
    leg = turn.leg(leg, phase=LegPhase.JOINED, joined_at=turn.now)
    if leg.role == INTERPRETER:
        seeking.joined(turn, leg)
    elif leg.id != turn.call.principal:
        turn.note(f"{leg.role}_joined", leg.id, label=leg.label)
        if leg.command is not None:
            turn.do(FinishCommand(leg.command))
        if turn.call.phase is Phase.CHOOSING:
            _offer_menu(turn)
        elif turn.open:
            script.quiet(turn)
    script.ensure_tracks(turn)


def _ended(turn: Turn, event: engine.LegEnded) -> None:
    before = turn.call.leg(event.leg)
    if before is None or before.phase is LegPhase.OVER:
        return
    turn.leg(before, phase=LegPhase.OVER, ended_at=turn.now, cause=event.cause)
    turn.alarm(f"ring:{before.id}", None)
    script.listener_gone(turn, before.id)
    if before.id == turn.call.principal:
        turn.note("caller_left", before.id, cause=event.cause)
        close(turn)
    elif before.role == INTERPRETER:
        seeking.ended(turn, before, event)
    else:
        _other_left(turn, before, event)


def _other_left(turn: Turn, before: LegState, event: engine.LegEnded) -> None:
    reached = before.phase is not LegPhase.RINGING
    turn.note(f"{before.role}_left" if reached else f"{before.role}_unreachable", before.id, cause=event.cause)
    if before.command is not None and before.phase is not LegPhase.JOINED:
        turn.do(FinishCommand(before.command, f"not reached (cause {event.cause})"))
    if before.role == THIRD and not reached:
        _tell_interpreter(turn)
    if not turn.principal_present:
        return
    if turn.call.phase is Phase.CHOOSING and before.role == AGENT:
        _offer_menu(turn)
    elif turn.call.phase is Phase.UNASSISTED and len(turn.call.present()) == 1:
        seeking.last_words(turn, "goodbye")


def _tell_interpreter(turn: Turn) -> None:
    """A short tone to the interpreter: what she asked for did not work."""
    listener = turn.call.present(INTERPRETER)
    if listener and turn.call.playing is None:
        script.run(turn, listener[0].id, script.BEEP)


def close(turn: Turn) -> None:
    """The caller is gone: everybody else leaves, and a caller who was never served is called back (S39)."""
    if not turn.call.outcome:
        served = turn.call.interpreter_at is not None
        turn.set(outcome="served" if served else "abandoned")
        if not served:
            turn.do(OpenCallback())
    seeking.withdraw(turn)
    script.stop(turn)
    turn.set(phase=Phase.CLOSING, ended_at=turn.call.ended_at or turn.now, deadlines=())
    turn.alarm("forced", turn.call.timing.closing)
    turn.do(*(HangUp(leg.id) for leg in turn.call.legs if leg.phase is not LegPhase.OVER))
    turn.do(*(StopRecording(track.name) for track in turn.call.tracks if track.phase is not TrackPhase.OVER))


def _finish_if_over(turn: Turn) -> None:
    call = turn.call
    if (
        call.phase is Phase.CLOSING
        and call.ended_at is not None
        and all(leg.phase is LegPhase.OVER for leg in call.legs)
        and all(track.phase is TrackPhase.OVER for track in call.tracks)
    ):
        turn.set(phase=Phase.ENDED, deadlines=(), playing=None, script=())
        turn.note("ended", outcome=call.outcome)
        turn.do(EndBridge(), FinishRecordings())


def _force(turn: Turn) -> None:
    """The engine went silent while the call was to end: end it on paper, so that nobody stays held."""
    for leg in turn.call.legs:
        if leg.phase is not LegPhase.OVER:
            turn.do(HangUp(leg.id))
            _ended(turn, engine.LegEnded(leg.id, engine.INTERWORKING, turn.now))
    tracks = tuple(replace(track, phase=TrackPhase.OVER) for track in turn.call.tracks)
    turn.set(tracks=tracks, ended_at=turn.call.ended_at or turn.now)


def _key(turn: Turn, event: engine.KeyPressed) -> None:
    leg = turn.call.leg(event.leg)
    if leg is None or not leg.present or not turn.open:
        return
    if leg.role != INTERPRETER:
        if turn.call.phase is Phase.CHOOSING and event.key in BY_DIGIT:
            _choose(turn, BY_DIGIT[event.key].code, "key")
        return
    buffer, wish = press(leg.keys, event.key)
    turn.leg(leg, keys=buffer)
    if isinstance(wish, AddLine):
        turn.note("third_asked", leg.id, line=wish.number, by="key")
        turn.do(FindParty(wish.number))
    elif wish is not None:
        turn.note("work_done", leg.id)
        turn.set(outcome="served")
        seeking.last_words(turn, "goodbye")


def _choose(turn: Turn, language: str, by: str) -> None:
    turn.set(language=language, phase=Phase.SEEKING)
    turn.alarm("key", None)
    turn.note("language_chosen", language=language, by=by)
    seeking.ask(turn)
    script.run(turn, turn.call.principal, *script.waiting_prompts(turn))


def _time(turn: Turn, event: desk.TimeCame) -> None:
    due = [name for name, at in turn.call.deadlines if at <= event.at]
    for name in due:
        if any(name == kept for kept, _ in turn.call.deadlines):
            turn.alarm(name, None)
            _deadline(turn, name)


def _deadline(turn: Turn, name: str) -> None:
    kind, _, leg_id = name.partition(":")
    match kind:
        case "ring":
            turn.do(HangUp(leg_id))
            _ended(turn, engine.LegEnded(leg_id, engine.NO_ANSWER, turn.now))
        case "wait":
            seeking.waited_enough(turn)
        case "repeat":
            script.run(turn, turn.call.principal, "connecting", script.RING)
        case "key":
            _no_key(turn)
        case "answer":
            turn.do(HangUp(turn.call.principal))
            _ended(turn, engine.LegEnded(turn.call.principal, engine.INTERWORKING, turn.now))
        case "closing":
            turn.do(HangUp(turn.call.principal))
            turn.alarm("forced", turn.call.timing.closing)
        case "forced":
            _force(turn)


def _no_key(turn: Turn) -> None:
    if turn.call.phase is not Phase.CHOOSING:
        return
    turn.set(menu_round=turn.call.menu_round + 1)
    if turn.call.menu_round >= MENU_ROUNDS:
        _choose(turn, script.DEFAULT_LANGUAGE, "default")
    else:
        _offer_menu(turn)


def _try_again(turn: Turn, _event: desk.TryAgain) -> None:
    request = turn.call.open_request
    if request is not None and request.state == WAITING and turn.open:
        turn.do(Seek(request.id))


def _add_party(turn: Turn, event: desk.AddPartyAsked) -> None:
    turn.note("third_asked", line=event.number, by="desk")
    if event.contact:
        _party_found(turn, desk.PartyFound(event.number, event.contact, event.at, event.command))
    else:
        turn.do(FindParty(event.number, event.command))


def _party_found(turn: Turn, event: desk.PartyFound) -> None:
    if not turn.open or not turn.principal_present:
        if event.command is not None:
            turn.do(FinishCommand(event.command, "the call is over"))
        return
    leg = turn.leg(
        LegState(turn.new_id(), THIRD, turn.now, label=event.label, contact=event.contact, command=event.command)
    )
    turn.note("third_rung", leg.id, line=event.label)
    seeking.ring(turn, leg)


def _party_unknown(turn: Turn, event: desk.PartyUnknown) -> None:
    turn.note("third_unknown", line=event.label)
    _tell_interpreter(turn)
    if event.command is not None:
        turn.do(FinishCommand(event.command, "no such line"))


def _drop_leg(turn: Turn, event: desk.DropLegAsked) -> None:
    leg = turn.call.leg(event.leg)
    over = leg is None or leg.phase is LegPhase.OVER
    turn.do(FinishCommand(event.command, "no such party" if over else ""))
    if not over:
        turn.note("drop_asked", event.leg)
        turn.do(HangUp(event.leg))


def _end(turn: Turn, event: desk.EndAsked) -> None:
    turn.do(FinishCommand(event.command))
    if turn.open:
        turn.note("end_asked")
        seeking.last_words(turn, "goodbye")


def _review(turn: Turn, event: engine.EngineReviewed) -> None:
    """Believe the engine: feed what it holds through the same handlers as if it had just told us."""
    turn.do(MakeBridge())
    review(turn, event, lambda told: HANDLERS[type(told)](turn, told))


def _release(turn: Turn, event: desk.InterpreterClaimed) -> None:
    if turn.call.phase is Phase.ENDED:
        turn.do(Release(event.request, "ready"))
    else:
        seeking.claimed(turn, event)


def _nothing(_turn: Turn, _event: Any) -> None:
    """An event that says nothing new, such as a second arrival of the same leg."""


HANDLERS: dict[type, Callable[[Turn, Any], None]] = {
    engine.LegArrived: _nothing,
    engine.LegRinging: _ringing,
    engine.LegAnswered: _answered,
    engine.LegControlled: _controlled,
    engine.LegJoined: _joined,
    engine.LegEnded: _ended,
    engine.KeyPressed: _key,
    engine.PlaybackEnded: script.playback_ended,
    engine.RecordingBegan: script.recording_began,
    engine.RecordingEnded: script.recording_ended,
    engine.EngineReviewed: _review,
    desk.InterpreterClaimed: _release,
    desk.MustWait: seeking.must_wait,
    desk.NobodyThere: seeking.nobody,
    desk.TryAgain: _try_again,
    desk.PartyFound: _party_found,
    desk.PartyUnknown: _party_unknown,
    desk.AddPartyAsked: _add_party,
    desk.DropLegAsked: _drop_leg,
    desk.EndAsked: _end,
    desk.TimeCame: _time,
}
