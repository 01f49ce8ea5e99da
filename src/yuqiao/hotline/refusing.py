"""How a refusal to be recorded reaches us: the caller's key, the interpreter's keys, the desk. Pure."""

from __future__ import annotations

from yuqiao.hotline import consent, script
from yuqiao.hotline.consent import NOTICES
from yuqiao.hotline.effects import FinishCommand
from yuqiao.hotline.events import RefusalAsked
from yuqiao.hotline.state import LegState
from yuqiao.hotline.turn import Turn


def by_key(turn: Turn, leg: LegState) -> None:
    """The caller (or the agent beside the caller) refuses, as the notice says: at once or shortly after it."""
    if consent.in_time(turn):
        _refuse(turn, "caller", leg.id)


def by_interpreter(turn: Turn, leg: LegState) -> None:
    """The caller told the interpreter, at any time; where the line has a duty to record, she hears that it did not."""
    if not obstacle(turn):
        _refuse(turn, "interpreter", leg.id)
    elif turn.call.playing is None:
        script.run(turn, leg.id, script.BEEP)


def by_desk(turn: Turn, event: RefusalAsked) -> None:
    """Somebody on the desk was told."""
    why_not = obstacle(turn)
    turn.do(FinishCommand(event.command, why_not))
    if not why_not:
        _refuse(turn, "desk")


def obstacle(turn: Turn) -> str:
    """Return why the call cannot be taken out of recording; "" if it can."""
    if not turn.open:
        return "the call is over"
    if not turn.call.refusable:
        return "this line has a legal duty to record"
    return "" if turn.call.record else "this call is not recorded"


def _refuse(turn: Turn, by: str, leg: str = "") -> None:
    playing, principal = turn.call.playing, turn.call.principal
    rest = tuple(name for name in turn.call.script if name not in NOTICES)
    free = playing is None or (playing.leg == principal and playing.name in NOTICES | script.WHILE_ALONE)
    consent.refuse(turn, by, leg)
    if playing is not None and playing.name in script.WHILE_ALONE and script.RING not in rest:
        rest = (*rest, script.RING)
    if free and turn.principal_present and turn.call.language:
        script.run(turn, principal, "not_recorded", *rest)
    else:
        turn.set(script=rest)
