"""Simulated parties on real SIP and RTP: heard, keys pressed, killed."""

from __future__ import annotations

import asyncio
import itertools
import socket
import struct
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from yuqiao.demo import facts, tape
from yuqiao.demo.air import RtpLeg
from yuqiao.demo.cast import PERSONAS
from yuqiao.demo.hearing import listen
from yuqiao.demo.party import pick_up
from yuqiao.demo.phone import Exchange, Session
from yuqiao.demo.stage import LonePhone
from yuqiao.demo.tape import Tape
from yuqiao.lib.tone import sine
from yuqiao.media.ports import AudioParameters

TONES = {key: persona.tone for key, persona in PERSONAS.items()}
VOICES = {key: sine(TONES[key], 2.0, -30.0) for key in ("agent-110", "caller-11", "1001", "1002")}

pytestmark = pytest.mark.live


@pytest.fixture
async def city() -> AsyncIterator[Exchange]:
    exchange = Exchange(VOICES)
    await exchange.start()
    yield exchange
    await exchange.stop()


@pytest.fixture
async def elsewhere() -> AsyncIterator[Exchange]:
    exchange = Exchange(VOICES)
    await exchange.start()
    yield exchange
    await exchange.stop()


async def test_parties_hear_who_is_on_the_other_end_and_on_their_own_leg(city: Exchange, elsewhere: Exchange) -> None:
    elsewhere.phones["1001"] = (("1001",), pick_up)
    session = city.dial(("agent-110", "caller-11"), "1001", elsewhere.address, "12345")
    assert await session.answered(5)
    assert await session.hears_one_of({"1001": TONES["1001"], "1002": TONES["1002"]}, 5) == "1001"
    assert not await session.ended(2.5)
    session.hangup()
    assert await session.ended(5)
    assert await elsewhere.sessions[0].ended(5)
    dialling = facts.of_session(session, VOICES)
    rung = facts.of_session(elsewhere.sessions[0], VOICES)
    on = {party: [one.interval] for one in (dialling, rung) for party in one.parties}
    heard = {
        party: set(listen(ear, [one.interval], TONES, on).heard)
        for one in (dialling, rung)
        for party, ear in one.ears.items()
    }
    assert heard == {
        "agent-110": {"caller-11", "1001"},
        "caller-11": {"agent-110", "1001"},
        "1001": {"agent-110", "caller-11"},
    }


async def test_a_refusal_reaches_the_caller_with_its_cause(city: Exchange, elsewhere: Exchange) -> None:
    async def busy(session: Session) -> None:
        session.hangup(17)

    elsewhere.phones["1002"] = (("1002",), busy)
    session = city.dial(("caller-11",), "1002", elsewhere.address, "12345")
    assert not await session.answered(5)
    assert session.cause == 17
    assert not session.answered_at


async def test_a_number_nobody_has_is_refused(city: Exchange, elsewhere: Exchange) -> None:
    session = city.dial(("caller-11",), "4242", elsewhere.address, "12345")
    assert await session.ended(5)
    assert not session.answered_at


async def test_a_killed_phone_leaves_what_it_heard(city: Exchange, tmp_path: Path) -> None:
    phone = LonePhone("3001", tmp_path)
    try:
        await phone.ready()
        session = city.dial(("caller-11",), "3001", ("127.0.0.1", phone.port), "12345")
        assert await session.hears_one_of({"3001": TONES["3001"]}, 10) == "3001"
        assert not await session.ended(2.0)
        phone.kill()
        left = facts.of_folder("3001", phone.life, VOICES["1001"])
        assert len(left) == 1
        assert left[0].ended_at - left[0].answered_at > 1.5
        on = {"3001": [left[0].interval], "caller-11": [(session.answered_at, left[0].ended_at)]}
        assert listen(left[0].ears["3001"], [left[0].interval], TONES, on).heard == ("caller-11",)
        await phone.revive()
        again = city.dial(("caller-11",), "3001", ("127.0.0.1", phone.port), "12345")
        assert await again.hears_one_of({"3001": TONES["3001"]}, 10) == "3001"
    finally:
        phone.stop()


async def test_keys_are_sent_as_telephone_events() -> None:
    """RFC 4733 section 2.5: one timestamp for each key, a growing duration, the end three times."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.bind(("127.0.0.1", 0))
        peer.settimeout(10)
        leg = RtpLeg("127.0.0.1", VOICES["1001"], Tape())
        leg.set_audio(AudioParameters(peer.getsockname(), 8, 101))
        leg.press("*7")
        packets = []
        while leg.pressing:
            leg.tick()
        leg.tick()
        for _ in range(2 * 7 + 2 * 5 + 1):
            packets.append(peer.recv(2048))
        leg.close()
    events = [(p[1] & 0x7F, struct.unpack("!I", p[4:8])[0], p[12], p[13] >> 7, p[14] << 8 | p[15])
              for p in packets if p[1] & 0x7F == 101]  # fmt: skip
    for key, sent in ((10, events[:7]), (7, events[7:])):
        assert [event[2] for event in sent] == [key] * 7
        assert len({event[1] for event in sent}) == 1
        assert [event[3] for event in sent] == [0, 0, 0, 0, 1, 1, 1]
        assert [event[4] for event in sent] == [160, 320, 480, 640, 800, 800, 800]
    sequence = [struct.unpack("!H", p[2:4])[0] for p in packets]
    assert all((after - before) % 65536 == 1 for before, after in itertools.pairwise(sequence))


async def test_a_leg_keeps_only_audio(city: Exchange, tmp_path: Path) -> None:
    recorded = Tape(tmp_path / "x.tape")
    leg = RtpLeg("127.0.0.1", VOICES["1001"], recorded)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        for packet in (
            b"",
            b"\x00" * 40,
            b"\x80",
            b"\x80\x65" + b"\x00" * 14,
            b"\x80\x08" + b"\x00" * 10 + b"\xd5" * 160,
        ):
            peer.sendto(packet, leg.address)
        for _ in range(50):
            leg.tick()
            if recorded.frames:
                break
            await asyncio.sleep(0.02)
    leg.close()
    assert [frame.payload for frame in tape.read(tmp_path / "x.tape").frames] == [b"\xd5" * 160]
