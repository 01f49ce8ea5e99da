"""Browsers' legs in a running worker: who hears whom, through restarts, reloads and moves; and who is never heard."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from aioice import stun

from yuqiao.lib.tone import level_of
from yuqiao.media import wave
from yuqiao.media.ports import Address
from yuqiao.media.tests.mixer.conftest import Studio, hears_exactly, until
from yuqiao.media.tests.mixer.phone import HEARD, NOT_HEARD, Phone, rtp
from yuqiao.media.tests.mixer.rough import Roughness, RoughWire
from yuqiao.media.webrtc.tests.browser_phone import BrowserPhone, check

ALICE, BOB, CHARLIE = 440.0, 1000.0, 1700.0
TONES = {ALICE, BOB, CHARLIE}


async def seat(studio: Studio, name: str, phone: BrowserPhone, beside: str = "bob") -> Address:
    """Open a leg for ``phone`` beside another's, put both into one conference, and tell the mixer of it."""
    address = await studio.pool.open_leg(name, beside=beside)
    await studio.pool.set_audio(name, phone.audio)
    await studio.pool.join(name, "call")
    return address


@asynccontextmanager
async def call(studio: Studio) -> AsyncIterator[tuple[Phone, BrowserPhone, Address]]:
    """Bob with a plain phone, Alice with a browser, not connected yet; and the address of her leg."""
    with Phone(BOB) as bob, BrowserPhone(ALICE, studio.pool.fingerprint) as alice:
        await studio.connect("bob", bob, "call")
        yield bob, alice, await seat(studio, "alice", alice)


async def test_two_browsers_and_a_plain_phone_hear_each_other(studio: Studio) -> None:
    async with call(studio) as (bob, alice, address):
        with BrowserPhone(CHARLIE, studio.pool.fingerprint, waits=True) as charlie:
            at = await seat(studio, "charlie", charlie)
            await alice.connect(address)
            await charlie.connect(at)
            await hears_exactly(alice, {BOB, CHARLIE}, TONES)
            await hears_exactly(bob, {ALICE, CHARLIE}, TONES)
            await hears_exactly(charlie, {ALICE, BOB}, TONES)
            figures = await studio.pool.close_leg("alice")
            assert figures["dtls_refused"] == figures["stun_refused"] == 0
            assert figures["unsecured"] == 0
            assert alice.keys is not None
            assert alice.keys.suite == "AEAD_AES_128_GCM"
            await until(lambda: alice.is_over)  # told that the leg is closed


async def test_a_track_of_what_a_browser_hears_begins_before_the_browser_is_there(
    studio: Studio, tmp_path: Path
) -> None:
    """No command comes after the handshake: the desk notices by itself that there is something to record now."""
    path = tmp_path / "alice.wav"
    async with call(studio) as (_bob, alice, address):
        await studio.pool.record("r1", ("leg-out", "alice"), str(path))
        await alice.connect(address)
        await hears_exactly(alice, {BOB}, TONES)
        before = len(alice.heard)
        await until(lambda: len(alice.heard) > before + 60)
        await studio.pool.stop_recording("r1")
        await studio.event("recording-finished")
    assert level_of(wave.read(path)[-4000:], BOB) > HEARD


async def test_reports_and_keys_pressed_pass_on_the_one_port(studio: Studio) -> None:
    async with call(studio) as (bob, alice, address):
        await alice.connect(address)
        await hears_exactly(bob, {ALICE}, TONES)
        figures = await studio.pool.statistics("alice")
        block = b"\x81\xc9\x00\x07" + int(ALICE).to_bytes(4, "big") + int(figures["ssrc_out"]).to_bytes(4, "big")
        report = block + (5).to_bytes(4, "big") + bytes(4) + (80).to_bytes(4, "big") + bytes(8)
        alice.socket.sendto(alice.seal_report(report), address)
        feedback = b"\x81\xcd\x00\x02" + bytes(8)  # reduced-size (RFC 5506): a packet of feedback alone
        alice.socket.sendto(alice.seal_report(feedback), address)
        alice.hush()
        for packet in range(3):
            key = rtp(101, alice.seq + 1 + packet, alice.timestamp + 160, alice.ssrc, bytes([5, 0x80 | 10, 3, 32]))
            alice.socket.sendto(alice._seal.protect(key), address)
        assert (await studio.event("digit")).value == "5"
        figures = await studio.pool.statistics("alice")
        assert figures["lost_there"] == 5
        assert figures["jitter_there_ms"] == 10
        assert figures["malformed"] == 0


