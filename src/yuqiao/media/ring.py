"""The jitter buffers of all legs in one array: a ring of samples for each leg, placed by RTP timestamp.

Because samples are placed by timestamp, any packet length (10, 20, 30, 40 ms), reordering, loss and silent gaps
(RFC 3551 section 4.1) need no code of their own: what did not come stays silence. Each tick reads one frame of each
leg and leaves silence behind.

A leg's clock is anchored so that its newest packet is heard `TARGET` samples later. It is anchored anew on another
SSRC, on a jump beyond the ring, when the buffer ran dry, and when it became deeper than `DEEPEST`. When for
a whole `WINDOW` every packet came with a frame or more to spare above the target, the peer's clock is faster than ours
or the first packet was late: what is too much is left out.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from yuqiao.lib.g711 import Samples
from yuqiao.media.rtp import FRAME, forward

BLOCKS: Final = 32
LENGTH: Final = BLOCKS * FRAME  # 640 ms
TARGET: Final = 2 * FRAME
DEEPEST: Final = 12 * FRAME
WINDOW: Final = 50  # ticks
LONGEST: Final = 8 * FRAME  # of one packet
MAX_DROPOUT: Final = 3000  # RFC 3550 appendix A.1: a sequence number further ahead, or
MAX_MISORDER: Final = 100  # further behind, begins a new stream

Rows = NDArray[np.int64]
_NONE: Final = 1 << 40


class JitterRing:
    """Rings for ``legs`` legs; leg ``i`` is row ``i``. All methods take and return whole batches.

    ``lost``, ``late`` and ``received`` count packets of each leg since `reset`.
    """

    def __init__(self, legs: int) -> None:
        self.samples = np.zeros((legs, BLOCKS, FRAME), dtype=np.int16)
        self._flat = self.samples.reshape(-1)
        self._row = np.arange(legs, dtype=np.int64)
        self._running = np.zeros(legs, dtype=bool)  # a packet came
        self._anchored = np.zeros(legs, dtype=bool)  # its audio has a place
        self._ssrc = np.zeros(legs, dtype=np.int64)
        self._read_at = np.zeros(legs, dtype=np.int64)  # timestamp of the sample read next
        self._block = np.zeros(legs, dtype=np.int64)  # where in the ring it lies
        self._end = np.zeros(
            legs, dtype=np.int64
        )  # samples from `_read_at` to the newest written; none left at 0 and below
        self._spare = np.full(legs, _NONE, dtype=np.int64)  # least distance of a packet to its reading, this window
        self._top_seq = np.zeros(legs, dtype=np.int64)  # highest sequence number so far, extended beyond 16 bits
        self._base_seq = np.zeros(legs, dtype=np.int64)
        self._seen = np.zeros(legs, dtype=np.int64)  # packets since `_base_seq`
        self._lost_before = np.zeros(legs, dtype=np.int64)  # of former SSRCs
        self.late = np.zeros(legs, dtype=np.int64)
        self.received = np.zeros(legs, dtype=np.int64)
        self._ticks = 0

    def reset(self, row: int) -> None:
        """Forget everything about one leg; its row may be another leg's next."""
        self._running[row] = self._anchored[row] = False
        self.samples[row] = 0
        for array in (self._seen, self._lost_before, self.late, self.received):
            array[row] = 0

    def lost(self, row: int) -> int:
        """Packets of one leg that never came (RFC 3550 appendix A.3); duplicates make up for losses, as there."""
        return int(self._lost_before[row] + self._missing(row)) if self._running[row] else 0

    def _missing(self, row: int) -> int:
        return max(0, int(self._top_seq[row] - self._base_seq[row] + 1 - self._seen[row]))

    def note(self, rows: Rows, seq: NDArray[np.int64], ssrc: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Count packets, audio or not, at most one of each leg; tell which are newer than all before them."""
        ahead = forward(seq, self._top_seq[rows], 16)
        jump = (ahead > MAX_DROPOUT) | (ahead < -MAX_MISORDER)
        strange = ~self._running[rows] | (self._ssrc[rows] != ssrc) | jump
        if strange.any():
            for at in np.flatnonzero(strange):
                self._begin(int(rows[at]), int(seq[at]), int(ssrc[at]))
            ahead = np.where(strange, 0, ahead)
        newer: NDArray[np.bool_] = (ahead > 0) | strange
        self._top_seq[rows] += np.maximum(ahead, 0)
        self._seen[rows] += 1
        self.received[rows] += 1
        return newer

    def _begin(self, row: int, seq: int, ssrc: int) -> None:
        """A new stream: count from its first packet; its clock is anchored by its first audio."""
        if self._running[row]:
            self._lost_before[row] += self._missing(row)
        self._running[row] = True
        self._ssrc[row] = ssrc
        self._top_seq[row] = self._base_seq[row] = seq
        self._seen[row] = 0
        self._anchored[row] = False

    def write(
        self,
        rows: Rows,
        timestamps: NDArray[np.int64],
        newer: NDArray[np.bool_],
        audio: Samples,
        lengths: NDArray[np.int64],
    ) -> None:
        """Place packets, at most one of each leg, already noted: ``audio[i, :lengths[i]]`` begins at
        ``timestamps[i]``. Lengths are at most `LONGEST`."""
        ahead = forward(timestamps, self._read_at[rows], 32)
        dry = (ahead < 0) & (self._end[rows] <= 0)
        astray = newer & (~self._anchored[rows] | (ahead > DEEPEST) | (ahead <= -LENGTH) | dry)
        if astray.any():
            for at in np.flatnonzero(astray):
                self._anchor(int(rows[at]), int(timestamps[at]))
            ahead = np.where(astray, TARGET, ahead)
        usable = (ahead + lengths > 0) & (ahead + lengths <= LENGTH) & self._anchored[rows]
        self.late[rows] += ahead < 0
        self._end[rows] = np.where(usable, np.maximum(self._end[rows], ahead + lengths), self._end[rows])
        self._spare[rows] = np.where(usable & newer, np.minimum(self._spare[rows], ahead), self._spare[rows])
        whole = usable & (lengths == FRAME) & (ahead % FRAME == 0) & (ahead >= 0)
        if whole.all():
            self.samples[rows, (self._block[rows] + ahead // FRAME) % BLOCKS] = audio[:, :FRAME]
            return
        blocks = (self._block[rows] + ahead // FRAME) % BLOCKS
        self.samples[rows[whole], blocks[whole]] = audio[whole, :FRAME]
        rest = usable & ~whole
        if rest.any():
            self._scatter(rows[rest], ahead[rest], audio[rest], lengths[rest])

    def _scatter(self, rows: Rows, ahead: NDArray[np.int64], audio: Samples, lengths: NDArray[np.int64]) -> None:
        """Place packets sample by sample; what is before the reading point is too late and dropped."""
        place = np.arange(int(lengths.max()))
        position = ahead[:, None] + place
        wanted = (place < lengths[:, None]) & (position >= 0)
        flat = rows[:, None] * LENGTH + (self._block[rows][:, None] * FRAME + position) % LENGTH
        self._flat[flat[wanted]] = audio[:, : len(place)][wanted]

    def _anchor(self, row: int, timestamp: int) -> None:
        """Let the packet of ``timestamp`` be heard `TARGET` samples from now and forget what was waiting."""
        self.samples[row] = 0
        self._read_at[row] = (timestamp - TARGET) & 0xFFFFFFFF
        self._end[row] = 0
        self._spare[row] = _NONE
        self._anchored[row] = True

    def read(self, count: int, into: Samples) -> None:
        """Put the next frame of legs ``0 … count-1`` into ``into`` (``(count, 160)``), silence where none came."""
        rows, blocks = self._row[:count], self._block[:count]
        into[:] = self.samples[rows, blocks]
        self.samples[rows, blocks] = 0
        self._advance(slice(0, count))
        self._ticks += 1
        if self._ticks % WINDOW == 0:
            self._shorten(count)

    def _shorten(self, count: int) -> None:
        """Leave out what every packet of the last `WINDOW` had to spare above the target."""
        spare = np.where(self._spare[:count] == _NONE, 0, self._spare[:count])
        excess = (spare - TARGET) // FRAME
        for step in range(int(excess.max(initial=0))):
            deep = np.flatnonzero(excess > step)
            self.samples[deep, self._block[deep]] = 0
            self._advance(deep)
        self._spare[:count] = _NONE

    def skip(self, count: int, ticks: int) -> None:
        """Leave out ``ticks`` frames of legs ``0 … count-1``: the worker was held up, its peers' clocks were not."""
        scratch = np.empty((count, FRAME), dtype=np.int16)
        for _ in range(min(ticks, BLOCKS)):
            self.read(count, scratch)
        self._advance(slice(0, count), max(0, ticks - BLOCKS))

    def _advance(self, rows: slice | Rows, frames: int = 1) -> None:
        self._read_at[rows] = (self._read_at[rows] + FRAME * frames) & 0xFFFFFFFF
        self._block[rows] = (self._block[rows] + frames) % BLOCKS
        self._end[rows] -= FRAME * frames
