"""What a test asks of a peer that was not written here: a phone, or an exchange, under command."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Protocol

import numpy as np

from yuqiao.lib.g711 import Samples
from yuqiao.lib.tone import level_of
from yuqiao.media import wave

HEARD, NOT_HEARD = -40.0, -55.0  # dB: a voice of -15 to -20 that is there, and one that is not
PATIENCE = 10.0


class Peer(Protocol):
    """A peer on one call at a time. Its commands return at once; what comes of them the tests see elsewhere."""

    @property
    def voice(self) -> float:
        """The tone that is heard of it, in Hz."""

    @property
    def endpoint(self) -> str:
        """How an application dials it."""

    @property
    def hears_after_hold(self) -> bool:
        """Whether it hears once it has taken a call back."""

    async def dial(self, target: str) -> None: ...
    async def expect(self) -> None:
        """Be ready to be called."""

    async def accept(self) -> None: ...
    async def hold(self) -> None: ...
    async def resume(self) -> None: ...
    async def press(self, digit: str) -> None: ...
    async def hang_up(self) -> None: ...
    async def over(self) -> None:
        """Return once it says that the call has ended; AssertionError when it does not."""

    def heard(self) -> Samples:
        """All that has come in so far, 8 kHz."""


def said(path: Path) -> Samples:
    """Return what a WAV file that is still being written holds so far."""
    if not path.exists():
        return np.zeros(0, dtype=np.int16)
    sound = path.read_bytes()[wave.HEADER_SIZE :]
    return np.frombuffer(sound[: len(sound) // 2 * 2], dtype="<i2").astype(np.int16)


async def hears(peer: Peer, tone: float) -> None:
    """Wait until ``tone`` comes in at the peer."""
    await _until(peer, tone, heard=True)


async def misses(peer: Peer, tone: float) -> None:
    """Wait until ``tone`` comes in no more: other sound, or none at all."""
    await _until(peer, tone, heard=False)


async def _until(peer: Peer, tone: float, *, heard: bool) -> None:
    level = 0.0
    for _ in range(round(PATIENCE / 0.4)):
        before = len(peer.heard())
        await asyncio.sleep(0.4)  # what comes in during this time is what is judged
        lately = peer.heard()[before:]
        level = level_of(lately, tone) if len(lately) > 800 else NOT_HEARD - 1
        if level > HEARD if heard else level < NOT_HEARD:
            return
    raise AssertionError(f"{type(peer).__name__} {'does not hear' if heard else 'hears'} {tone} Hz: {level:.0f} dB")
