"""A running mixer, and waiting for what must come."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import pytest

from yuqiao.media.mixer_client import MixerPool
from yuqiao.media.ports import MixerEvent
from yuqiao.media.tests.mixer.phone import HEARD, NOT_HEARD, Phone

PORTS = (30000, 39998)


async def until(condition: Callable[[], bool], seconds: float = 8.0) -> None:
    """Wait until ``condition`` holds; fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        await asyncio.sleep(0.02)


class Studio:
    """A mixer with the events it told."""

    def __init__(self, pool: MixerPool) -> None:
        self.pool = pool
        self.events: list[MixerEvent] = []
        pool.on_event = self.events.append

    def of_kind(self, kind: str) -> list[MixerEvent]:
        return [event for event in self.events if event.kind == kind]

    async def event(self, kind: str, count: int = 1, seconds: float = 8.0) -> MixerEvent:
        """Wait for the ``count``-th event of ``kind``."""
        await until(lambda: len(self.of_kind(kind)) >= count, seconds)
        return self.of_kind(kind)[count - 1]

    async def connect(self, name: str, phone: Phone, conference: str | None = None) -> None:
        """Open a leg for ``phone``, let them talk, and put it into ``conference``."""
        beside = next(iter(self.pool._conference_of), None) if conference else None
        address = await self.pool.open_leg(name, beside=beside)
        await self.pool.set_audio(name, phone.audio)
        phone.talk_to(address)
        if conference:
            await self.pool.join(name, conference)


async def hears_exactly(phone: Phone, others: set[float], all_tones: set[float]) -> None:
    """Wait until ``phone`` hears the tones of ``others`` and no other of ``all_tones``."""
    await until(
        lambda: (
            len(phone.heard) >= 20
            and all(phone.hears(freq) > HEARD for freq in others)
            and all(phone.hears(freq) < NOT_HEARD for freq in all_tones - others)
        )
    )


async def hears_whole(phone: Phone, freq: float, seconds: float = 0.4, *, level: float = -17.0) -> None:
    """Wait for a stretch in which ``phone`` hears a tone, said at -15 dB, without a piece missing.

    What is wrong with a stream is wrong all the time, and no stretch is whole. When this machine was busy for a moment,
    so that somebody spoke or mixed too late, the next one is.
    """
    await until(lambda: len(phone.heard) >= seconds * 50 and phone.hears(freq, seconds) > level)


@pytest.fixture
async def studio() -> AsyncIterator[Studio]:
    pool = MixerPool(rtp_host="127.0.0.1", rtp_ports=PORTS, workers=1, rtp_timeout=1.0)
    await pool.start()
    yield Studio(pool)
    await pool.stop()
