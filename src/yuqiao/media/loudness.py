"""How loud: gains of legs, and what happens to sums that are too loud for 16 bits. No I/O."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from yuqiao.lib.g711 import LINEAR_TO_ALAW, LINEAR_TO_ULAW, Codes, Samples
from yuqiao.media.rtp import FRAME

Sums = NDArray[np.int32]

KNEE: Final = 28672  # up to here nothing is changed; 1.2 dB below full scale
LOUDEST: Final = 32767
REACH: Final = 1 << 17  # sums beyond, four voices at full scale, are as if they were this
STRONGEST: Final = 16.0


def _softened() -> Samples:
    """The limiter's curve: straight up to the knee, then ever flatter, so that sums are rounded off and not cut."""
    level = np.arange(-REACH, REACH)
    over = np.abs(level) - KNEE
    room = LOUDEST - KNEE
    soft = KNEE + room * np.tanh(over / room)
    return np.where(over > 0, np.sign(level) * np.round(soft), level).astype(np.int16)


#: sum + REACH -> sample, A-law and µ-law code.
SOFT: Final[Samples] = _softened()
SOFT_TO_ALAW: Final[Codes] = LINEAR_TO_ALAW[SOFT.astype(np.int32) + 32768]
SOFT_TO_ULAW: Final[Codes] = LINEAR_TO_ULAW[SOFT.astype(np.int32) + 32768]


def soften(frames: Sums) -> Samples:
    """Return sums as 16-bit samples."""
    return SOFT.take(frames + REACH, mode="clip")


class Volume:
    """Gains of legs by row, all 1 at first. A change goes over one frame, so that it does not click."""

    def __init__(self) -> None:
        self._wanted: dict[int, float] = {}
        self._now: dict[int, float] = {}

    def __bool__(self) -> bool:
        return bool(self._wanted or self._now)

    def set(self, row: int, factor: float) -> None:
        """Amplify the frames of ``row`` by ``factor`` from the next on; at most by `STRONGEST`."""
        self._wanted[row] = min(max(factor, 0.0), STRONGEST)

    def forget(self, row: int) -> None:
        """The leg is gone."""
        self._wanted.pop(row, None)
        self._now.pop(row, None)

    def apply(self, frames: Sums) -> None:
        """Amplify ``frames`` (``(legs, 160)``) in place."""
        for row, wanted in self._wanted.items():
            now = self._now.get(row, 1.0)
            gain = wanted if now == wanted else now + (wanted - now) * _RISE
            frames[row] = np.rint(frames[row] * gain)
            self._now[row] = wanted
        for row in [row for row, wanted in self._wanted.items() if wanted == 1.0]:
            self.forget(row)


_RISE = (np.arange(FRAME) + 1) / FRAME
