"""Everything that reads what comes over a wire, fed with broken messages: it reads them or says its own error."""

from __future__ import annotations

import contextlib
import time

import numpy as np
import pytest
from aiosipua import SipRequest, SipResponse
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.media import rtcp
from yuqiao.media.ari.asking import parse
from yuqiao.media.ari.errors import AriError
from yuqiao.media.dtmf import Keypad
from yuqiao.media.rtp import SLOT, payload_bounds, read_headers
from yuqiao.media.sip import (
    dialog,
    digest,
    layer,
    mapping,
    redirects,
    reliable,
    screening,
    sdp,
    secure_media,
    session_timers,
    wire,
)
from yuqiao.media.sip.addresses import read_party, read_uri
from yuqiao.media.sip.framing import Framer
from yuqiao.media.sip.transport import Hop
from yuqiao.media.tests.corpus.mutation import SECONDS, Mutator, corpus

SOURCE = Hop("UDP", "127.0.0.1", 5060)
SIP = list(corpus("sip").values())
#: What no captured call had: reliable answers, timers, redirections, transfers, keys.
RARE = (
    b"Require: 100rel\r\nRSeq: 988789\r\nRAck: 776656 1 INVITE\r\n",
    b"Supported: timer\r\nSession-Expires: 1800;refresher=uas\r\nMin-SE: 90\r\n",
    b'Contact: <sip:a@127.0.0.1:5070;transport=tcp>;q=0.7, "B" <sip:b@127.0.0.1>;q=.25\r\n',
    b"Refer-To: <sip:8001@127.0.0.1?Replaces=1%40h%3Bto-tag%3Da%3Bfrom-tag%3Db>\r\nReferred-By: <sip:a@h>\r\n",
)
SIP += [one.replace(b"\r\nCSeq", b"\r\n" + rare + b"CSeq", 1) for one, rare in zip(SIP * 2, RARE * 6, strict=False)]
KEYS = b"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^31|1:4\r\n"
BODIES = [one.partition(b"\r\n\r\n")[2] for one in SIP if b"\r\n\r\nv=0" in one]
SECURE = [one.replace(b"RTP/AVP", b"RTP/SAVP") + KEYS for one in BODIES]


def test_the_corpus_holds_real_messages_of_each_kind() -> None:
    assert all(isinstance(wire.read(message), SipRequest | SipResponse) for message in SIP)
    assert all(sdp.read(body).audio.remote[0] == "127.0.0.1" for body in BODIES)
    names = " ".join(corpus("sip"))
    assert all(peer in names for peer in ("asterisk-INVITE-sdp", "baresip-INVITE-sdp", "sipp-INVITE-sdp", "401"))
    assert len(corpus("http")) > 20
    assert all(payload_bounds(packet) for packet in corpus("rtp").values())


def understand(data: bytes) -> None:
    """Do with one datagram all that the trunk does before it acts."""
    message = wire.read(data)
    for name in ("contact", "record-route", "route", "refer-to"):
        for value in message.headers.get(name):
            with contextlib.suppress(ValueError):
                dialog.hop_to(read_uri(read_party(value).uri))
    mapping.from_reason(message.headers.get("reason"))
    session_timers.agreed(session_timers.read(message), session_timers.Terms())
    redirects.contacts(message.headers.get("contact"))
    if isinstance(message, SipResponse):
        reliable.rseq_of(message)
        digest.choose(message.headers.get("www-authenticate"), proxy=False)
        return
    screening.screen(message)
    reliable.rack_of(message)
    session_timers.answered(session_timers.read(message), session_timers.Terms())
    screening.digit_of(message)
    layer.server_key(message, message.method)
    wire.note_source(message, "127.0.0.1", 5060)
    assert 0 < layer.reply_hop(message, SOURCE).port < 65536
    wire.read(bytes(wire.respond(message, 400, tag="t")))
    if message.body:
        with contextlib.suppress(ValueError):
            sdp.LocalDescription(("127.0.0.1", 4000)).answer(sdp.read(message.body))


def test_sip() -> None:
    for number, data in Mutator(SIP).within():
        try:
            understand(data)
        except wire.MalformedError as error:
            if error.request is not None:
                with contextlib.suppress(ValueError):
                    bytes(wire.respond(error.request, error.status))
        except Exception as error:
            raise AssertionError(f"message {number}: {data[:500]!r}") from error


def test_sdp() -> None:
    for number, body in Mutator([*BODIES, *SECURE]).within():
        try:
            secure_media.read(line.decode("utf-8", "replace")[9:] for line in body.splitlines())
            offer = sdp.read(body)
            answer = sdp.LocalDescription(("127.0.0.1", 4000)).answer(offer)
            assert len(sdp.read(answer).lines) == len(offer.lines)
            assert 0 < offer.audio.remote[1] < 65536
        except ValueError:
            continue
        except Exception as error:
            raise AssertionError(f"body {number}: {body!r}") from error


