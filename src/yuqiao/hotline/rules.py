"""What a call does next: pure ``step(call, event) -> (call, effects)``.

Every event may come late, twice or never: what no longer fits is answered on purpose or passed over. A call always
ends: it holds a deadline for whatever it waits for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from yuqiao.engines import events as engine
from yuqiao.hotline import (
    another,
    apart,
    asides,
    briefing,
    calling_back,
    choosing,
    correcting,
    excluding,
    handing,
    monitoring,
    parties,
    pausing,
    rebuilding,
    recalling,
    refusing,
    requested,
    rerecording,
    rerouting,
    ringing,
    script,
    seeking,
    steering,
    survey,
    telling,
)
from yuqiao.hotline import events as desk
from yuqiao.hotline.closing import close
from yuqiao.hotline.effects import (
    Effect,
    EndAttempt,
    EndBridge,
    FinishRecordings,
    HangUp,
    Join,
    MakeBridge,
    Seek,
)
from yuqiao.hotline.review import review
from yuqiao.hotline.state import (
    INTERPRETER,
    OUTBOUND,
    WAITING,
    CallState,
    LegPhase,
    Phase,
    TrackPhase,
)
from yuqiao.hotline.turn import Turn

Step = tuple[CallState, list[Effect]]


def step(call: CallState, event: desk.Event) -> Step:
    """Return the call after ``event`` and what is to be done, in order. Never raises; never changes ``call``."""
    turn = Turn(call, event.at)
    if not monitoring.heard(turn, event):
        HANDLERS[type(event)](turn, event)
    recalling.settle(turn)
    apart.settle(turn)
    handing.settle(turn)
    briefing.settle(turn)
    monitoring.settle(turn)
    pausing.settle(turn)
    rebuilding.settle(turn)
    _finish_if_over(turn)
    return turn.call, turn.effects


def _ringing(turn: Turn, event: engine.LegRinging) -> None:
    leg = turn.call.leg(event.leg)
    if leg is not None and leg.phase is LegPhase.RINGING and not leg.rang:
        ringing.heard(turn, turn.leg(leg, rang=True))


def _answered(turn: Turn, event: engine.LegAnswered) -> None:
    leg = turn.call.leg(event.leg)
    if leg is None or not leg.inbound or leg.phase is not LegPhase.RINGING:
        return
    turn.leg(leg, phase=LegPhase.UP, answered_at=turn.now)
    turn.set(answered_at=turn.call.answered_at or turn.now)
    turn.alarm("answer", None)
    turn.note("answered", leg.id)
    turn.do(Join(leg.id))
    if turn.call.recalling:
        return
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
        ringing.answered(turn, leg)
    elif leg.phase is LegPhase.RINGING:
        leg = turn.leg(leg, phase=LegPhase.UP, answered_at=turn.now)
        turn.alarm(f"ring:{leg.id}", None)
        turn.note(f"{leg.role}_answered", leg.id)
        if leg.id == turn.call.principal:
            turn.set(answered_at=turn.call.answered_at or turn.now)
        apart.place(turn, leg)


def _joined(turn: Turn, event: engine.LegJoined) -> None:
    leg = turn.call.leg(event.leg)
    if leg is None or leg.phase is not LegPhase.UP or leg.aside:
        return
    again = leg.joined_at is not None  # put back after a review, a hold or a consultation
    leg = turn.leg(leg, phase=LegPhase.JOINED, joined_at=turn.now)
    if again and turn.principal_present:
        pass
    elif leg.role == INTERPRETER and turn.call.way_in in OUTBOUND and not turn.principal_present:
        calling_back.ring_caller(turn, leg)
    elif leg.role == INTERPRETER:
        seeking.joined(turn, leg)
        handing.joined(turn, leg)
        requested.ring_guest(turn)
        if not leg.again:  # she knows of the pause
            pausing.joined(turn)
    elif leg.id == turn.call.principal and turn.call.recalling:
        recalling.principal_back(turn, leg)
    elif leg.id != turn.call.principal:
        parties.came(turn, leg)
    elif requested.awaits_agent(turn.call) and not leg.inbound:
        requested.agent_on(turn, leg)
    elif not leg.inbound and not again:
        calling_back.caller_joined(turn, leg)
    if leg.again and not again and leg.id != turn.call.principal:
        script.tell(turn, rebuilding.APOLOGY, leg.id)
    script.ensure_tracks(turn)


def _ended(turn: Turn, event: engine.LegEnded) -> None:
    before = turn.call.leg(event.leg)
    if before is None or before.phase is LegPhase.OVER:
        return
    if event.by_engine:
        if rebuilding.lost(turn, event):
            return
        event = replace(event, cause=engine.NORMAL)  # the call was closing: nobody's line is to blame
    turn.leg(before, phase=LegPhase.OVER, ended_at=turn.now, cause=event.cause)
    turn.alarm(f"ring:{before.id}", None)
    script.listener_gone(turn, before.id)
    asides.forget(turn, before.id)
    if before.id == turn.call.principal:
        if turn.call.recalling and turn.open:
            recalling.principal_not_reached(turn, before, event)
            return
        if recalling.principal_lost(turn, before, event):
            return
        if before.phase is LegPhase.RINGING and not before.inbound:
            calling_back.not_reached(turn, before, event)
            return
        turn.note("caller_left", before.id, cause=event.cause)
        close(turn)
    elif rebuilding.not_back(turn, before, event):
        pass
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
        turn.set(phase=Phase.ENDED, deadlines=(), playing=None, script=(), asides=())
        turn.note("ended", outcome=call.outcome)
        turn.do(EndBridge(), FinishRecordings(), *([EndAttempt()] if call.way_in in OUTBOUND else []))


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
    kind, _, of = name.partition(":")
    DEADLINES[kind](turn, of)


def _rang_enough(turn: Turn, leg_id: str) -> None:
    turn.do(HangUp(leg_id))
    _ended(turn, engine.LegEnded(leg_id, engine.NO_ANSWER, turn.now))


def _key(turn: Turn, event: engine.KeyPressed) -> None:
    leg = turn.call.leg(event.leg)
    if leg is not None and leg.phase is LegPhase.CONFIRMING:
        ringing.confirming_key(turn, leg, event.key)
    elif leg is not None and briefing.briefed(turn, leg.id):
        briefing.over(turn, leg.id)
    else:
        parties.key_pressed(turn, event)


def _playback_ended(turn: Turn, event: engine.PlaybackEnded) -> None:
    if not apart.playback_ended(turn, event) and not asides.ended(turn, event):
        script.playback_ended(turn, event)


def _never_answered(turn: Turn, _of: str) -> None:
    turn.do(HangUp(turn.call.principal))
    _ended(turn, engine.LegEnded(turn.call.principal, engine.INTERWORKING, turn.now))


def _still_closing(turn: Turn, _of: str) -> None:
    turn.do(HangUp(turn.call.principal))
    turn.alarm("forced", turn.call.timing.closing)


def _try_again(turn: Turn, _event: desk.TryAgain) -> None:
    request = turn.call.open_request
    if request is not None and request.state == WAITING and turn.open:
        turn.do(Seek(request.id))


def _review(turn: Turn, event: engine.EngineReviewed) -> None:
    """Believe the engine: feed what it holds through the same handlers as if it had just told us."""
    turn.do(MakeBridge())
    review(turn, event, lambda told: HANDLERS[type(told)](turn, told))
    monitoring.review(turn, event)


HANDLERS: dict[type, Callable[[Turn, Any], None]] = {
    engine.LegArrived: recalling.rang_in,
    engine.LegRinging: _ringing,
    engine.LegAnswered: _answered,
    engine.LegControlled: _controlled,
    engine.LegJoined: _joined,
    engine.LegEnded: _ended,
    engine.KeyPressed: _key,
    engine.PlaybackEnded: _playback_ended,
    engine.RecordingBegan: script.recording_began,
    engine.RecordingEnded: script.recording_ended,
    engine.EngineReviewed: _review,
    desk.InterpretersClaimed: ringing.claimed,
    desk.MustWait: seeking.must_wait,
    desk.NobodyThere: seeking.nobody,
    desk.TryAgain: _try_again,
    desk.PartyFound: parties.party_found,
    desk.PartyUnknown: parties.party_unknown,
    desk.AddPartyAsked: parties.add_party,
    desk.DropLegAsked: parties.drop_leg,
    desk.EndAsked: parties.end,
    desk.Preempted: ringing.preempted,
    desk.LongerWait: seeking.longer_wait,
    desk.LanguageAsked: correcting.language_asked,
    desk.RefusalAsked: refusing.by_desk,
    desk.PauseRecordingAsked: pausing.pause_asked,
    desk.ResumeRecordingAsked: pausing.resume_asked,
    desk.ExcludedAsked: excluding.by_desk,
    desk.LanguageSuggested: choosing.suggested,
    desk.HoldAsked: steering.hold,
    desk.ResumeAsked: steering.resume,
    desk.ConsultAsked: steering.consult,
    desk.MergeAsked: steering.merge,
    desk.HandOverAsked: steering.hand_over,
    desk.AnotherAsked: another.asked,
    desk.RerouteAsked: rerouting.asked,
    desk.EscalateAsked: steering.escalated,
    desk.CallManagerAsked: steering.call_manager,
    desk.AnnounceAsked: telling.announce,
    desk.MuteAsked: telling.mute,
    desk.MonitorAsked: monitoring.asked,
    desk.MonitorEndAsked: monitoring.end_asked,
    desk.TimeCame: _time,
}

#: Kind of a deadline (what stands before the colon of its name) -> what happens when it passes; told what follows the
#: colon, such as a leg's id.
DEADLINES: dict[str, Callable[[Turn, str], None]] = {
    "ring": _rang_enough,
    "confirm": _rang_enough,
    "dead": ringing.gives_no_sign,
    "look": ringing.look,
    "wait": lambda turn, _of: seeking.waited_enough(turn),
    "repeat": lambda turn, _of: script.repeat(turn),
    "key": lambda turn, _of: choosing.no_key(turn),
    "survey": lambda turn, _of: survey.no_key(turn),
    "dismissed": lambda turn, leg: turn.do(HangUp(leg)),
    "answer": _never_answered,
    "hold": apart.remind,
    "monitor": monitoring.rang_enough,
    "brief": briefing.over,
    "pause": pausing.remind,
    "pausing": pausing.still_running,
    "record": lambda turn, _of: script.ensure_tracks(turn, again=True),
    "works": rerecording.lasts,
    "again": rebuilding.ring_pending,
    "recall": lambda turn, _of: recalling.ring_principal(turn),
    "agent": lambda turn, _of: recalling.ring_agent(turn),
    "closing": _still_closing,
    "forced": lambda turn, _of: _force(turn),
}
