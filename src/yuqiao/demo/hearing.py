"""Who heard whom, measured from received audio: every party whistles one tone of its own, faintly, under its speech.

Pure. Sound is cut into windows of half a second; the level of each party's tone is measured in each (`lib.tone` tells
how levels are counted). Speech and prompts of the demo hold nothing near the tones (`notched`), so what is found at a
tone can only come from the party that owns it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from yuqiao.lib.g711 import SAMPLE_RATE, Samples
from yuqiao.lib.tone import FULL_SCALE

Levels = NDArray[np.float64]
Interval = tuple[float, float]

WINDOW: Final = SAMPLE_RATE // 2
WINDOW_SECONDS: Final = WINDOW / SAMPLE_RATE
#: Level of a party's own tone, and the level from which it counts as heard; G.711's noise lies near -85 in a window.
TONE_LEVEL: Final = -30.0
HEARD_LEVEL: Final = -42.0
#: A voice is heard when its tone is there in this share of the windows in which it should be.
HEARD_SHARE: Final = 0.6
#: A voice that should not be there is heard when its tone lasts for this many windows, one after the other.
STRAY_WINDOWS: Final = 2
#: Only pairs that share at least this long are expected to hear each other; the bridge takes them in within SETTLING.
SHARED_SECONDS: Final = 1.5
SETTLING: Final = 0.7
#: Half the width that `notched` clears around each tone, in Hz: beyond it a Hann window leaks less than -31 dB.
NOTCH: Final = 8.0
#: Tones the media server itself makes: ringing and busy (450 Hz), beep (1000 Hz).
SERVER_TONES: Final = (450.0, 1000.0)


def tone_plan(count: int) -> tuple[float, ...]:
    """Return ``count`` tones in Hz, 67 Hz apart, none within 30 Hz of the server's own; ValueError beyond 44."""
    free = [float(hz) for hz in range(391, 3400, 67) if all(abs(hz - own) >= 30 for own in SERVER_TONES)]
    if count > len(free):
        raise ValueError(f"only {len(free)} tones fit between 391 and 3400 Hz, {count} were asked for")
    return tuple(free[:count])


def notched(samples: NDArray[np.generic], tones: Iterable[float]) -> Levels:
    """Return ``samples`` without what lies within NOTCH Hz of a tone; clean also when played in a loop."""
    spectrum = np.fft.rfft(samples.astype(np.float64))
    freqs = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    for hz in tones:
        spectrum[np.abs(freqs - hz) <= NOTCH] = 0
    return np.asarray(np.fft.irfft(spectrum, len(samples)))


def levels(samples: Samples, tones: Sequence[float]) -> Levels:
    """Return a ``(windows, tones)`` array of levels in dB; a last window that is not full is left out."""
    windows = len(samples) // WINDOW
    cut = samples[: windows * WINDOW].astype(np.float64).reshape(windows, WINDOW)
    shape = np.hanning(WINDOW)
    turns = np.exp(-2j * np.pi / SAMPLE_RATE * np.outer(np.arange(WINDOW), np.asarray(tones)))
    amplitude = 2 * np.abs((cut * shape) @ turns) / shape.sum()
    return np.asarray(20 * np.log10(amplitude / FULL_SCALE + 1e-6))


@dataclass(frozen=True, slots=True)
class Ear:
    """What one party received on one leg: ``samples`` from UNIX time ``began_at`` on."""

    party: str
    began_at: float
    samples: Samples


@dataclass(frozen=True, slots=True)
class Heard:
    """What an ear heard: per voice its median level where it was expected, dB, and the share of windows it was there.

    ``heard``: voices that were there. ``missing``: expected, and not there. ``strays``: there, and not expected.
    """

    party: str
    levels: Mapping[str, float] = field(default_factory=dict)
    shares: Mapping[str, float] = field(default_factory=dict)
    heard: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    strays: tuple[str, ...] = ()


def shared(one: Iterable[Interval], other: Iterable[Interval]) -> list[Interval]:
    """Return where two lists of intervals overlap."""
    others = list(other)
    both = [(max(a, c), min(b, d)) for a, b in one for c, d in others]
    return sorted((begin, end) for begin, end in both if end > begin)


def listen(
    ear: Ear, present: Sequence[Interval], voices: Mapping[str, float], on: Mapping[str, Sequence[Interval]]
) -> Heard:
    """Judge one ear. ``voices``: every party's tone in Hz; ``on``: when each was on the same call (UNIX seconds).

    A voice is expected where it and the ear's owner (``present``) were on together for SHARED_SECONDS or longer, the
    first SETTLING seconds left out. Where they were together for less, nothing is said. Its own voice is never
    expected: hearing it would be an echo.
    """
    names = list(voices)
    found = levels(ear.samples, [voices[name] for name in names])
    starts = np.asarray(ear.began_at + WINDOW_SECONDS * np.arange(len(found)), dtype=np.float64)
    median: dict[str, float] = {}
    share: dict[str, float] = {}
    missing, strays = [], []
    for column, name in enumerate(names):
        there = found[:, column] >= HEARD_LEVEL
        together = [] if name == ear.party else shared(present, on.get(name, ()))
        if any(end - begin >= SHARED_SECONDS for begin, end in together):
            inside = _inside(starts, [(b + SETTLING, e - SETTLING / 2) for b, e in together])
            share[name] = float(there[inside].mean()) if inside.any() else 0.0
            median[name] = float(np.median(found[inside, column])) if inside.any() else -120.0
            if share[name] < HEARD_SHARE:
                missing.append(name)
        outside = ~_touching(starts, together)
        if _longest_run(there & outside) >= STRAY_WINDOWS:
            strays.append(name)
    heard = tuple(sorted({name for name in share if name not in missing} | set(strays)))
    return Heard(ear.party, median, share, heard, tuple(missing), tuple(strays))


def _inside(starts: Levels, intervals: Sequence[Interval]) -> NDArray[np.bool_]:
    """Tell which windows lie wholly inside one of the intervals; none if they are all too short."""
    inside = np.zeros(len(starts), dtype=bool)
    for begin, end in intervals:
        inside |= (starts >= begin) & (starts + WINDOW_SECONDS <= end)
    return inside


def _touching(starts: Levels, intervals: Sequence[Interval]) -> NDArray[np.bool_]:
    """Tell which windows touch one of the intervals, or the second after it (what is still in jitter buffers)."""
    touching = np.zeros(len(starts), dtype=bool)
    for begin, end in intervals:
        touching |= (starts + WINDOW_SECONDS > begin - WINDOW_SECONDS) & (starts < end + 1.0)
    return touching


def _longest_run(there: NDArray[np.bool_]) -> int:
    """Return the length of the longest row of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], there.astype(np.int8), [0]))))
    return int((edges[1::2] - edges[::2]).max()) if len(edges) else 0
