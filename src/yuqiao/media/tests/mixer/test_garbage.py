"""Garbage on the RTP ports: counted for each leg, dropped, and nobody else notices."""

from __future__ import annotations

import os
import random

from yuqiao.lib.g711 import PCMA
from yuqiao.media.tests.mixer.conftest import Studio, hears_exactly, until
from yuqiao.media.tests.mixer.phone import Phone, rtp

ALICE, BOB = 440.0, 1000.0
TONES = {ALICE, BOB}

GARBAGE = [
    b"",
    b"\x80",
    b"\0" * 11,
    b"\x40" + bytes(171),  # version 1
    b"GET / HTTP/1.1\r\n\r\n",
    b"\xb0\x08" + bytes(10),  # an extension that is not there
    b"\xa0\x08" + bytes(9) + b"\xff",  # more padding than packet
    rtp(PCMA, 1, 1, 1, bytes(4000)),
    os.urandom(60000),
]


async def test_garbage_from_the_peer_is_counted_and_the_call_goes_on(studio: Studio) -> None:
    with Phone(ALICE) as alice, Phone(BOB) as bob:
        await studio.connect("alice", alice, "call")
        await studio.connect("bob", bob, "call")
        await hears_exactly(bob, {ALICE}, TONES)
        to = alice._to
        assert to is not None
        for datagram in GARBAGE[:-1]:
            alice.socket.sendto(datagram, to)
        seen = len(bob.heard)
        await until(lambda: len(bob.heard) > seen + 30)
        await hears_exactly(bob, {ALICE}, TONES)
        counters = await studio.pool.counters()
        assert counters["malformed"] == len(GARBAGE) - 1
        assert (await studio.pool.close_leg("alice"))["malformed"] == len(GARBAGE) - 1
        assert (await studio.pool.close_leg("bob"))["malformed"] == 0


async def test_random_bytes_from_everywhere_are_survived(studio: Studio) -> None:
    dice = random.Random(3)
    with Phone(ALICE) as alice, Phone(BOB) as bob, Phone(0) as stranger:
        await studio.connect("alice", alice, "call")
        await studio.connect("bob", bob, "call")
        to = alice._to
        assert to is not None
        unanswered = await studio.pool.open_leg("unanswered")
        for round_ in range(600):
            datagram = dice.randbytes(dice.randrange(300))
            if round_ % 2:
                datagram = bytes([0x80 | dice.randrange(64), dice.choice([0, 8, 101])]) + datagram
            for sender, target in ((alice, to), (stranger, to), (stranger, unanswered)):
                sender.socket.sendto(datagram, target)
            if round_ % 30 == 29:
                seen = len(bob.heard)
                await until(lambda seen=seen: len(bob.heard) > seen + 1)  # type: ignore[misc]
        await hears_exactly(alice, {BOB}, TONES)
        await hears_exactly(bob, {ALICE}, TONES)
        counters = await studio.pool.counters()
        assert counters["malformed"] > 100
        assert counters["workers"] == 1
        assert studio.of_kind("worker-died") == []
