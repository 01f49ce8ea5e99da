"""Several tracks as one WAV file with a channel for each: what a player plays is in step by its very form. Pure.

Layout: Microsoft, "Multiple Channel Audio Data and WAVE Files" (2001), WAVE_FORMAT_EXTENSIBLE; 16-bit PCM, 8 kHz. No
channel is given a loudspeaker's place, so nothing between file and player mixes one into another.
"""

from __future__ import annotations

import struct
from typing import Final

from yuqiao.hotline.tracks import RATE

#: As many channels as browsers keep apart.
MOST_CHANNELS: Final = 8
_EXTENSIBLE: Final = 0xFFFE
#: KSDATAFORMAT_SUBTYPE_PCM
_PCM: Final = bytes.fromhex("0100000000001000800000aa00389b71")
_FORMAT: Final = struct.Struct("<HHIIHHHHI16s")
HEAD_SIZE: Final = 12 + 8 + _FORMAT.size + 8
_LARGEST: Final = 0xFFFFFFFF - HEAD_SIZE


def head(frames: int, channels: int) -> bytes:
    """Return what comes before the sound; sizes end at what 32 bits can say."""
    block = 2 * channels
    size = min(frames * block, _LARGEST // block * block)
    form = _FORMAT.pack(_EXTENSIBLE, channels, RATE, RATE * block, block, 16, 22, 16, 0, _PCM)
    riff = struct.pack("<4sI4s", b"RIFF", size + HEAD_SIZE - 8, b"WAVE")
    return riff + struct.pack("<4sI", b"fmt ", len(form)) + form + struct.pack("<4sI", b"data", size)


def size_of(frames: int, channels: int) -> int:
    """Return how many bytes the file has."""
    return HEAD_SIZE + frames * channels * 2


def frames_within(first: int, length: int, channels: int) -> tuple[int, int, int]:
    """Return which frames hold the bytes of the sound from ``first`` on, ``length`` of them, counted from the sound's
    beginning: the first frame, how many frames, and how many bytes of the first one to leave out."""
    block = 2 * channels
    begin = first // block
    end = -(-(first + length) // block)
    return begin, end - begin, first - begin * block
