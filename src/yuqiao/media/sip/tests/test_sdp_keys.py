"""Keys for SRTP in offers and answers (RFC 4568): which are taken, when we offer some, what policy refuses."""

from __future__ import annotations

import base64
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.media.ports import AudioParameters
from yuqiao.media.sip import sdp, secure_media
from yuqiao.media.sip.secure_media import Crypto, Keys, Policy

OURS, THEIRS = ("127.0.0.1", 20_000), ("198.51.100.1", 4000)
LONG, SHORT = secure_media.SUITES
KEY = base64.b64encode(bytes(range(30))).decode()
HEAD = "v=0\r\no=- 1 1 IN IP4 198.51.100.1\r\ns=-\r\nc=IN IP4 198.51.100.1\r\nt=0 0\r\n"


def offer(*crypto: str, protocol: str = "RTP/SAVP") -> bytes:
    lines = "".join(f"a=crypto:{one}\r\n" for one in crypto)
    return f"{HEAD}m=audio 4000 {protocol} 8 101\r\na=rtpmap:101 telephone-event/8000\r\n{lines}".encode()


def talk(alice: Keys, bob: Keys) -> tuple[AudioParameters, AudioParameters]:
    """Alice offers, Bob answers; returns what each settled."""
    hers, his = sdp.LocalDescription(OURS, alice), sdp.LocalDescription(THEIRS, bob)
    heard = sdp.read(hers.offer(), bob.policy)
    answer = his.answer(heard)
    return hers.settle(hers.read_answer(answer)), his.settle(heard)


@pytest.mark.parametrize("alice", [Keys(Policy.REQUIRED), Keys(Policy.OPTIONAL, under_tls=True)])
def test_both_sides_agree_on_the_keys_of_both_directions(alice: Keys) -> None:
    hers, his = talk(alice, Keys(Policy.OPTIONAL))
    assert hers.srtp is not None
    assert his.srtp is not None
    assert hers.srtp.suite == his.srtp.suite == LONG
    assert (hers.srtp.ours, hers.srtp.theirs) == (his.srtp.theirs, his.srtp.ours)
    assert hers.srtp.ours != hers.srtp.theirs
    assert hers.srtp.ours not in repr(hers)
    assert his.srtp.ours not in repr(hers)


def test_in_the_clear_no_keys_are_offered_of_our_own_accord() -> None:
    hers, his = talk(Keys(Policy.OPTIONAL), Keys(Policy.OPTIONAL))
    assert hers.srtp is his.srtp is None
    assert b"crypto" not in sdp.LocalDescription(OURS, Keys(Policy.OFF, under_tls=True)).offer()


def test_the_answer_takes_the_peers_first_suite_under_its_tag_and_each_offered_suite_has_its_key() -> None:
    description = sdp.read(offer(f"7 {SHORT} inline:{KEY}", f"8 {LONG} inline:{KEY}"))
    answer = sdp.LocalDescription(OURS).answer(description).decode()
    assert f"a=crypto:7 {SHORT} inline:" in answer
    assert "m=audio 20000 RTP/SAVP 8 101" in answer
    assert answer.count("a=crypto") == 1
    assert KEY not in answer
    first, second = sdp.read(sdp.LocalDescription(OURS, Keys(Policy.REQUIRED)).offer()).crypto
    assert (first.tag, first.suite, second.tag, second.suite) == (1, LONG, 2, SHORT)
    assert first.key != second.key


@pytest.mark.parametrize(
    "line",
    [
        f"1 AES_CM_256_HMAC_SHA1_80 inline:{KEY}",
        f"1 {LONG} inline:{KEY[:-4]}",
        f"1 {LONG} inline:!!!!",
        f"1 {LONG} inline:{KEY}|2^20|1:4",
        f"1 {LONG} inline:{KEY};inline:{KEY}",
        f"1 {LONG} inline:{KEY} UNENCRYPTED_SRTP",
        f"1 {LONG} inline:{KEY} KDR=1",
        f"1 {LONG}",
        "",
    ],
)
def test_what_we_cannot_do_is_passed_over(line: str) -> None:
    with pytest.raises(sdp.NotAcceptableError):
        sdp.read(offer(line))
    assert sdp.read(offer(line, f"2 {SHORT} inline:{KEY}")).crypto == (Crypto(2, SHORT, KEY),)


