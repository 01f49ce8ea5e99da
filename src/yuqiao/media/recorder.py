"""Recording tracks: one frame of each at each tick, so that tracks begun in the same tick stay aligned to the sample.

The tick only copies into memory; a thread writes each `PIECE` ticks and patches the sizes in the WAV header every time,
so that what is on disk can be read whatever kills the process. Samples have their place in the file by tick: what could
not be written in time, or was skipped by a worker that was held up, is silence of the right length. While a track is
muted, silence is recorded in place of its source; while it is paused, nothing is, and its file is shorter by that.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from yuqiao.lib.g711 import Samples
from yuqiao.media import wave
from yuqiao.media.in_step import SILENCE, Tables, compiled
from yuqiao.media.limits import PIECE
from yuqiao.media.ports import MixerError, RecordSource
from yuqiao.media.rtp import FRAME

log = logging.getLogger(__name__)

TRACKS: Final = 4096
BACKLOG: Final = 4096  # pieces of a track that may wait for a slow disk: 25 MB


@dataclass(slots=True)
class Track:
    """One recording. ``position`` is where in its file the present block begins, in samples."""

    name: str
    source: RecordSource
    path: Path
    slot: int
    position: int = 0
    begun_in_block: int = 0  # column at which it began within the present block
    descriptor: int = -1
    started: bool = False
    paused: bool = False
    failed: bool = False
    length: int = 0  # samples known to be in the file


class TrackWriter:
    """The thread that opens, writes and closes files. ``opened`` and ``closed`` collect tracks for the tick to see."""

    def __init__(self) -> None:
        self.opened: queue.SimpleQueue[Track] = queue.SimpleQueue()
        self.closed: queue.SimpleQueue[Track] = queue.SimpleQueue()
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="recordings", daemon=True)
        self._thread.start()

    @property
    def backlog(self) -> int:
        """How much waits to be written, in pieces of a track."""
        return self._work.qsize()

    def open(self, track: Track) -> None:
        self._work.put(lambda: self._open(track))

    def write(self, track: Track, offset: int, samples: Samples) -> None:
        self._work.put(lambda: self._write(track, offset, samples))

    def close(self, track: Track, length: int) -> None:
        self._work.put(lambda: self._close(track, length))

    def finish(self) -> None:
        """Return when all is written."""
        if self._thread.is_alive():
            self._work.put(None)
            self._thread.join()

    def _run(self) -> None:
        while (job := self._work.get()) is not None:
            job()

    def _fail(self, track: Track, error: OSError) -> None:
        if not track.failed:
            track.failed = True
            log.error("recording %s cannot be written: %s", track.name, error.strerror)

    def _open(self, track: Track) -> None:
        try:
            track.path.parent.mkdir(parents=True, exist_ok=True)
            track.descriptor = os.open(track.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)
            os.pwrite(track.descriptor, wave.header(0), 0)
        except OSError as error:
            self._fail(track, error)
        self.opened.put(track)

    def _write(self, track: Track, offset: int, samples: Samples) -> None:
        if track.failed:
            return
        try:
            _write_fully(track.descriptor, samples.astype("<i2", copy=False).tobytes(), wave.HEADER_SIZE + offset * 2)
            track.length = offset + len(samples)
            _write_fully(track.descriptor, wave.header(track.length), 0)
        except OSError as error:
            self._fail(track, error)

    def _close(self, track: Track, length: int) -> None:
        try:
            if track.descriptor >= 0:
                if not track.failed and length != track.length:
                    os.truncate(track.descriptor, wave.HEADER_SIZE + length * 2)
                    _write_fully(track.descriptor, wave.header(length), 0)
                os.close(track.descriptor)
        except OSError as error:
            self._fail(track, error)
        self.closed.put(track)


def _write_fully(descriptor: int, content: bytes, offset: int) -> None:
    while content:
        written = os.pwrite(descriptor, content, offset)
        content, offset = content[written:], offset + written


class Recorder:
    """All tracks of one worker. Each tick: `begin`, `take`, `end_tick`."""

    def __init__(self, tables: Tables) -> None:
        self.dropped = 0  # pieces lost to a slow disk
        self._writer = TrackWriter()
        self._tracks: dict[str, Track] = {}
        self.ending: set[str] = set()  # stopped, not yet complete
        self._free = list(range(TRACKS - 1, -1, -1))
        self._block: Samples = np.zeros((TRACKS, PIECE * FRAME), dtype=np.int16)
        self._column = 0
        self._running: dict[str, list[Track]] = {}
        self._muted: set[int] = set()  # slots
        self._stale = False  # the layout of the tracks:
        self._layout = np.zeros((TRACKS, 3), dtype=np.int64)
        self._tables = tables.give(tracks=self._layout, block=self._block)

    def __contains__(self, name: str) -> bool:
        return name in self._tracks or name in self.ending

    def __len__(self) -> int:
        return len(self._tracks)

    @property
    def is_busy(self) -> bool:
        """Something is being recorded or brought to its end."""
        return bool(self._tracks or self.ending)

    def record(self, name: str, source: RecordSource, path: Path) -> None:
        """Begin a recording at the tick after its file is open. MixerError when it runs already."""
        if name in self:
            raise MixerError(f"recording {name} is running already")
        if not self._free:
            raise MixerError("this worker records as many tracks as it can")
        track = self._tracks[name] = Track(name, source, path, self._free.pop())
        self._writer.open(track)

    def stop(self, name: str) -> None:
        """End a recording; it is in the next `closed` when the file is complete. Nothing happens when there is none."""
        track = self._tracks.pop(name, None)
        if track is None:
            return
        self.ending.add(name)
        self._stale = True
        if not self._tracks:
            self._tables.track_count = 0
        if track.started and not track.paused:
            self._running[track.source[0]].remove(track)
            self._flush(track)
        self._muted.discard(track.slot)
        self._free.append(track.slot)
        self._writer.close(track, track.position)

    def mute(self, name: str, *, muted: bool) -> None:
        """Record silence in place of the source from this tick on, or the source again; the file goes on in time.

        Nothing of what is said meanwhile is ever in memory that is written. Nothing happens when there is none.
        """
        track = self._tracks.get(name)
        if track is not None:
            self._stale = True
            (self._muted.add if muted else self._muted.discard)(track.slot)

    def pause(self, name: str, *, paused: bool) -> None:
        """Record nothing from this tick on, or go on where the file stands. Nothing happens when there is none."""
        track = self._tracks.get(name)
        if track is None or track.paused is paused:
            return
        track.paused = paused
        self._stale = True
        if not track.started:
            return
        if paused:
            self._running[track.source[0]].remove(track)
            self._flush(track)
        else:
            track.begun_in_block = self._column
            self._running[track.source[0]].append(track)

    def of(self, source_name: str, *kinds: str) -> list[str]:
        """Return the names of the recordings of a leg or conference."""
        return [
            track.name for track in self._tracks.values() if track.source[0] in kinds and track.source[1] == source_name
        ]

    def begin(self) -> list[Track]:
        """Let tracks whose files are open run from this tick on; return them. Failed ones end."""
        begun = []
        for track in _all_of(self._writer.opened):
            if self._tracks.get(track.name) is not track:
                continue
            if track.failed:
                self.stop(track.name)
                continue
            track.started = self._stale = True
            track.begun_in_block = self._column
            running = self._running.setdefault(track.source[0], [])
            if not track.paused:
                running.append(track)
            begun.append(track)
        return begun

    def take(self, source_of: Callable[[Track], tuple[int, int]], *, anew: bool) -> None:
        """Record this tick's frame of each track: of which source, as `in_step` counts them, and row or conference. Not
        ``anew``: they are the same as in the last tick."""
        if anew or self._stale:
            self._stale = False
            running = [track for tracks in self._running.values() for track in tracks]
            self._tables.track_count = len(running)
            if running:
                self._layout[: len(running)] = [
                    (*((SILENCE, 0) if track.slot in self._muted else source_of(track)), track.slot)
                    for track in running
                ]
        compiled().record(self._tables, self._column)

    @property
    def column(self) -> int:
        """Where in the present block the next frame goes, in samples."""
        return self._column

    @property
    def calm_ticks(self) -> int:
        """Ticks in which frames are only copied: no file is being opened or closed, none is written to."""
        begun = all(track.started for track in self._tracks.values())
        return PIECE - 1 - self._column // FRAME if begun and not (self.ending or self._stale) else 0

    def went_on(self, ticks: int) -> None:
        """The compiled way recorded so many frames of each track, at most `calm_ticks`."""
        if self.is_busy:
            self._column += ticks * FRAME

    def end_tick(self) -> None:
        """This tick's frames are all taken: write when a block is full."""
        self._column += FRAME
        if self._column < PIECE * FRAME:
            return
        running = [track for tracks in self._running.values() for track in tracks]
        for track in running:
            self._flush(track)
            track.begun_in_block = 0
        self._column = 0
        for track in running:
            if track.failed:
                self.stop(track.name)

    def skip(self, ticks: int) -> None:
        """Ticks were left out: what was not recorded is silence of that length."""
        for tracks in self._running.values():
            for track in tracks:
                self._flush(track)
                track.begun_in_block = self._column
                track.position += ticks * FRAME

    def _flush(self, track: Track) -> None:
        piece = self._block[track.slot, track.begun_in_block : self._column]
        if len(piece):
            if self._writer.backlog < BACKLOG:
                self._writer.write(track, track.position, piece.copy())
            else:
                self.dropped += 1
            track.position += len(piece)

    def closed(self) -> list[Track]:
        """Return the tracks whose files are complete (or failed) since last asked."""
        tracks = _all_of(self._writer.closed)
        self.ending.difference_update(track.name for track in tracks)
        return tracks

    def finish(self) -> None:
        """End all recordings; returns when their files are complete."""
        for name in list(self._tracks):
            self.stop(name)
        self._writer.finish()


def _all_of(tracks: queue.SimpleQueue[Track]) -> list[Track]:
    return [tracks.get_nowait() for _ in range(tracks.qsize())]
