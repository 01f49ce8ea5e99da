"""One picture and no more passes between two pages, whatever a stranger sends."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.lib.picture_sdp import LONGEST, MOST_CANDIDATES, Kind, PictureSdpError, check

_LINES: Final = """\
v=0
o=- 4611731400430051336 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
a=extmap-allow-mixed
a=msid-semantic: WMS
m=video 52710 UDP/TLS/RTP/SAVPF 96 97 102 103
c=IN IP4 192.0.2.17
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:842163049 1 udp 2122260223 192.0.2.17 52710 typ host generation 0 network-id 1
a=candidate:1677722862 1 udp 1686052607 203.0.113.7 52710 typ srflx raddr 192.0.2.17 rport 52710 generation 0
a=candidate:3349520481 1 udp 41885439 198.51.100.9 50122 typ relay raddr 203.0.113.7 rport 52710 generation 0
a=candidate:1 1 tcp 1518280447 4c1f2d3e-0000-4000-8000-00000000000a.local 9 typ host tcptype active
a=ice-ufrag:Zk1m
a=ice-pwd:bD9Zt+1Oq6vKfJmG0h2rXw7L
a=ice-options:trickle
a=fingerprint:sha-256 {fingerprint}
a=setup:{setup}
a=mid:0
a=sendrecv
a=msid:- 3f6b5b8e-2a52-4a44-9d77-8a1c4c1b0b21
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 nack pli
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
"""
_FINGERPRINT: Final = ":".join(f"{n * 7 % 256:02X}" for n in range(32))
OFFER: Final = _LINES.format(fingerprint=_FINGERPRINT, setup="actpass").replace("\n", "\r\n")
ANSWER: Final = _LINES.format(fingerprint=_FINGERPRINT, setup="active").replace("\n", "\r\n")
LINES: Final = OFFER.removesuffix("\r\n").split("\r\n")
ESSENTIAL: Final = ("v=0", "m=video", "a=ice-ufrag", "a=ice-pwd", "a=fingerprint", "a=setup")


def test_what_browsers_write_passes_as_it_is() -> None:
    assert check(OFFER, "offer") == OFFER
    assert check(ANSWER, "answer") == ANSWER
    assert check(OFFER.replace("\r\n", "\n"), "offer") == OFFER


@pytest.mark.parametrize(("text", "kind"), [(OFFER, "answer"), (ANSWER, "offer")])
def test_an_offer_is_no_answer(text: str, kind: Kind) -> None:
    with pytest.raises(PictureSdpError, match="setup"):
        check(text, kind)


@given(
    st.integers(0, len(LINES)),
    st.sampled_from(
        [
            "m=audio 9 UDP/TLS/RTP/SAVPF 111",
            "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
            "m=video 9 UDP/TLS/RTP/SAVPF 96",
            "a=fingerprint:md5 00",
            "a=setup:holdconn",
            "a=candidate:1 1 udp 1 evil host typ host",
            "a=ice-pwd:short",
            "a=tool:\x00",
            "a=tool:é",
            "",
            "nonsense",
            "a=" + "x" * 1000,
        ]
    ),
)
def test_nothing_slips_in_between(at: int, line: str) -> None:
    with pytest.raises(PictureSdpError):
        check("\r\n".join([*LINES[:at], line, *LINES[at:]]) + "\r\n", "offer")


@pytest.mark.parametrize("start", ESSENTIAL)
def test_nothing_essential_may_be_missing(start: str) -> None:
    with pytest.raises(PictureSdpError):
        check("\r\n".join(line for line in LINES if not line.startswith(start)), "offer")


@given(st.text(st.characters(codec="utf-8"), max_size=400))
def test_any_text_is_refused_with_a_sentence_that_repeats_nothing_of_it(text: str) -> None:
    with pytest.raises(PictureSdpError) as told:
        check(text, "offer")
    assert len(str(told.value)) < 100


@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=60))
def test_whatever_passes_is_one_picture(lines: list[str]) -> None:
    try:
        passed = check("\n".join(lines), "offer")
    except PictureSdpError:
        return
    assert passed.count("m=") == passed.count("m=video ") == 1
    assert passed.split("\r\n")[:-1] == lines


def test_it_has_an_end() -> None:
    candidate = next(line for line in LINES if line.startswith("a=candidate"))
    few = MOST_CANDIDATES - OFFER.count("a=candidate")
    assert check(OFFER + (candidate + "\r\n") * few, "offer")
    with pytest.raises(PictureSdpError, match="candidates"):
        check(OFFER + (candidate + "\r\n") * (few + 1), "offer")
    with pytest.raises(PictureSdpError, match="long"):
        check(OFFER + "a=x\r\n" * LONGEST, "offer")
    with pytest.raises(PictureSdpError, match="refused"):
        check(OFFER.replace("m=video 52710", "m=video 0"), "offer")
