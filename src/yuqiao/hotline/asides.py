"""Prompts to one leg apart from the call's script: any number of legs at once, one prompt to each.

So two mobiles can hear that 1 must be pressed while the caller hears ringing. The script (`hotline.script`) is what the
call's own listener hears.
"""

from __future__ import annotations

from yuqiao.engines.events import PlaybackEnded
from yuqiao.hotline import script
from yuqiao.hotline.effects import HangUp, Play, StopPlaying
from yuqiao.hotline.state import Playing
from yuqiao.hotline.turn import Turn

#: What an interpreter of the wrong language hears before she is let go (`hotline.correcting`).
THANKS = "released"
#: What she hears who picked up while somebody else took the call.
TAKEN = "taken"
LAST_WORDS = frozenset({THANKS, TAKEN})


def play(turn: Turn, leg_id: str, name: str, *, again: int = 0) -> None:
    """Play a prompt to a leg, in place of what it heard aside, and ``again`` so many times after it."""
    stop(turn, leg_id)
    playback = turn.new_id()
    turn.set(asides=(*turn.call.asides, Playing(playback, leg_id, name, again)))
    turn.do(Play(playback, leg_id, script.media(turn, leg_id, name)))


def stop(turn: Turn, leg_id: str) -> None:
    """Stop what a leg hears aside."""
    for one in turn.call.asides:
        if one.leg == leg_id:
            turn.do(StopPlaying(one.id, one.leg))
    forget(turn, leg_id)


def forget(turn: Turn, leg_id: str) -> None:
    """The leg is over: its prompt ended with it."""
    turn.set(asides=tuple(one for one in turn.call.asides if one.leg != leg_id))


def ended(turn: Turn, event: PlaybackEnded) -> bool:
    """Repeat a prompt that is to be heard again; False when none of these ended. One that failed is not repeated."""
    one = next((one for one in turn.call.asides if one.id == event.playback), None)
    if one is None:
        return False
    forget(turn, one.leg)
    if one.name in LAST_WORDS:
        turn.do(HangUp(one.leg))
    if one.again and event.done:
        play(turn, one.leg, one.name, again=one.again - 1)
    return True


def replay(turn: Turn) -> None:
    """Play them again: after a lost connection nobody knows whether they were heard."""
    for one in turn.call.asides:
        play(turn, one.leg, one.name, again=one.again)
