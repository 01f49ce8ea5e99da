"""The same checks against our server and against Asterisk 22: a prompt to one party parts it from nobody.

By the call server's own client (`engines.ari`), which takes over a conversation that another one began.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from tests.asterisk import Place, sample
from yuqiao.engines.ari import Ari
from yuqiao.engines.events import EngineEvent, PlaybackEnded
from yuqiao.lib.net import free_port
from yuqiao.media.ari.tests.engines import ASTERISK, Engine, Ports, asterisk, ours
from yuqiao.media.ari.tests.live import Handset, hear_each_other, until

pytestmark = pytest.mark.live

PROMPT = 2100.0
#: The busy tone of our server (China's), and one of the two of Asterisk's (North America's).
OUR_BUSY, THEIR_BUSY = 450.0, 480.0


@contextmanager
def asterisk_running() -> Iterator[Ports]:
    ports = Ports(free_port(), free_port())
    place = Place(Path(ASTERISK), "yuqiao-prompts")
    place.configure(sample(sip=ports.sip, ari=ports.ari))
    with place.running():
        yield ports


@asynccontextmanager
async def controlled(engine: Engine, heard: list[EngineEvent]) -> AsyncIterator[Ari]:
    """Take over what the engine holds, and keep what it tells."""
    ari, ready = Ari(engine.client.url, *engine.sign_in, app="yuqiao"), asyncio.Event()

    async def review() -> None:
        await ari.holdings()
        ready.set()

    ari.on_event, ari.on_connected = heard.append, review
    running = asyncio.create_task(ari.run())
    try:
        async with asyncio.timeout(10):
            await ready.wait()
        yield ari
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def left_over(engine: Engine, legs: list[str]) -> set[str]:
    """Wait until the engine has no channels but these; return what it has besides."""
    others: set[str] = set()
    for _ in range(200):
        others = {one["id"] for one in await engine.client.do("GET", "/channels")} - set(legs)
        if not others:
            break
        await asyncio.sleep(0.02)
    return others


async def a_while_later(party: Handset) -> None:
    """Wait until all that ``party`` is measured by came later: 0.8 s of packets."""
    enough = len(party.phone.heard) + 40
    await until(lambda: len(party.phone.heard) >= enough, "sound")


async def parts_nobody(engine: Engine, alice: Handset, bob: Handset, busy: float) -> None:
    room, legs = await engine.talk(alice, bob)
    await hear_each_other(alice, bob)
    heard: list[EngineEvent] = []
    first, second, third = (engine.unique("prompt") for _ in range(3))
    long = [engine.sound(PROMPT)] * 15  # seconds: none of them ends by itself here

    def over(playback: str) -> bool:
        return any(one.playback == playback for one in heard if isinstance(one, PlaybackEnded))

    def told_and_talking() -> bool:
        both = alice.hears(bob) and bob.hears(alice)
        return both and alice.phone.hears(PROMPT) > -35 and bob.phone.hears(PROMPT) < -55

    async with controlled(engine, heard) as ari:
        await ari.play(first, legs[0], long)
        await until(lambda: alice.phone.hears(PROMPT) > -35, "Alice to hear the prompt")
        await a_while_later(alice)
        await until(told_and_talking, "Alice alone to be told, and the two to hear each other", seconds=5)
        await ari.play(second, legs[0], ["tone:busy"])  # waits for the first, as in the engines
        await ari.stop_playing(first)
        await until(lambda: over(first), "the first prompt to end")
        await until(lambda: alice.phone.hears(busy) > -45, "Alice to hear a tone of the engine")
        await a_while_later(alice)
        await until(lambda: alice.hears(bob), "Alice to hear Bob beside it", seconds=5)
        await ari.stop_playing(second)
        await until(lambda: over(second), "the second prompt to end")
        assert not await left_over(engine, legs)
        await hear_each_other(alice, bob)

        await ari.part(room, legs[0])
        await ari.play(third, legs[0], long)
        await until(lambda: alice.phone.hears(PROMPT) > -35 and alice.misses(bob), "Alice to be told, apart")
        await ari.stop_playing(third)
        await until(lambda: over(third), "the third prompt to end")
    ends = [one for one in heard if isinstance(one, PlaybackEnded)]
    assert [(one.playback, one.leg, one.done) for one in ends] == [
        (first, legs[0], True),
        (second, legs[0], True),
        (third, legs[0], True),
    ]


async def test_a_prompt_to_one_party_parts_it_from_nobody_with_our_server(tmp_path: Path) -> None:
    async with ours(tmp_path) as engine, Handset(440, "13800000001") as alice, Handset(1000, "12345") as bob:
        await parts_nobody(engine, alice, bob, OUR_BUSY)


@pytest.mark.asterisk
async def test_a_prompt_to_one_party_parts_it_from_nobody_with_asterisk() -> None:
    with asterisk_running() as ports:
        async with asterisk(ports) as engine, Handset(440, "13800000001") as alice, Handset(1000, "12345") as bob:
            await parts_nobody(engine, alice, bob, THEIR_BUSY)
