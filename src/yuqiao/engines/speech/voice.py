"""Waiting for a voice: a language is told from speech only, and out of silence an engine hears words. Pure.

A simple gate by loudness against the quietest of what was heard; what it lets through the engine judges again.
"""

from __future__ import annotations

import numpy as np

from yuqiao.lib.g711 import Samples

FRAME = 160  # samples: 20 ms at 8 kHz
#: How far above the line's own noise a voice is, and how loud at least, in dB (of full scale).
ABOVE_NOISE, LEAST = 9.0, -45.0
#: How many of the last frames must be voice for it to be one; how long is listened from then on, and how much of that
#: must be voice again, in frames.
ONSET, OUT_OF = 6, 10
WINDOW, VOICED = 200, 60


class VoiceGate:
    """Collects four seconds from where somebody begins to speak. Holds no more than that, and only in memory."""

    def __init__(self) -> None:
        self._frames: list[Samples] = []
        self._voiced: list[bool] = []
        self._noise = 0.0
        self._open = False

    def feed(self, frame: Samples) -> Samples | None:
        """Take 20 ms; return the samples of the voice once there are enough, and begin afresh."""
        self._frames.append(frame)
        self._voiced.append(self._is_voice(frame))
        if not self._open:
            self._open = sum(self._voiced[-OUT_OF:]) >= ONSET
            if not self._open:
                del self._frames[:-OUT_OF], self._voiced[:-OUT_OF]
            return None
        if len(self._frames) < WINDOW:
            return None
        samples, voiced = np.concatenate(self._frames), sum(self._voiced)
        self.forget()
        return samples if voiced >= VOICED else None

    def forget(self) -> None:
        """Let go of everything that was heard."""
        self._frames, self._voiced, self._open = [], [], False

    def _is_voice(self, frame: Samples) -> bool:
        level = 20 * np.log10(max(1.0, float(np.sqrt(np.mean(np.square(frame.astype(np.float64)))))) / 32768)
        self._noise = min(self._noise + 0.02, float(level))  # falls at once, rises by 1 dB a second
        return bool(level >= LEAST and (level >= self._noise + ABOVE_NOISE or level >= LEAST + 2 * ABOVE_NOISE))
