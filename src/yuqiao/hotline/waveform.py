"""How loud a recording is, twenty times a second: what a page draws and what skipping silence rests on. Pure.

A level is one byte: the square root of the loudest sample in its twentieth of a second, 255 for full scale. The root
lets quiet speech be seen beside loud speech; two hours of one party are 144,000 bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from yuqiao.hotline.tracks import RATE, Samples

Levels = npt.NDArray[np.uint8]
PER_SECOND: Final = 20
WINDOW: Final = RATE // PER_SECOND
STEP_MS: Final = 1000 // PER_SECOND
#: What is quieter than -42 dB of full scale is no speech but the line's noise: 255 * sqrt(10 ** (-42 / 20)).
QUIET: Final = 22
#: A pause of all parties that is longer may be jumped over; so much of it is left at both ends.
LONG_PAUSE_MS: Final = 2000
MARGIN_MS: Final = 250
_HEAD: Final = struct.Struct(">4sH32s")
_MAGIC: Final = b"YQW1"


def levels(samples: Samples) -> Levels:
    """Return the levels of 8 kHz sound, the last one of what is left at the end."""
    count = -(-len(samples) // WINDOW)
    padded = np.zeros(count * WINDOW, np.int32)
    padded[: len(samples)] = samples
    loudest = np.abs(padded.reshape(count, WINDOW)).max(axis=1, initial=0)
    found: Levels = np.minimum(255, np.sqrt(loudest / 32768) * 255 + 0.5).astype(np.uint8)
    return found


def loudest_of(parts: Sequence[Levels]) -> Levels:
    """Return the levels of parts that sound together: at each moment the loudest of them."""
    whole = np.zeros(max((len(one) for one in parts), default=0), np.uint8)
    for one in parts:
        np.maximum(whole[: len(one)], one, out=whole[: len(one)])
    return whole


def shrunk(fine: Levels, most: int) -> Levels:
    """Return at most ``most`` levels that tell of the same time: of neighbours, all as many, the loudest."""
    together = max(1, -(-len(fine) // most))
    padded = np.zeros(-(-len(fine) // together) * together, np.uint8)
    padded[: len(fine)] = fine
    coarse: Levels = padded.reshape(-1, together).max(axis=1, initial=0)
    return coarse


def pauses(fine: Levels, length_ms: int) -> list[tuple[int, int]]:
    """Return what may be jumped over, in milliseconds: where nobody is louder than `QUIET` for long enough, less the
    margins. A pause at the very end is jumped over to the end."""
    quiet = np.concatenate(([False], fine <= QUIET, [False]))
    edges = np.flatnonzero(quiet[1:] != quiet[:-1])
    found: list[tuple[int, int]] = []
    for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        first, last = begin * STEP_MS, min(end * STEP_MS, length_ms)
        if last - first <= LONG_PAUSE_MS:
            continue
        found.append((first + MARGIN_MS if first else 0, last if last == length_ms else last - MARGIN_MS))
    return found


def packed(fine: Levels, sha256: str) -> bytes:
    """Return a file of levels that names by its ``sha256`` (hexadecimal) the recording they were taken from."""
    return _HEAD.pack(_MAGIC, PER_SECOND, bytes.fromhex(sha256)) + fine.tobytes()


def unpacked(data: bytes, sha256: str) -> Levels | None:
    """Return the levels in a file; None when it is no such file, or was taken from another recording."""
    if data[: _HEAD.size] != _HEAD.pack(_MAGIC, PER_SECOND, bytes.fromhex(sha256)):
        return None
    return np.frombuffer(data, np.uint8, offset=_HEAD.size)
