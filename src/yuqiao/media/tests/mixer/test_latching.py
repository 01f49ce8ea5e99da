"""Who may take a leg's audio over: nobody once it is locked, and before that only who really speaks."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from yuqiao.lib.g711 import PCMA
from yuqiao.media import rtp_socket
from yuqiao.media.ports import Address
from yuqiao.media.rtp_socket import IGNORED, LATCH_AFTER, LATCH_SECONDS, TRIAL, PortRange, RtpSocket
from yuqiao.media.tests.mixer.conftest import PORTS
from yuqiao.media.tests.mixer.phone import rtp


class Clock:
    """Time that goes on when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    one = Clock()
    monkeypatch.setattr(rtp_socket, "time", one)
    return one


class Party:
    """Somebody with a socket who sends numbered packets."""

    def __init__(self, ssrc: int) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(10)
        self.ssrc, self.seq = ssrc, 65530  # so that numbers wrap

    @property
    def address(self) -> Address:
        address: Address = self.socket.getsockname()
        return address

    def send(self, leg: RtpSocket, *, ssrc: int | None = None, step: int = 1, kind: int = PCMA) -> int:
        """Send one packet; return what the leg makes of it: its size, or IGNORED."""
        self.seq += step
        packet = rtp(kind, self.seq, self.seq * 160, self.ssrc if ssrc is None else ssrc, bytes(160))
        self.socket.sendto(packet, leg.address)
        return taken(leg)


def taken(leg: RtpSocket) -> int:
    """Return what the leg makes of the next packet; IGNORED when the kernel has dropped it."""
    slot = memoryview(bytearray(1536))
    deadline = time.perf_counter() + 0.05
    while time.perf_counter() < deadline:
        try:
            return leg.learn(slot)
        except BlockingIOError:
            continue
    return IGNORED


def is_locked(leg: RtpSocket) -> bool:
    return leg.locked


@contextmanager
def party(ssrc: int) -> Iterator[Party]:
    one = Party(ssrc)
    try:
        yield one
    finally:
        one.socket.close()


@contextmanager
def stage() -> Iterator[tuple[RtpSocket, Party, Party]]:
    """A leg whose SDP names Alice, and Mallory."""
    with party(1) as alice, party(2) as mallory:
        leg = PortRange("127.0.0.1", *PORTS).bind()
        leg.point(alice.address)
        try:
            yield leg, alice, mallory
        finally:
            leg.close()


def go_on(leg: RtpSocket, party: Party, clock: Clock, count: int = LATCH_AFTER) -> list[int]:
    """Let a party speak for ``count`` packets of 20 ms."""
    results = []
    for _ in range(count):
        results.append(party.send(leg))
        clock.now += 0.02
    return results


def test_who_is_locked_on_stays_whatever_others_send(clock: Clock) -> None:
    with stage() as (leg, alice, mallory):
        assert alice.send(leg) > 0
        assert is_locked(leg)
        assert set(go_on(leg, mallory, clock, 30)) == {IGNORED}
        mallory.ssrc = alice.ssrc  # with the numbers of the real stream
        mallory.seq = alice.seq
        assert set(go_on(leg, mallory, clock, 30)) == {IGNORED}
        assert alice.send(leg) > 0
        assert leg.source == alice.address


def test_a_burst_takes_nothing_over(clock: Clock) -> None:
    with stage() as (leg, alice, mallory):
        assert {mallory.send(leg) for _ in range(200)} == {IGNORED}
        assert leg.source == alice.address
        assert alice.send(leg) > 0
        assert is_locked(leg)


def test_a_peer_behind_a_nat_is_adopted_and_after_its_trial_locked(clock: Clock) -> None:
    with stage() as (leg, _alice, nat):
        results = go_on(leg, nat, clock)
        assert set(results[:-1]) == {IGNORED}
        assert results[-1] > 0
        assert LATCH_AFTER * 0.02 > LATCH_SECONDS
        assert not is_locked(leg)
        leg.send(memoryview(b"to you"))
        assert nat.socket.recv(100) == b"to you"
        clock.now += TRIAL
        assert nat.send(leg) > 0
        assert is_locked(leg)
        assert leg.source == nat.address


def test_who_was_adopted_yields_to_the_address_of_sdp(clock: Clock) -> None:
    with stage() as (leg, alice, mallory):
        go_on(leg, mallory, clock)
        assert leg.source == mallory.address
        assert alice.send(leg) > 0
        assert leg.source == alice.address
        assert is_locked(leg)
        assert set(go_on(leg, mallory, clock)) == {IGNORED}


def test_another_stranger_does_not_displace_who_was_adopted(clock: Clock) -> None:
    with stage() as (leg, _alice, nat), party(3) as mallory:
        go_on(leg, nat, clock)
        assert set(go_on(leg, mallory, clock, 20)) == {IGNORED}
        assert leg.source == nat.address


@pytest.mark.parametrize(
    "odd",
    [
        lambda leg, one: one.send(leg, ssrc=one.seq * 7),
        lambda leg, one: one.send(leg, step=500),
        lambda leg, one: one.send(leg, step=0),
        lambda leg, one: one.send(leg, kind=200),
    ],
    ids=["another source each time", "wild numbers", "the same number again", "RTCP"],
)
def test_what_is_no_stream_is_never_adopted(clock: Clock, odd: Callable[[RtpSocket, Party], int]) -> None:
    with stage() as (leg, _alice, mallory):
        for _ in range(60):
            assert odd(leg, mallory) == IGNORED
            clock.now += 0.02


def test_two_strangers_in_turn_are_never_adopted(clock: Clock) -> None:
    with stage() as (leg, _alice, mallory), party(4) as trudy:
        for _ in range(40):
            assert mallory.send(leg) == trudy.send(leg) == IGNORED
            clock.now += 0.02


def test_a_new_address_in_sdp_begins_anew(clock: Clock) -> None:
    with stage() as (leg, alice, mallory), party(5) as moved:
        go_on(leg, mallory, clock)
        leg.point(moved.address)
        assert leg.source == moved.address
        assert mallory.send(leg) == IGNORED
        assert moved.send(leg) > 0
        assert is_locked(leg)
        leg.point(alice.address)
        assert not is_locked(leg)
        assert alice.send(leg) > 0


def test_before_sdp_names_anybody_nobody_is_heard(clock: Clock) -> None:
    with stage() as (leg, _alice, mallory):
        leg.point(None)
        assert set(go_on(leg, mallory, clock, 30)) == {IGNORED}
        assert leg.source is None
