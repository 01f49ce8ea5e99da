"""Recording again after a recording failed: at once, then at growing intervals, with an alarm while nothing can be
written, as on a full disk. The call goes on in every respect, and its record says from when to when it is not recorded
(`hotline.gaps`). Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

from yuqiao.hotline.effects import RecordingAlarm
from yuqiao.hotline.state import TrackOf, TrackPhase
from yuqiao.hotline.turn import Turn

#: A recording that fails within so many seconds says that the next one may fail too.
QUICK = 10.0
#: So many attempts follow each other at once; the pause after the next ones doubles from the first to the longest.
AT_ONCE = 2
FIRST, LONGEST = 5.0, 60.0
#: A recording that runs so long is taken for good.
PROOF = 5.0


def failures(tracks: Sequence[TrackOf]) -> int:
    """Return how many of one leg's recordings failed quickly, one after the other, at last."""
    count = 0
    for track in reversed(tracks):
        if not track.failed or (track.over_at is not None and track.over_at - track.created_at >= QUICK):
            break
        count += 1
    return count


def must_wait(turn: Turn, tracks: Sequence[TrackOf]) -> bool:
    """Whether the next attempt at a leg, whose ``tracks`` failed, is to wait; raises the alarm if so."""
    failed = failures(tracks)
    if failed < AT_ONCE:
        return False
    if not any(name == "record" for name, _ in turn.call.deadlines):
        if failed == AT_ONCE:
            turn.note("recording_lost", tracks[-1].leg)
        turn.alarm("record", min(LONGEST, FIRST * 2 ** (failed - AT_ONCE)))
        turn.do(RecordingAlarm(works=False))
    return True


def began(turn: Turn, track: TrackOf) -> None:
    """A recording runs; if those before it failed, see in a moment whether it lasts."""
    before = [one for one in turn.call.tracks if one.leg == track.leg and one.name != track.name]
    if failures(before) >= AT_ONCE:
        turn.alarm("works", PROOF)


def lasts(turn: Turn, _of: str) -> None:
    """It lasts: the alarm is over, unless another leg still lacks its recording."""
    running = [track for track in turn.call.tracks if track.phase is TrackPhase.RUNNING]
    if running and not any(name == "record" for name, _ in turn.call.deadlines):
        turn.note("recording_back", running[-1].leg)
        turn.do(RecordingAlarm(works=True))
