"""Octets to messages, streams to frames, text to addresses: nothing but the promised error, whatever comes."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.media.sip import mapping, wire
from yuqiao.media.sip.addresses import checked_header, escaped_user, quoted_name, read_party, read_uri
from yuqiao.media.sip.framing import Framer

MESSAGE = (
    b"INVITE sip:960169@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP h:5060;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\n"
    b"To: <sip:b@h>\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\nContact: <sip:a@h>\r\nContent-Length: 4\r\n\r\nbody"
)


@given(st.binary(max_size=600))
def test_octets_are_a_message_or_malformed(data: bytes) -> None:
    with contextlib.suppress(wire.MalformedError):
        wire.read(data)


@given(
    st.lists(st.tuples(st.integers(0, len(MESSAGE) - 1), st.binary(max_size=4)), min_size=1, max_size=8),
)
def test_a_damaged_message_is_a_message_or_malformed(damage: list[tuple[int, bytes]]) -> None:
    data = bytearray(MESSAGE)
    for spot, octets in damage:
        data[spot : spot + 2] = octets
    with contextlib.suppress(wire.MalformedError):
        message = wire.read(bytes(data))
        assert wire.cseq_of(message)[0] >= 0
        assert wire.read(bytes(message)).headers.get_first("call-id") == message.headers.get_first("call-id")


EMPTY = MESSAGE.replace(b"4\r", b"0\r").replace(b"body", b"")


@given(st.lists(st.sampled_from([MESSAGE, EMPTY, b"\r\n\r\n"])), st.data())
def test_a_stream_gives_the_same_frames_however_it_is_cut(messages: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(messages)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    framer, found = Framer(), list[bytes]()
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += framer.feed(stream[start:end])
    assert [frame for frame in found if frame] == [message for message in messages if message != b"\r\n\r\n"]


@given(st.binary(max_size=400))
def test_any_octets_in_a_stream_are_frames_or_malformed(data: bytes) -> None:
    with contextlib.suppress(wire.MalformedError):
        for frame in Framer().feed(data):
            with contextlib.suppress(wire.MalformedError):
                wire.read(frame)


PRINTABLE = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)


@given(name=PRINTABLE, user=PRINTABLE)
def test_a_name_and_a_number_survive_the_way_through_a_header(name: str, user: str) -> None:
    value = f"{quoted_name(name)}<sip:{escaped_user(user)}@127.0.0.1:5060;transport=tcp>;tag=abc"
    party = read_party(value)
    uri = read_uri(party.uri)
    assert (party.name, party.tag) == (name, "abc")
    assert (uri.user, uri.host, uri.port, uri.transport) == (user, "127.0.0.1", 5060, "TCP")


@given(st.text(max_size=80))
def test_any_text_is_an_address_or_a_value_error(text: str) -> None:
    with contextlib.suppress(ValueError):
        read_uri(read_party(text).uri)


@given(before=PRINTABLE, control=st.sampled_from([*map(chr, range(32)), "\x7f"]), after=PRINTABLE)
def test_no_control_character_passes(before: str, control: str, after: str) -> None:
    text = before + control + after
    for write in (quoted_name, escaped_user):
        with pytest.raises(ValueError, match="control characters"):
            write(text)
    if control != "\t":
        with pytest.raises(ValueError, match="control characters"):
            checked_header("X-Line", text)


@pytest.mark.parametrize(
    ("text", "user", "host", "port", "loose"),
    [
        ("sip:110@police.example", "110", "police.example", 0, False),
        ("sip:[2001:db8::1]:5070;lr", "", "[2001:db8::1]", 5070, True),
        ("SIP:user;par=u%40example.net@example.com", "user", "example.com", 0, False),
        ("sip:%2B8613800000000:secret@h;lr=on", "+8613800000000", "h", 0, True),
        ("tel:+86-10-12345;phone-context=x", "+86-10-12345", "", 0, False),
    ],
)
def test_uris(text: str, user: str, host: str, port: int, loose: bool) -> None:
    uri = read_uri(text)
    assert (uri.user, uri.host, uri.port, uri.loose) == (user, host, port, loose)


@pytest.mark.parametrize("text", ["", "sip", "sip:", "http://h", "sip:a@h:0", "sip:a@h:99999", "sip:a@h h", "sip:a@b@"])
def test_what_is_no_uri(text: str) -> None:
    with pytest.raises(ValueError, match="SIP URI"):
        read_uri(text)


@given(st.integers(1, 127))
def test_a_refusal_is_a_final_status_and_comes_back_as_a_cause(cause: int) -> None:
    status = mapping.to_status(cause)
    assert 400 <= status < 700
    assert 1 <= mapping.from_status(status) <= 127
    assert mapping.from_reason([mapping.reason_header(cause)]) == cause


@pytest.mark.parametrize("cause", [1, 17, 19, 21, 28, 29, 34, 58])
def test_the_causes_that_matter_survive_as_a_status(cause: int) -> None:
    assert mapping.from_status(mapping.to_status(cause)) == cause


@pytest.mark.parametrize(
    ("values", "cause"),
    [
        (['SIP;cause=200;text="Call completed elsewhere"'], 26),
        (['SIP ;cause=487, Q.850 ; text="x" ; cause = 21'], 21),
        (["Q.850;cause=0", "Q.850;cause=999"], None),
        (["nonsense"], None),
        ([], None),
    ],
)
def test_reasons(values: list[str], cause: int | None) -> None:
    assert mapping.from_reason(values) == cause
