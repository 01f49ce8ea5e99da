"""The jitter buffers of all legs in one array: a ring of samples for each leg, placed by RTP timestamp.

Because samples are placed by timestamp, any packet length (10, 20, 30, 40 ms), reordering and silent gaps
(RFC 3551 section 4.1) need no code of their own. Each tick reads one frame of each leg; what did not come is concealed.
The last frames heard stay in the ring for that.

A leg's clock is anchored so that its newest packet is heard so many samples later as the line needs. It is anchored
anew on another SSRC, on a jump beyond the ring, when the buffer ran dry, and when it became deeper than `DEEPEST`. From
then on the depth follows the line (`depth`): a tick more where packets come too late, a tick less where all come early.

All legs read the same block at a time. Where one's time stands still or leaps, its row is turned, which is rare.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from yuqiao.lib.g711 import Samples
from yuqiao.media.concealment import HISTORY, SILENT, Concealment
from yuqiao.media.depth import NONE, Depth
from yuqiao.media.in_step import Tables, compiled
from yuqiao.media.limits import BEHIND, BLOCKS, DEEPEST, UNIT, WHOLE
from yuqiao.media.rtp import FRAME, forward

LENGTH: Final = BLOCKS * FRAME  # 640 ms
ROOM: Final = LENGTH - BEHIND * FRAME
LONGEST: Final = 8 * FRAME  # of one packet
MAX_DROPOUT: Final = 3000  # RFC 3550 appendix A.1: a sequence number further ahead, or
MAX_MISORDER: Final = 100  # further behind, begins a new stream
UNSETTLED: Final = 0xFFFF  # what no block is
QUIET: Final = 330  # amplitude below which nobody hears a frame left out: 40 dB below full scale

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Stream:
    """What was counted of the present SSRC: packets up to the highest number, and those that came (appendix A.3)."""

    ssrc: int
    highest: int
    expected: int
    received: int


class JitterRing:
    """Rings for ``legs`` legs; leg ``i`` is row ``i``. All methods take and return whole batches.

    ``late`` and ``received`` count packets of each leg since `reset`; ``wait`` is how long packets wait to be heard, in
    samples, as a running mean. ``now`` is the block read next. Legs in step are taken in by the compiled way, through
    ``tables``.
    """

    def __init__(self, legs: int) -> None:
        # `full` writes where `zeros` lets the kernel do so on the first use, which would be in some leg's first tick.
        self.samples = np.full((legs, BLOCKS, FRAME), 0, dtype=np.int16)
        self.concealment = Concealment(legs)
        self.depth = Depth(legs)
        self.late = np.zeros(legs, dtype=np.int64)
        self.wait = np.zeros(legs, dtype=np.float64)
        self._flat = self.samples.reshape(-1)
        self._there = np.zeros((legs, BLOCKS, 2), dtype=np.uint8)  # which units hold anything that came
        self._whole = self._there.view(np.uint16)[:, :, 0]
        self._row = np.arange(legs, dtype=np.int64)
        self._running = np.zeros(legs, dtype=bool)  # a packet came
        self._anchored = np.zeros(legs, dtype=bool)  # its audio has a place
        self._ssrc = np.zeros(legs, dtype=np.int64)
        self._read_at = np.zeros(legs, dtype=np.uint32)  # timestamp of the sample read next
        self.now = 0  # the block it begins
        # Samples from `_read_at` to the newest written; none left at 0 and below.
        self._end = np.zeros(legs, dtype=np.int64)
        self._held = np.zeros(legs, dtype=np.int64)  # samples by which a buffer that ran dry has waited
        self._settled = np.zeros(legs, dtype=np.uint16)  # the block's `_whole` with which nothing is to be mended
        self._tally = np.zeros((legs, 3), dtype=np.int64)  # together, as most packets add one to each
        self._top_seq = self._tally[:, 0]  # highest sequence number so far, extended beyond 16 bits
        self._seen = self._tally[:, 1]  # packets since `_base_seq`
        self.received = self._tally[:, 2]
        self._base_seq = np.zeros(legs, dtype=np.int64)
        self._lost_before = np.zeros(legs, dtype=np.int64)  # of former SSRCs
        self.tables = Tables().give(
            samples=self.samples,
            whole=self._whole,
            settled=self._settled,
            read_at=self._read_at,
            end=self._end,
            tally=self._tally,
            spare=self.depth.spare,
            wait=self.wait,
        )

    def reset(self, row: int) -> None:
        """Forget everything about one leg; its row may be another leg's next."""
        self._running[row] = self._anchored[row] = False
        self.samples[row] = 0
        self._there[row] = 0
        self._settled[row] = 0
        self.concealment.reset(row)
        self.depth.reset(row)
        for array in (self._seen, self._lost_before, self.late, self.received, self._held):
            array[row] = 0
        self.wait[row] = 0

    def lost(self, row: int) -> int:
        """Packets of one leg that never came (RFC 3550 appendix A.3); duplicates make up for losses, as there."""
        return int(self._lost_before[row] + self._missing(row)) if self._running[row] else 0

    def stream(self, row: int) -> Stream | None:
        """Return the counts of what a leg sends at present; None when nothing came."""
        if not self._running[row]:
            return None
        top = int(self._top_seq[row])
        return Stream(int(self._ssrc[row]), top, top - int(self._base_seq[row]) + 1, int(self._seen[row]))

    def is_from(self, rows: Rows, ssrc: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which of ``ssrc`` are what ``rows`` send at present."""
        same: NDArray[np.bool_] = self._running[rows] & (self._ssrc[rows] == ssrc)
        return same

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
    ) -> NDArray[np.bool_]:
        """Place packets, at most one of each leg, already noted: ``audio[i, :lengths[i]]`` begins at
        ``timestamps[i]``. Lengths are at most `LONGEST`. Tells after which of them the leg is in step."""
        ahead = forward(timestamps, self._read_at[rows].astype(np.int64), 32)
        dry = (ahead < 0) & (self._end[rows] <= 0)
        astray = newer & (~self._anchored[rows] | (ahead > DEEPEST) | (ahead <= -LENGTH) | dry)
        if astray.any():
            for at in np.flatnonzero(astray):
                self._anchor(int(rows[at]), int(timestamps[at]))
            ahead = np.where(astray, self.depth.target[rows], ahead)
        usable = (ahead + lengths > 0) & (ahead + lengths <= ROOM) & self._anchored[rows]
        late = ahead < 0
        if late.any():
            self._note_late(rows[late], ahead[late])
        self.wait[rows] += (np.maximum(ahead, 0) - self.wait[rows]) / 16
        self._end[rows] = np.where(usable, np.maximum(self._end[rows], ahead + lengths), self._end[rows])
        self.depth.note(rows, np.where(usable & newer, ahead, NONE))
        whole = usable & (lengths == FRAME) & (ahead % FRAME == 0) & (ahead >= 0)
        if whole.all():
            self._place(rows, ahead, audio[:, :FRAME])
            return newer
        self._place(rows[whole], ahead[whole], audio[whole, :FRAME])
        rest = usable & ~whole
        if rest.any():
            self._scatter(rows[rest], ahead[rest], audio[rest], lengths[rest])
        ready: NDArray[np.bool_] = whole & newer
        return ready

    def _place(self, rows: Rows, ahead: NDArray[np.integer], audio: Samples) -> None:
        blocks = (ahead // FRAME + self.now) % BLOCKS
        self.samples[rows, blocks] = audio
        self._whole[rows, blocks] = WHOLE

    def _note_late(self, rows: Rows, ahead: NDArray[np.int64]) -> None:
        """Count what came after its time, unless the blocks that are kept tell that it is there: a duplicate."""
        back = -(ahead // FRAME)
        doubled = (back <= BEHIND) & (self._whole[rows, (self.now - back) % BLOCKS] == WHOLE)
        self.late[rows[~doubled]] += 1
        self.depth.too_late(rows[~doubled], ahead[~doubled])

    def _scatter(self, rows: Rows, ahead: NDArray[np.int64], audio: Samples, lengths: NDArray[np.int64]) -> None:
        """Place packets sample by sample; what is before the reading point is too late and dropped."""
        place = np.arange(int(lengths.max()))
        position = ahead[:, None] + place
        wanted = (place < lengths[:, None]) & (position >= 0)
        flat = (rows[:, None] * LENGTH + (self.now * FRAME + position) % LENGTH)[wanted]
        self._flat[flat] = audio[:, : len(place)][wanted]
        self._there.reshape(-1)[flat // UNIT] = 1

    def _anchor(self, row: int, timestamp: int) -> None:
        """Let the packet of ``timestamp`` be heard as many samples from now as the line needs; forget what waits."""
        kept = [(self.now - back) % BLOCKS for back in range(1, BEHIND + 1)]
        past, told = self.samples[row, kept], self._there[row, kept]
        self.samples[row] = 0
        self._there[row] = 0
        self.samples[row, kept], self._there[row, kept] = past, told
        self._read_at[row] = (timestamp - int(self.depth.target[row])) & 0xFFFFFFFF
        self._end[row] = self._held[row] = 0
        self.depth.restart(row)
        self._anchored[row] = True

    def read(self, count: int, into: Samples) -> None:
        """Put the next frame of legs ``0 … count-1`` into ``into`` (``(count, 160)``); what did not come is concealed
        for 60 ms, then silence."""
        waits = self.depth.waits(count) if self.depth.owes else None
        compiled().read_frames(self.tables, count, self.now, into.ctypes.data)
        if waits is not None or compiled().uneven(self.tables, count, self.now):
            self._look_after(count, waits, into)
        self._advance(count)
        if self.depth.tick(count):
            self._leave_out(self.depth.surplus(count))

    def went_on(self, ticks: int) -> None:
        """The compiled way read so many frames of all legs, none of them uneven."""
        self.now = (self.now + ticks) % BLOCKS
        self.depth.went_on(ticks)

    def _look_after(self, count: int, waits: NDArray[np.bool_] | None, into: Samples) -> None:
        there, gap = self._whole[:count, self.now], self.concealment.gap[:count]
        waits = np.zeros(count, dtype=bool) if waits is None else waits
        odd = (waits | (there != WHOLE) | (gap > 0)) & ((gap < SILENT) | (there != 0))
        if odd.any():
            self._mend(np.flatnonzero(odd), waits, into)

    def _mend(self, rows: Rows, waits: NDArray[np.bool_], into: Samples) -> None:
        """Conceal what is missing in the frames of ``rows``, lead over to what is there again; hold the time of legs
        that wait."""
        there = self._there[rows, self.now] != 0
        dry = ~there.any(axis=1) & (self._end[rows] <= 0) & (self.concealment.gap[rows] < SILENT)
        wait = waits[rows]
        there[wait] = False
        into[rows] = self._mended(rows, there, into[rows])
        going = ~wait
        self.samples[rows[going], self.now] = into[rows[going]]
        self._stay(rows[wait])
        self.depth.grew(rows[wait], 1)
        self._hold(rows[dry & going], rows[there.any(axis=1)])
        gap = self.concealment.gap[rows]
        self._settled[rows] = np.where(gap == 0, WHOLE, np.where(gap == SILENT, 0, UNSETTLED))

    def _mended(self, rows: Rows, there: NDArray[np.bool_], frames: Samples) -> Samples:
        """Return ``frames`` of ``rows`` with those units made up that are not ``there`` (``(rows, 2)``)."""
        gap = self.concealment.gap
        past = [self.samples[rows, (self.now - back) % BLOCKS] for back in range(BEHIND, 0, -1)]
        heard = np.concatenate([*past, frames], axis=1)
        for unit in range(2):
            begin = BEHIND * FRAME + unit * UNIT
            lost = ~there[:, unit] & (gap[rows] < SILENT)
            over = there[:, unit] & (gap[rows] > 0)
            heard[~there[:, unit], begin : begin + UNIT] = 0
            if lost.any():
                made = self.concealment.fill(rows[lost], heard[lost, begin - HISTORY : begin], UNIT)
                heard[lost, begin : begin + UNIT] = _rounded(made)
            if over.any():
                real = heard[over, begin : begin + UNIT].astype(np.float32)
                self.concealment.recover(rows[over], real)
                heard[over, begin : begin + UNIT] = _rounded(real)
        return heard[:, BEHIND * FRAME :]

    def _hold(self, dry: Rows, heard: Rows) -> None:
        """Let the clock of buffers that ran ``dry`` stand: perhaps their next packet is only late, and then the line
        needs that depth. What was waited for in vain was a pause, and is taken back."""
        late = heard[self._held[heard] > 0]
        if late.size:
            self.depth.grew(late, self._held[late] // FRAME)
            self._held[late] = 0
        self._held[dry] += FRAME
        self._shift(dry, -FRAME)
        vain = dry[self.concealment.gap[dry] >= SILENT]
        self._shift(vain, self._held[vain])
        self._held[vain] = 0

    def _shift(self, rows: Rows, samples: int | NDArray[np.int64]) -> None:
        """Set the clocks of ``rows`` forward."""
        self._read_at[rows] = (self._read_at[rows].astype(np.int64) + samples) & 0xFFFFFFFF
        self._end[rows] -= samples

    def _leave_out(self, surplus: NDArray[np.int64]) -> None:
        """Leave out frames where there are too many: one in a quiet moment, more at once."""
        rows = np.flatnonzero(surplus)
        frames = surplus[rows]
        now, then = self.now, (self.now + frames) % BLOCKS
        here, there = self.samples[rows, now].astype(np.float32), self.samples[rows, then].astype(np.float32)
        told = self._whole[rows, now], self._whole[rows, then]
        loudest = np.maximum(np.abs(here), np.abs(there)).max(axis=1)
        whole = (told[0] == WHOLE) & (told[1] == WHOLE) & (self.concealment.gap[rows] == 0)
        pause = (told[0] == 0) & (told[1] == 0) & (self.concealment.gap[rows] >= SILENT)
        chosen = np.flatnonzero(pause | (whole & ((loudest < QUIET) | (frames > 1))))
        if not chosen.size:
            return
        rows, frames = rows[chosen], frames[chosen]
        self.samples[rows, then[chosen]] = _rounded(here[chosen] * (1 - _ACROSS) + there[chosen] * _ACROSS)
        for leap in set(frames.tolist()):
            self._leap(rows[frames == leap], leap)
        self.depth.shrank(rows, frames)

    def upcoming(self, row: int) -> Samples:
        """Return the frame that would be read next, as far as it came."""
        frame: Samples = self.samples[row, self.now].copy()
        return frame

    def skip(self, count: int, ticks: int) -> None:
        """Leave out ``ticks`` frames of legs ``0 … count-1``: the worker was held up, its peers' clocks were not."""
        for _ in range(min(ticks, BLOCKS)):
            self._advance(count)
        self._shift(self._row[:count], FRAME * max(0, ticks - BLOCKS))
        self.depth.went_on(ticks)

    def _advance(self, count: int) -> None:
        """Go on by a frame; the one that is now too old even for concealment is cleared."""
        compiled().go_on(self.tables, count, self.now)
        self.now = (self.now + 1) % BLOCKS

    def _stay(self, rows: Rows) -> None:
        """Hold the time of ``rows`` while all go on by a frame."""
        if rows.size:
            self._turn(rows, 1)
            self._shift(rows, -FRAME)

    def _leap(self, rows: Rows, frames: int) -> None:
        """Go on by so many frames with ``rows`` alone."""
        self._turn(rows, -frames)
        old = (self.now - BEHIND - 1 - np.arange(frames)) % BLOCKS
        self.samples[rows[:, None], old] = 0
        self._whole[rows[:, None], old] = 0
        self._shift(rows, FRAME * frames)

    def _turn(self, rows: Rows, blocks: int) -> None:
        self.samples[rows] = np.roll(self.samples[rows], blocks, axis=1)
        self._there[rows] = np.roll(self._there[rows], blocks, axis=1)


_ACROSS = ((np.arange(FRAME) + 0.5) / FRAME).astype(np.float32)


def _rounded(samples: NDArray[np.float32]) -> Samples:
    return np.clip(np.rint(samples), -32768, 32767).astype(np.int16)
