"""Comfort noise (RFC 3389): heard in the pauses of who asks for it, and only there."""

from __future__ import annotations

import numpy as np
import pytest

from yuqiao.lib.g711 import Samples
from yuqiao.media.comfort import AWAITED, ComfortNoise
from yuqiao.media.concealment import SILENT
from yuqiao.media.rtp import FRAME
from yuqiao.media.tests.mixer.conftest import Studio, until
from yuqiao.media.tests.mixer.phone import Packet, Phone, rtp

ALICE = 440.0


def loudness(samples: Samples) -> float:
    """Return dB below a square wave of full scale (dBov)."""
    power = float(np.mean(samples.astype(np.float64) ** 2))
    return float(10 * np.log10(max(power, 1e-3) / 32768**2))


def pause(noise: ComfortNoise, gap: int = SILENT, ticks: int = 50) -> Samples:
    frames = np.zeros((2, FRAME * ticks), dtype=np.int16)
    for at in range(ticks):
        noise.add(frames[:, at * FRAME : (at + 1) * FRAME], np.array([gap, 0]))
    assert not frames[1].any()
    heard: Samples = frames[0]
    return heard


@pytest.mark.parametrize(("said", "heard"), [(40, -40), (60, -60), (5, -30), (0x80 | 50, -50)])
def test_it_is_as_loud_as_the_peer_says_but_never_louder_than_30_db_below_full_scale(said: int, heard: float) -> None:
    noise = ComfortNoise(seed=3)
    noise.announce(0, bytes([said, 1, 2, 3]))
    assert abs(loudness(pause(noise)) - heard) < 1


def test_it_begins_when_speech_has_ended_and_ends_when_it_begins_again() -> None:
    noise = ComfortNoise(seed=3)
    noise.announce(0, b"\x28")
    assert not pause(noise, gap=0, ticks=3).any()  # what was said before is still being heard
    assert pause(noise).any()
    assert not pause(noise, gap=0, ticks=1).any()
    assert not pause(noise).any()  # a new pause wants a new word
    assert not noise


def test_it_swells_while_concealment_fades() -> None:
    noise = ComfortNoise(seed=3)
    noise.announce(0, b"\x28")
    assert loudness(pause(noise, gap=SILENT // 4)) < loudness(pause(noise)) - 10


def test_who_announces_it_and_goes_on_speaking_is_not_disturbed_later() -> None:
    noise = ComfortNoise(seed=3)
    noise.announce(0, b"\x28")
    noise.announce(0, b"")
    pause(noise, gap=0, ticks=AWAITED + 1)
    assert not noise
    assert not pause(noise).any()


async def test_a_phone_that_pauses_with_comfort_noise_is_heard_so_and_loses_nothing(studio: Studio) -> None:
    pausing = False

    def speak(packets: list[Packet]) -> list[Packet]:
        """While it pauses, say so with one packet in ten; the others are not sent, and their numbers not used."""
        if not pausing:
            return packets
        alice.seq -= 1
        if alice.timestamp % 1600:
            return []
        packet = rtp(13, alice.seq, alice.timestamp, alice.ssrc, b"\x2d")
        alice.seq += 1
        return [packet]

    with Phone(ALICE, deliver=speak, timestamp=0) as alice, Phone(0) as bob:
        await studio.connect("alice", alice, "call")
        await studio.connect("bob", bob, "call")
        await until(lambda: bob.hears(ALICE) > -17)
        pausing = True
        await until(lambda: abs(loudness(bob.last(0.4)) + 45) < 2)
        pausing = False
        await until(lambda: bob.hears(ALICE) > -17)
        assert (await studio.pool.close_leg("alice"))["lost"] == 0
