"""DTLS-SRTP without a wire: keys that fit each other, flights that are said again, peers that are refused."""

from __future__ import annotations

import base64
import datetime
import itertools

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import given, settings
from hypothesis import strategies as st
from OpenSSL import SSL

from yuqiao.lib import clock
from yuqiao.media.ports import Srtp
from yuqiao.media.webrtc import certificate
from yuqiao.media.webrtc.dtls import AGAIN, MTU, PROFILES, Association, Profile, context, datagrams, hello_of, keys_of

SERVER, BROWSER, EVE = (certificate.make(clock.now()) for _ in range(3))
SHARED = {identity.fingerprint: context(identity) for identity in (SERVER, BROWSER, EVE)}


def pair(announced: str = BROWSER.fingerprint) -> tuple[Association, Association]:
    """A server's and a browser's association; ``announced``: the fingerprint that the server was told."""
    server = Association(SHARED[SERVER.fingerprint], announced, active=False)
    return server, Association(SHARED[BROWSER.fingerprint], SERVER.fingerprint, active=True)


def talk(server: Association, browser: Association, flight: list[bytes]) -> None:
    """Let both answer each other until neither has anything to say."""
    for hearer in itertools.cycle((server, browser)):
        flight = [said for datagram in flight for said in hearer.take(datagram, 0.0)]
        if not flight:
            return


def fits(one: Srtp | None, other: Srtp | None) -> bool:
    return one is not None and other is not None and (one.ours, one.theirs) == (other.theirs, other.ours)


def test_both_have_the_keys_of_each_other() -> None:
    server, browser = pair()
    assert server.begin(0.0) == []
    talk(server, browser, browser.begin(0.0))
    assert fits(server.keys, browser.keys)
    assert server.keys is not None
    assert server.keys.suite == "AEAD_AES_128_GCM"
    assert server.keys.ours != server.keys.theirs
    assert len(base64.b64decode(server.keys.ours)) == 28


def test_a_browser_that_knows_only_the_profile_of_all() -> None:
    only = context(BROWSER)
    only.set_tlsext_use_srtp(b"SRTP_AES128_CM_SHA1_80")
    server, _ = pair()
    browser = Association(only, SERVER.fingerprint, active=True)
    talk(server, browser, browser.begin(0.0))
    assert fits(server.keys, browser.keys)
    assert server.keys is not None
    assert server.keys.suite == "AES_CM_128_HMAC_SHA1_80"
    assert len(base64.b64decode(server.keys.ours)) == 30


def test_a_certificate_that_was_not_announced_gives_no_keys() -> None:
    server, browser = pair(EVE.fingerprint)
    talk(server, browser, browser.begin(0.0))
    assert server.keys is None
    assert "announced" in server.failed
    assert not server.is_vain(pair()[1].begin(0.0)[0])
    assert browser.over  # it was told


