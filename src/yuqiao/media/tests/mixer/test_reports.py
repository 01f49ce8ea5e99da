"""RTCP with a peer: what it is told, what it tells, on the port of RTP and on the one after it."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from yuqiao.media import rtcp
from yuqiao.media.ports import Address, AudioParameters
from yuqiao.media.tests.mixer.conftest import Studio, until
from yuqiao.media.tests.mixer.phone import Packet, Phone

ALICE, BOB = 440.0, 1000.0
PATIENCE = 12.0
THERE_AND_BACK = 0.15


class Reporter:
    """The RTCP of a phone on a port of its own."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, 0))
        self.socket.setblocking(False)
        self.port = self.socket.getsockname()[1]
        self.heard: list[tuple[float, bytes]] = []

    def listen(self) -> list[tuple[float, bytes]]:
        """Return every report heard so far."""
        try:
            while True:
                self.heard.append((time.monotonic(), self.socket.recv(2048)))
        except BlockingIOError:
            return self.heard


@contextmanager
def reporter(host: str = "127.0.0.1") -> Iterator[Reporter]:
    one = Reporter(host)
    try:
        yield one
    finally:
        one.socket.close()


def mixed(phone: Phone) -> list[tuple[float, bytes]]:
    """Return the RTCP among what a phone heard."""
    return [(at, packet) for at, packet in phone.heard if 192 <= packet[1] <= 223]


def after(address: Address) -> Address:
    return address[0], address[1] + 1


def answer_to(report: bytes, ssrc: int, lost: int) -> bytes:
    """A receiver report of ``ssrc`` upon a sender report that just came."""
    said = rtcp.read(report)
    assert said is not None
    assert said.sent is not None
    block = rtcp.Block(said.ssrc, 0, lost, 1, 80, said.sent, 0)
    return rtcp.write(ssrc, "phone", time.time(), None, block)


async def test_loss_jitter_and_round_trip_of_a_leg_are_measured_and_reported(studio: Studio) -> None:
    """Alice has a port for RTCP and a line that loses a tenth; Bob's RTCP shares the port of RTP."""
    dice = random.Random(4)

    def lose(packets: list[Packet]) -> list[Packet]:
        return [] if dice.random() < 0.1 else packets

    with Phone(ALICE, deliver=lose) as alice, Phone(BOB) as bob, reporter() as control:
        place = await studio.pool.open_leg("alice")
        await studio.pool.set_audio("alice", replace(alice.audio, rtcp_port=control.port))
        alice.talk_to(place)
        other = await studio.pool.open_leg("bob")
        await studio.pool.set_audio("bob", replace(bob.audio, rtcp_mux=True))
        bob.talk_to(other)
        await until(lambda: bool(control.listen()) and bool(mixed(bob)), PATIENCE)

        said = rtcp.read(control.heard[0][1])
        assert said is not None
        assert said.sent is not None
        assert [block.ssrc for block in said.blocks] == [alice.ssrc]
        assert 3 < said.blocks[0].fraction / 2.56 < 25  # of 100
        assert said.blocks[0].lost > 0
        assert mixed(alice) == []  # nothing of it on the port of RTP

        await asyncio.sleep(THERE_AND_BACK)
        # The one whose first report came first has waited for the other's as well, which takes up to some seconds.
        there_and_back = {
            name: (time.monotonic() - heard) * 1000
            for name, heard in (("alice", control.heard[0][0]), ("bob", mixed(bob)[0][0]))
        }
        control.socket.sendto(answer_to(control.heard[0][1], alice.ssrc, lost=3), after(place))
        bob.socket.sendto(answer_to(mixed(bob)[0][1], bob.ssrc, lost=0), other)
        figures: dict[str, dict[str, float]] = {}

        async def told() -> bool:
            for name in ("alice", "bob"):
                figures[name] = dict(await studio.pool.statistics(name))
            return all("round_trip_ms" in each for each in figures.values())

        deadline = time.monotonic() + 5
        while not await told():
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
        for name in ("alice", "bob"):
            assert there_and_back[name] <= figures[name]["round_trip_ms"] < there_and_back[name] + 1000
            assert figures[name]["jitter_there_ms"] == 10
        assert figures["alice"]["lost_there"] == 3
        assert figures["bob"]["lost_there"] == 0
        assert figures["alice"]["lost"] > 3
        assert figures["alice"]["concealed_ms"] > 60
        assert figures["bob"]["lost"] == 0
        assert int(figures["bob"]["ssrc_in"]) == bob.ssrc

        closed = await studio.pool.close_leg("alice")
        assert closed["lost"] >= figures["alice"]["lost"]
        await until(lambda: any((rtcp.read(packet) or said).bye for _, packet in control.listen()))


async def test_reports_of_strangers_are_no_reports(studio: Studio) -> None:
    """Whoever is not where the leg's RTP comes from neither reports nor is reported to."""
    with Phone(ALICE) as alice, reporter() as control, reporter("127.0.0.2") as mallory:
        place = await studio.pool.open_leg("alice")
        await studio.pool.set_audio("alice", replace(alice.audio, rtcp_port=control.port))
        alice.talk_to(place)
        await until(lambda: bool(control.listen()), PATIENCE)
        forged = answer_to(control.heard[0][1], alice.ssrc, lost=500)
        heard = len(control.heard)
        mallory.socket.sendto(forged, after(place))
        mallory.socket.sendto(b"\x80\xc9\xff\xff", after(place))
        await until(lambda: len(control.listen()) > heard, PATIENCE)
        figures = await studio.pool.statistics("alice")
        assert "lost_there" not in figures
        assert "round_trip_ms" not in figures
        assert mallory.listen() == []


async def test_garbage_on_the_port_of_rtcp_harms_nobody(studio: Studio) -> None:
    with Phone(ALICE) as alice, reporter() as control:
        place = await studio.pool.open_leg("alice")
        await studio.pool.set_audio("alice", replace(alice.audio, rtcp_port=control.port))
        alice.talk_to(place)
        dice = random.Random(9)
        good = rtcp.write(1, "x", time.time(), rtcp.Sent(1, 2, 3), rtcp.Block(1, 2, 3, 4, 5, 6, 7))
        for size in range(120):
            control.socket.sendto(dice.randbytes(size), after(place))
            control.socket.sendto(good[:size] + dice.randbytes(8), after(place))
            alice.socket.sendto(b"\x81\xc9" + struct.pack("!H", size) + dice.randbytes(size % 40), place)
        await until(lambda: bool(control.listen()), PATIENCE)
        assert (await studio.pool.statistics("alice"))["packets_in"] > 0
        assert alice.peer == place
        assert studio.of_kind("rtp-lost") == []


async def test_who_wants_no_reports_gets_none(studio: Studio) -> None:
    """External media: the port after that of its RTP belongs to somebody else."""
    with Phone(0) as ear, Phone(BOB) as bob, reporter() as neighbour:
        await studio.pool.open_leg("ear")
        audio = AudioParameters(("127.0.0.1", neighbour.port - 1), 8, None, receive=False, rtcp_port=0)
        await studio.pool.set_audio("ear", audio)
        place = await studio.pool.open_leg("bob")
        await studio.pool.set_audio("bob", replace(bob.audio, rtcp_mux=True))
        bob.talk_to(place)
        await until(lambda: len(mixed(bob)) >= 2, PATIENCE)  # the second comes later than the latest first
        assert neighbour.listen() == []
        await studio.pool.close_leg("ear")
        assert neighbour.listen() == []
        assert ear.heard == []
