"""Pausing the recording of a call for a sensitive part: a password, a health matter, a third person's data. Pure.

All tracks and the mix stop together and others follow when the part is over, so nothing of it is ever in a file
(PIPL articles 6, 28 and 29). Whoever asked is told by one tone once no file is written any more, by two when recording
goes on. A pause is never silently forgotten: a tone each ``Timing.pause`` seconds, and it ends by itself as soon as
another interpreter is on, who would not know of it.
"""

from __future__ import annotations

from dataclasses import replace

from yuqiao.hotline import script
from yuqiao.hotline.effects import FinishCommand, KeepPause, Play, StopRecording
from yuqiao.hotline.events import PauseRecordingAsked, ResumeRecordingAsked
from yuqiao.hotline.state import INTERPRETER, LegState, TrackPhase
from yuqiao.hotline.turn import Turn

#: How long a recording may take to stop before it is told to once more, and then again and again.
PATIENCE, LATER = 2.0, 10.0
#: Why recording goes on, besides by whom.
HANDED_OVER = "handover"


def by_key(turn: Turn, leg: LegState) -> str:
    """An interpreter asks by her keys; returns what she asked for. A tone says that it cannot be."""
    paused = turn.call.paused_at is not None
    why_not = resume(turn, "interpreter", leg.id) if paused else pause(turn, "interpreter", leg.id)
    if why_not:
        turn.note("wish_refused", leg.id, wish="pause_recording")
        script.tell(turn, script.BEEP, leg.id)
    return "resume_recording" if paused else "pause_recording"


def pause_asked(turn: Turn, event: PauseRecordingAsked) -> None:
    """The desk asks; answered once no file is written any more."""
    why_not = pause(turn, "desk", command=event.command)
    if why_not:
        turn.do(FinishCommand(event.command, why_not))


def resume_asked(turn: Turn, event: ResumeRecordingAsked) -> None:
    """The desk says that the sensitive part is over."""
    turn.do(FinishCommand(event.command, resume(turn, "desk")))


def pause(turn: Turn, by: str, leg: str = "", command: int | None = None) -> str:
    """Stop what is recorded of this call until it is resumed; returns why not."""
    call = turn.call
    if not turn.open:
        return "the call is over"
    if not call.record:
        return "this call is not recorded"
    if call.paused_at is not None:
        return "the recording is paused already"
    turn.set(paused_at=turn.now, pause_told=False, pause_command=command)
    turn.note("recording_paused", leg, by=by)
    turn.do(KeepPause())
    turn.alarm("pause", call.timing.pause)
    _stop(turn)
    return ""


def resume(turn: Turn, by: str, leg: str = "") -> str:
    """Record everybody again; returns why not."""
    since = turn.call.paused_at
    if since is None or not turn.open:
        return "the recording is not paused"
    _answer(turn)
    turn.set(paused_at=None)
    turn.alarm("pause", None)
    turn.alarm("pausing", None)
    turn.note("recording_resumed", leg, by=by, seconds=round(turn.now - since))
    turn.do(KeepPause())
    script.ensure_tracks(turn)
    _tones(turn, 2)
    return ""


def joined(turn: Turn) -> None:
    """An interpreter came on who knows of no pause: recording goes on."""
    if turn.call.paused_at is not None:
        resume(turn, HANDED_OVER)


def remind(turn: Turn, _of: str) -> None:
    """Still paused: who asked may have forgotten it."""
    if turn.call.paused_at is None or not turn.open:
        return
    turn.note("recording_pause_reminded", seconds=round(turn.now - turn.call.paused_at))
    _tones(turn, 1)
    turn.alarm("pause", turn.call.timing.pause)


def still_running(turn: Turn, _of: str) -> None:
    """Something is being recorded though it was told to stop: tell it once more."""
    if turn.call.paused_at is not None and turn.open:
        turn.note("recording_not_paused")
        _stop(turn, LATER)


def stop_again(turn: Turn) -> None:
    """After a lost connection to the engine: whatever it still records of a paused call is to stop."""
    if turn.call.paused_at is not None:
        _stop(turn)


def settle(turn: Turn) -> None:
    """After each event: tell whoever asked as soon as no file is written, or that the call is over."""
    call = turn.call
    if call.paused_at is None or call.pause_told:
        return
    if not turn.open or not call.record:
        _answer(turn)
        turn.alarm("pausing", None)
    elif all(track.phase is TrackPhase.OVER for track in call.tracks):
        _answer(turn)
        turn.alarm("pausing", None)
        _tones(turn, 1)


def _answer(turn: Turn) -> None:
    if turn.call.pause_command is not None:
        turn.do(FinishCommand(turn.call.pause_command))
    turn.set(pause_told=True, pause_command=None)


def _stop(turn: Turn, patience: float = PATIENCE) -> None:
    running = [track for track in turn.call.tracks if track.phase is not TrackPhase.OVER]
    for track in running:
        turn.call = turn.call.with_track(replace(track, paused=True))
        turn.do(StopRecording(track.name, track.leg))
    turn.alarm("pausing", patience if running else None)


def _tones(turn: Turn, count: int) -> None:
    for leg in turn.call.present(INTERPRETER):
        turn.do(Play(turn.new_id(), leg.id, (f"tone:{script.BEEP}",) * count))