def test_no_certificate_or_no_srtp_gives_no_keys() -> None:
    bare = SSL.Context(SSL.DTLS_METHOD)
    server, _ = pair()
    browser = Association(bare, SERVER.fingerprint, active=True)
    talk(server, browser, browser.begin(0.0))
    assert server.keys is None
    assert server.failed
    plain = SSL.Context(SSL.DTLS_METHOD)
    plain.use_certificate(x509.load_pem_x509_certificate(BROWSER.certificate.encode()))
    key = load_pem_private_key(BROWSER.key.encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    plain.use_privatekey(key)
    server, _ = pair()
    browser = Association(plain, SERVER.fingerprint, active=True)
    talk(server, browser, browser.begin(0.0))
    assert server.keys is None
    assert server.failed == "no profile of SRTP in common"


def test_a_flight_that_was_lost_is_said_again_soon() -> None:
    server, browser = pair()
    hello = browser.begin(0.0)
    assert browser.elapse(AGAIN / 2) == []
    assert browser.elapse(AGAIN) == hello
    lost = [said for datagram in hello for said in server.take(datagram, 1.0)]
    assert server.elapse(1.0 + AGAIN / 2) == []
    again = server.elapse(1.0 + AGAIN)
    assert again == lost
    assert server.elapse(1.0 + 2 * AGAIN) == []  # the pause doubles
    talk(browser, server, again)
    assert fits(server.keys, browser.keys)
    assert not server.waits
    assert server.elapse(9.0) == []


def test_another_beginning_is_noticed_until_the_first_is_done() -> None:
    server, browser = pair()
    hello, other = browser.begin(0.0)[0], pair()[1].begin(0.0)[0]
    assert not server.is_vain(hello)
    flight = server.take(hello, 0.0)
    assert not server.is_vain(hello)
    assert server.is_vain(other)
    assert not server.is_vain(flight[0])
    talk(browser, server, flight)
    assert not server.is_vain(other)  # what is secured stays so until SDP says something new


@given(st.binary(max_size=100))
def test_what_is_no_hello_has_no_random(data: bytes) -> None:
    assert hello_of(data) == b"" or (data[0], data[13]) == (22, 1)


def test_what_is_a_hello_has_one() -> None:
    genuine = pair()[1].begin(0.0)[0]
    assert hello_of(genuine) == genuine[27:59]
    assert hello_of(genuine[:58]) == b""


def test_every_datagram_twice_changes_nothing() -> None:
    server, browser = pair()
    flight, hearer, other = browser.begin(0.0), server, browser
    while flight:
        answers = [said for datagram in flight for _ in range(2) for said in hearer.take(datagram, 0.0)]
        flight, hearer, other = answers, other, hearer
        if fits(server.keys, browser.keys):
            break
    assert fits(server.keys, browser.keys)


def test_the_end_is_told_and_heard() -> None:
    server, browser = pair()
    assert server.close() == []
    talk(server, browser, browser.begin(0.0))
    for goodbye in browser.close():
        server.take(goodbye, 1.0)
    assert server.over
    assert server.keys is None
    assert server.take(b"\x16more", 2.0) == server.close() == []


@given(st.lists(st.binary(min_size=1, max_size=300), max_size=8), st.booleans())
@settings(max_examples=50, deadline=None)
def test_octets_of_no_meaning_give_no_keys(junk: list[bytes], begun: bool) -> None:
    server, browser = pair()
    flight = browser.begin(0.0)
    if begun:
        flight = server.take(flight[0], 0.0)
    for datagram in junk:
        server.take(b"\x16\xfe\xfd" + datagram, 0.0)
        server.take(datagram, 0.0)
    assert server.keys is None


@given(
    st.lists(
        st.binary(max_size=1500).map(lambda body: b"\x16\xfe\xfd" + bytes(8) + len(body).to_bytes(2, "big") + body)
    )
)
def test_records_are_packed_whole_and_in_order(records: list[bytes]) -> None:
    made = datagrams(b"".join(records))
    assert b"".join(made) == b"".join(records)
    ends = set(itertools.accumulate(map(len, records)))
    assert set(itertools.accumulate(map(len, made))) <= ends
    assert all(len(datagram) <= MTU or datagram in records for datagram in made)
    for one, after in itertools.pairwise(made):
        assert len(one) + len(after) > MTU or len(one) > MTU or len(after) > MTU or _first(after) + len(one) > MTU


def _first(datagram: bytes) -> int:
    return 13 + int.from_bytes(datagram[11:13], "big")


@pytest.mark.parametrize("profile", PROFILES)
def test_the_exported_octets_are_cut_as_the_rfc_says(profile: Profile) -> None:
    """RFC 5764 4.2: client key, server key, client salt, server salt."""
    one = profile
    parts = [bytes([mark]) * size for mark, size in zip(b"KSks", (one.key, one.key, one.salt, one.salt), strict=True)]
    keys = keys_of(one, b"".join(parts), active=True)
    assert base64.b64decode(keys.ours) == parts[0] + parts[2]
    assert base64.b64decode(keys.theirs) == parts[1] + parts[3]
    assert fits(keys, keys_of(one, b"".join(parts), active=False))


def test_the_certificate_is_what_browsers_want() -> None:
    now = datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)
    identity = certificate.make(now)
    made = x509.load_pem_x509_certificate(identity.certificate.encode())
    assert made.not_valid_after_utc - now == certificate.VALID
    assert made.not_valid_before_utc < now
    assert made.signature_hash_algorithm is not None
    assert made.signature_hash_algorithm.name == "sha256"
    assert identity.fingerprint == certificate.fingerprint_of(made)
    assert len(identity.fingerprint) == 64
    assert identity.key not in repr(identity)
    assert certificate.make(now).fingerprint != identity.fingerprint
