"""A supervisor (2100 Hz) listens to Alice (440 Hz), who talks with Bob (1000 Hz), and whispers to her alone."""

from __future__ import annotations

import pytest

from yuqiao.media.ports import MixerError
from yuqiao.media.tests.mixer.conftest import Studio, hears_exactly
from yuqiao.media.tests.mixer.phone import Phone

ALICE, BOB, SUPERVISOR = 440.0, 1000.0, 2100.0
TONES = {ALICE, BOB, SUPERVISOR}

#: (spy, whisper): what the supervisor, Alice and Bob hear then.
HEARD = {
    ("both", "none"): ({ALICE, BOB}, {BOB}, {ALICE}),
    ("in", "none"): ({ALICE}, {BOB}, {ALICE}),
    ("out", "none"): ({BOB}, {BOB}, {ALICE}),
    ("both", "out"): ({ALICE, BOB}, {BOB, SUPERVISOR}, {ALICE}),
    ("both", "in"): ({ALICE, BOB}, {BOB}, {ALICE, SUPERVISOR}),
    ("both", "both"): ({ALICE, BOB}, {BOB, SUPERVISOR}, {ALICE, SUPERVISOR}),
    ("none", "out"): (set(), {BOB, SUPERVISOR}, {ALICE}),
}


async def tapped(studio: Studio, alice: Phone, bob: Phone, supervisor: Phone) -> None:
    await studio.connect("alice", alice, "call")
    await studio.connect("bob", bob, "call")
    await studio.connect("supervisor", supervisor, "aside")


@pytest.mark.parametrize(("way", "heard"), HEARD.items())
async def test_who_hears_whom(studio: Studio, way: tuple[str, str], heard: tuple[set[float], ...]) -> None:
    with Phone(ALICE) as alice, Phone(BOB) as bob, Phone(SUPERVISOR) as supervisor:
        await tapped(studio, alice, bob, supervisor)
        await studio.pool.tap("tap", "alice", spy=way[0], whisper=way[1])
        await studio.pool.join("tap", "aside")
        for phone, tones in zip((supervisor, alice, bob), heard, strict=True):
            await hears_exactly(phone, tones, TONES)


async def test_two_listen_at_the_same_leg_and_neither_hears_the_other_whisper(studio: Studio) -> None:
    with Phone(ALICE) as alice, Phone(BOB) as bob, Phone(SUPERVISOR) as supervisor, Phone(1500.0) as second:
        await tapped(studio, alice, bob, supervisor)
        await studio.connect("second", second, "other aside")
        for tap, room in (("tap", "aside"), ("tap two", "other aside")):
            await studio.pool.tap(tap, "alice", spy="both", whisper="out")
            await studio.pool.join(tap, room)
        everybody = {*TONES, 1500.0}
        await hears_exactly(alice, {BOB, SUPERVISOR, 1500.0}, everybody)
        await hears_exactly(supervisor, {ALICE, BOB}, everybody)
        await hears_exactly(second, {ALICE, BOB}, everybody)
        await hears_exactly(bob, {ALICE}, everybody)


async def test_a_tap_that_is_closed_is_heard_no_more_and_the_call_goes_on(studio: Studio) -> None:
    with Phone(ALICE) as alice, Phone(BOB) as bob, Phone(SUPERVISOR) as supervisor:
        await tapped(studio, alice, bob, supervisor)
        await studio.pool.tap("tap", "alice", spy="both", whisper="out")
        await studio.pool.join("tap", "aside")
        await hears_exactly(alice, {BOB, SUPERVISOR}, TONES)
        await studio.pool.close_leg("tap")
        await hears_exactly(alice, {BOB}, TONES)
        await hears_exactly(supervisor, set(), TONES)


async def test_a_tap_whose_leg_is_gone_is_silent_and_hears_nobody_who_takes_the_place(studio: Studio) -> None:
    with Phone(ALICE) as alice, Phone(BOB) as bob, Phone(SUPERVISOR) as supervisor:
        await tapped(studio, alice, bob, supervisor)
        await studio.pool.tap("tap", "alice", spy="both", whisper="out")
        await studio.pool.join("tap", "aside")
        await hears_exactly(supervisor, {ALICE, BOB}, TONES)
        await studio.pool.close_leg("alice")
        with Phone(ALICE) as again:
            await studio.connect("again", again, "call")
            await hears_exactly(again, {BOB}, TONES)
            await hears_exactly(supervisor, set(), TONES)
        await studio.pool.close_leg("tap")


async def test_what_cannot_be_tapped_is_refused(studio: Studio) -> None:
    with Phone(ALICE) as alice:
        await studio.connect("alice", alice)
        await studio.pool.tap("tap", "alice", spy="in", whisper="none")
        for tap, leg, spy in (
            ("tap", "alice", "in"),
            ("two", "tap", "in"),
            ("two", "nobody", "in"),
            ("two", "alice", "up"),
        ):
            with pytest.raises(MixerError):
                await studio.pool.tap(tap, leg, spy=spy, whisper="none")
        with pytest.raises(MixerError):
            await studio.pool.set_audio("tap", alice.audio)
        assert (await studio.pool.counters())["legs"] == 2
