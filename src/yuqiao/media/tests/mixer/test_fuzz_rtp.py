"""Broken RTP, RTCP and telephone-events out of real ones, from a call's own peer and from strangers: the worker lives,
its memory stays, other calls hear no gap, and this one goes on when the peer comes to its senses."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from pathlib import Path

import pytest

from yuqiao.lib.tone import snr_of
from yuqiao.media.ports import Address
from yuqiao.media.tests.corpus.mutation import Mutator, corpus
from yuqiao.media.tests.mixer.conftest import Studio, hears_exactly, until
from yuqiao.media.tests.mixer.phone import EVENTS, Phone, rtp

pytestmark = pytest.mark.live

ALICE, BOB, CAROL, DAVE = 440.0, 1000.0, 1700.0, 2300.0
TONES = {ALICE, BOB, CAROL, DAVE}
RTP, RTCP = list(corpus("rtp").values()), list(corpus("rtcp").values())
KEYS = [rtp(EVENTS, seq, 5000, 440, bytes([seq % 18, 128 * (seq % 2) | 10, seq % 256, 160])) for seq in range(40)]
#: Sender reports are rarer than short calls last: written after RFC 3550 6.4.1, with one report block.
SENDER = struct.pack(
    "!BBHIIIIIIIIIIII",
    0x81,
    200,
    12,
    440,
    0xECCB1D0E,
    1 << 31,
    5000,
    50,
    8000,
    1088,
    1 << 24 | 2,
    1300,
    12,
    1 << 16,
    600,
)
MOST_KILOBYTES = 12_000


def stranger_at(host: str) -> socket.socket:
    """A socket of somebody who is in no call."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((host, 0))
    sock.setblocking(False)
    return sock


def resident(pid: int) -> int:
    """Kilobytes of memory that a process holds."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


async def throw(studio: Studio, packets: Mutator, senders: list[socket.socket], targets: list[Address]) -> None:
    """Send for `mutation.SECONDS` from every sender to every target, some four thousand datagrams a second."""
    for number, data in packets.within():
        for sender in senders:
            for target in targets:
                sender.sendto(data[:1400] if number % 97 else data, target)
        if number % 20 == 19:
            await asyncio.sleep(0.005)
            assert studio.of_kind("worker-died") == [], f"seed {packets.seed}, messages up to {number}"


@pytest.mark.parametrize("kind", ["rtp", "rtcp", "keys"])
async def test_mutated_packets_disturb_nobody_else_and_leave_nothing(kind: str, studio: Studio) -> None:
    packets = Mutator({"rtp": RTP, "rtcp": [*RTCP, SENDER], "keys": [*KEYS, *RTP]}[kind])
    with (
        Phone(ALICE) as alice,
        Phone(BOB) as bob,
        Phone(CAROL) as carol,
        Phone(DAVE) as dave,
        stranger_at("127.0.0.2") as stranger,
    ):
        for name, phone, call in (("a", alice, "one"), ("b", bob, "one"), ("c", carol, "two"), ("d", dave, "two")):
            await studio.connect(name, phone, call)
        await hears_exactly(bob, {ALICE}, TONES)
        await hears_exactly(dave, {CAROL}, TONES)
        unanswered = await studio.pool.open_leg("unanswered", beside="a")
        mine, others = alice.peer, carol.peer
        assert mine is not None
        assert others is not None
        ports = [mine, (mine[0], mine[1] + 1)]  # RTP, and where RTCP is heard if not there
        before, began = resident(studio.pool.pids[0]), len(dave.heard)
        started = time.monotonic()
        await throw(studio, packets, [alice.socket], ports)
        await throw(studio, packets, [stranger], [*ports, unanswered, others, (others[0], others[1] + 1)])
        seconds = time.monotonic() - started
        heard = dave.last((len(dave.heard) - began) / 50)
        assert len(heard) / 8000 > seconds - 0.5
        assert snr_of(heard, CAROL) > 12  # one silent frame in twenty would be too many
        with pytest.raises(BlockingIOError):
            stranger.recv(2048)  # neither sound nor reports
        await hears_exactly(bob, {ALICE}, TONES)
        await hears_exactly(alice, {BOB}, TONES)
        counters = await studio.pool.counters()
        assert counters["malformed"] > 50 or kind == "rtcp"
        assert counters["workers"] == 1
        await until(lambda: resident(studio.pool.pids[0]) - before < MOST_KILOBYTES)
        for name in ("a", "b", "c", "d", "unanswered"):
            await studio.pool.close_leg(name)
        assert {event.value for event in studio.of_kind("digit")} <= set("0123456789*#ABCD")