@pytest.mark.parametrize("line", [f"1 {LONG} inline:{KEY}|2^31", f"1  {LONG}  inline:{KEY}  WSH=64 -X=1"])
def test_a_lifetime_and_harmless_parameters_are_taken(line: str) -> None:
    assert sdp.read(offer(line)).crypto == (Crypto(1, LONG, KEY),)


def test_what_the_operator_does_not_want_is_not_acceptable() -> None:
    secured, plain = offer(f"1 {LONG} inline:{KEY}"), offer(protocol="RTP/AVP")
    for policy, body in ((Policy.OFF, secured), (Policy.REQUIRED, plain), (Policy.REQUIRED, offer())):
        with pytest.raises(sdp.NotAcceptableError):
            sdp.read(body, policy)
    both = secured + b"m=audio 4002 RTP/AVP 8\r\n"
    assert sdp.read(both, Policy.OFF).index == 1
    assert sdp.read(both, Policy.REQUIRED).index == 0
    answer = sdp.LocalDescription(OURS).answer(sdp.read(both, Policy.OFF)).decode()
    assert "m=audio 0 RTP/SAVP" in answer


def test_keys_beside_a_plain_stream_are_taken_as_optional_security() -> None:
    body = offer(f"1 {LONG} inline:{KEY}", protocol="RTP/AVP")
    for policy in (Policy.OPTIONAL, Policy.REQUIRED):
        media = sdp.LocalDescription(OURS, Keys(policy))
        described = sdp.read(body, policy)
        answer = media.answer(described)
        assert b"m=audio 20000 RTP/AVP 8 101" in answer
        settled = media.settle(described).srtp
        assert settled is not None
        assert f"a=crypto:1 {LONG} inline:{settled.ours}".encode() in answer
        assert b"RTP/AVP" in media.offer()
    described = sdp.read(body, Policy.OFF)
    assert described.crypto == ()
    assert b"crypto" not in sdp.LocalDescription(OURS, Keys(Policy.OFF)).answer(described)


def test_keys_in_the_answer_to_a_plain_offer_mean_nothing() -> None:
    media = sdp.LocalDescription(OURS)
    media.offer()
    answer = media.read_answer(offer(f"1 {LONG} inline:{KEY}", protocol="RTP/AVP"))
    assert media.settle(answer).srtp is None


def test_an_answer_that_takes_what_we_did_not_offer_is_none() -> None:
    hers = sdp.LocalDescription(OURS, Keys(Policy.OPTIONAL))
    hers.offer()
    with pytest.raises(ValueError, match="did not offer"):
        hers.read_answer(offer(f"1 {LONG} inline:{KEY}"))
    hers = sdp.LocalDescription(OURS, Keys(Policy.REQUIRED))
    hers.offer()
    with pytest.raises(sdp.NotAcceptableError):
        hers.read_answer(offer(protocol="RTP/AVP"))


def test_later_offers_keep_what_is_in_use_and_our_keys() -> None:
    keys = Keys(Policy.OPTIONAL)
    media = sdp.LocalDescription(OURS, keys)
    described = sdp.read(offer(f"3 {SHORT} inline:{KEY}"))
    answered = sdp.read(media.answer(described)).crypto
    media.held = True
    assert sdp.read(media.offer()).crypto == answered
    media.settle(sdp.read(offer(protocol="RTP/AVP")))
    assert sdp.read(media.offer()).crypto == ()
    again = sdp.read(media.answer(described)).crypto
    assert again[0].key != answered[0].key  # what begins anew begins with another key


@given(st.text(max_size=80))
def test_any_crypto_attribute_is_harmless(text: str) -> None:
    for one in secure_media.read([text, f"1 {LONG} inline:{KEY}{text}"]):
        assert one.suite in secure_media.SUITES
    with contextlib.suppress(ValueError):
        sdp.read(offer(text))


@pytest.mark.parametrize("raw", ["off", "Optional", " required "])
def test_policy_names(raw: str) -> None:
    assert Policy.read(raw).value == raw.strip().lower()
    with pytest.raises(ValueError, match="off, optional or required"):
        Policy.read("yes")
