"""Secured legs: heard both ways, also by plain ones; the forged, the replayed and the plain are dropped and counted."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from yuqiao.lib import g711
from yuqiao.lib.g711 import PCMA
from yuqiao.lib.tone import sine
from yuqiao.media.control import audio_message, decode, encode, read_audio
from yuqiao.media.ports import AudioParameters, Srtp
from yuqiao.media.tests.mixer.conftest import Studio, hears_exactly, until
from yuqiao.media.tests.mixer.phone import NOT_HEARD, Phone, rtp
from yuqiao.media.tests.mixer.sealed import SUITES, SealedPhone, new_key
from yuqiao.media.tests.mixer.test_reports import after, answer_to, mixed, reporter

ALICE, BOB, CHARLIE = 440.0, 1000.0, 1700.0
TONES = {ALICE, BOB, CHARLIE}


@pytest.mark.parametrize("suite", SUITES)
async def test_secured_and_plain_legs_hear_each_other(studio: Studio, suite: str) -> None:
    with SealedPhone(ALICE, suite) as alice, SealedPhone(BOB) as bob, Phone(CHARLIE) as charlie:
        for name, phone in (("alice", alice), ("bob", bob), ("charlie", charlie)):
            await studio.connect(name, phone, "call")
        await hears_exactly(alice, {BOB, CHARLIE}, TONES)
        await hears_exactly(bob, {ALICE, CHARLIE}, TONES)
        await hears_exactly(charlie, {ALICE, BOB}, TONES)
        assert alice.wrong == bob.wrong == 0
        counters = await studio.pool.close_leg("alice")
        assert counters["srtp_refused"] == counters["srtp_replayed"] == 0
        assert counters["packets_in"] >= 10


async def test_keys_pressed_on_a_secured_leg_are_told(studio: Studio) -> None:
    with Phone(BOB) as bob, SealedPhone(ALICE) as alice:
        await studio.connect("bob", bob, "call")
        await studio.connect("alice", alice, "call")
        await hears_exactly(bob, {ALICE}, TONES)
        assert alice.peer is not None
        target = alice.peer
        alice.hush()
        for packet in range(3):  # RFC 4733 under SRTP: the end of a key, said three times
            payload = bytes([5, 0x80 | 10, 3, 32])
            sealed = alice.seal(rtp(101, alice.seq + 1 + packet, alice.timestamp + 160, alice.ssrc, payload))
            alice.socket.sendto(sealed, target)
        assert (await studio.event("digit")).value == "5"


async def test_another_key_is_not_heard_and_does_not_take_the_leg_over(studio: Studio) -> None:
    """Eve knows the address and floods it: with another key, and in the clear. The leg still finds its Alice, who calls
    from behind a NAT, and nobody hears Eve."""
    with Phone(BOB) as bob, SealedPhone(CHARLIE) as eve, Phone(CHARLIE) as plain_eve, SealedPhone(ALICE) as alice:
        await studio.connect("bob", bob, "call")
        address = await studio.pool.open_leg("alice", beside="bob")
        behind_nat = replace(alice.audio, remote=("127.0.0.1", 9))
        await studio.pool.set_audio("alice", behind_nat)
        await studio.pool.join("alice", "call")
        eve.talk_to(address)
        plain_eve.talk_to(address)
        await until(lambda: len(eve.sealed) > 30)
        assert bob.hears(CHARLIE) < NOT_HEARD
        alice.talk_to(address)
        await hears_exactly(bob, {ALICE}, TONES)
        await hears_exactly(alice, {BOB}, TONES)
        assert eve.heard == plain_eve.heard == []
        counters = await studio.pool.close_leg("alice")
        assert counters["srtp_refused"] > 50
        assert counters["malformed"] == 0


async def test_a_recorded_packet_played_again_is_dropped(studio: Studio) -> None:
    with Phone(BOB) as bob, SealedPhone(ALICE) as alice:
        await studio.connect("bob", bob, "call")
        await studio.connect("alice", alice, "call")
        await hears_exactly(bob, {ALICE}, TONES)
        await until(lambda: len(alice.sealed) > 40)
        target = alice.peer
        assert target is not None
        alice.hush()
        await until(lambda: bob.hears(ALICE) < NOT_HEARD)
        for packet in alice.sealed[-25:-5]:
            alice.socket.sendto(packet, target)
        before = len(bob.heard)
        await until(lambda: len(bob.heard) > before + 20)
        assert bob.hears(ALICE) < NOT_HEARD
        assert (await studio.pool.close_leg("alice"))["srtp_replayed"] == 20


async def test_a_change_of_their_key_in_the_call_and_an_end_of_security(studio: Studio) -> None:
    """A re-INVITE with another key, then one without any: each time the two hear each other again."""
    with Phone(BOB) as bob, SealedPhone(ALICE) as alice:
        await studio.connect("bob", bob, "call")
        await studio.connect("alice", alice, "call")
        await hears_exactly(bob, {ALICE}, TONES)
        alice.rekey(new_key())
        await studio.pool.set_audio("alice", alice.audio)
        await until(lambda: len(alice.sealed) > 30)
        await hears_exactly(bob, {ALICE}, TONES)
        await hears_exactly(alice, {BOB}, TONES)
        assert alice.wrong == 0  # our key, and its index, went on
        target = alice.peer
        assert target is not None
        alice.hush()
        await studio.pool.set_audio("alice", replace(alice.audio, srtp=None))
        voice = g711.encode(sine(CHARLIE, 1.0, -15), PCMA)
        for seq in range(50):
            alice.socket.sendto(rtp(PCMA, seq, seq * 160, 77, voice[seq * 160 : seq * 160 + 160]), target)
        await until(lambda: bob.hears(CHARLIE) > -40)


async def test_reports_of_a_secured_leg_are_secured_too(studio: Studio) -> None:
    """SRTCP, on the port of RTP with Bob and on one of its own with Alice; a report in the clear is not believed."""
    with SealedPhone(BOB) as bob, SealedPhone(ALICE) as alice, reporter() as control:
        mine = await studio.pool.open_leg("alice")
        await studio.pool.set_audio("alice", replace(alice.audio, rtcp_port=control.port))
        his = await studio.pool.open_leg("bob")
        await studio.pool.set_audio("bob", replace(bob.audio, rtcp_mux=True))
        bob.talk_to(his)
        alice.talk_to(mine)
        await until(lambda: bool(mixed(bob)) and bool(control.listen()), 12.0)
        sealed = control.heard[0][1]
        report = alice.open_report(sealed)
        assert report not in sealed
        bob.socket.sendto(answer_to(mixed(bob)[0][1], bob.ssrc, lost=77), his)  # in the clear
        control.socket.sendto(answer_to(report, alice.ssrc, lost=77), after(mine))
        bob.socket.sendto(bob.seal_report(answer_to(mixed(bob)[0][1], bob.ssrc, lost=2)), his)
        control.socket.sendto(alice.seal_report(answer_to(report, alice.ssrc, lost=3)), after(mine))
        told: dict[str, float] = {}
        deadline = time.monotonic() + 5
        while set(told) != {"alice", "bob"}:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
            for name in ("alice", "bob"):
                figures = await studio.pool.statistics(name)
                if "lost_there" in figures:
                    told[name] = figures["lost_there"]
                    assert figures["srtp_refused"] == 1
        assert told == {"alice": 3, "bob": 2}


def test_keys_go_to_the_worker_and_into_no_text() -> None:
    keys = Srtp("AES_CM_128_HMAC_SHA1_80", new_key(), new_key())
    audio = AudioParameters(("127.0.0.1", 4000), 8, 101, srtp=keys)
    assert read_audio(decode(encode(audio_message(audio)))) == audio
    assert read_audio(audio_message(replace(audio, srtp=None))).srtp is None
    for text in (repr(audio), str(keys)):
        assert keys.ours not in text
        assert keys.theirs not in text
