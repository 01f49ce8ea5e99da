"""What a page is lent to reach a relay by: good for a while, for one name, and only by the shared secret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.lib.environment import turn_urls, video
from yuqiao.lib.turn import lend

URLS = ("turn:relay.example:3478", "turns:relay.example:5349?transport=tcp")
SECRETS = st.text("north-south", min_size=1, max_size=20)


def test_coturn_makes_the_same_password() -> None:
    """`turnserver` 4.6.1 with ``static-auth-secret=north`` let an allocation in by just these."""
    relay = lend(URLS, "north", "video-17", 1_900_000_000.9)
    assert relay.username == "1900000000:video-17"
    assert relay.credential == "QUgQhqCaMaYOjkZsIERaS+E3Nvk="
    assert relay.ice_server == {"urls": list(URLS), "username": relay.username, "credential": relay.credential}
    assert relay.credential not in repr(relay)


@given(SECRETS, SECRETS, st.integers(0, 2**40), st.integers(0, 2**40))
def test_another_secret_or_another_time_is_another_password(one: str, other: str, soon: int, late: int) -> None:
    same = (one, soon) == (other, late)
    relays = [lend(URLS, secret, "video", at).credential for secret, at in ((one, soon), (other, late))]
    assert (relays[0] == relays[1]) == same


@pytest.mark.parametrize(
    "url", ["", "stun:relay.example", "turn:", "turn:a b", "http://relay.example", "turn:h?transport=sctp"]
)
def test_what_is_no_relay_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="turn:HOST"):
        lend([url], "north", "video", 1.0)


@pytest.mark.parametrize(("secret", "name"), [("", "video"), ("north", ""), ("north", "Zhang Wei"), ("north", "a:b")])
def test_nothing_is_lent_without_a_secret_or_to_a_person(secret: str, name: str) -> None:
    with pytest.raises(ValueError, match="by a secret"):
        lend(URLS, secret, name, 1.0)


def test_somebody_has_to_relay() -> None:
    with pytest.raises(ValueError, match="nothing"):
        lend([], "north", "video", 1.0)


def test_settings_name_relays_and_the_pilot_or_stop_the_start() -> None:
    assert turn_urls(" turn:relay.example , turns:relay.example:5349?transport=tcp ") == [
        "turn:relay.example",
        "turns:relay.example:5349?transport=tcp",
    ]
    assert [video(one) for one in ("off", "on", "relay")] == ["off", "on", "relay"]
    with pytest.raises(ValueError, match="turn:HOST"):
        turn_urls("turn:relay.example,http://relay.example")
    with pytest.raises(ValueError, match="relay"):
        video("1")
