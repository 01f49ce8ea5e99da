"""RTP and RTCP of strangers, before a leg has found its peer and after: never heard, and never answered with sound."""

from __future__ import annotations

import asyncio
import dataclasses
import socket
import struct
from collections.abc import Iterator

import pytest

from yuqiao.media.tests.mixer.conftest import Studio, hears_exactly, until
from yuqiao.media.tests.mixer.phone import EVENTS, Phone, rtp

ALICE, BOB = 440.0, 1000.0
TONES = {ALICE, BOB}
#: A receiver report without blocks and an SDES with an empty CNAME (RFC 3550 6.4.2, 6.5).
REPORT = struct.pack("!BBHI", 0x80, 201, 1, 440) + struct.pack("!BBHIBBH", 0x81, 202, 2, 440, 1, 0, 0)


@pytest.fixture
def eve() -> Iterator[socket.socket]:
    """A stranger's socket on another host; whoever she pretends to be, answers would come here."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.2", 0))
        sock.setblocking(False)
        yield sock


def is_sent_nothing(sock: socket.socket) -> bool:
    try:
        sock.recv(2048)
    except BlockingIOError:
        return True
    return False


async def test_a_stranger_cannot_have_a_legs_sound_sent_to_itself_or_a_third_party_before_the_peer_talks(
    studio: Studio, eve: socket.socket
) -> None:
    """SDP's address is mute (the peer is behind a NAT): only the host that signals may take its place, however many
    good packets others send, with whatever source they forge."""
    with Phone(ALICE) as alice, Phone(BOB) as bob, Phone(0) as private:
        address = await studio.pool.open_leg("alice")
        audio = dataclasses.replace(private.audio, remote=("127.0.0.9", 9), peer_host="127.0.0.1")
        await studio.pool.set_audio("alice", audio)
        await studio.pool.join("alice", "call")
        await studio.connect("bob", bob, "call")
        for number in range(60):  # no burst, but as a voice does
            eve.sendto(rtp(8, number, number * 160, 7, b"\xd5" * 160), address)
            eve.sendto(REPORT, (address[0], address[1] + 1))
            await asyncio.sleep(0.01)
        seen = len(bob.heard)
        await until(lambda: len(bob.heard) > seen + 30)
        assert is_sent_nothing(eve)
        await hears_exactly(bob, set(), TONES)
        alice.talk_to(address)  # from where the signalling comes, another port than SDP's
        await hears_exactly(bob, {ALICE}, TONES)
        await hears_exactly(alice, {BOB}, TONES)
        assert is_sent_nothing(eve)


async def test_a_stranger_who_copies_the_peers_stream_is_not_heard_after_it(studio: Studio, eve: socket.socket) -> None:
    """The right SSRC, sequence numbers and timestamps, keys and a BYE in her name: the kernel drops them."""
    with Phone(ALICE) as alice, Phone(BOB) as bob:
        await studio.connect("alice", alice, "call")
        await studio.connect("bob", bob, "call")
        await hears_exactly(bob, {ALICE}, TONES)
        address = alice.peer
        assert address is not None
        bye = REPORT + struct.pack("!BBHI", 0x81, 203, 1, alice.ssrc)
        for number in range(100):
            eve.sendto(rtp(8, alice.seq + number, alice.timestamp + number * 160, alice.ssrc, b"\x2a" * 160), address)
            eve.sendto(rtp(EVENTS, alice.seq + number, alice.timestamp, alice.ssrc, b"\x05\x8a\x03\x20"), address)
            eve.sendto(bye, address)
            eve.sendto(bye, (address[0], address[1] + 1))
        seen = len(bob.heard)
        await until(lambda: len(bob.heard) > seen + 30)
        await hears_exactly(bob, {ALICE}, TONES)
        assert not studio.of_kind("digit")
        assert not studio.of_kind("rtp-lost")
        assert is_sent_nothing(eve)


async def test_sound_goes_to_nobody_where_sdp_named_nobody(studio: Studio, eve: socket.socket) -> None:
    """A leg that is not yet answered, or held by 0.0.0.0, sends nothing and listens to nobody, whoever knocks."""
    with Phone(ALICE) as alice:
        await studio.connect("alice", alice, "call")
        address = await studio.pool.open_leg("silent", beside="alice")
        held = dataclasses.replace(alice.audio, remote=("0.0.0.0", 9), send=False)  # noqa: S104 - RFC 3264 8.4
        await studio.pool.set_audio("silent", held)
        await studio.pool.join("silent", "call")
        for number in range(100):
            eve.sendto(rtp(8, number, number * 160, 7, b"\x2a" * 160), address)
            eve.sendto(REPORT, (address[0], address[1] + 1))
        seen = len(alice.heard)
        await until(lambda: len(alice.heard) > seen + 30)
        await hears_exactly(alice, set(), TONES)
        assert is_sent_nothing(eve)
