"""What is no SIP, half SIP or tortured SIP: counted, answered where it can be, and the next good call works."""

from __future__ import annotations

import asyncio
import logging
import random
import socket

import pytest

from yuqiao.media.sip import SipTrunk
from yuqiao.media.sip.framing import MAX_HEAD
from yuqiao.media.sip.tests.parties import ALICE_RTP, Desk, Witness, answer_at_once, trunk, until, uri
from yuqiao.media.sip.tests.rawpeer import Carol, carol_at, sdp


async def a_good_call_works(bob: SipTrunk, transport: str = "") -> None:
    async with trunk() as alice:
        witness = Witness()
        call = alice.invite(uri(bob, transport=transport), local=ALICE_RTP, observer=witness, caller_number="1")
        await witness.answered()
        call.hangup()
        await witness.ended()
    await until(lambda: bob.calls == 0, "Bob's end")


TWISTS = [b"\0", b"\r\n", b";", b"<", b'"', b",", b"\xff\xfe", b"%", b"  ", b"-1"]


def mutate(message: bytes, chance: random.Random) -> bytes:
    """Change ``message`` as a broken peer might: bytes flipped, cut, doubled, lines lost or repeated."""
    data = bytearray(message)
    for _ in range(chance.randint(1, 6)):
        spot, length = chance.randrange(len(data)), chance.randint(1, 20)
        match chance.randrange(5):
            case 0:
                data[spot] = chance.randrange(256)
            case 1:
                del data[spot : spot + length]
            case 2:
                data[spot:spot] = data[spot : spot + length]
            case 3:
                lines = bytes(data).split(b"\r\n")
                lines.pop(chance.randrange(len(lines)))
                data = bytearray(b"\r\n".join(lines))
            case _:
                data[spot:spot] = chance.choice(TWISTS)
        if not data:
            return b"\0"
    return bytes(data)