async def test_nothing_is_sent_and_nobody_heard_before_the_keys(studio: Studio) -> None:
    """Plain RTP from Alice's own address is not heard; before the handshake she is sent STUN's answers and no more."""
    async with call(studio) as (bob, alice, address):
        alice.check(address)
        await until(lambda: bool(alice.answers))
        with Phone(CHARLIE) as eve:
            eve.talk_to(address)
            for seq in range(30):
                alice.socket.sendto(rtp(8, seq, seq * 160, 7, alice._voice[:160]), address)
            before = len(bob.heard)
            await until(lambda: len(bob.heard) > before + 25)
            assert bob.hears(ALICE) < NOT_HEARD
            assert bob.hears(CHARLIE) < NOT_HEARD
            assert alice.unexpected == []
            await alice.connect(address)
            await hears_exactly(bob, {ALICE}, TONES)  # with Eve still talking into it
            assert eve.heard == []
        figures = await studio.pool.statistics("alice")
        assert figures["unsecured"] > 30
        assert figures["srtp_refused"] > 5


async def test_a_handshake_over_a_rough_wire(studio: Studio) -> None:
    """A tenth of all datagrams is lost, some come twice or overtake each other: all get in."""
    with Phone(BOB) as bob:
        await studio.connect("bob", bob, "call")
        for seed in range(8):
            name = f"alice-{seed}"
            with BrowserPhone(ALICE, studio.pool.fingerprint) as alice:
                wire = RoughWire(alice.socket.getsockname(), seed=seed, how=Roughness(loss=0.1, jitter=0.02))
                try:
                    address = await seat(studio, name, alice)
                    wire.point(address)
                    await alice.connect(address, to=wire.near, seconds=20)
                    await until(lambda: bob.hears(ALICE) > HEARD - 20)
                finally:
                    wire.close()
            await studio.pool.close_leg(name)


async def test_the_wrong_password_is_refused_and_gets_nothing_long(studio: Studio) -> None:
    async with call(studio) as (_bob, alice, address):
        forms = [
            check(alice.dtls, password="guessed"),
            check(alice.dtls, username="somebody:else"),
            bytes(stun.Message(stun.Method.BINDING, stun.Class.REQUEST)),
        ]
        for form in forms * 20:
            alice.socket.sendto(form, address)
        figures = await studio.pool.statistics("alice")
        while figures["stun_refused"] < 60:
            await asyncio.sleep(0.02)
            figures = await studio.pool.statistics("alice")
        await until(lambda: bool(alice.answers))
        codes = [answer.error_code for answer in alice.answers]
        assert set(codes) == {401}  # 400 would be longer than what it answers
        assert len(codes) <= 5
        assert alice.keys is None
        alice.answers.clear()
        await alice.connect(address)  # and she is none the worse for it


async def test_another_certificate_than_the_announced_is_never_heard(studio: Studio) -> None:
    with Phone(BOB) as bob, BrowserPhone(ALICE, studio.pool.fingerprint) as eve:
        await studio.connect("bob", bob, "call")
        eve.dtls = replace(eve.dtls, fingerprint="00" * 32)
        address = await seat(studio, "eve", eve)
        await eve.connect(address)  # her side believes all is well
        before = len(bob.heard)
        await until(lambda: len(bob.heard) > before + 25 and len(eve.sealed) > 25)
        assert bob.hears(ALICE) < NOT_HEARD
        assert eve.heard == []
        assert eve.unexpected == []
        await until(lambda: eve.is_over)
        figures = await studio.pool.statistics("eve")
        assert figures["unsecured"] > 10
        assert figures["dtls_refused"] >= 1


async def test_a_browser_notices_a_server_that_is_another(studio: Studio) -> None:
    with BrowserPhone(ALICE, "11" * 32) as alice:
        address = await studio.pool.open_leg("alice")
        await studio.pool.set_audio("alice", alice.audio)
        with pytest.raises(AssertionError, match="certificate"):
            await alice.connect(address)


async def test_a_recorded_handshake_played_again_changes_nothing(studio: Studio) -> None:
    async with call(studio) as (bob, alice, address):
        await alice.connect(address)
        await hears_exactly(bob, {ALICE}, TONES)
        stranger = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with stranger:
            stranger.bind(("127.0.0.1", 0))
            for sender in (stranger, alice.socket):
                for record in alice.records:
                    sender.sendto(record, address)
            before = len(alice.heard)
            await until(lambda: len(alice.heard) > before + 25)
            assert alice.unexpected == []
            await hears_exactly(bob, {ALICE}, TONES)
            await hears_exactly(alice, {BOB}, TONES)
            stranger.setblocking(False)
            with pytest.raises(BlockingIOError):
                stranger.recv(2048)
        assert (await studio.pool.statistics("alice"))["dtls_refused"] == len(alice.records)


