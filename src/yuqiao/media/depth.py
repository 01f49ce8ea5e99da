"""How deep each leg's jitter buffer shall be: it grows where packets come too late and shrinks where all come early.
No I/O.

Measured is how long before it is to be heard each packet comes (``ahead``, samples). Growing: the buffer waits a tick,
and what it should have said is concealed. Shrinking by one frame waits for a quiet moment; by more (a peer whose clock
is faster, a burst after a stall) it is done at once, cross-faded.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from yuqiao.media.limits import DEEPEST
from yuqiao.media.rtp import FRAME

Rows = NDArray[np.int64]

TARGET: Final = 2 * FRAME  # how long the first packet waits
SPARE: Final = FRAME  # what every packet may have to spare; with less, one lost packet would look like a late one
NONE: Final = 1 << 40

WINDOW: Final = 50  # ticks over which all packets must come early
HASTE: Final = 10  # ticks after which late packets are looked at, and from one try to shrink to the next
TOLERATED: Final = 1  # late packets in a window for which nothing is done
CALM: Final = 500  # ticks after growing in which nothing shrinks
PACE: Final = 3  # ticks from one frame of growth to the next
MOST: Final = 8  # frames grown at a time


class Depth:
    """The depths of ``legs`` legs. ``target``: samples that the first packet of a stream shall wait. ``spare``: least
    `ahead` of this window. ``owes``: some leg has to grow; ``early``: some may shrink."""

    def __init__(self, legs: int) -> None:
        self.target = np.full(legs, TARGET, dtype=np.int64)
        self.owes = False
        self.spare = np.full(legs, NONE, dtype=np.int64)
        self._late = np.zeros(legs, dtype=np.int64)  # late packets of this window
        self._need = np.zeros(legs, dtype=np.int64)  # samples by which the latest was too late
        self._owed = np.zeros(legs, dtype=np.int64)  # frames still to grow
        self._surplus = np.zeros(legs, dtype=np.int64)  # frames that may be left out
        self.early = False
        self._calm_from = np.zeros(legs, dtype=np.int64)
        self._ticks = 0

    def reset(self, row: int) -> None:
        """Forget one leg."""
        self.target[row] = TARGET
        self._calm_from[row] = 0
        self.restart(row)

    def restart(self, row: int) -> None:
        """A leg's clock was anchored anew: measure from here on."""
        self.spare[row] = NONE
        for array in (self._late, self._need, self._owed, self._surplus):
            array[row] = 0

    def note(self, rows: Rows, ahead: NDArray[np.integer]) -> None:
        """Packets came ``ahead`` of their time; `NONE` for those that do not count."""
        self.spare[rows] = np.minimum(self.spare[rows], ahead)

    def too_late(self, rows: Rows, ahead: NDArray[np.int64]) -> None:
        """Packets came after their time (``ahead`` below 0)."""
        self._late[rows] += 1
        self._need[rows] = np.maximum(self._need[rows], -ahead)

    def waits(self, count: int) -> NDArray[np.bool_]:
        """Tell which legs shall wait this tick."""
        if self._ticks % PACE:
            return np.zeros(count, dtype=bool)
        return self._owed[:count] > 0

    def grew(self, rows: Rows, frames: NDArray[np.int64] | int) -> None:
        """The buffers of ``rows`` are so much deeper now."""
        self.target[rows] = np.minimum(self.target[rows] + np.multiply(frames, FRAME), DEEPEST - 2 * FRAME)
        self._owed[rows] = np.maximum(self._owed[rows] - frames, 0)
        self._calm_from[rows] = self._ticks + CALM
        self._clear(rows)
        self.owes = bool(self._owed.any())

    def shrank(self, rows: Rows, frames: NDArray[np.int64]) -> None:
        """Frames of ``rows`` were left out."""
        self.target[rows] = np.maximum(self.target[rows] - frames * FRAME, TARGET)
        self._surplus[rows] = 0
        self.early = bool(self._surplus.any())
        self._clear(rows)

    def surplus(self, count: int) -> NDArray[np.int64]:
        """Return how many frames of each leg may be left out; one only where it is quiet."""
        return self._surplus[:count]

    def tick(self, count: int) -> bool:
        """A tick is over; tell whether anything may be left out now."""
        self._ticks += 1
        if self._ticks % HASTE == 0:
            self._lengthen(count)
        if self._ticks % WINDOW == 0:
            self._shorten(count)
        return self.early and self._ticks % HASTE == 0

    def went_on(self, ticks: int) -> None:
        """So many ticks are over in which nothing was to be looked at."""
        self._ticks += ticks

    @property
    def left(self) -> int:
        """Ticks before the next in which depths are looked at, or a leg may wait or leave something out."""
        left = HASTE - 1 - self._ticks % HASTE
        return min(left, -self._ticks % PACE) if self.owes else left

    def _lengthen(self, count: int) -> None:
        rows = np.flatnonzero((self._late[:count] > TOLERATED) & (self._owed[:count] == 0))
        if rows.size:
            self._owed[rows] = np.clip(-(-self._need[rows] // FRAME), 1, MOST)
            self.owes = True

    def _shorten(self, count: int) -> None:
        spare = self.spare[:count]
        calm = (spare != NONE) & (self._calm_from[:count] <= self._ticks)
        self._surplus[:count] = np.where(calm, np.maximum((spare - SPARE) // FRAME, 0), 0)
        self.early = bool(self._surplus[:count].any())
        self._clear(slice(0, count))

    def _clear(self, rows: Rows | slice) -> None:
        self.spare[rows] = NONE
        self._late[rows] = self._need[rows] = 0
