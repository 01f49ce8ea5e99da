"""A desk has something said to one party or to all, or takes a party's voice out of the conversation. Pure."""

from __future__ import annotations

from yuqiao.hotline import apart, script
from yuqiao.hotline.announcements import ANNOUNCEMENTS
from yuqiao.hotline.effects import FinishCommand, Mute
from yuqiao.hotline.events import AnnounceAsked, MuteAsked
from yuqiao.hotline.state import LegPhase, LegState
from yuqiao.hotline.steering import NO_SUCH
from yuqiao.hotline.turn import Turn


def announce(turn: Turn, event: AnnounceAsked) -> None:
    """Say it to one party, or to everybody who is not on hold: there it would break into the request to stay."""
    listeners = [
        leg.id
        for leg in turn.call.present()
        if event.leg in {"", leg.id} and leg.aside not in apart.WAITING and leg.phase is not LegPhase.OVER
    ]
    if not turn.open or event.prompt not in ANNOUNCEMENTS or not listeners:
        turn.do(FinishCommand(event.command, NO_SUCH if turn.open else "the call is over"))
        return
    turn.note("announced", event.leg, prompt=event.prompt)
    script.tell(turn, event.prompt, *listeners)
    turn.do(FinishCommand(event.command))


def mute(turn: Turn, event: MuteAsked) -> None:
    """Let nobody hear a party, or hear it again; the party hears the others all the time."""
    leg = turn.call.leg(event.leg)
    there = leg is not None and leg.present and turn.open
    if leg is not None and there and leg.muted != event.muted:
        turn.leg(leg, muted=event.muted)
        turn.note("muted" if event.muted else "unmuted", leg.id)
        turn.do(Mute(leg.id, event.muted))
    turn.do(FinishCommand(event.command, "" if there else NO_SUCH))


def again(turn: Turn, leg: LegState) -> None:
    """After a lost connection to the engine: it may not know that a party is muted."""
    if leg.muted:
        turn.do(Mute(leg.id, True))
