"""Who is apart from the others in a call: held, or in a private consultation. Pure.

A leg that is apart is answered but not in the call's bridge; ``LegState.aside`` says why:

* ``hold``: hears a spoken request to stay and a tone, hears nobody and is heard by nobody;
* ``wait``: the same, because everybody else went into a consultation;
* ``consult``: in the call's second bridge, with the others of the consultation.

What is recorded: a party who waits does not know that the line is still open, so what it says to people beside it is
none of our business and its track pauses (PIPL article 6: no more than the purpose needs). Agent, interpreter and
floor manager are at work and were told; their tracks go on through a consultation, so that whoever was talked about
can have it accounted for (PIPL article 9). The mix is of the call's bridge alone and never holds a consultation.
"""

from __future__ import annotations

from dataclasses import replace

from yuqiao.engines.events import PlaybackEnded
from yuqiao.hotline import script
from yuqiao.hotline.effects import (
    EndAside,
    FinishCommand,
    Join,
    JoinAside,
    MakeAside,
    Play,
    SetAside,
    StopPlaying,
    StopRecording,
)
from yuqiao.hotline.state import LegPhase, LegState, Phase, TrackPhase
from yuqiao.hotline.turn import Turn

HOLD, WAIT, CONSULT = "hold", "wait", "consult"
WAITING = frozenset({HOLD, WAIT})
#: After so many seconds the others are reminded of whoever waits; after so many reminders that leg comes back.
REMIND, REMINDERS = 30.0, 10


def hold(turn: Turn, leg: LegState, why: str = HOLD) -> None:
    """Put a leg of the bridge on hold."""
    leg = turn.leg(leg, phase=LegPhase.UP, aside=why, reminded=0)
    turn.note("held", leg.id)
    turn.do(SetAside(leg.id))
    _pause(turn, leg.id)
    _music(turn, leg)
    turn.alarm(f"hold:{leg.id}", REMIND)


def resume(turn: Turn, leg: LegState) -> None:
    """Bring a leg back that waits or consults; it is in the bridge once the engine says so."""
    if leg.aside in WAITING:
        turn.note("resumed", leg.id)
        turn.alarm(f"hold:{leg.id}", None)
    if leg.music:
        turn.do(StopPlaying(leg.music, leg.id))
    leg = turn.leg(leg, aside="", music="", reminded=0)
    turn.do(Join(leg.id))


def remind(turn: Turn, leg_id: str) -> None:
    """Somebody still waits: a tone to the others, the request to stay again; at last the leg comes back by itself."""
    leg = turn.call.leg(leg_id)
    if leg is None or leg.aside not in WAITING or not leg.present:
        return
    if leg.aside == HOLD and leg.reminded + 1 >= REMINDERS:
        turn.note("held_too_long", leg.id)
        resume(turn, leg)
        return
    leg = turn.leg(leg, reminded=leg.reminded + 1)
    turn.note("hold_reminded", leg.id)
    script.tell(turn, script.BEEP, *(one.id for one in turn.call.present() if one.aside not in WAITING))
    if leg.music:
        turn.do(StopPlaying(leg.music, leg.id))
    _music(turn, leg)
    turn.alarm(f"hold:{leg.id}", REMIND)


def consult(turn: Turn, *group: LegState) -> None:
    """Take these legs of the bridge apart; one who would be left alone waits with the request to stay."""
    turn.note("consult_began", group[0].id)
    turn.do(MakeAside())
    for leg in group:
        turn.leg(leg, phase=LegPhase.UP, aside=CONSULT)
        turn.do(JoinAside(leg.id))
    left = [leg for leg in turn.call.legs if leg.phase is LegPhase.JOINED]
    if len(left) == 1:
        hold(turn, left[0], WAIT)
    if len(left) <= 1:
        _pause(turn, "")


def consulting(turn: Turn) -> list[LegState]:
    """Return the legs that are in a consultation now."""
    return [leg for leg in turn.call.present() if leg.aside == CONSULT]


