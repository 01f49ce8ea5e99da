"""Whose turn it is: thirty browsers that come at once take a little of each tick, one after the other."""

from __future__ import annotations

import gc
import socket
import time
from dataclasses import dataclass

from yuqiao.lib import clock
from yuqiao.media.ports import Dtls
from yuqiao.media.rtp_socket import RtpSocket
from yuqiao.media.webrtc import certificate
from yuqiao.media.webrtc.browser import WAITING, Browser
from yuqiao.media.webrtc.browsers import BUDGET, Browsers
from yuqiao.media.webrtc.demultiplexing import Kind, kind_of
from yuqiao.media.webrtc.dtls import Association, context
from yuqiao.media.webrtc.tests.browser_phone import check

SERVER, PAGE = certificate.make(clock.now()), certificate.make(clock.now())
SHARED = context(PAGE)
DTLS = Dtls("ours", "a-password-of-22-octets", "theirs", PAGE.fingerprint)
TICK = 0.02


@dataclass
class Guest:
    """A leg and the browser at its other end, without threads: they do what they are told, when they are."""

    leg: RtpSocket
    browser: Browser
    socket: socket.socket
    association: Association
    changes: list[bool]

    def knock(self) -> None:
        """Send a check."""
        self.socket.sendto(check(DTLS), self.leg.address)

    def listen(self) -> None:
        """Take in what came, answer, and begin the handshake after the first answer to a check."""
        while True:
            try:
                datagram = self.socket.recv(2048)
            except BlockingIOError:
                return
            said = self.association.begin(0.0) if kind_of(datagram[0]) is Kind.STUN else []
            said = said or (self.association.take(datagram, 0.0) if kind_of(datagram[0]) is Kind.DTLS else [])
            for answer in said:
                self.socket.sendto(answer, self.leg.address)

    def drain(self) -> None:
        """Let the leg receive all that waits, as a tick does."""
        slot = memoryview(bytearray(1536))
        while True:
            try:
                self.browser.receive(slot)
            except BlockingIOError:
                return

    def close(self) -> None:
        self.leg.close()
        self.socket.close()


def guests(browsers: Browsers, count: int) -> list[Guest]:
    browsers.identify(SERVER)
    made = []
    for _ in range(count):
        leg = RtpSocket(("127.0.0.1", 0))
        there = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        there.bind(("127.0.0.1", 0))
        there.setblocking(False)
        changes: list[bool] = []
        browser = browsers.open(leg, DTLS, lambda changes=changes: changes.append(True))  # type: ignore[misc]
        made.append(Guest(leg, browser, there, Association(SHARED, SERVER.fingerprint, active=True), changes))
    return made


def test_thirty_at_once_get_in_within_a_second_and_no_tick_is_held_up() -> None:
    """What counts is the time this thread worked: no tick is given much more than its budget, on a busy machine
    neither."""
    browsers = Browsers()
    party = guests(browsers, 30)
    try:
        for guest in party:
            guest.knock()
        most, ticks = 0.0, 0
        while any(guest.browser.keys is None for guest in party):
            ticks += 1
            assert ticks < 1 / TICK
            for guest in party:
                guest.drain()
            gc.disable()  # what the tests before left behind is not this thread's work
            before = time.thread_time()
            browsers.work(ticks)
            most = max(most, time.thread_time() - before)
            gc.enable()
            for guest in party:
                guest.listen()
        assert most < BUDGET + 0.005  # the last step may be a whole one
        for guest in party:
            assert guest.leg.remote == guest.socket.getsockname()
            assert guest.changes
    finally:
        for guest in party:
            guest.close()


def test_what_one_leg_is_flooded_with_is_bounded() -> None:
    browsers = Browsers()
    (guest,) = guests(browsers, 1)
    try:
        for _ in range(3 * WAITING):
            guest.knock()
        guest.drain()
        assert guest.browser.stun_refused == 2 * WAITING
        for tick in range(1, 20):
            browsers.work(tick)
        answered = 0
        while True:
            try:
                answered += bool(guest.socket.recv(2048))
            except BlockingIOError:
                break
        assert answered == WAITING
        browsers.close(guest.browser)
        guest.knock()
        browsers.work(20)  # whoever left is not worked for
    finally:
        guest.close()
