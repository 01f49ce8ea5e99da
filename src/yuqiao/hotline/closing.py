"""How a call closes: requests are withdrawn, everybody leaves, and a caller who was not served is called back."""

from __future__ import annotations

from dataclasses import replace

from yuqiao.hotline import script, survey
from yuqiao.hotline.effects import HangUp, OpenCallback, StopRecording
from yuqiao.hotline.state import WITHDRAWN, LegPhase, Phase, RequestOf, TrackPhase
from yuqiao.hotline.turn import Turn


def close(turn: Turn) -> None:
    """The caller is gone: everybody else leaves, and a caller who was never served is called back (S39)."""
    if not turn.call.outcome:
        served = turn.call.interpreter_at is not None
        turn.set(outcome="served" if served else "abandoned")
        if not served:
            turn.do(OpenCallback())
    survey.caller_gone(turn)
    withdraw(turn)
    script.stop(turn)
    turn.set(phase=Phase.CLOSING, ended_at=turn.call.ended_at or turn.now, deadlines=())
    turn.alarm("forced", turn.call.timing.closing)
    turn.do(*(HangUp(leg.id) for leg in turn.call.legs if leg.phase is not LegPhase.OVER))
    # A leg's own recording ends with its leg, the mix with nobody.
    mixes = [track for track in turn.call.tracks if not track.leg and track.phase is not TrackPhase.OVER]
    turn.do(*(StopRecording(track.name, track.leg) for track in mixes))


def withdraw(turn: Turn) -> None:
    """The call needs nobody any more."""
    request = turn.call.open_request
    if request is not None:
        settle(turn, request, WITHDRAWN)


def settle(turn: Turn, request: RequestOf, state: str) -> None:
    """The request has its answer: nobody waits for it any more."""
    turn.call = turn.call.with_request(replace(request, state=state, settled_at=turn.now))
    turn.alarm("wait", None)
    turn.alarm(f"look:{request.id}", None)
