"""What a call does next: pure ``step(call, event) -> (call, effects)``.

Every event may come late, twice or never: what no longer fits is answered on purpose or passed over. A call always
ends: it holds a deadline for whatever it waits for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from yuqiao.engines import events as engine
from yuqiao.hotline import calling_back, choosing, parties, script, seeking
from yuqiao.hotline import events as desk
from yuqiao.hotline.closing import close
from yuqiao.hotline.effects import (
    Answer,
    Effect,
    EndAttempt,
    EndBridge,
    FinishRecordings,
    HangUp,
    Join,
    MakeBridge,
    Release,
    Seek,
)
from yuqiao.hotline.review import review
from yuqiao.hotline.state import (
    AGENT,
    BESIDE_AGENT,
    CALLBACK,
    CALLER,
    DIRECT,
    INTERPRETER,
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

Step = tuple[CallState, list[Effect]]
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


def begin_callback(call_id: str, missed: calling_back.Missed, timing: Timing, at: float) -> Step:
    """Return a new call back to a caller who was missed: first an interpreter, then the caller, then both together."""
    turn = Turn(calling_back.call_of(call_id, missed, timing, at), at)
    turn.note("callback_begun", line=missed.line)
    turn.do(MakeBridge())  # before the search, which may end the call at once
    seeking.ask(turn)
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
        choosing.offer_menu(turn, "greeting")


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
        if leg.id == turn.call.principal:
            turn.set(answered_at=turn.now)
        turn.do(Join(leg.id))


def _joined(turn: Turn, event: engine.LegJoined) -> None:
    leg = turn.call.leg(event.leg)
    if leg is None or leg.phase is not LegPhase.UP:
        return
    again = leg.joined_at is not None  # put back after a review
    leg = turn.leg(leg, phase=LegPhase.JOINED, joined_at=turn.now)
    if leg.role == INTERPRETER and turn.call.way_in == CALLBACK and not turn.principal_present:
        calling_back.ring_caller(turn, leg)
    elif leg.role == INTERPRETER:
        seeking.joined(turn, leg)
    elif leg.id != turn.call.principal:
        parties.came(turn, leg)
    elif not leg.inbound and not again:
        calling_back.caller_joined(turn, leg)
    script.ensure_tracks(turn)


def _ended(turn: Turn, event: engine.LegEnded) -> None:
    before = turn.call.leg(event.leg)
    if before is None or before.phase is LegPhase.OVER:
        return
    turn.leg(before, phase=LegPhase.OVER, ended_at=turn.now, cause=event.cause)
    turn.alarm(f"ring:{before.id}", None)
    script.listener_gone(turn, before.id)
    if before.id == turn.call.principal:
        if before.phase is LegPhase.RINGING and not before.inbound:
            calling_back.not_reached(turn, before, event)
            return
        turn.note("caller_left", before.id, cause=event.cause)
        close(turn)
    elif before.role == INTERPRETER:
        seeking.ended(turn, before, event)
    else:
        parties.left(turn, before, event)


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
        turn.do(EndBridge(), FinishRecordings(), *([EndAttempt()] if call.callback is not None else []))


def _force(turn: Turn) -> None:
    """The engine went silent while the call was to end: end it on paper, so that nobody stays held."""
    for leg in turn.call.legs:
        if leg.phase is not LegPhase.OVER:
            turn.do(HangUp(leg.id))
            _ended(turn, engine.LegEnded(leg.id, engine.INTERWORKING, turn.now))
    tracks = tuple(replace(track, phase=TrackPhase.OVER) for track in turn.call.tracks)
    turn.set(tracks=tracks, ended_at=turn.call.ended_at or turn.now)


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
            if turn.call.phase is Phase.CALLING_BACK:
                script.run(turn, turn.call.listener, script.RING)
            else:
                script.run(turn, turn.call.principal, "connecting", script.RING)
        case "key":
            choosing.no_key(turn)
        case "answer":
            turn.do(HangUp(turn.call.principal))
            _ended(turn, engine.LegEnded(turn.call.principal, engine.INTERWORKING, turn.now))
        case "closing":
            turn.do(HangUp(turn.call.principal))
            turn.alarm("forced", turn.call.timing.closing)
        case "forced":
            _force(turn)


def _try_again(turn: Turn, _event: desk.TryAgain) -> None:
    request = turn.call.open_request
    if request is not None and request.state == WAITING and turn.open:
        turn.do(Seek(request.id))


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
    engine.KeyPressed: parties.key_pressed,
    engine.PlaybackEnded: script.playback_ended,
    engine.RecordingBegan: script.recording_began,
    engine.RecordingEnded: script.recording_ended,
    engine.EngineReviewed: _review,
    desk.InterpreterClaimed: _release,
    desk.MustWait: seeking.must_wait,
    desk.NobodyThere: seeking.nobody,
    desk.TryAgain: _try_again,
    desk.PartyFound: parties.party_found,
    desk.PartyUnknown: parties.party_unknown,
    desk.AddPartyAsked: parties.add_party,
    desk.DropLegAsked: parties.drop_leg,
    desk.EndAsked: parties.end,
    desk.TimeCame: _time,
}
