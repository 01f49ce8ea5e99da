"""Keys pressed and peers gone silent are told."""

from __future__ import annotations

from yuqiao.media.tests.mixer.conftest import Studio, hears_exactly, until
from yuqiao.media.tests.mixer.phone import NOT_HEARD, Phone

ALICE, BOB = 440.0, 1000.0
TONES = {ALICE, BOB}


async def test_each_key_is_told_once_and_not_heard(studio: Studio) -> None:
    with Phone(0) as alice, Phone(BOB) as bob:
        await studio.connect("alice", alice, "call")
        await studio.connect("bob", bob, "call")
        await until(lambda: len(bob.heard) > 25)
        for key in "*1#":
            alice.press(key)
        await studio.event("digit", 3)
        assert [(event.leg, event.value, event.duration_ms) for event in studio.of_kind("digit")] == [
            ("alice", "*", 100),
            ("alice", "1", 100),
            ("alice", "#", 100),
        ]
        assert max(abs(bob.last(0.5))) <= 8


async def test_a_key_whose_end_is_lost_is_told_all_the_same(studio: Studio) -> None:
    with Phone(ALICE) as alice:
        await studio.connect("alice", alice)
        alice.press("7", ends=0)
        event = await studio.event("digit")
        assert (event.value, event.duration_ms) == ("7", 100)


async def test_silence_is_told_once_and_again_after_talking(studio: Studio) -> None:
    """The fixture's time-out is one second."""
    with Phone(ALICE) as alice, Phone(BOB) as bob:
        await studio.connect("alice", alice, "call")
        await studio.connect("bob", bob, "call")
        await hears_exactly(bob, {ALICE}, TONES)
        to = alice._to
        assert to is not None
        assert studio.of_kind("rtp-lost") == []
        alice.hush()
        assert (await studio.event("rtp-lost")).leg == "alice"
        await until(lambda: len(bob.heard) > 200)
        assert bob.hears(ALICE) < NOT_HEARD
        assert len(studio.of_kind("rtp-lost")) == 1
        alice.talk_to(to)
        await hears_exactly(bob, {ALICE}, TONES)
        alice.hush()
        assert (await studio.event("rtp-lost", 2)).leg == "alice"


async def test_a_leg_that_nobody_answered_yet_is_not_missed(studio: Studio) -> None:
    await studio.pool.open_leg("ringing")
    with Phone(0) as mute:
        await studio.connect("answered", mute)
        await studio.event("rtp-lost")
    assert [event.leg for event in studio.of_kind("rtp-lost")] == ["answered"]
