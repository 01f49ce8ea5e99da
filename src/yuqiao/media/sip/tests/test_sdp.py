"""Offers and answers: the first common codec, hold in all its ways, other streams refused, nonsense harmless."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.media.ports import AudioParameters
from yuqiao.media.sip import sdp

LOCAL = ("127.0.0.1", 20_000)
HEAD = "v=0\r\no=- 1 1 IN IP4 198.51.100.1\r\ns=-\r\n"


def offer(media: str, session: str = "c=IN IP4 198.51.100.1\r\nt=0 0\r\n") -> bytes:
    return (HEAD + session + media).encode()


@pytest.mark.parametrize(
    ("media", "codec", "dtmf"),
    [
        ("m=audio 4000 RTP/AVP 8\r\n", 8, None),
        ("m=audio 4000 RTP/AVP 0 8\r\n", 0, None),
        ("m=audio 4000 RTP/AVP 18 3 8 0\r\n", 8, None),
        ("m=audio 4000 RTP/AVP 96 0 97\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:97 telephone-event/8000\r\n", 0, 97),
        ("m=audio 4000 RTP/AVP 8 101\r\na=rtpmap:8 pcma/8000\r\na=rtpmap:101 TELEPHONE-EVENT/8000\r\n", 8, 101),
    ],
)
def test_the_first_common_codec_of_the_offer_is_taken(media: str, codec: int, dtmf: int | None) -> None:
    description = sdp.read(offer(media))
    assert description.audio == AudioParameters(("198.51.100.1", 4000), codec, dtmf)
    answer = sdp.read(sdp.LocalDescription(LOCAL).answer(description))
    assert answer.audio == AudioParameters(LOCAL, codec, dtmf)


def test_events_at_another_clock_rate_are_not_taken() -> None:
    media = (
        "m=audio 4000 RTP/AVP 8 101 102\r\na=rtpmap:101 telephone-event/48000\r\na=rtpmap:102 telephone-event/8000\r\n"
    )
    assert sdp.read(offer(media)).audio.dtmf_payload_type == 102


@pytest.mark.parametrize(
    ("attribute", "send", "receive", "answered"),
    [
        ("", True, True, "sendrecv"),
        ("a=sendrecv\r\n", True, True, "sendrecv"),
        ("a=sendonly\r\n", False, True, "recvonly"),
        ("a=recvonly\r\n", True, False, "sendonly"),
        ("a=inactive\r\n", False, False, "inactive"),
    ],
)
@pytest.mark.parametrize("level", ["session", "media"])
def test_directions(attribute: str, send: bool, receive: bool, answered: str, level: str) -> None:
    session = "c=IN IP4 198.51.100.1\r\nt=0 0\r\n" + (attribute if level == "session" else "")
    media = "m=audio 4000 RTP/AVP 8\r\n" + (attribute if level == "media" else "")
    description = sdp.read(offer(media, session))
    assert (description.audio.send, description.audio.receive) == (send, receive)
    assert f"a={answered}\r\n".encode() in sdp.LocalDescription(LOCAL).answer(description)


def test_the_media_level_address_wins_and_other_streams_are_refused_in_their_places() -> None:
    media = (
        "m=video 5000 RTP/AVP 31 34\r\nm=audio 0 RTP/AVP 8\r\nm=audio 4000 RTP/SAVP 8\r\n"
        "m=audio 4002 RTP/AVP 8\r\nc=IN IP4 203.0.113.7\r\nm=image 6000 udptl t38\r\nm=audio 4004 RTP/AVP 0\r\n"
    )
    description = sdp.read(offer(media))
    assert description.audio.remote == ("203.0.113.7", 4002)
    answer = sdp.LocalDescription(LOCAL).answer(description).decode()
    assert [line for line in answer.split("\r\n") if line.startswith("m=")] == [
        "m=video 0 RTP/AVP 31 34",
        "m=audio 0 RTP/AVP 8",
        "m=audio 0 RTP/SAVP 8",
        "m=audio 20000 RTP/AVP 8",
        "m=image 0 udptl t38",
        "m=audio 0 RTP/AVP 0",
    ]


@pytest.mark.parametrize(
    "body",
    [
        offer("m=audio 4000 RTP/AVP 18\r\n"),
        offer("m=audio 4000 RTP/AVP 8\r\na=rtpmap:8 opus/48000/2\r\n"),
        offer("m=audio 0 RTP/AVP 8\r\n"),
        offer("m=video 4000 RTP/AVP 31\r\n"),
        offer("m=audio 4000 RTP/AVP 8\r\n", session="t=0 0\r\n"),
        offer("m=audio 4000 RTP/AVP 8\r\n", session="c=IN IP6 2001:db8::1\r\nt=0 0\r\n"),
        offer("m=audio 4000 RTP/AVP 8\r\n", session="c=IN IP4 gateway.example\r\nt=0 0\r\n"),
        offer("m=audio 4000 RTP/AVP 8\r\n", session="c=IN IP4 224.2.36.42/127\r\nt=0 0\r\n"),
        offer(""),
    ],
)
def test_what_can_be_read_but_not_joined(body: bytes) -> None:
    with pytest.raises(sdp.NotAcceptableError):
        sdp.read(body)


@pytest.mark.parametrize(
    "body", [b"", b"hello", b"\xff\xfe", offer("m=audio x RTP/AVP 8\r\n"), offer("m=audio\r\n")[2:]]
)
def test_what_is_no_sdp(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any ValueError is a 400
        sdp.read(body)


LINES = st.sampled_from([
    "m=audio 4000 RTP/AVP 8 0", "m=video 1 x y", "m=", "c=IN IP4 1.2.3.4", "c=", "a=sendonly", "a=rtpmap:8 PCMA/8000",
    "a=rtpmap:x", "a=rtpmap:8 PCMA/x", "a=fmtp:", "b=AS:x", "t=x y", "o=-", "v=0", "m=audio 70000 RTP/AVP 8", "a=", "=",
])  # fmt: skip


@given(st.lists(st.one_of(LINES, st.text(max_size=20)), max_size=12))
def test_any_lines_are_a_description_or_a_value_error(lines: list[str]) -> None:
    with contextlib.suppress(ValueError):
        description = sdp.read(("v=0\r\n" + "\r\n".join(lines)).encode())
        answer = sdp.LocalDescription(LOCAL).answer(description)
        assert sdp.read(answer).audio.payload_type == description.audio.payload_type


def test_our_offer_over_ipv6_is_written_and_refused_without_a_crash() -> None:
    body = sdp.LocalDescription(("::1", 20_000)).offer()
    assert b"c=IN IP6 ::1\r\n" in body
    with pytest.raises(sdp.NotAcceptableError):
        sdp.read(body)


def test_the_version_rises_only_with_a_change() -> None:
    local = sdp.LocalDescription(LOCAL)
    description = sdp.read(offer("m=audio 4000 RTP/AVP 8\r\n"))
    held = sdp.read(offer("m=audio 4000 RTP/AVP 8\r\na=sendonly\r\n"))
    bodies = [local.answer(description), local.answer(description), local.answer(held), local.answer(description)]
    assert [body.split(b"\r\n")[1].split()[2] for body in bodies] == [b"0", b"0", b"1", b"2"]


JAPANESE = "m=audio 4000 RTP/AVP 8\r\na=hlang-send:ja-JP en *\r\na=hlang-recv:en ja\r\n"


def test_languages_of_an_offer_are_read_in_the_caller_s_order_and_the_chosen_one_is_said_back() -> None:
    description = sdp.read(offer(JAPANESE))
    assert description.languages.preferred == ("ja-JP", "en", "ja")
    local = sdp.LocalDescription(LOCAL)
    local.language = "ja"
    answered = local.answer(description)
    # What they send we receive (RFC 8373 5.2).
    assert b"a=hlang-recv:ja-JP\r\n" in answered
    assert b"a=hlang-send:ja\r\n" in answered
    local.language = "ru"
    assert b"hlang" not in local.answer(description), "nothing that was not offered"


def test_an_offer_without_languages_is_answered_without() -> None:
    description = sdp.read(offer("m=audio 4000 RTP/AVP 8\r\n"))
    local = sdp.LocalDescription(LOCAL)
    local.language = "ja"
    assert description.languages.preferred == ()
    assert b"hlang" not in local.answer(description)


def test_languages_of_the_whole_session_are_understood_and_those_of_the_stream_go_first() -> None:
    session = "c=IN IP4 198.51.100.1\r\nt=0 0\r\na=hlang-send:fr\r\n"
    assert sdp.read(offer("m=audio 4000 RTP/AVP 8\r\n", session)).languages.preferred == ("fr",)
    assert sdp.read(offer(JAPANESE, session)).languages.send == ("ja-JP", "en")


def test_our_own_offer_says_languages_and_goes_on_without_them() -> None:
    written = sdp.LocalDescription(LOCAL).offer(("ja", "en"))
    assert b"a=hlang-send:ja en *\r\n" in written
    assert sdp.read(written).languages.preferred == ("ja", "en")
    assert b"hlang" not in sdp.LocalDescription(LOCAL).offer()


@given(st.text(max_size=80))
def test_whatever_stands_in_the_attribute_gives_tags_or_nothing(value: str) -> None:
    line = value.replace("\r", " ").replace("\n", " ")
    with contextlib.suppress(ValueError):
        found = sdp.read(offer(f"m=audio 4000 RTP/AVP 8\r\na=hlang-send:{line}\r\n")).languages.send
        assert len(found) <= 10
        assert all(tag.replace("-", "").isalnum() and tag.isascii() for tag in found)
