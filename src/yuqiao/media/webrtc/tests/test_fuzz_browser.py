"""Broken STUN, DTLS and SRTP on a browser's leg, from strangers and from the browser's own address: the worker lives,
other calls hear no gap, strangers are told nothing, and this browser gets in when it is loaded anew."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest
from aioice import stun

from yuqiao.lib.tone import snr_of
from yuqiao.media.ports import Address
from yuqiao.media.tests.corpus.mutation import Mutator
from yuqiao.media.tests.mixer.conftest import Studio, hears_exactly, until
from yuqiao.media.tests.mixer.phone import Phone
from yuqiao.media.tests.mixer.test_fuzz_rtp import MOST_KILOBYTES, resident, stranger_at, throw
from yuqiao.media.webrtc.ice import REFUSALS
from yuqiao.media.webrtc.tests.browser_phone import BrowserPhone, check

pytestmark = pytest.mark.live

ALICE, BOB, CAROL, DAVE = 440.0, 1000.0, 1700.0, 2300.0
TONES = {ALICE, BOB, CAROL, DAVE}


async def samples(studio: Studio) -> list[bytes]:
    """What a real browser's phone sent to get in: checks, the records of its handshake, and SRTP."""
    with BrowserPhone(ALICE, studio.pool.fingerprint) as phone:
        address: Address = await studio.pool.open_leg("rehearsal")
        await studio.pool.set_audio("rehearsal", phone.audio)
        await phone.connect(address)
        await until(lambda: len(phone.sealed) > 5)
        await studio.pool.close_leg("rehearsal")
        return [check(phone.dtls), *phone.records, *phone.records, *phone.sealed[:2]]


def waiting(sock: socket.socket) -> Iterator[stun.Message]:
    """Yield what a stranger was told; it must be STUN."""
    while True:
        try:
            yield stun.parse_message(sock.recv(2048))
        except BlockingIOError:
            return


async def test_broken_datagrams_disturb_nobody_and_keep_no_browser_out(studio: Studio) -> None:
    packets = Mutator(await samples(studio))
    with (
        BrowserPhone(ALICE, studio.pool.fingerprint) as alice,
        Phone(BOB) as bob,
        Phone(CAROL) as carol,
        Phone(DAVE) as dave,
        stranger_at("127.0.0.2") as stranger,
    ):
        for name, phone, call in (("c", carol, "two"), ("d", dave, "two"), ("b", bob, "one")):
            await studio.connect(name, phone, call)
        await hears_exactly(dave, {CAROL}, TONES)
        address = await studio.pool.open_leg("a", beside="b")
        await studio.pool.set_audio("a", alice.audio)
        await studio.pool.join("a", "one")
        alice.check(address)
        await until(lambda: bool(alice.answers))
        before, began, started = resident(studio.pool.pids[0]), len(dave.heard), time.monotonic()
        await throw(studio, packets, [alice.socket, stranger], [address])
        seconds = time.monotonic() - started
        heard = dave.last((len(dave.heard) - began) / 50)
        assert len(heard) / 8000 > seconds - 0.5
        assert snr_of(heard, CAROL) > 12
        refusals = list(waiting(stranger))
        assert all(answer.error_code in (400, 401) for answer in refusals)
        assert len(refusals) <= REFUSALS * (2 + seconds)
        alice.reload()
        await studio.pool.set_audio("a", alice.audio)
        await alice.connect(address)
        await hears_exactly(bob, {ALICE}, TONES)
        await throw(studio, packets, [alice.socket, stranger], [address])
        await hears_exactly(bob, {ALICE}, TONES)
        await hears_exactly(alice, {BOB}, TONES)
        figures = await studio.pool.close_leg("a")
        assert figures["stun_refused"] > 50
        assert figures["dtls_refused"] > 50
        await until(lambda: resident(studio.pool.pids[0]) - before < MOST_KILOBYTES)