async def test_a_check_played_again_from_elsewhere_moves_nothing(studio: Studio) -> None:
    async with call(studio) as (bob, alice, address):
        await alice.connect(address)
        overheard = check(alice.dtls)
        alice.socket.sendto(overheard, address)
        await hears_exactly(alice, {BOB}, TONES)
        with Phone(0) as eve:
            eve.socket.sendto(overheard, address)
            before = len(alice.heard)
            await until(lambda: len(alice.heard) > before + 25)
            assert eve.heard == []
        assert (await studio.pool.statistics("alice"))["stun_refused"] == 1
        await hears_exactly(bob, {ALICE}, TONES)


async def test_a_browser_that_changes_its_network_goes_on(studio: Studio) -> None:
    """From another port, as after a change from Wi-Fi to the cable: the same keys, and the old way is left at once."""
    async with call(studio) as (bob, alice, address):
        await alice.connect(address)
        await hears_exactly(bob, {ALICE}, TONES)
        elsewhere = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        elsewhere.bind(("127.0.0.1", 0))
        elsewhere.settimeout(0.05)
        former, alice.socket = alice.socket, elsewhere
        with former:
            alice.check(nominate=False)  # a candidate that is tried, but not chosen yet
            alice.check()
            before = len(alice.heard)
            await until(lambda: len(alice.heard) > before + 25)
            await hears_exactly(alice, {BOB}, TONES)
            await hears_exactly(bob, {ALICE}, TONES)


async def test_an_ice_restart_keeps_keys_and_sound(studio: Studio) -> None:
    async with call(studio) as (bob, alice, address):
        await alice.connect(address)
        await hears_exactly(alice, {BOB}, TONES)
        keys = alice.keys
        former = check(alice.dtls)
        alice.restart_ice()
        await studio.pool.set_audio("alice", alice.audio)
        alice.answers.clear()
        alice.socket.sendto(former, address)  # was on its way
        await until(lambda: len(alice.answers) == 1)
        alice.check()
        await until(lambda: len(alice.answers) == 2)
        assert alice.answers[1].check_message_integrity(alice.dtls.password.encode())
        alice.socket.sendto(check(replace(alice.dtls, ufrag="old")), address)
        await hears_exactly(bob, {ALICE}, TONES)
        await hears_exactly(alice, {BOB}, TONES)
        assert alice.keys is keys
        assert alice.unexpected == []
        assert len(studio.of_kind("rtp-lost")) == 0


async def test_a_reload_of_the_page_is_another_browser_on_the_same_leg(studio: Studio) -> None:
    async with call(studio) as (bob, alice, address):
        await alice.connect(address)
        await hears_exactly(bob, {ALICE}, TONES)
        old_sealed = list(alice.sealed)
        alice.hush()
        former = alice.keys
        alice.reload()
        await studio.pool.set_audio("alice", alice.audio)
        for packet in old_sealed[-20:]:
            alice.socket.sendto(packet, address)  # under keys that serve nothing any more
        heard = len(alice.heard)
        await alice.connect(address)
        assert alice.keys != former
        await until(lambda: len(alice.heard) > heard + 25)
        await hears_exactly(alice, {BOB}, TONES)
        await hears_exactly(bob, {ALICE}, TONES)


async def test_thirty_browsers_at_once_all_get_in(studio: Studio) -> None:
    phones = [BrowserPhone(0, studio.pool.fingerprint) for _ in range(30)]
    try:
        with Phone(BOB) as bob:
            await studio.connect("bob", bob, "call")
            legs = [await seat(studio, f"browser-{number}", phone) for number, phone in enumerate(phones)]
            before = await studio.pool.counters()
            await asyncio.gather(*(phone.connect(leg) for phone, leg in zip(phones, legs, strict=True)))
            await until(lambda: all(len(phone.heard) > 5 for phone in phones))
            after = await studio.pool.counters()
            assert after["skipped_ticks"] == before["skipped_ticks"]
            assert after["dtls_refused"] == before["dtls_refused"]
    finally:
        for phone in phones:
            phone.close()
