"""What an interpreter hears alone between answering and joining: language, matter and line, in a few words. Pure.

Off unless the site gives it a time (`Timing.briefing`). She joins when it is said, when that time is over, or at once
when she presses any key, so that it never costs a caller more. Until then nobody hears her and she hears nobody.
"""

from __future__ import annotations

from typing import Final

from yuqiao.hotline import asides, script
from yuqiao.hotline.briefing_words import BRIEFING
from yuqiao.hotline.effects import Join
from yuqiao.hotline.state import LegPhase, LegState
from yuqiao.hotline.turn import Turn

DEADLINE: Final = "brief"


def join(turn: Turn, leg: LegState) -> None:
    """Put an interpreter who answered into the bridge, after her briefing where there is one."""
    if turn.call.timing.briefing <= 0 or not script.media(turn, leg.id, BRIEFING):
        turn.do(Join(leg.id))
        return
    turn.alarm(f"{DEADLINE}:{leg.id}", turn.call.timing.briefing)
    turn.note("briefed", leg.id)
    asides.play(turn, leg.id, BRIEFING)


def briefed(turn: Turn, leg_id: str) -> bool:
    """Whether she hears her briefing now."""
    return any(one.leg == leg_id and one.name == BRIEFING for one in turn.call.asides)


def over(turn: Turn, leg_id: str) -> None:
    """It was said, the time is over, or she pressed a key: she joins."""
    leg = turn.call.leg(leg_id)
    if briefed(turn, leg_id):
        asides.stop(turn, leg_id)
    turn.alarm(f"{DEADLINE}:{leg_id}", None)
    if leg is not None and leg.phase is LegPhase.UP and not (leg.aside or leg.dismissed) and turn.open:
        turn.do(Join(leg_id))


def settle(turn: Turn) -> None:
    """After each event: whose briefing is over, however it ended, joins; who is gone is waited for no more.

    A call on its way out needs nobody briefed: its limits are gone, so the prompts go too.
    """
    if not turn.open:
        forget(turn)
    for name, _at in turn.call.deadlines:
        kind, _, leg_id = name.partition(":")
        if kind == DEADLINE and not briefed(turn, leg_id):
            over(turn, leg_id)


def forget(turn: Turn) -> None:
    """Stop all briefings. After a lost connection nobody knows what was heard, so `hotline.review` has them join."""
    for one in turn.call.asides:
        if one.name == BRIEFING:
            asides.stop(turn, one.leg)
            turn.alarm(f"{DEADLINE}:{one.leg}", None)