def test_streams() -> None:
    """Frames of a stream cut anywhere: messages or malformed, and never more kept than a message may have."""
    for number, data in Mutator(SIP).within(SECONDS / 2):
        framer = Framer()
        with contextlib.suppress(wire.MalformedError):
            for at in range(0, len(data), 1 + number % 700):
                for frame in framer.feed(data[at : at + 1 + number % 700]):
                    assert len(frame) <= wire.MAX_MESSAGE


def test_rtp_rtcp_and_keys() -> None:
    samples = [*corpus("rtp").values(), *corpus("rtcp").values()]
    pad = Keypad()
    for number, data in Mutator(samples).within():
        packet = data[: SLOT - 1]
        batch = np.zeros((1, SLOT), dtype=np.uint8)
        batch[0, : len(packet)] = np.frombuffer(packet, dtype=np.uint8)
        compound = rtcp.read(data)
        if compound is not None:
            assert len(compound.blocks) * 24 <= len(data)
            assert all((rtcp.round_trip(block, 1e9 + number) or 0) >= 0 for block in compound.blocks)
        headers = read_headers(batch, np.array([len(packet)]))
        assert bool(headers.valid[0]) == (payload_bounds(packet) is not None), f"packet {number}: {packet.hex()}"
        if headers.valid[0]:
            assert 0 <= headers.payload_length[0] <= len(packet) - 12
        presses = pad.hear(packet[12:16], number * 160, number % 3, number) + pad.elapse(number)
        assert all(press.digit in "0123456789*#ABCD" and press.duration_ms >= 0 for press in presses)


JSON = [
    b'{"variables":{"PJSIP_HEADER(add,X-Call)":"1","CHANNEL(language)":"zh"},"endpoint":"PJSIP/8001","timeout":30}',
    b'{"app":["a","b"],"media":["sound:hello","tone:ring"],"whisper":"out","maxDurationSeconds":60,"beep":true}',
]


def test_ari_bodies() -> None:
    for number, body in Mutator(JSON).within(SECONDS / 2):
        try:
            ask = parse({}, [("timeout", body[:20].decode(errors="replace"))], body)
            ask.whole("timeout", 30, least=0)
            ask.truth("beep")
        except AriError:
            continue
        except Exception as error:
            raise AssertionError(f"body {number}: {body!r}") from error


@given(st.sampled_from(BODIES), st.lists(st.tuples(st.integers(0, 400), st.binary(max_size=6)), max_size=5))
def test_a_description_damaged_anywhere_is_read_or_refused(body: bytes, damage: list[tuple[int, bytes]]) -> None:
    data = bytearray(body)
    for spot, octets in damage:
        data[spot : spot + len(octets)] = octets
    with contextlib.suppress(ValueError):
        sdp.read(bytes(data))


HEAD = SIP[0].partition(b"\r\n\r\n")[0] + b"\r\n"
ENDLESS = {
    "continuations": HEAD + b"X: a\r\n" + b" a\r\n" * 15_000 + b"\r\n",
    "Vias": HEAD + b"Via: " + b"a," * 30_000 + b"\r\n\r\n",
    "parameters": HEAD.replace(b"tag=", b"x" + b";a" * 30_000 + b";tag=") + b"\r\n",
    "quotes": HEAD + b"Contact: " + b'"\\' * 30_000 + b"\r\n\r\n",
    "blanks": b"INVITE " + b" " * 2000 + b"x" + b" " * 60_000 + b"SIP/2.0\r\n\r\n",
    "headers": HEAD + b"a:b\r\n" * 12_000 + b"\r\n",
    "digest": HEAD + b"WWW-Authenticate: Digest " + b'a="\\" ,' * 7000 + b"\r\n\r\n",
    "digits": HEAD.replace(b"CSeq: ", b"CSeq: " + b"1" * 60_000) + b"\r\n",
    "lines of SDP": HEAD + b"Content-Type: application/sdp\r\n\r\nv=0\r\n" + b"m=a 1 b 0\r\n" * 5000,
    "codecs of SDP": HEAD + b"Content-Type: application/sdp\r\n\r\nv=0\r\nm=audio 4 RTP/AVP" + b" 8" * 28_000,
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_no_datagram_costs_much(kind: str) -> None:
    """The longest of each kind: a small part of a second of CPU, so that no few of them stop everybody else's calls."""
    began = time.process_time()
    with contextlib.suppress(ValueError):
        understand(ENDLESS[kind])
    assert time.process_time() - began < 0.25
