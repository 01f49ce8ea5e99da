"""What is agreed of session timers (RFC 4028, table 2), whatever the other end asks."""

from __future__ import annotations

import pytest
from aiosipua import SipRequest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.media.sip.session_timers import (
    LEAST,
    Agreement,
    Terms,
    Wish,
    agreed,
    answered,
    asked,
    raised,
    read,
    repeated,
    too_brief,
)

TERMS = Terms(1800, 90)
SECONDS = st.integers(0, 100_000)
WISHES = st.builds(Wish, st.booleans(), SECONDS, st.sampled_from(["", "uac", "uas"]), SECONDS)


def request(**fields: str) -> SipRequest:
    made = SipRequest(method="INVITE", uri="sip:a@b")
    for name, value in fields.items():
        made.headers.append(name.replace("_", "-"), value)
    return made


@pytest.mark.parametrize(
    ("fields", "wish"),
    [
        ({}, Wish()),
        ({"Supported": "path, Timer"}, Wish(supported=True)),
        ({"k": "timer", "x": "90"}, Wish(supported=True, expires=90)),
        ({"Require": "timer", "Session-Expires": "600 ;refresher=UAC"}, Wish(True, 600, "uac")),
        ({"Session-Expires": "600;refresher=nobody", "Min-SE": "120;x"}, Wish(False, 600, "", 120)),
        ({"Session-Expires": "-5", "Min-SE": "soon"}, Wish()),
        ({"Session-Expires": "99999999999"}, Wish()),
        ({"Session-Expires": "999999999"}, Wish(expires=86_400)),
    ],
)
def test_what_a_message_says(fields: dict[str, str], wish: Wish) -> None:
    assert read(request(**fields)) == wish


@pytest.mark.parametrize(
    ("wish", "agreement", "said"),
    [
        (Wish(), None, {}),
        (Wish(expires=600), Agreement(600, ours=True), {"Session-Expires": "600;refresher=uas"}),
        (Wish(expires=30), None, {}),
        (Wish(supported=True), Agreement(1800, ours=True), {"Session-Expires": "1800;refresher=uas"}),
        (Wish(True, 600, ""), Agreement(600, ours=True), {"Session-Expires": "600;refresher=uas"}),
        (Wish(True, 600, "uas"), Agreement(600, ours=True), {"Session-Expires": "600;refresher=uas"}),
        (
            Wish(True, 7200, "uac"),
            Agreement(1800, ours=False),
            {"Require": "timer", "Session-Expires": "1800;refresher=uac"},
        ),
        (
            Wish(True, 7200, "uac", 3600),
            Agreement(3600, ours=False),
            {"Require": "timer", "Session-Expires": "3600;refresher=uac"},
        ),
    ],
)
def test_what_we_agree_to(wish: Wish, agreement: Agreement | None, said: dict[str, str]) -> None:
    assert answered(wish, TERMS) == (agreement, tuple(said.items()))


def test_one_who_asks_too_often_is_told_so_only_where_he_understands() -> None:
    assert too_brief(Wish(supported=True, expires=89), TERMS)
    assert not too_brief(Wish(supported=True, expires=90), TERMS)
    assert not too_brief(Wish(supported=False, expires=89), TERMS)
    assert not too_brief(Wish(supported=True), TERMS)


def test_we_ask_for_nothing_where_it_is_turned_off_but_do_as_they_ask() -> None:
    off = Terms(0, 90)
    assert asked(off) == repeated(None, off) == ()
    assert answered(Wish(supported=True), off) == (None, ())
    assert answered(Wish(True, 600, "uac"), off)[0] == Agreement(600, ours=False)


@given(WISHES, st.builds(Terms, st.sampled_from([0, 90, 600, 1800]), st.sampled_from([90, 120])))
def test_never_longer_than_asked_and_never_shorter_than_either_side_bears(wish: Wish, terms: Terms) -> None:
    agreement, headers = answered(wish, terms)
    said = read(request(**{name.replace("-", "_"): value for name, value in headers}))
    if agreement is None:
        assert not headers
        return
    assert said.expires == min(agreement.interval, 86_400)
    assert (said.refresher == "uas") == agreement.ours
    if wish.expires:
        assert agreement.interval <= wish.expires
        assert agreement.interval >= min(wish.expires, max(wish.least, terms.least))
    else:
        assert agreement.interval >= max(wish.least, terms.least)
    assert agreement.ours or wish.supported, "who does not know the extension is not made to refresh"


@given(st.integers(LEAST, 86_400), st.booleans())
def test_a_refresh_comes_well_before_the_end(interval: int, ours: bool) -> None:
    agreement = Agreement(interval, ours=ours)
    assert 0 < agreement.refresh_after < agreement.end_after < interval
    assert interval - agreement.end_after <= 32
    assert repeated(agreement, TERMS)[0] == ("Session-Expires", f"{interval};refresher={'uac' if ours else 'uas'}")


@given(WISHES, st.integers(90, 7200))
def test_an_answer_to_our_invite(wish: Wish, expires: int) -> None:
    agreement = agreed(wish, Terms(expires))
    assert (agreement is None) == (not wish.expires)
    if agreement is not None:
        assert agreement.ours == (wish.refresher != "uas")
        assert agreement.interval >= LEAST


@given(SECONDS, st.integers(0, 7200), st.integers(90, 3600))
def test_an_interval_that_is_too_small_is_raised_or_given_up_never_asked_again(
    theirs: int, expires: int, least: int
) -> None:
    terms = Terms(expires, least)
    found = raised(Wish(least=theirs), terms)
    assert (found is None) == (theirs <= expires)
    if found is not None:
        assert found.expires == theirs > terms.expires
        assert found.least >= max(theirs, least)
        assert ("Min-SE", str(found.least)) in asked(found) or found.least <= LEAST
