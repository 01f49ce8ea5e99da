"""Tones at 8 kHz: make one, and measure how loud one is inside other sound.

Levels are in dB below a full-scale sine (peak 32767 is 0 dB), so what `sine` makes at -12 `level_of` finds at -12.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from yuqiao.lib.g711 import SAMPLE_RATE, Samples

FULL_SCALE: Final = 32767.0
FLOOR: Final = -120.0


def sine(freq: float, seconds: float, level: float = -12.0) -> Samples:
    """Return ``seconds`` of a sine of ``freq`` Hz at ``level`` dB, int16, starting at phase 0."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    wave = np.sin(2 * np.pi * freq * time) * (FULL_SCALE * 10 ** (level / 20))
    return np.round(wave).astype(np.int16)


def level_of(samples: NDArray[np.generic], freq: float) -> float:
    """Return the level of ``freq`` Hz in ``samples`` in dB; -120 where there is none (or no samples).

    The power that Goertzel's recursion finds at one frequency (G. Goertzel, 1958), computed as a dot product, under a
    Hann window so that loud neighbours leak little: frequencies 4 / (length in seconds) Hz apart do not disturb
    each other.
    """
    count = len(samples)
    if count < 2:
        return FLOOR
    window = np.hanning(count)
    turn = np.exp(-2j * np.pi * freq / SAMPLE_RATE * np.arange(count))
    amplitude = 2 * abs(np.dot(samples.astype(np.float64) * window, turn)) / window.sum()
    return max(FLOOR, float(20 * np.log10(amplitude / FULL_SCALE + 1e-12)))
