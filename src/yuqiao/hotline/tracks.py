"""Putting a party's recorded segments on the call's time axis: pure sound, 8 kHz mono 16-bit, no rows.

WAV layout: Microsoft/IBM "Multimedia Programming Interface and Data Specifications 1.0", chapter 3 (RIFF, WAVE).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

RATE = 8000
Samples = npt.NDArray[np.int16]
NOTHING: Samples = np.zeros(0, np.int16)


@dataclass(frozen=True, slots=True)
class Segment:
    """Samples that begin ``offset_ms`` after the call's answer (negative: before it)."""

    offset_ms: int
    samples: Samples


def assemble(segments: Sequence[Segment], length_ms: int) -> Samples:
    """Return exactly ``length_ms`` of sound with each segment in its place, silence between, overlaps added."""
    length = length_ms * RATE // 1000
    whole = np.zeros(length, np.int32)
    for segment in segments:
        begin = segment.offset_ms * RATE // 1000
        skip = max(0, -begin)
        begin = max(0, begin)
        part = segment.samples[skip : skip + max(0, length - begin)]
        whole[begin : begin + len(part)] += part
    return np.clip(whole, -32768, 32767).astype(np.int16)


def read_samples(path: Path) -> Samples:
    """Return the samples of a WAV file, however it was cut off: sizes in its headers are believed only where they fit.

    A missing file, or one without sound, gives no samples. ValueError when it is another format than ours.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return NOTHING
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        return NOTHING
    position = 12
    while position + 8 <= len(data):
        name, size = data[position : position + 4], struct.unpack_from("<I", data, position + 4)[0]
        body = position + 8
        if name == b"fmt " and body + 16 <= len(data):
            encoding, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", data, body)
            if (encoding, channels, rate, bits) != (1, 1, RATE, 16):
                raise ValueError(f"{path.name} is not 8 kHz mono 16-bit PCM")
        if name == b"data":
            return _samples(data, body, size)
        position = body + size + (size & 1)
    return NOTHING


def _samples(data: bytes, body: int, size: int) -> Samples:
    """A writer that was killed leaves a stale size: then the sound goes on to the end of the file.

    It is stale if it claims more than there is, or less while no further chunk begins where it claims to end.
    """
    end = body + size + (size & 1)
    if end > len(data) or (end < len(data) and not _is_chunk(data[end : end + 4])):
        size = len(data) - body
    return np.frombuffer(data, np.dtype("<i2"), (size - (size & 1)) // 2, body).astype(np.int16)


def _is_chunk(name: bytes) -> bool:
    return name in {b"LIST", b"fact", b"cue ", b"id3 ", b"bext", b"JUNK", b"PAD "}


def write_wav(samples: Samples) -> bytes:
    """Return a complete WAV file of 8 kHz mono 16-bit samples."""
    sound = samples.astype("<i2").tobytes()
    head = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 36 + len(sound), b"WAVE", b"fmt ", 16, 1, 1, RATE, RATE * 2, 2, 16)
    return head + struct.pack("<4sI", b"data", len(sound)) + sound
