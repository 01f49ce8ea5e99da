"""Digest authentication: the RFCs' own figures, and that both our sides agree for whatever is thrown at them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.media.sip.digest import NONCE_LIFE, Challenge, Login, Verdict, Verifier, answer, choose, parameters

MUFASA = Login("Mufasa", "Circle of Life")
NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
CITY = Login("city", "geheim")
NOW = 1_700_000_000.0
texts = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=20)


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_example_of_rfc_7616(algorithm: str, response: str) -> None:
    """Section 3.9.1."""
    challenge = Challenge("http-auth@example.org", NONCE, algorithm)
    name, value = answer(challenge, MUFASA, method="GET", uri="/dir/index.html", count=1, cnonce=CNONCE)
    assert name == "Authorization"
    assert parameters(value)["response"] == response
    assert parameters(value)["nc"] == "00000001"


def test_a_server_that_knows_no_qop() -> None:
    """RFC 2617 3.2.2.1: without qop neither cnonce nor nc is said; the figure is errata 749's to RFC 2069."""
    challenge = Challenge("testrealm@host.com", "dcd98b7102dd2f0e8b11d0f600bfb0c093", said_algorithm=False, qop=False)
    login = Login("Mufasa", "CircleOfLife")
    said = parameters(answer(challenge, login, method="GET", uri="/dir/index.html", count=1, cnonce="x")[1])
    assert said["response"] == "1949323746fe6a43ef61f9606e7febea"
    assert not {"qop", "cnonce", "nc", "algorithm"} & set(said)


def test_the_topmost_challenge_that_can_be_met() -> None:
    """RFC 8760 2.4."""
    strange = 'Digest realm="r", nonce="1", algorithm=SHA-512-256, qop="auth"'
    only_int = 'Digest realm="r", nonce="2", algorithm=SHA-256, qop="auth-int"'
    strong = 'Digest realm="a, \\"b\\"", nonce="3,4", algorithm=SHA-256, qop="auth-int, auth", opaque="", stale=TRUE'
    plain = 'Digest realm="r", nonce="5"'
    found = choose(["Basic realm=x", strange, only_int, strong, plain], proxy=True)
    assert found == Challenge('a, "b"', "3,4", "SHA-256", opaque="", stale=True, proxy=True)
    assert choose([strange, only_int], proxy=False) is None
    weak = choose([plain, strong], proxy=False)
    assert weak is not None
    assert (weak.algorithm, weak.said_algorithm, weak.qop) == ("MD5", False, False)


@given(texts)
def test_whatever_a_challenge_holds_is_read_or_refused(garbage: str) -> None:
    choose([garbage, f"Digest {garbage}", f'Digest nonce="{garbage}", {garbage}'], proxy=False)
    verifier = Verifier("yuqiao", {"city": CITY}, b"secret")
    for value in (
        garbage,
        f'Digest realm="yuqiao", {garbage}',
        f'Digest realm="yuqiao", nonce="{garbage}", nc={garbage}',
    ):
        assert verifier.judge([value], "INVITE", NOW)[0] in {Verdict.MISSING, Verdict.WRONG}


def signed(
    verifier: Verifier, login: Login, *, at: float = NOW, count: int = 1, method: str = "INVITE", strength: int = 0
) -> str:
    values = [value for _, value in verifier.challenges(at)]
    challenge = choose(values[strength:], proxy=False)
    assert challenge is not None
    return answer(challenge, login, method=method, uri="sip:960169@us", count=count, cnonce="c")[1]


@given(texts.filter(bool), texts, st.integers(0, 1))
def test_who_knows_the_password_comes_in_and_nobody_else(user: str, password: str, strength: int) -> None:
    login = Login(user, password)
    verifier = Verifier("yuqiao", {user: login}, b"secret")
    assert verifier.judge([signed(verifier, login, strength=strength)], "INVITE", NOW + 1) == (Verdict.RIGHT, user)
    wrong = replace(login, password=password + "x")
    assert verifier.judge([signed(verifier, wrong, strength=strength)], "INVITE", NOW + 1) == (Verdict.WRONG, "")


def test_what_was_overheard_cannot_be_said_again() -> None:
    verifier = Verifier("yuqiao", {"city": CITY}, b"secret")
    value = signed(verifier, CITY)
    assert verifier.judge([value], "INVITE", NOW)[0] is Verdict.RIGHT
    assert verifier.judge([value], "INVITE", NOW)[0] is Verdict.STALE
    assert verifier.judge([value], "BYE", NOW)[0] is Verdict.WRONG
    assert verifier.judge([signed(verifier, CITY, count=2)], "INVITE", NOW)[0] is Verdict.RIGHT


def test_a_nonce_grows_old_and_cannot_be_made_up() -> None:
    verifier = Verifier("yuqiao", {"city": CITY}, b"secret")
    value = signed(verifier, CITY)
    assert verifier.judge([value], "INVITE", NOW + NONCE_LIFE + 1)[0] is Verdict.STALE
    assert verifier.judge([value], "INVITE", NOW - 1)[0] is Verdict.STALE  # of tomorrow
    forger = Verifier("yuqiao", {"city": CITY}, b"another secret")
    assert verifier.judge([signed(forger, CITY)], "INVITE", NOW)[0] is Verdict.WRONG
    assert verifier.judge([], "INVITE", NOW)[0] is Verdict.MISSING


def test_a_password_is_never_shown() -> None:
    assert "geheim" not in repr(CITY)