async def test_random_octets_and_mutated_messages_over_udp(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk(answer_at_once)
    chance = random.Random(4475)
    caplog.set_level(logging.DEBUG)
    async with trunk(desk) as bob, carol_at(bob) as carol:
        texts = [carol.request(method, body=sdp()) for method in ("INVITE", "OPTIONS", "UPDATE", "INFO")]
        texts += [carol.request(method, to_tag="x", seq=7) for method in ("ACK", "BYE", "CANCEL", "INVITE")]
        texts.append("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n"
                     "To: <sip:a@b>;tag=2\r\nCall-ID: q\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n")  # fmt: skip
        for number in range(3000):
            carol.say(mutate(chance.choice(texts).encode(), chance))
            carol.say(chance.randbytes(chance.randint(1, 300)))
            if number % 50 == 0:
                await asyncio.sleep(0)
        await until(lambda: bob.counters["malformed"] > 3000, "garbage counted")
        for call in desk.calls:
            call.hangup()
        await until(lambda: bob.calls == 0, "the mutated calls' end", deadline=20.0)
        assert bob.counters["errors"] == 0
        await a_good_call_works(bob)
    assert "13900000000" not in caplog.text
    assert "carol" not in caplog.text.lower()
    assert len(caplog.records) < 100


def connect(bob: SipTrunk) -> socket.socket:
    return socket.create_connection(bob.address, timeout=5)


async def closed_by_peer(sock: socket.socket) -> bytes:
    """What still comes until the peer closes."""
    sock.setblocking(False)
    loop, heard = asyncio.get_running_loop(), b""
    async with asyncio.timeout(5):
        while True:
            try:
                data = await loop.sock_recv(sock, 65_535)
            except ConnectionResetError:
                return heard
            if not data:
                return heard
            heard += data


STREAMS = {
    "octets": b"\x16\x03\x01\x02\x00\x01\x00" * 100 + b"\r\n\r\n",
    "no content-length": b"OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\n\r\n",
    "two content-lengths": b"OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 0\r\nl: 5\r\n\r\n",
    "negative content-length": b"OPTIONS sip:a@b SIP/2.0\r\nContent-Length: -5\r\n\r\n",
    "a message too long": b"OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 999999\r\n\r\n",
    "a header without end": b"X: y\r\n" * MAX_HEAD,
}


@pytest.mark.parametrize("kind", STREAMS)
async def test_a_stream_that_lost_its_framing_is_closed(kind: str) -> None:
    async with trunk(Desk(answer_at_once)) as bob:
        with connect(bob) as sock:
            sock.setblocking(False)
            await asyncio.get_running_loop().sock_sendall(sock, STREAMS[kind])
            await closed_by_peer(sock)
        assert bob.counters["malformed"] == 1
        await a_good_call_works(bob, "tcp")


async def test_half_a_message_and_then_nothing() -> None:
    async with trunk(Desk(answer_at_once)) as bob:
        with connect(bob) as sock:
            sock.sendall(b"INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP h;bra")
            await a_good_call_works(bob, "tcp")
            assert bob.counters["malformed"] == 0  # the rest may still come
        await until(lambda: bob.counters["malformed"] == 1, "the cut-off message counted")
        await a_good_call_works(bob, "tcp")


async def test_a_message_in_pieces_and_two_in_one_piece() -> None:
    async with trunk() as bob, carol_at(bob) as carol:
        text = carol.request("OPTIONS").replace("SIP/2.0/UDP", "SIP/2.0/TCP").encode()
        second = carol.request("OPTIONS", seq=2).replace("SIP/2.0/UDP", "SIP/2.0/TCP").encode()
        with connect(bob) as sock:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for piece in (text[:10], text[10:100], text[100:-1], text[-1:] + second + b"\r\n\r\n"):
                sock.sendall(piece)
                await asyncio.sleep(0)
            sock.setblocking(False)
            heard = b""
            async with asyncio.timeout(5):
                while not heard.endswith(b"\r\n\r\n\r\n"):
                    heard += await asyncio.get_running_loop().sock_recv(sock, 65_535)
        assert heard.count(b"SIP/2.0 200 OK") == 2


# In the manner of RFC 4475, written anew: what must be understood…


async def answer_to(carol: Carol, text: str) -> int:
    carol.say(text)
    return (await carol.hear()).status


def torture(carol: Carol, first: str, **change: str) -> str:
    fields = {
        "Via": f"Via: SIP/2.0/UDP 127.0.0.1:{carol.port};branch=z9hG4bKt{random.random()};rport",
        "From": "From: <sip:c@h>;tag=1",
        "To": "To: <sip:d@h>",
        "Call-ID": "Call-ID: t@h",
        "CSeq": f"CSeq: 1 {first.split(maxsplit=1)[0]}",
        "Max-Forwards": "Max-Forwards: 70",
        "Content-Length": "Content-Length: 0",
    } | change
    return "\r\n".join([first, *(line for line in fields.values() if line), "", ""])


UNDERSTOOD = {
    "folded and compact": {"From": 'f:\r\n "A \\"<x> ,;" \r\n <sip:c@h>\r\n ; tag = 98', "Call-ID": "i: t@h"},
    "spaces around colons": {"CSeq": "CSeq   :\t 0009\r\n  OPTIONS", "To": "TO :\r\n sip:d@h"},
    "escapes and nothing in a name": {"To": 't: "" <sip:%20%22user%22@[2001:db8::1]:5060;x=y>'},
    "a tel uri as caller": {"From": "From: <tel:+8613800000000;phone-context=x>;tag=3"},
    "an unknown header with anything in it": {"X": 'X-?!: \x7f \u4f60\u597d <<>>,,;;=="', "Y": "NoColonHere"},
    "many vias": {"V2": "Via: SIP/2.0/UDP a;branch=z9hG4bK2, SIP/2.0/TCP b", "V3": "v: SIP/2.0/SCTP [::1]:99;branch=x"},
    "blanks around slashes": {"Via": "Via: SIP / 2.0	/ UDP   h  : 5070 ; rport ; branch = z9hG4bKblank"},
    "no max-forwards": {"Max-Forwards": ""},
    "largest cseq": {"CSeq": "CSeq: 4294967295 OPTIONS"},
}


@pytest.mark.parametrize("kind", UNDERSTOOD)
async def test_odd_but_lawful_requests_are_understood(kind: str) -> None:
    async with trunk() as bob, carol_at(bob) as carol:
        text = torture(carol, "OPTIONS sip:user;par=u%40example.net@127.0.0.1 SIP/2.0", **UNDERSTOOD[kind])
        assert await answer_to(carol, text) == 200
        assert bob.counters["malformed"] == 0


# … and what must be refused.
REFUSED = {
    "another version": ("OPTIONS sip:a@h SIP/7.0", {}, 505),
    "cseq of another method": ("OPTIONS sip:a@h SIP/2.0", {"CSeq": "CSeq: 1 INVITE"}, 400),
    "cseq too large": ("OPTIONS sip:a@h SIP/2.0", {"CSeq": "CSeq: 4294967296 OPTIONS"}, 400),
    "cseq no number": ("OPTIONS sip:a@h SIP/2.0", {"CSeq": "CSeq: one OPTIONS"}, 400),
    "body cut off": ("OPTIONS sip:a@h SIP/2.0", {"Content-Length": "Content-Length: 9999"}, 400),
    "negative content-length": ("OPTIONS sip:a@h SIP/2.0", {"Content-Length": "Content-Length: -999"}, 400),
    "two callers": ("OPTIONS sip:a@h SIP/2.0", {"F2": "From: <sip:other@h>;tag=2"}, 400),
    "two call-ids": ("OPTIONS sip:a@h SIP/2.0", {"C2": "i: other"}, 400),
    "an open bracket": ("OPTIONS sip:a@h SIP/2.0", {"To": "To: <sip:d@h"}, 400),
    "hops no number": ("OPTIONS sip:a@h SIP/2.0", {"Max-Forwards": "Max-Forwards: many"}, 400),
    "a scheme nobody knows": ("OPTIONS nobodyKnows:xyz SIP/2.0", {}, 416),
    "a target in brackets": ("INVITE <sip:a@h> SIP/2.0", {}, 400),
    "no hops left": ("OPTIONS sip:a@h SIP/2.0", {"Max-Forwards": "Max-Forwards: 0"}, 483),
    "an extension we lack": ("OPTIONS sip:a@h SIP/2.0", {"R": "Require: nothingSupports, this"}, 420),
    "an invite without contact": ("INVITE sip:a@h SIP/2.0", {}, 400),
}


@pytest.mark.parametrize("kind", REFUSED)
async def test_unlawful_requests_are_refused_with_the_right_status(kind: str) -> None:
    first, change, status = REFUSED[kind]
    async with trunk() as bob, carol_at(bob) as carol:
        carol.say(torture(carol, first, **change))
        assert (await carol.wait_for(status)).status == status
        await until(lambda: bob.calls == 0, "no legs left")


DROPPED = {
    "no call-id": {"Call-ID": ""},
    "no via": {"Via": ""},
    "via without host": {"Via": "Via: SIP/2.0/UDP ;branch=z9hG4bK1"},
    "via of another protocol": {"Via": "Via: XMPP"},
    "no from": {"From": ""},
}


@pytest.mark.parametrize("kind", DROPPED)
async def test_requests_nobody_could_answer_are_dropped_and_counted(kind: str) -> None:
    async with trunk() as bob, carol_at(bob) as carol:
        carol.say(torture(carol, "OPTIONS sip:a@h SIP/2.0", **DROPPED[kind]))
        await until(lambda: bob.counters["malformed"] == 1, "counted")
        assert await carol.silence(0.05)


async def test_keep_alives_are_no_messages() -> None:
    async with trunk() as bob, carol_at(bob) as carol:
        for text in ("\r\n", "\r\n\r\n", "\0"):
            carol.say(text)
        assert await answer_to(carol, carol.request("OPTIONS")) == 200
        assert bob.counters["malformed"] == 0
