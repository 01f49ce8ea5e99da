"""The sound of a call as lanes that are heard together: each party's, from finished tracks or, until they stand, from
the raw segments. Read piece by piece, so that a call of two hours costs no more memory than one of a minute.

Pauses are silent here whatever the files hold: what was not to be kept is not given to anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np
from django.conf import settings

from yuqiao.hotline import kept_levels, waveform
from yuqiao.hotline.interleaved import MOST_CHANNELS
from yuqiao.hotline.models import Call, Leg, Recording
from yuqiao.hotline.recordings import offset_of, pauses_of
from yuqiao.hotline.tracks import RATE, Samples, read_wav, wav_span
from yuqiao.hotline.waveform import Levels
from yuqiao.lib import clock

Kind = Recording.Kind
#: How much is read at once where a whole recording is looked through: a minute.
PIECE = 60 * RATE


@dataclass(frozen=True, slots=True)
class Lane:
    """What sounds in one channel: one party's recordings; of a call with more parties than a file has channels, those
    of all legs with one role; or the mix, which has no legs. ``raw``: segments, each at its place; else finished."""

    legs: tuple[Leg, ...]
    recordings: tuple[Recording, ...]
    raw: bool

    @property
    def files(self) -> list[Path]:
        """Return the files that are there."""
        return [path for row in self.recordings if (path := path_of(row)) is not None]


def path_of(recording: Recording) -> Path | None:
    """Return the file of a recording; None when it is gone, or when its path leads out of the recordings folder."""
    folder = Path(settings.RECORDINGS_DIR).resolve()
    path = (folder / recording.path).resolve()
    inside = recording.path and path.is_relative_to(folder) and path.is_file()
    return path if inside else None


def lanes_of(call: Call) -> list[Lane]:
    """Return what is heard of a call, in the order in which the parties came; empty when nothing was recorded."""
    rows = call.recordings.exclude(path="").select_related("leg__interpreter").order_by("leg__created_at", "id")
    by_kind: dict[str, list[Recording]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row)
    for kind, raw in ((Kind.TRACK, False), (Kind.MIX, False), (Kind.SEGMENT, True), (Kind.MIX_SEGMENT, True)):
        if found := by_kind.get(kind):
            return _lanes(found, raw=raw)
    return []


def _lanes(rows: list[Recording], *, raw: bool) -> list[Lane]:
    by_leg: dict[str, list[Recording]] = {}
    for row in rows:
        by_leg.setdefault(row.leg_id or "", []).append(row)
    if len(by_leg) > MOST_CHANNELS:
        by_leg = {}
        for row in rows:
            by_leg.setdefault(row.leg.role if row.leg else "", []).append(row)
    return [
        Lane(tuple(dict.fromkeys(row.leg for row in found if row.leg is not None)), tuple(found), raw)
        for found in by_leg.values()
    ]


def length_ms_of(call: Call) -> int:
    """Return how long a call's recording is: from its answer to its end, or to now."""
    if call.answered_at is None:
        return 0
    return max(0, round(((call.ended_at or clock.now()) - call.answered_at).total_seconds() * 1000))


class _Reel:
    """One file and where on the time axis it begins, in samples."""

    def __init__(self, path: Path, begin: int, stack: ExitStack) -> None:
        self.begin = begin
        self._at = 0
        self._flac = None
        if path.suffix == ".flac":
            import soundfile  # noqa: PLC0415 (only who hears recordings needs the library)

            self._flac = stack.enter_context(soundfile.SoundFile(path))
            self.count = self._flac.frames
        else:
            self._wav: BinaryIO = stack.enter_context(path.open("rb"))
            self._body, self.count = wav_span(self._wav)

    def read(self, first: int, count: int) -> Samples:
        """Return samples of the file; both bounds lie within it."""
        if self._flac is None:
            return read_wav(self._wav, self._body + 2 * first, count)
        if self._at != first:
            self._flac.seek(first)
        found: Samples = self._flac.read(count, dtype="int16")
        self._at = first + len(found)
        return found


@dataclass(frozen=True, slots=True)
class Placed:
    """All that the database knows of a call's sound, so that whoever reads it needs no connection of its own.

    ``files``: of each lane, each file and where it begins; ``silent``: pauses; ``finished``: whether a lane's files
    are as long as the call; ``frames``: how long the call is by its row. All in samples.
    """

    files: tuple[tuple[tuple[Path, int], ...], ...]
    silent: tuple[tuple[int, int], ...]
    finished: tuple[bool, ...]
    frames: int


def placed(call: Call, lanes: Sequence[Lane]) -> Placed:
    """Look up what `Reels` reads."""
    length_ms = length_ms_of(call)
    return Placed(
        tuple(
            tuple(
                (path, offset_of(row) * RATE // 1000 if lane.raw else 0)
                for row in lane.recordings
                if (path := path_of(row)) is not None
            )
            for lane in lanes
        ),
        tuple((gap.begin_ms * RATE // 1000, -(-gap.end_ms * RATE // 1000)) for gap in pauses_of(call, length_ms)),
        tuple(not lane.raw for lane in lanes),
        length_ms * RATE // 1000,
    )


class Reels:
    """The lanes of a call, to be read together: a context, since files are open meanwhile. It asks no database.

    ValueError where a file is another format than ours; what is missing is silent. ``frames``: how many samples there
    are in each lane.
    """

    def __init__(self, sound: Placed) -> None:
        self._silent = sound.silent
        self._stack = ExitStack()
        try:
            self._lanes = [[_Reel(path, begin, self._stack) for path, begin in lane] for lane in sound.files]
        except BaseException:
            self._stack.close()
            raise
        lanes = zip(self._lanes, sound.finished, strict=True)
        whole = [reel.count for reels, finished in lanes if finished for reel in reels]
        self.frames = max(whole, default=sound.frames)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def read(self, first: int, count: int) -> Samples:
        """Return ``count`` frames from ``first`` on, fewer at the end: one row each, one column for each lane."""
        count = max(0, min(count, self.frames - first))
        whole = np.zeros((count, len(self._lanes)), np.int32)
        for column, reels in enumerate(self._lanes):
            for reel in reels:
                begin, end = max(first, reel.begin), min(first + count, reel.begin + reel.count)
                if begin < end:
                    found = reel.read(begin - reel.begin, end - begin)
                    whole[begin - first : begin - first + len(found), column] += found
        for begin, end in self._silent:
            whole[max(0, begin - first) : max(0, end - first)] = 0
        return np.clip(whole, -32768, 32767).astype(np.int16)


def levels_of(call: Call, lanes: list[Lane]) -> list[Levels]:
    """Return the levels of each lane: kept ones, where they are; those of finished tracks are kept from now on."""
    return [_read(call, lane) if lane.raw else waveform.loudest_of(_of_finished(call, lane)) for lane in lanes]


def _of_finished(call: Call, lane: Lane) -> list[Levels]:
    found: list[Levels] = []
    for row in lane.recordings:
        known = kept_levels.kept(row)
        if known is None:
            known = _read(call, Lane(lane.legs, (row,), raw=False))
            if row.sha256:
                kept_levels.keep(row, known)
        found.append(known)
    return found


def _read(call: Call, lane: Lane) -> Levels:
    with Reels(placed(call, [lane])) as reels:
        parts = [waveform.levels(reels.read(first, PIECE)[:, 0]) for first in range(0, reels.frames, PIECE)]
    return np.concatenate(parts) if parts else np.zeros(0, np.uint8)