def merge(turn: Turn) -> None:
    """End the consultation: everybody in it, and who waited for its end, come together again."""
    turn.note("consult_ended")
    for leg in turn.call.present():
        if leg.aside in {CONSULT, WAIT}:
            resume(turn, leg)
    turn.do(EndAside())


def place(turn: Turn, leg: LegState) -> None:
    """A leg we rang is answered: into the bridge, or apart with the one who wanted to speak with it."""
    asker = turn.call.leg(leg.asked_by)
    if asker is None or asker.phase is not LegPhase.JOINED or consulting(turn):
        turn.do(Join(leg.id))
        return
    if leg.command is not None:
        turn.do(FinishCommand(leg.command))
    leg = turn.leg(leg, aside=CONSULT, command=None)
    turn.note(f"{leg.role}_joined", leg.id, label=leg.label)
    consult(turn, asker, leg)


def playback_ended(turn: Turn, event: PlaybackEnded) -> bool:
    """Whether it was what plays to one who waits; it plays again unless it failed, and then with the next reminder."""
    leg = next((one for one in turn.call.legs if one.music == event.playback), None)
    if leg is None:
        return False
    leg = turn.leg(leg, music="")
    if event.done and leg.aside in WAITING and leg.present:
        _music(turn, leg)
    return True


def again(turn: Turn, leg: LegState) -> None:
    """After a lost connection to the engine: put a leg apart once more, whatever the engine knows of it."""
    if leg.aside == CONSULT:
        turn.do(MakeAside(), JoinAside(leg.id))
    else:
        turn.do(SetAside(leg.id))
        if leg.music:
            turn.do(StopPlaying(leg.music, leg.id))
        _music(turn, leg)


def settle(turn: Turn) -> None:
    """After each event: a consultation needs two, and nobody waits when there is nobody to come back to.

    Nor while a lost interpreter is replaced: she who let them wait is gone, and they are to hear what happens.
    """
    apart = [leg for leg in turn.call.legs if leg.aside]
    if not apart:
        return
    for leg in apart:
        if leg.phase is LegPhase.OVER:
            turn.leg(leg, aside="", music="", asked_by="")
            turn.alarm(f"hold:{leg.id}", None)
    if not turn.open:
        _dissolve(turn)
        return
    talking = consulting(turn)
    waiting = [leg for leg in turn.call.present() if leg.aside in WAITING]
    if (talking and (len(talking) < 2 or turn.call.recalling)) or (not talking and _consult_was(apart, waiting)):
        merge(turn)
        waiting = [leg for leg in turn.call.present() if leg.aside in WAITING]
    alone = not [leg for leg in turn.call.present() if leg.aside not in WAITING]
    if not consulting(turn) and (alone or turn.call.phase is Phase.REPLACING):
        for leg in waiting:
            resume(turn, leg)


def _consult_was(apart: list[LegState], waiting: list[LegState]) -> bool:
    """Whether a consultation ended by itself: its members are gone, or one still waits for its end."""
    return any(leg.aside == CONSULT for leg in apart) or any(leg.aside == WAIT for leg in waiting)


def _dissolve(turn: Turn) -> None:
    """The call closes: no more music, so that last words are heard, and the second bridge is taken away."""
    consulted = False
    for leg in turn.call.legs:
        if leg.aside:
            consulted = consulted or leg.aside in {CONSULT, WAIT}
            if leg.music:
                turn.do(StopPlaying(leg.music, leg.id))
            turn.leg(leg, aside="", music="", asked_by="")
    if consulted:
        turn.do(EndAside())


def _music(turn: Turn, leg: LegState) -> None:
    playback = turn.new_id()
    turn.leg(leg, music=playback)
    turn.do(Play(playback, leg.id, (script.own_words(turn, leg.id, "hold"), *script.patience(turn))))


def _pause(turn: Turn, leg_id: str) -> None:
    """Stop what is recorded of a leg (the mix, if empty); another segment follows when it is back."""
    for track in turn.call.tracks:
        if track.leg == leg_id and track.phase is not TrackPhase.OVER and not track.paused:
            turn.call = turn.call.with_track(replace(track, paused=True))
            turn.do(StopRecording(track.name, track.leg))
