"""Comfort noise (RFC 3389): what a peer that sends nothing while nobody speaks wants to be heard meanwhile. No I/O."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from yuqiao.lib.g711 import Samples
from yuqiao.media.concealment import SILENT
from yuqiao.media.rtp import FRAME

#: Payload type (RFC 3551 table 4).
COMFORT: Final = 13
#: The loudest that is believed, dB below full scale: noise is not to drown who speaks.
LOUDEST: Final = 30
#: Ticks for which a leg may still be heard speaking after it announced noise: its jitter buffer is that deep at most.
AWAITED: Final = 25


class ComfortNoise:
    """The noise of legs by row, from when a peer announces it and falls silent until it speaks again. Spectral
    coefficients are left aside (RFC 3389 section 3 allows it): the noise is white."""

    def __init__(self, seed: int | None = None) -> None:
        self._level: dict[int, float] = {}  # standard deviation of the samples
        self._since: dict[int, int] = {}  # ticks since it was announced; -1 once it is heard
        self._dice = np.random.default_rng(seed)

    def __bool__(self) -> bool:
        return bool(self._level)

    def announce(self, row: int, payload: bytes) -> None:
        """A packet of `COMFORT` came for a leg; an empty one says nothing."""
        if payload:
            below = max(payload[0] & 0x7F, LOUDEST)
            self._level[row] = 32768.0 * float(10 ** (-below / 20))
            self._since.setdefault(row, 0)

    def forget(self, row: int) -> None:
        """The leg is gone, or speaks."""
        self._level.pop(row, None)
        self._since.pop(row, None)

    def add(self, frames: Samples, gaps: NDArray[np.int64]) -> None:
        """Add noise to the frames of legs that pause: ``gaps[row]`` samples have gone by since the last real one. It
        swells while concealment fades."""
        for row, level in list(self._level.items()):
            gap = int(gaps[row])
            if gap == 0:
                since = self._since[row]
                if since < 0 or since >= AWAITED:
                    self.forget(row)
                else:
                    self._since[row] = since + 1
                continue
            self._since[row] = -1
            noise = self._dice.normal(0.0, level * gap / SILENT, FRAME)
            frames[row] = np.clip(np.rint(frames[row] + noise), -32768, 32767)
