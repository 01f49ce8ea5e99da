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


#: Samples of one window of `snr_of`: 200 ms, so that two tones 5 Hz apart and more are told from each other.
SNR_WINDOW: Final = SAMPLE_RATE // 5


def snr_of(samples: NDArray[np.generic], freq: float, besides: tuple[float, ...] = ()) -> float:
    """Return how far a tone of ``freq`` Hz stands above all that is no tone of ``freq`` or ``besides``, in dB.

    ``samples`` are cut into windows of `SNR_WINDOW` (a rest is left out; ValueError when there is not one). In each,
    a constant and amplitude and phase of every tone are fitted by least squares; what remains is noise: gaps, clicks,
    jumps of phase, quantization. The result is the ratio of the tone's power in all windows to the noise's in all.
    """
    count = len(samples) // SNR_WINDOW
    if not count:
        raise ValueError("fewer samples than one window")
    windows = samples[: count * SNR_WINDOW].astype(np.float64).reshape(count, SNR_WINDOW).T
    angle = 2 * np.pi * np.arange(SNR_WINDOW)[:, None] / SAMPLE_RATE * np.array([freq, *besides])
    parts = np.hstack([np.cos(angle), np.sin(angle), np.ones((SNR_WINDOW, 1))])
    fitted, *_ = np.linalg.lstsq(parts, windows, rcond=None)
    noise = np.square(windows - parts @ fitted).mean()
    tones = 1 + len(besides)
    signal = (np.square(fitted[0]) + np.square(fitted[tones])).mean() / 2
    return float(10 * np.log10((signal + 1e-12) / (noise + 1e-12)))


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
