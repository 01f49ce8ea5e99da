"""What we make of Chromium's descriptions and what ours say (RFC 8829): its own words, and those words mangled."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.media.sip import browser_sdp, sdp
from yuqiao.media.sip.tests.browser import FINGERPRINT, SAID, moved

OURS = browser_sdp.Browsers(FINGERPRINT)
LOCAL = ("192.0.2.7", 40_000)
OFFERS = sorted(name for name in SAID if "offer" in name)
DIRECTIONS = {"offer-held": (False, True), "offer-inactive": (False, False)}


def lines(body: bytes, kind: str) -> list[str]:
    """The values of the lines that begin with ``kind``."""
    return [line[len(kind) :] for line in body.decode().split("\r\n") if line.startswith(kind)]


@pytest.mark.parametrize("name", OFFERS)
def test_an_offer_of_chromium_is_answered_line_by_line(name: str) -> None:
    offer = browser_sdp.read(SAID[name].encode())
    mine = OURS.describe(LOCAL)
    answer = mine.answer(offer)
    theirs = SAID[name].encode()
    assert [one.split()[0] for one in lines(answer, "m=")] == [one.split()[0] for one in lines(theirs, "m=")]
    assert lines(answer, "a=mid:") == lines(theirs, "a=mid:")
    assert [int(one.split()[1]) for one in lines(answer, "m=")] == [40_000] + [0] * (len(offer.lines) - 1)
    assert lines(answer, "a=group:") == ["BUNDLE 0"]
    assert lines(answer, "a=setup:") == ["passive"]
    assert lines(answer, "a=fingerprint:") == [f"sha-256 {':'.join(['AB'] * 32)}"]
    assert lines(answer, "a=candidate:") == ["1 1 udp 2130706431 192.0.2.7 40000 typ host"]
    assert "a=ice-lite" in answer.decode()
    audio = mine.settle(offer)
    assert audio.dtls is not None
    assert (audio.payload_type, audio.rtcp_mux, audio.srtp) == (0, True, None)
    assert audio.dtls.their_ufrag == lines(theirs, "a=ice-ufrag:")[0]
    assert audio.dtls.fingerprint == lines(theirs, "a=fingerprint:sha-256 ")[0].replace(":", "").lower()
    assert [audio.dtls.ufrag] == lines(answer, "a=ice-ufrag:")
    assert [audio.dtls.password] == lines(answer, "a=ice-pwd:")
    held = DIRECTIONS.get(name, (False, False) if name.startswith("re") else (True, True))
    assert (audio.send, audio.receive) == held


def test_only_a_restart_of_theirs_changes_our_credentials() -> None:
    mine = OURS.describe(LOCAL)
    offer = SAID["offer-voice"]
    first = mine.answer(browser_sdp.read(offer.encode()))
    again = mine.answer(browser_sdp.read(offer.replace("a=sendrecv", "a=sendonly").encode()))
    restarted = mine.answer(browser_sdp.read(moved(offer).encode()))
    assert lines(first, "a=ice-pwd:") == lines(again, "a=ice-pwd:") != lines(restarted, "a=ice-pwd:")
    versions = [int(lines(one, "o=")[0].split()[2]) for one in (first, again, restarted)]
    assert versions == [0, 1, 2]


@pytest.mark.parametrize(
    ("setup", "ours", "active"),
    [("actpass", "passive", False), ("active", "passive", False), ("passive", "active", True)],
)
def test_the_browser_begins_the_handshake_unless_it_wants_us_to(setup: str, ours: str, active: bool) -> None:
    mine = OURS.describe(LOCAL)
    offer = browser_sdp.read(SAID["offer-voice"].replace("a=setup:actpass", f"a=setup:{setup}").encode())
    assert lines(mine.answer(offer), "a=setup:") == [ours]
    agreed = mine.settle(offer).dtls
    assert agreed is not None
    assert agreed.active is active
    later = browser_sdp.read(SAID["offer-voice"].encode())  # actpass: the roles stay (RFC 8842 5.3)
    assert lines(mine.answer(later), "a=setup:") == [ours]


def test_our_offer_and_chromiums_answer() -> None:
    mine = OURS.describe(LOCAL)
    offer = mine.offer(("fr",))
    assert lines(offer, "m=") == ["audio 40000 UDP/TLS/RTP/SAVPF 8 0 101"]
    assert lines(offer, "a=hlang-send:") == ["fr *"]
    audio = mine.settle(mine.read_answer(SAID["answer-voice"].encode()))
    assert (audio.payload_type, audio.dtmf_payload_type) == (8, 101)
    later = mine.offer()
    assert lines(later, "a=ice-pwd:") == lines(offer, "a=ice-pwd:")
    assert lines(later, "a=mid:") == ["0"]
    with pytest.raises(ValueError, match="role"):
        mine.read_answer(SAID["answer-voice"].replace("a=setup:active", "a=setup:actpass").encode())


REFUSED: dict[str, Callable[[str], str]] = {
    "plain": lambda said: said.replace("UDP/TLS/RTP/SAVPF", "RTP/AVP"),
    "no G.711": lambda said: re.sub(r"m=audio (\d+) (\S+) .*?\r\n", r"m=audio \1 \2 111\r\n", said, count=1),
    "no fingerprint": lambda said: said.replace("a=fingerprint:sha-256", "a=fingerprint:sha-1"),
    "no ICE": lambda said: said.replace("a=ice-ufrag", "a=x-ufrag"),
    "RTCP elsewhere": lambda said: said.replace("a=rtcp-mux\r\n", ""),
    "refused audio": lambda said: re.sub(r"m=audio \d+", "m=audio 0", said),
    "nothing": lambda said: said.partition("m=")[0],
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_joined_is_not_acceptable(what: str) -> None:
    with pytest.raises(sdp.NotAcceptableError):
        browser_sdp.read(REFUSED[what](SAID["offer-voice"]).encode())


def test_what_a_session_says_for_all_its_streams_counts() -> None:
    """As Firefox writes it."""
    said = SAID["offer-voice"]
    fingerprint = re.search(r"a=fingerprint:.*\r\n", said)
    assert fingerprint is not None
    turned = said.replace(fingerprint[0], "").replace("t=0 0\r\n", f"t=0 0\r\n{fingerprint[0]}")
    assert browser_sdp.read(turned.encode()).web == browser_sdp.read(said.encode()).web


@given(st.sampled_from(sorted(SAID)), st.randoms(use_true_random=False), st.integers(1, 12))
def test_mangled_descriptions_are_refused_or_answered_soundly(name: str, die: random.Random, changes: int) -> None:
    text = SAID[name].split("\r\n")
    for _ in range(changes):
        at = die.randrange(len(text))
        match die.randrange(4):
            case 0:
                del text[at : at + die.randrange(1, 4)]
            case 1:
                text.insert(at, die.choice(text) if text else "v=0")
            case 2:
                text[at] = text[at][: die.randrange(len(text[at]) + 1)]
            case _:
                text[at] += die.choice([" 0", ":", "=", "\0", "é", ";x", " IN IP6 ::1"])
        text = text or ["v=0"]
    try:
        offer = browser_sdp.read("\r\n".join(text).encode())
    except ValueError:
        return
    answer = OURS.describe(LOCAL).answer(offer)
    assert len(lines(answer, "m=")) == len(offer.lines)
    assert sum(int(one.split()[1]) > 0 for one in lines(answer, "m=")) == 1
    assert all(line[1:2] == "=" for line in answer.decode().split("\r\n")[:-1])


@given(st.binary(max_size=200))
def test_any_octets_are_refused_or_read(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - NotAcceptableError or what says that it is no SDP
        browser_sdp.read(b"v=0\r\n" + body)
