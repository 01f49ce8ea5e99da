"""A leg's gain: what the others hear of it, and what it hears."""

from __future__ import annotations

import math

import pytest

from yuqiao.media.ari.volume import gain_of
from yuqiao.media.ports import MixerError
from yuqiao.media.tests.mixer.conftest import Studio, until
from yuqiao.media.tests.mixer.phone import Phone

ALICE, BOB = 440.0, 1000.0


async def test_what_a_leg_says_and_hears_is_amplified_by_itself_alone(studio: Studio) -> None:
    with Phone(ALICE) as alice, Phone(BOB) as bob:
        await studio.connect("alice", alice, "call")
        await studio.connect("bob", bob, "call")
        await studio.pool.gain("alice", "said", 2.0)
        await until(lambda: len(bob.heard) > 25 and abs(bob.hears(ALICE) - (-15 + 6.02)) < 0.3)
        await until(lambda: len(alice.heard) > 25 and abs(alice.hears(BOB) + 15) < 0.3)
        await studio.pool.gain("alice", "heard", 0.25)
        await until(lambda: abs(alice.hears(BOB) - (-15 - 12.04)) < 0.5)
        await until(lambda: abs(bob.hears(ALICE) - (-15 + 6.02)) < 0.3)
        await studio.pool.gain("alice", "said", 1.0)
        await until(lambda: abs(bob.hears(ALICE) + 15) < 0.3)
        for direction, factor in (("said", 17.0), ("heard", -1.0), ("nowhere", 1.0)):
            with pytest.raises(MixerError, match="a gain is"):
                await studio.pool.gain("alice", direction, factor)  # type: ignore[arg-type]
        with pytest.raises(MixerError, match="no leg"):
            await studio.pool.gain("nobody", "said", 1.0)


@pytest.mark.parametrize(
    ("variable", "value", "gain"),
    [
        ("VOLUME(TX)", "2", ("heard", 2.0)),
        ("volume(rx)", "-4", ("said", 0.25)),
        ("VOLUME(RX)", "1.5", ("said", 1.5)),
        ("VOLUME(RX)", "1000", ("said", 16.0)),
        ("VOLUME(RX)", "-1000", ("said", 1 / 16)),
        ("VOLUME(TX)", "0", ("heard", 1.0)),
        ("VOLUME(TX)", "loud", ("heard", 1.0)),
        ("VOLUME(TX)", "nan", ("heard", 1.0)),
        ("VOLUME(TX)", str(math.inf), ("heard", 1.0)),
        ("VOLUME(XX)", "2", None),
        ("VOLUME", "2", None),
    ],
)
def test_volume_is_read_as_asterisk_reads_it(variable: str, value: str, gain: tuple[str, float] | None) -> None:
    assert gain_of(variable, value) == gain
