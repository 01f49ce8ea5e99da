"""What one leg received and what it sent, kept so that it can be heard again afterwards, even after a kill -9."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from yuqiao.demo.hearing import Ear
from yuqiao.lib import g711
from yuqiao.lib.g711 import SAMPLE_RATE, Samples

#: One received frame on disk: arrival (UNIX seconds), RTP timestamp, SSRC, payload type, length; then the payload.
_HEAD: Final = struct.Struct("<dIIBH")


@dataclass(frozen=True, slots=True)
class Frame:
    """One RTP packet's audio as it arrived."""

    at: float
    timestamp: int
    ssrc: int
    payload_type: int
    payload: bytes


@dataclass(slots=True)
class Tape:
    """Frames in the order of their arrival; with ``path`` each one is also written to disk at once."""

    path: Path | None = None
    frames: list[Frame] = field(default_factory=list)
    _file: BinaryIO | None = None

    def add(self, frame: Frame) -> None:
        """Keep one frame."""
        self.frames.append(frame)
        if self.path is None:
            return
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("wb", buffering=0)
        head = _HEAD.pack(frame.at, frame.timestamp, frame.ssrc, frame.payload_type, len(frame.payload))
        self._file.write(head + frame.payload)

    def close(self) -> None:
        """Close the file, if there is one."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def latest(self, seconds: float) -> Samples:
        """Return what arrived last, about so many seconds, as it came (for a quick look while the call goes on)."""
        frames = self.frames[-round(seconds * 50) :]
        parts = [g711.decode(frame.payload, frame.payload_type) for frame in frames]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int16)


def read(path: Path) -> Tape:
    """Return the tape a party left on disk; a frame cut off at the end is passed over. Empty if there is none."""
    tape = Tape()
    data = path.read_bytes() if path.is_file() else b""
    at = 0
    while at + _HEAD.size <= len(data):
        moment, timestamp, ssrc, payload_type, length = _HEAD.unpack_from(data, at)
        payload = data[at + _HEAD.size : at + _HEAD.size + length]
        if len(payload) < length:
            break
        tape.frames.append(Frame(moment, timestamp, ssrc, payload_type, payload))
        at += _HEAD.size + length
    return tape


def received(party: str, frames: Iterable[Frame]) -> Ear:
    """Return the sound of ``frames`` on one time axis: by RTP timestamp within a stream, by arrival where a new SSRC
    or a jump of more than 5 s begins another. Silence where nothing came."""
    ordered = sorted(frames, key=lambda frame: frame.at)
    if not ordered:
        return Ear(party, 0.0, np.zeros(0, dtype=np.int16))
    began = ordered[0].at
    places = [0]
    for before, frame in pairwise(ordered):
        step = (frame.timestamp - before.timestamp + (1 << 31)) % (1 << 32) - (1 << 31)  # RFC 3550 5.1: it wraps
        same = frame.ssrc == before.ssrc and abs(step) < 5 * SAMPLE_RATE
        places.append(max(0, places[-1] + step) if same else round((frame.at - began) * SAMPLE_RATE))
    ends = [place + len(frame.payload) for place, frame in zip(places, ordered, strict=True)]
    sound = np.zeros(max(ends), dtype=np.int16)
    for place, end, frame in zip(places, ends, ordered, strict=True):
        sound[place:end] = g711.decode(frame.payload, frame.payload_type)
    return Ear(party, began, sound)


@dataclass(frozen=True, slots=True)
class Sent:
    """What a leg said: ``loop`` over and over, ``count`` samples from UNIX time ``began_at`` on."""

    began_at: float
    count: int


def ears_beside_each_other(leg: Ear, sent: Sent, voices: Mapping[str, Samples]) -> dict[str, Ear]:
    """Return what each of several people on ONE leg hears, as their exchange mixes them (way in (a)).

    Each hears what came from us (``leg``) and the voices of the others, never the own. ``voices`` are the loops.
    """
    if not sent.count:
        return {name: Ear(name, leg.began_at, leg.samples) for name in voices}
    starts = [sent.began_at, *([leg.began_at] if len(leg.samples) else [])]
    began = min(starts)
    from_us = round((leg.began_at - began) * SAMPLE_RATE) if len(leg.samples) else 0
    from_them = round((sent.began_at - began) * SAMPLE_RATE)
    total = max(from_us + len(leg.samples), from_them + sent.count)
    ears = {}
    for name in voices:
        mix = np.zeros(total, dtype=np.int32)
        mix[from_us : from_us + len(leg.samples)] += leg.samples
        for other, loop in voices.items():
            if other != name:
                mix[from_them : from_them + sent.count] += np.resize(loop, sent.count)
        ears[name] = Ear(name, began, np.clip(mix, -32768, 32767).astype(np.int16))
    return ears


def beside_each_other(voices: Iterable[Samples]) -> Samples:
    """Return several people's loops mixed into one, as an exchange puts them onto one leg."""
    loops = list(voices)
    total = np.sum([loop.astype(np.int32) for loop in loops], axis=0)
    return np.asarray(np.clip(total, -32768, 32767), dtype=np.int16)
