"""Media is taken from one address only: the one in SDP, or, if that is mute, the first that really sends."""

from __future__ import annotations

import pytest

from yuqiao.lib.g711 import PCMA
from yuqiao.media.ports import AudioParameters, MixerError
from yuqiao.media.tests.mixer.conftest import Studio, hears_exactly, until
from yuqiao.media.tests.mixer.phone import Phone

ALICE, BOB, MALLORY = 440.0, 1000.0, 1700.0
TONES = {ALICE, BOB, MALLORY}


async def test_a_stranger_is_not_heard_once_the_peer_talks(studio: Studio) -> None:
    with Phone(ALICE) as alice, Phone(BOB) as bob, Phone(MALLORY) as mallory:
        await studio.connect("alice", alice, "call")
        await studio.connect("bob", bob, "call")
        await hears_exactly(bob, {ALICE}, TONES)
        assert alice._to is not None
        mallory.talk_to(alice._to)
        sent = mallory.seq
        await until(lambda: mallory.seq > sent + 40)
        await hears_exactly(bob, {ALICE}, TONES)
        assert mallory.heard == []


async def test_a_stranger_who_is_first_has_no_chance_while_the_peer_talks(studio: Studio) -> None:
    with Phone(ALICE) as alice, Phone(BOB) as bob, Phone(MALLORY) as mallory:
        address = await studio.pool.open_leg("alice")
        mallory.talk_to(address)
        sent = mallory.seq
        await until(lambda: mallory.seq > sent + 20)
        await studio.pool.set_audio("alice", alice.audio)
        alice.talk_to(address)
        await studio.pool.join("alice", "call")
        await studio.connect("bob", bob, "call")
        await hears_exactly(bob, {ALICE}, TONES)
        assert mallory.heard == []


async def test_a_peer_behind_a_nat_is_found_and_talked_to_where_it_is(studio: Studio) -> None:
    with Phone(ALICE) as alice, Phone(BOB) as bob, Phone(MALLORY) as mallory, Phone(0) as private:
        address = await studio.pool.open_leg("alice")
        await studio.pool.set_audio("alice", private.audio)  # what SDP says, where nobody talks
        await studio.pool.join("alice", "call")
        await studio.connect("bob", bob, "call")
        alice.talk_to(address)
        await hears_exactly(bob, {ALICE}, TONES)
        await hears_exactly(alice, {BOB}, TONES)
        mallory.talk_to(address)
        sent = mallory.seq
        await until(lambda: mallory.seq > sent + 40)
        await hears_exactly(bob, {ALICE}, TONES)


async def test_a_changed_address_is_followed(studio: Studio) -> None:
    with Phone(ALICE) as alice, Phone(MALLORY) as moved, Phone(BOB) as bob:
        await studio.connect("alice", alice, "call")
        await studio.connect("bob", bob, "call")
        await hears_exactly(bob, {ALICE}, TONES)
        address = alice._to
        assert address is not None
        await studio.pool.set_audio("alice", moved.audio)
        moved.talk_to(address)
        await hears_exactly(bob, {MALLORY}, TONES)
        await hears_exactly(moved, {BOB}, TONES)


async def test_addresses_that_are_none_are_refused_or_not_sent_to(studio: Studio) -> None:
    await studio.pool.open_leg("alice")
    with pytest.raises(MixerError, match="no IP address"):
        await studio.pool.set_audio("alice", AudioParameters(("example.invalid", 4000), PCMA, None))
    with pytest.raises(MixerError, match="neither"):
        await studio.pool.set_audio("alice", AudioParameters(("127.0.0.1", 4000), 9, None))
    await studio.pool.set_audio("alice", AudioParameters(("0.0.0.0", 4000), PCMA, None))  # noqa: S104 - hold, RFC 3264
    before = (await studio.pool.counters())["ticks"]
    await studio.event("rtp-lost")
    counters = await studio.pool.counters()
    assert counters["ticks"] > before
    assert counters["packets_out"] == 0
