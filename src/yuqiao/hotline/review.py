"""After a new start or a lost connection: bring a call in line with what the engine really holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from yuqiao.engines import events as engine
from yuqiao.hotline import apart, asides, briefing, consent, pausing, ringing, script, telling
from yuqiao.hotline.effects import Answer, HangUp, Join, Seek, StopRecording
from yuqiao.hotline.state import WAITING, LegPhase, LegState, Phase, TrackPhase
from yuqiao.hotline.turn import Turn

#: More ids than a call server can use before it has to write.
SKIPPED_IDS = 1000


def review(turn: Turn, seen: engine.EngineReviewed, tell: Callable[[engine.EngineEvent], None]) -> None:
    """Tell the call what it missed. Ids skip ahead, past any that the old server used and could not write."""
    turn.set(serial=turn.call.serial + SKIPPED_IDS)
    briefing.forget(turn)
    before = [leg.id for leg in turn.call.legs]  # not those that are rung only now
    lost = next((leg for leg in turn.call.legs if _lost_with_the_engine(leg, seen)), None)
    if lost is not None:
        tell(engine.LegEnded(lost.id, engine.TEMPORARY_FAILURE, seen.at - seen.away, by_engine=True))
    for leg in [turn.call.leg(leg_id) for leg_id in before]:
        if leg is not None and leg.phase is not LegPhase.OVER:
            _review_leg(turn, leg, seen, tell)
    refused = turn.call.consent == consent.REFUSED  # the old server may have died before it stopped them
    for track in turn.call.tracks:
        if track.phase is not TrackPhase.OVER and track.name not in seen.recording:
            turn.call = turn.call.with_track(replace(track, phase=TrackPhase.OVER, failed=True, over_at=turn.now))
        elif track.phase is not TrackPhase.OVER and (turn.call.ended_at is not None or refused):
            turn.do(StopRecording(track.name, track.leg))
    consent.discard(turn)
    pausing.stop_again(turn)
    if turn.call.phase in {Phase.CLOSING, Phase.ENDED}:
        turn.do(*(HangUp(leg.id) for leg in turn.call.legs if _stray(turn, leg)))
    script.replay(turn)
    asides.replay(turn)
    script.ensure_tracks(turn)
    request = turn.call.open_request
    if request is not None and request.state == WAITING:
        turn.do(Seek(request.id))


def _lost_with_the_engine(leg: LegState, seen: engine.EngineReviewed) -> bool:
    there = leg.id in seen.up | seen.ringing
    return leg.phase is not LegPhase.OVER and not there and leg.created_at < seen.since


def _stray(turn: Turn, leg: LegState) -> bool:
    return leg.phase is not LegPhase.OVER and leg.id != turn.call.principal


def _review_leg(
    turn: Turn, leg: LegState, seen: engine.EngineReviewed, tell: Callable[[engine.EngineEvent], None]
) -> None:
    if leg.id not in seen.up | seen.ringing:
        if leg.phase is LegPhase.RINGING and not leg.rang and leg.interpreter is not None:
            _never_rung(turn, leg)
        tell(engine.LegEnded(leg.id, engine.NORMAL, seen.at))
        return
    if leg.phase is LegPhase.RINGING and leg.id in seen.up:
        told = engine.LegAnswered if leg.inbound else engine.LegControlled
        tell(told(leg.id, seen.at))
    elif leg.phase is LegPhase.RINGING and leg.inbound:
        turn.do(Answer(leg.id))
    asked = turn.call.leg(leg.id)
    if asked is not None and asked.phase is LegPhase.CONFIRMING and leg.id in seen.joined:
        ringing.take(turn, asked)  # 1 was pressed: only then was she put into the bridge
    current = turn.call.leg(leg.id)
    if current is None or not current.present:
        return
    telling.again(turn, current)
    if current.aside:
        apart.again(turn, current)
    elif leg.id in seen.joined:
        tell(engine.LegJoined(leg.id, seen.at))
    else:
        turn.leg(current, phase=LegPhase.UP)
        turn.do(Join(leg.id))


def _never_rung(turn: Turn, leg: LegState) -> None:
    """The old call server died between claiming and ringing: she may be claimed again for the same request."""
    request = turn.call.request(leg.request)
    if request is not None:
        tried = tuple(one for one in request.tried if one != leg.interpreter)
        turn.call = turn.call.with_request(replace(request, tried=tried))
