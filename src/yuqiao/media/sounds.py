"""What can be played: tones by name and WAV files by path, loaded in a thread of their own and kept."""

from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from yuqiao.lib.g711 import SAMPLE_RATE, Samples
from yuqiao.lib.tone import sine
from yuqiao.media import wave

RAMP: Final = SAMPLE_RATE * 5 // 1000  # 5 ms, so that nothing clicks
CACHE: Final = 32 * 1024 * 1024  # samples


@dataclass(frozen=True, slots=True)
class Sound:
    """Samples to play, once or over and over."""

    samples: Samples
    repeats: bool = False


def ramped(samples: Samples) -> Samples:
    """Return a copy that swells and fades within 5 ms at its ends."""
    count = min(RAMP, len(samples) // 2)
    shaped = samples.astype(np.float64)
    shaped[:count] *= np.linspace(0.0, 1.0, count)
    shaped[len(shaped) - count :] *= np.linspace(1.0, 0.0, count)
    return np.round(shaped).astype(np.int16)


def _cadence(freq: float, on: float, off: float, *, level: float, repeats: bool) -> Sound:
    silence = np.zeros(round(off * SAMPLE_RATE), dtype=np.int16)
    return Sound(np.concatenate([ramped(sine(freq, on, level)), silence]), repeats)


#: Ring-back and busy tone as in China's network (GB/T 3380: 450 Hz; 1 s on, 4 s off; 0.35 s on, 0.35 s off).
TONES: Final = {
    "tone:ring": _cadence(450, 1.0, 4.0, level=-15, repeats=True),
    "tone:busy": _cadence(450, 0.35, 0.35, level=-15, repeats=True),
    "tone:beep": _cadence(1000, 0.2, 0.0, level=-15, repeats=False),
}


class Shelf:
    """Loads sounds without holding up the caller. Files are read again when they changed."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sounds")
        self._kept: OrderedDict[str, tuple[tuple[int, int], Sound]] = OrderedDict()

    def fetch(self, name: str) -> Future[Sound]:
        """Return the sound called ``name``; the future holds OSError or ValueError when it cannot be read."""
        tone = TONES.get(name)
        if tone is None:
            return self._thread.submit(self._load, name)
        ready: Future[Sound] = Future()
        ready.set_result(tone)
        return ready

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown(cancel_futures=True)

    def _load(self, name: str) -> Sound:
        path = Path(name)
        stat = path.stat()
        version = (stat.st_mtime_ns, stat.st_size)
        kept = self._kept.get(name)
        if kept is not None and kept[0] == version:
            self._kept.move_to_end(name)
            return kept[1]
        sound = Sound(ramped(wave.read(path)))
        self._kept[name] = (version, sound)
        while sum(len(each.samples) for _, each in self._kept.values()) > CACHE and len(self._kept) > 1:
            self._kept.popitem(last=False)
        return sound
