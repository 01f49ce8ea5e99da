"""Sealed legs and browsers' sockets in the compiled way: what libsrtp opens and seals, and what is no sound at all."""

from __future__ import annotations

import base64
import ipaddress
import secrets
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pylibsrtp import Policy, Session

from yuqiao.lib.g711 import PCMA
from yuqiao.media.desk import Desk
from yuqiao.media.in_step import Tables
from yuqiao.media.limits import LETTERS
from yuqiao.media.ports import Address, AudioParameters, Srtp
from yuqiao.media.reception import Reception
from yuqiao.media.ring import JitterRing
from yuqiao.media.rtp import FRAME, HEADER
from yuqiao.media.rtp_socket import PortRange
from yuqiao.media.speakers import MOST
from yuqiao.media.srtp import Seal
from yuqiao.media.tests.mixer.conftest import PORTS
from yuqiao.media.transmission import Transmission
from yuqiao.media.ways import Way, packed, unpacked

#: Suites and octets of their keys with salt (RFC 3711 8.2, RFC 7714 12).
SUITES = {
    "AES_CM_128_HMAC_SHA1_80": (Policy.SRTP_PROFILE_AES128_CM_SHA1_80, 30),
    "AES_CM_128_HMAC_SHA1_32": (Policy.SRTP_PROFILE_AES128_CM_SHA1_32, 30),
    "AEAD_AES_128_GCM": (Policy.SRTP_PROFILE_AEAD_AES_128_GCM, 28),
}
EVERY_SUITE = pytest.mark.parametrize("suite", SUITES)
LOOPBACKS = pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
ROW, SSRC = 1, 7
NOISE = np.random.default_rng(3).integers(-30000, 30000, (2, FRAME), dtype=np.int32)


class Peer:
    """Who has the keys at the other end, by pylibsrtp itself."""

    def __init__(self, suite: str) -> None:
        profile, octets = SUITES[suite]
        ours, theirs = (secrets.token_bytes(octets) for _ in range(2))
        self.keys = Srtp(suite, *(base64.b64encode(key).decode() for key in (ours, theirs)))
        self.incoming = Session(Policy(ours, Policy.SSRC_ANY_INBOUND, 0, profile))
        self.outgoing = Session(Policy(theirs, Policy.SSRC_ANY_OUTBOUND, 0, profile))


