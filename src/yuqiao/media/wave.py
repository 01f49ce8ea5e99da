"""WAV files (RIFF, multimedia programming interface 1.0, 1991): reading prompts, and the header of a recording."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

import numpy as np

from yuqiao.lib import g711
from yuqiao.lib.g711 import SAMPLE_RATE, Samples

LARGEST: Final = 64 * 1024 * 1024
HEADER_SIZE: Final = 44
PCM, ALAW, MULAW = 1, 6, 7  # wFormatTag
_FORMAT = struct.Struct("<HHIIHH")
_BITS = {PCM: 16, ALAW: 8, MULAW: 8}


def header(samples: int) -> bytes:
    """Return the header of a mono 16-bit 8 kHz file of ``samples`` samples; sizes end at what 32 bits can say."""
    size = min(samples * 2, 0xFFFFFFFF - HEADER_SIZE)
    form = struct.pack("<4sI", b"RIFF", size + HEADER_SIZE - 8) + b"WAVE"
    fmt = struct.pack("<4sI", b"fmt ", _FORMAT.size) + _FORMAT.pack(PCM, 1, SAMPLE_RATE, SAMPLE_RATE * 2, 2, 16)
    return form + fmt + struct.pack("<4sI", b"data", size)


def read(path: Path) -> Samples:
    """Return the samples of a mono 8 kHz file of 16-bit PCM, A-law or µ-law.

    OSError when it cannot be read; ValueError when it is something else. A file cut short gives what is there.
    """
    if path.stat().st_size > LARGEST:
        raise ValueError("the file is too long for a prompt")
    return parse(path.read_bytes())


def parse(content: bytes) -> Samples:
    """As `read`, of a file's content."""
    if len(content) < 12 or content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise ValueError("not a WAV file")
    tag = 0
    at = 12
    while at + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, at)
        body = content[at + 8 : at + 8 + size]
        if name == b"fmt ":
            tag = _read_format(body)
        elif name == b"data":
            if not tag:
                raise ValueError("the format chunk is missing")
            return _decode(body, tag)
        at += 8 + size + size % 2
    raise ValueError("the data chunk is missing")


def _read_format(body: bytes) -> int:
    if len(body) < _FORMAT.size:
        raise ValueError("the format chunk is too short")
    tag, channels, rate, _bytes_per_second, _block, bits = _FORMAT.unpack_from(body)
    if tag not in _BITS or channels != 1 or rate != SAMPLE_RATE or bits != _BITS[tag]:
        raise ValueError("not mono, 8 kHz and 16-bit PCM or 8-bit G.711")
    return int(tag)


def _decode(body: bytes, tag: int) -> Samples:
    if tag == PCM:
        return np.frombuffer(body[: len(body) // 2 * 2], dtype="<i2").astype(np.int16)
    return g711.decode(body, g711.PCMA if tag == ALAW else g711.PCMU)
