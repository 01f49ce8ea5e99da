"""A call turns out to be about what its line excludes: court matters, state secrets. Pure.

No machine can tell what is spoken about, so a person who hears it says so: the interpreter by a key, the desk by a
button. Then the service is refused with a reason in the caller's language, recording stops, nobody is owed a call back,
and the call is kept with the outcome `EXCLUDED` and who said so. What the registry does not exclude is not refused.
"""

from __future__ import annotations

from yuqiao.hotline import script, seeking
from yuqiao.hotline.effects import FinishCommand, StopRecording
from yuqiao.hotline.events import ExcludedAsked
from yuqiao.hotline.keys import Excluded
from yuqiao.hotline.state import LegState, TrackPhase
from yuqiao.hotline.turn import Turn

#: The outcome of such a call, and the name of the prompt that says why.
EXCLUDED = "excluded"


def by_key(turn: Turn, leg: LegState, wish: Excluded) -> None:
    """The interpreter says so; where the line does not exclude it, a short tone says no."""
    if why := _obstacle(turn, wish.matter):
        turn.note("wish_refused", leg.id, wish=EXCLUDED, why=why)
        script.tell(turn, script.BEEP, leg.id)
    else:
        _refuse(turn, wish.matter, "interpreter", leg.id)


def by_desk(turn: Turn, event: ExcludedAsked) -> None:
    """Somebody on the desk says so."""
    why = _obstacle(turn, event.matter)
    turn.do(FinishCommand(event.command, why))
    if not why:
        _refuse(turn, event.matter, "desk")


def _obstacle(turn: Turn, matter: str) -> str:
    if not turn.open:
        return "the call is over"
    if matter not in turn.call.excludes:
        return "this line does not exclude it"
    return "" if turn.principal_present else "wait until the caller is on"


def _refuse(turn: Turn, matter: str, by: str, leg: str = "") -> None:
    turn.note(EXCLUDED, leg, matter=matter, by=by)
    running = [track for track in turn.call.tracks if track.phase is not TrackPhase.OVER]
    turn.do(*(StopRecording(track.name, track.leg) for track in running))
    # A caller who was promised a callback before is owed it still.
    outcome = turn.call.outcome if turn.call.outcome == "callback" else EXCLUDED
    turn.set(outcome=outcome, record=False, recording=False)
    seeking.last_words(turn, EXCLUDED)
