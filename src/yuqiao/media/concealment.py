"""Loss concealment: what stands in for audio that did not come, and how to get back to audio that did. No I/O.

Waveform substitution as in ITU-T G.711 Appendix I (09/99): the last pitch period before the gap is said again, 10 ms at
full level, then ever softer, silent after 60 ms. Other than there nothing is delayed: the first repeated sample is
brought to the level of the last real one instead (I.2.2 delays all speech by 3.75 ms for that).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from yuqiao.lib.g711 import Samples

Rows = NDArray[np.int64]
Frames = NDArray[np.float32]

SHORTEST, LONGEST = 40, 120  # samples of a pitch period: 200 to 66 Hz (Appendix I, I.2.1)
COMPARED: Final = 160  # samples laid over each other to find it
HISTORY: Final = COMPARED + LONGEST
SILENT: Final = 480  # samples after which nothing is left
OVERLAP: Final = 32  # 4 ms (I.2.7)

_FULL: Final = 80
_FADE = np.interp(np.arange(SILENT + 1), [0, _FULL, SILENT], [1.0, 1.0, 0.0]).astype(np.float32)
_IN = ((np.arange(OVERLAP) + 0.5) / OVERLAP).astype(np.float32)
_OUT = 1 - _IN


class Concealment:
    """The gaps of ``legs`` legs. ``gap``: samples since a leg's last real one, `SILENT` when nothing is to be said for
    it (as at its beginning), 0 when there is no gap. ``concealed`` counts samples made up for each leg."""

    def __init__(self, legs: int) -> None:
        self.gap = np.full(legs, SILENT, dtype=np.int64)
        self.concealed = np.zeros(legs, dtype=np.int64)
        self._period = np.full(legs, LONGEST, dtype=np.int64)
        self._template = np.full((legs, LONGEST), 0, dtype=np.float32)  # the last period stands at the end of each row
        self._step = np.zeros(legs, dtype=np.float32)  # from the last real sample to the first repeated one

    def reset(self, row: int) -> None:
        """Forget one leg."""
        self.gap[row] = SILENT
        self.concealed[row] = 0

    def fill(self, rows: Rows, history: Samples, count: int) -> Frames:
        """Return ``count`` samples for each of ``rows``, whose gap goes on or begins after ``history`` (``(rows,
        HISTORY)``, the last samples heard)."""
        fresh = self.gap[rows] == 0
        if fresh.any():
            self._begin(rows[fresh], history[fresh].astype(np.float32))
        made = self._go_on(rows, count)
        self.gap[rows] = np.minimum(self.gap[rows] + count, SILENT)
        self.concealed[rows] += count
        return made

    def recover(self, rows: Rows, real: Frames) -> None:
        """Lead over to the ``real`` samples (``(rows, OVERLAP)`` or more, changed in place): their gap is over."""
        real[:, :OVERLAP] = real[:, :OVERLAP] * _IN + self._go_on(rows, OVERLAP) * _OUT
        self.gap[rows] = 0

    def _begin(self, rows: Rows, history: Frames) -> None:
        period = _pitch(history)
        at = np.arange(len(rows))[:, None]
        end = history.shape[1]
        place = np.arange(OVERLAP)
        template = history[:, -LONGEST:].copy()
        # The end of the period leads over to its beginning, as it will be followed by it (I.2.3).
        before = history[at, end - period[:, None] - OVERLAP + place]
        template[:, -OVERLAP:] = template[:, -OVERLAP:] * _OUT + before * _IN
        self._template[rows] = template
        self._period[rows] = period
        self._step[rows] = history[:, -1] - history[at[:, 0], end - period - 1]

    def _go_on(self, rows: Rows, count: int) -> Frames:
        gap = self.gap[rows][:, None] + np.arange(count)
        period = self._period[rows][:, None]
        made: Frames = self._template[rows[:, None], LONGEST - period + gap % period]
        made += self._step[rows][:, None] * np.clip(1 - gap / OVERLAP, 0, 1).astype(np.float32)
        made *= _FADE[np.minimum(gap, SILENT)]
        return made


def _pitch(history: Frames) -> Rows:
    """Return the distance, in samples, at which the end of each history is most like itself (I.2.1)."""
    now = history[:, -COMPARED:]
    then = sliding_window_view(history, COMPARED, axis=1)[:, : LONGEST - SHORTEST + 1]  # the oldest first
    likeness = np.einsum("rlk,rk->rl", then, now)
    energy = np.einsum("rlk,rlk->rl", then, then)
    best: Rows = np.argmax(likeness / np.sqrt(energy + 1), axis=1)
    return LONGEST - best
