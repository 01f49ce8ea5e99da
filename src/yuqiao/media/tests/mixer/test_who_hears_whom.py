"""Alice (440 Hz), Bob (1000 Hz) and Charlie (1700 Hz): each hears exactly the others."""

from __future__ import annotations

import pytest

from yuqiao.lib.g711 import PCMA, PCMU
from yuqiao.media.ports import AudioParameters, MixerError
from yuqiao.media.tests.mixer.conftest import Studio, hears_exactly
from yuqiao.media.tests.mixer.phone import Phone

ALICE, BOB, CHARLIE = 440.0, 1000.0, 1700.0
TONES = {ALICE, BOB, CHARLIE}


@pytest.mark.parametrize("laws", [(PCMA, PCMA, PCMA), (PCMA, PCMU, PCMA), (PCMU, PCMU, PCMU)])
async def test_three_hear_each_other_but_not_themselves(studio: Studio, laws: tuple[int, int, int]) -> None:
    with Phone(ALICE, laws[0]) as alice, Phone(BOB, laws[1]) as bob, Phone(CHARLIE, laws[2]) as charlie:
        for name, phone in (("alice", alice), ("bob", bob), ("charlie", charlie)):
            await studio.connect(name, phone, "call")
        await hears_exactly(alice, {BOB, CHARLIE}, TONES)
        await hears_exactly(bob, {ALICE, CHARLIE}, TONES)
        await hears_exactly(charlie, {ALICE, BOB}, TONES)


async def test_who_leaves_is_alone_and_who_joins_another_hears_only_them(studio: Studio) -> None:
    with Phone(ALICE) as alice, Phone(BOB) as bob, Phone(CHARLIE) as charlie:
        for name, phone in (("alice", alice), ("bob", bob), ("charlie", charlie)):
            await studio.connect(name, phone, "call")
        await hears_exactly(alice, {BOB, CHARLIE}, TONES)
        await studio.pool.leave("alice")
        await hears_exactly(alice, set(), TONES)
        await hears_exactly(bob, {CHARLIE}, TONES)
        await studio.pool.join("bob", "another")
        await studio.pool.join("alice", "another")
        await hears_exactly(alice, {BOB}, TONES)
        await hears_exactly(charlie, set(), TONES)
        counters = await studio.pool.counters()
        assert (counters["legs"], counters["conferences"]) == (3, 2)


async def test_the_muted_are_not_heard_but_hear(studio: Studio) -> None:
    with Phone(ALICE) as alice, Phone(BOB) as bob:
        await studio.connect("alice", alice, "call")
        await studio.connect("bob", bob, "call")
        await hears_exactly(bob, {ALICE}, TONES)
        await studio.pool.mute("alice", muted=True)
        await hears_exactly(bob, set(), TONES)
        await hears_exactly(alice, {BOB}, TONES)
        await studio.pool.mute("alice", muted=False)
        await hears_exactly(bob, {ALICE}, TONES)


async def test_a_closed_leg_is_gone_and_tells_what_it_counted(studio: Studio) -> None:
    with Phone(ALICE) as alice, Phone(BOB) as bob:
        await studio.connect("alice", alice, "call")
        await studio.connect("bob", bob, "call")
        await hears_exactly(bob, {ALICE}, TONES)
        counters = await studio.pool.close_leg("alice")
        assert counters["packets_in"] > 15
        assert counters["packets_out"] > 15
        assert (counters["lost"], counters["malformed"]) == (0, 0)
        await hears_exactly(bob, set(), TONES)
        with pytest.raises(MixerError):
            await studio.pool.join("alice", "call")


async def test_on_hold_nothing_is_sent_and_on_resume_it_is(studio: Studio) -> None:
    with Phone(ALICE) as alice, Phone(BOB) as bob:
        await studio.connect("alice", alice, "call")
        await studio.connect("bob", bob, "call")
        await hears_exactly(alice, {BOB}, TONES)
        held = AudioParameters(alice.audio.remote, PCMA, 101, send=False, receive=False)
        await studio.pool.set_audio("alice", held)
        await hears_exactly(bob, set(), TONES)
        count = len(alice.heard)
        await hears_exactly(bob, set(), TONES)
        assert len(alice.heard) <= count + 1
        await studio.pool.set_audio("alice", alice.audio)
        await hears_exactly(alice, {BOB}, TONES)
        await hears_exactly(bob, {ALICE}, TONES)
