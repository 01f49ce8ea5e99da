"""Putting a party's recorded segments on the call's time axis: pure sound, 8 kHz mono 16-bit, no rows.

Segments are WAV, as the engine writes them; finished tracks are FLAC (RFC 9639), which loses no bit. WAV layout:
Microsoft/IBM "Multimedia Programming Interface and Data Specifications 1.0", chapter 3 (RIFF, WAVE).
"""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

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


def assemble(segments: Sequence[Segment], length_ms: int, silent: Iterable[tuple[int, int]] = ()) -> Samples:
    """Return exactly ``length_ms`` of sound with each segment in its place, silence between, overlaps added.

    ``silent``: from when to when (in ms) nothing may be heard, though a segment has the last moment before it stopped.
    """
    length = length_ms * RATE // 1000
    whole = np.zeros(length, np.int32)
    for segment in segments:
        begin = segment.offset_ms * RATE // 1000
        skip = max(0, -begin)
        begin = max(0, begin)
        part = segment.samples[skip : skip + max(0, length - begin)]
        whole[begin : begin + len(part)] += part
    for begin, end in silent:
        whole[max(0, begin * RATE // 1000) : max(0, -(-end * RATE // 1000))] = 0
    return np.clip(whole, -32768, 32767).astype(np.int16)


def read_samples(path: Path) -> Samples:
    """Return the samples of a FLAC file, or of a WAV file however it was cut off: sizes in the headers of a WAV file
    are believed only where they fit.

    A missing file, or one without sound, gives no samples. ValueError when it is another format than ours, or FLAC
    that is damaged.
    """
    try:
        with path.open("rb") as file:
            if file.read(4) == b"fLaC":
                return decode_flac(b"fLaC" + file.read())
            body, count = wav_span(file)
            return read_wav(file, body, count)
    except FileNotFoundError:
        return NOTHING


def wav_span(file: BinaryIO) -> tuple[int, int]:
    """Return where the samples of a WAV file begin, and how many there are, however it was cut off; none where there
    is no sound. ValueError when it is another format than ours.

    A writer that was killed leaves a stale size: then the sound goes on to the end of the file. A size is stale if it
    claims more than there is, or less while no further chunk begins where it claims to end.
    """
    length = file.seek(0, os.SEEK_END)
    if _at(file, 0, 4) != b"RIFF" or _at(file, 8, 4) != b"WAVE":
        return 0, 0
    position = 12
    while position + 8 <= length:
        name, size = struct.unpack("<4sI", _at(file, position, 8))
        body = position + 8
        if name == b"fmt " and body + 16 <= length:
            encoding, channels, rate, _, _, bits = struct.unpack("<HHIIHH", _at(file, body, 16))
            if (encoding, channels, rate, bits) != (1, 1, RATE, 16):
                raise ValueError(f"{Path(file.name).name} is not 8 kHz mono 16-bit PCM")
        if name == b"data":
            end = body + size + (size & 1)
            stale = end > length or (end < length and not _is_chunk(_at(file, end, 4)))
            return body, (length - body if stale else size) // 2
        position = body + size + (size & 1)
    return 0, 0


def read_wav(file: BinaryIO, begin: int, count: int) -> Samples:
    """Return ``count`` samples from the byte ``begin`` on, fewer where the file ends."""
    data = _at(file, begin, max(0, count) * 2)
    return np.frombuffer(data, np.dtype("<i2"), len(data) // 2).astype(np.int16)


def _at(file: BinaryIO, position: int, size: int) -> bytes:
    file.seek(position)
    return file.read(size)


def _is_chunk(name: bytes) -> bool:
    return name in {b"LIST", b"fact", b"cue ", b"id3 ", b"bext", b"JUNK", b"PAD "}


def write_wav(samples: Samples) -> bytes:
    """Return a complete WAV file of 8 kHz mono 16-bit samples."""
    sound = samples.astype("<i2").tobytes()
    head = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 36 + len(sound), b"WAVE", b"fmt ", 16, 1, 1, RATE, RATE * 2, 2, 16)
    return head + struct.pack("<4sI", b"data", len(sound)) + sound


def encode_flac(samples: Samples, *, title: str = "", comment: str = "") -> bytes:
    """Return a complete FLAC file (RFC 9639) of 8 kHz mono 16-bit samples, with these Vorbis comments."""
    import soundfile  # noqa: PLC0415 (only who finishes recordings needs the library)

    out = io.BytesIO()
    with soundfile.SoundFile(out, "w", RATE, 1, "PCM_16", format="FLAC") as file:
        for name, words in (("title", title), ("comment", comment)):
            if words:
                setattr(file, name, words)
        file.write(samples)
    return out.getvalue()


def decode_flac(data: bytes) -> Samples:
    """Return the samples of a FLAC file; ValueError when it is damaged or another format than ours."""
    import soundfile  # noqa: PLC0415

    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            if (file.samplerate, file.channels, file.subtype) != (RATE, 1, "PCM_16"):
                raise ValueError("this is not 8 kHz mono 16-bit FLAC")
            samples: Samples = file.read(dtype="int16")
            if len(samples) != file.frames:
                raise ValueError("the FLAC file is cut off")
            return samples
    except soundfile.LibsndfileError as error:
        raise ValueError(f"the FLAC file is damaged: {error.error_string}") from error