@contextmanager
def sockets(host: str = "127.0.0.1") -> Iterator[tuple[socket.socket, socket.socket]]:
    """A leg's and a peer's, both bound to ports of ``host``."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as ours, socket.socket(family, socket.SOCK_DGRAM) as theirs:
        for one in (ours, theirs):
            one.bind((host, 0))
            one.settimeout(5)
        yield ours, theirs


def address_of(one: socket.socket) -> Address:
    host, port = one.getsockname()[:2]
    return host, port


class Ear:
    """A leg that listens to ``ours`` in the way ``way``."""

    def __init__(self, ours: socket.socket, way: Way) -> None:
        self.ring = JitterRing(2)
        self.reception = Reception(2, self.ring)
        self.reception.open(ROW, ours.fileno(), ours.recv_into, 0)
        self.reception.listening[ROW] = True
        self.reception.reroute(ROW, ours.fileno(), way)

    def hear(self, count: int, send: Callable[[bytes], object], protect: Callable[[bytes], bytes]) -> list[bytes]:
        """Be sent ``count`` packets, one in each tick; return them in the clear."""
        said = []
        for number in range(count):
            payload = secrets.token_bytes(FRAME)
            said.append(struct.pack("!BBHII", 0x80, PCMA, number + 1, number * FRAME, SSRC) + payload)
            send(protect(said[-1]))
            self.reception.drain(number + 2, 2)  # two ticks of twenty measure arrivals; these too
        return said

    def counts(self) -> tuple[int, ...]:
        """Received, refused, replayed, malformed."""
        of = self.reception
        return tuple(int(one[ROW]) for one in (self.ring.received, of.refused, of.replayed, of.malformed))


@EVERY_SUITE
def test_what_is_sealed_is_opened_and_taken_in_as_any_other(suite: str) -> None:
    peer = Peer(suite)
    seal = Seal(peer.keys)
    with sockets() as (ours, theirs), sockets() as (plain, others):
        ear, other = Ear(ours, Way(ours.fileno(), seal.incoming)), Ear(plain, Way(plain.fileno()))
        frames = np.empty((2, 2, FRAME), dtype=np.int16)
        for number in range(30):
            payload = secrets.token_bytes(FRAME)
            packet = struct.pack("!BBHII", 0x80, PCMA, 65530 + number & 0xFFFF, number * FRAME, SSRC) + payload
            theirs.sendto(peer.outgoing.protect(packet), address_of(ours))
            others.sendto(packet, address_of(plain))
            for one, into in ((ear, frames[0]), (other, frames[1])):
                one.reception.drain(number, 2)
                one.ring.read(2, into)
            assert np.array_equal(frames[0], frames[1])
        assert frames[0, ROW].any()
        assert ear.counts() == other.counts() == (30, 0, 0, 0)


@EVERY_SUITE
def test_what_has_another_key_or_came_before_is_counted_and_not_heard(suite: str) -> None:
    peer, eve = Peer(suite), Peer(suite)
    with sockets() as (ours, theirs):
        ear = Ear(ours, Way(ours.fileno(), Seal(peer.keys).incoming))
        target = address_of(ours)
        sealed: list[bytes] = []

        def protect(packet: bytes) -> bytes:
            sealed.append(peer.outgoing.protect(packet))
            return sealed[-1]

        said = ear.hear(3, lambda packet: theirs.sendto(packet, target), protect)
        assert ear.counts() == (3, 0, 0, 0)
        for junk in (sealed[1], sealed[2], eve.outgoing.protect(said[0]), said[0], b"", b"\x80", bytes(1600)):
            theirs.sendto(junk, target)
        flipped = bytearray(sealed[0])
        flipped[-1] ^= 1
        theirs.sendto(flipped, target)
        ear.reception.drain(9, 2)
        received, refused, replayed, malformed = ear.counts()
        assert (received, malformed) == (3, 0)
        assert refused + replayed == 8
        assert replayed >= 2


@EVERY_SUITE
def test_reports_on_the_port_of_sound_are_opened_too(suite: str) -> None:
    peer = Peer(suite)
    report = struct.pack("!BBHI", 0x80, 201, 1, SSRC)  # an empty receiver report
    with sockets() as (ours, theirs):
        ear = Ear(ours, Way(ours.fileno(), Seal(peer.keys).incoming))
        theirs.sendto(peer.outgoing.protect_rtcp(report), address_of(ours))
        theirs.sendto(report, address_of(ours))
        ear.reception.drain(1, 2)
        assert [(row, packet) for row, packet, _ in ear.reception.reports] == [(ROW, report)]
        assert ear.counts() == (0, 1, 0, 0)


@LOOPBACKS
def test_letters_wait_with_their_senders_and_sound_goes_on_between_them(host: str) -> None:
    peer = Peer("AEAD_AES_128_GCM")
    with sockets(host) as (ours, theirs), sockets(host) as (_, stranger):
        ear = Ear(ours, Way(ours.fileno(), Seal(peer.keys).incoming, shared=True))
        target = address_of(ours)
        hello, check = b"\x16" + secrets.token_bytes(1300), b"\x00" + secrets.token_bytes(20)

        def send(packet: bytes) -> None:
            stranger.sendto(check, target)
            theirs.sendto(packet, target)
            theirs.sendto(hello, target)

        ear.hear(2, send, peer.outgoing.protect)
        assert ear.counts() == (2, 0, 0, 0)
        assert ear.reception.letters() == 2 * [(ROW, check, address_of(stranger)), (ROW, hello, address_of(theirs))]
        assert ear.reception.letters() == []
        theirs.sendto(b"", target)
        ear.reception.drain(50, 2)
        assert ear.reception.letters() == [(ROW, b"", address_of(theirs))]


def test_a_flood_of_letters_crowds_out_neither_sound_nor_the_letters_of_others() -> None:
    peer = Peer("AEAD_AES_128_GCM")
    with sockets() as (ours, theirs), sockets() as (flooded, stranger):
        ear = Ear(ours, Way(ours.fileno(), Seal(peer.keys).incoming, shared=True))
        ear.reception.open(0, flooded.fileno(), flooded.recv_into, 0)
        ear.reception.reroute(0, flooded.fileno(), Way(flooded.fileno(), Seal(peer.keys).incoming, shared=True))
        target, sent = address_of(ours), 0

        def send(packet: bytes) -> None:
            nonlocal sent
            for _ in range(12):
                stranger.sendto(sent.to_bytes(2, "big"), address_of(flooded))
                sent += 1
            theirs.sendto(b"\x16hello", target)
            theirs.sendto(packet, target)

        ear.hear(LETTERS, send, peer.outgoing.protect)
        assert ear.counts() == (LETTERS, 0, 0, 0)
        letters = ear.reception.letters()
        assert [letter for row, letter, _ in letters if row == ROW] == LETTERS * [b"\x16hello"]
        numbers = [int.from_bytes(letter, "big") for row, letter, _ in letters if row == 0]
        assert numbers == list(range(LETTERS)), "the first came first"
        assert ear.reception.letters_lost.tolist() == [sent - LETTERS, 0]
        stranger.sendto(b"\0", address_of(flooded))
        ear.reception.drain(90, 2)
        assert [letter for _, letter, _ in ear.reception.letters()] == [b"\0"], "there is room again"


def test_a_row_begins_anew_without_what_was_counted_before() -> None:
    desk = Desk(PortRange("127.0.0.1", *PORTS), 0.0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.bind(("127.0.0.1", 0))
        desk.open_leg("first")
        address = desk.open_leg("second")
        desk.set_audio("second", AudioParameters(address_of(phone), PCMA, None))
        phone.sendto(b"\x80\x08", address)
        desk.tick(0.0)
        assert desk.close_leg("second")["malformed"] == 1
        desk.tap("tap", "first", "both", "none")
        assert desk.statistics("tap")["malformed"] == 0
        assert desk.counters()["malformed"] == 1
        for leg in ("tap", "first"):
            desk.close_leg(leg)
        desk.finish()


@EVERY_SUITE
@LOOPBACKS
def test_what_is_sent_is_sealed_numbered_and_names_who_speaks(suite: str, host: str) -> None:
    peer = Peer(suite)
    seal = Seal(peer.keys)
    tables = Tables()
    heard = np.ascontiguousarray(NOISE)
    sender = Transmission(2, tables.give(heard=heard))
    names = [b"", b"\1\2\3\4", secrets.token_bytes(4 * MOST), b""]
    with sockets(host) as (ours, theirs), sockets() as (plain, others):
        plain.connect(others.getsockname())
        for row in range(2):
            sender.open(row)
        sender.direct(0, Way(plain.fileno()), PCMA)
        sender.direct(1, Way(ours.fileno(), seal.outgoing, target=packed(address_of(theirs))), PCMA)
        for sources in names:
            sender.name(1, sources)
            sender.send(2, 1)
            sealed, clear = theirs.recv(2000), others.recv(2000)
            opened = peer.incoming.unprotect(sealed)
            assert opened[12 : 12 + len(sources)] == sources
            assert opened[0] == 0x80 | len(sources) // 4
            assert int.from_bytes(opened[8:12], "big") == sender.ssrc(1)
            assert opened[12 + len(sources) :] not in sealed
            assert len(opened) == HEADER + len(sources) + FRAME
            assert clear[0] == 0x80
            assert len(clear) == HEADER + FRAME
        sender.direct(1, Way(ours.fileno(), seal.outgoing, target=packed(address_of(others))), PCMA)
        if host == "127.0.0.1":  # it moved
            sender.send(2, 1)
            assert {len(others.recv(2000)), len(others.recv(2000))} == {HEADER + FRAME, len(sealed)}
    assert sender.packets[1] == len(names) + (host == "127.0.0.1")


def test_a_seal_goes_on_where_its_key_stays_and_refused_keys_change_nothing() -> None:
    first, second = Peer("AES_CM_128_HMAC_SHA1_80"), Peer("AES_CM_128_HMAC_SHA1_80")
    seal = Seal(first.keys)
    outgoing, incoming = seal.outgoing, seal.incoming
    with pytest.raises(ValueError, match="key must contain"):
        seal.renew(Srtp(first.keys.suite, second.keys.ours, "AAAA"))
    assert (seal.keys, seal.outgoing, seal.incoming) == (first.keys, outgoing, incoming)
    seal.renew(Srtp(first.keys.suite, first.keys.ours, second.keys.theirs))
    assert seal.outgoing is outgoing
    assert seal.incoming is not incoming


@given(st.ip_addresses(), st.integers(0, 65535))
def test_addresses_are_what_the_kernel_takes_them_for(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address, port: int
) -> None:
    octets = packed((str(address), port))
    host, same = unpacked(octets + bytes(12))
    assert (ipaddress.ip_address(host), same) == (address, port)
    assert len(octets) == (16 if address.version == 4 else 28)
