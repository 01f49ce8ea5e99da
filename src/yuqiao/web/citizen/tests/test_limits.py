"""Limits hold against whoever has many addresses: those of one home count as one, and no flood makes us forget."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client, RequestFactory

from yuqiao.accounts.models import Role
from yuqiao.web.citizen import following, limits, rating
from yuqiao.web.console import signin
from yuqiao.web.console.security.adapters import PeopleAdapter
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def open_link(address: str) -> int:
    return Client(REMOTE_ADDR=address).get("/r/nobody-has-this-link/").status_code


def try_code(address: str) -> int:
    return Client(REMOTE_ADDR=address).post("/en/case/", {"code": "1-2345"}).status_code


def enter(name: str, password: str, address: str = "203.0.113.7") -> int:
    return Client(REMOTE_ADDR=address).post("/sign-in/", {"username": name, "password": password}).status_code


def close_the_door() -> None:
    for _ in range(signin.MOST_FAILURES):
        assert enter("wang", "wrong") == 422


def a_thousand_others_ask() -> None:
    for n in range(1, 1001):
        limits.count("unknown-link", f"2001:db8:{n:x}::1")


def test_a_thousand_addresses_on_a_public_page_open_no_closed_door() -> None:
    cast.person("wang", Role.AGENT, password=cast.PASSWORD)
    close_the_door()
    for _ in range(rating.MOST_UNKNOWN):
        assert open_link("203.0.113.7") == 404
    a_thousand_others_ask()
    assert enter("wang", cast.PASSWORD) == 422
    assert open_link("203.0.113.7") == 429


def test_nor_do_more_than_there_is_room_for(settings: Any) -> None:
    kept = django_settings.CACHES
    settings.CACHES = {name: {**one, "OPTIONS": {"MAX_ENTRIES": 50}} for name, one in kept.items()}
    cast.person("wang", Role.AGENT, password=cast.PASSWORD)
    close_the_door()
    cache.set("codes", 5)
    limits.count("unknown-link", "203.0.113.7")
    a_thousand_others_ask()
    assert not limits.reached("unknown-link", "203.0.113.7", 1), "there was room for all"
    assert cache.get("codes") == 5, "where wrong codes are counted"
    assert enter("wang", cast.PASSWORD) == 422


def test_addresses_of_one_home_share_the_limit_of_a_page() -> None:
    for n in range(following.MOST_WRONG):
        assert try_code(f"2001:db8:0:7::{n:x}") == 422
    assert try_code("2001:db8:0:7:ffff:ffff:ffff:ffff") == 429
    assert try_code("2001:db8:0:8::1") == 422


def test_ipv4_is_counted_alike_however_it_comes() -> None:
    for _ in range(following.MOST_WRONG):
        assert try_code("::ffff:203.0.113.7") == 422
    assert try_code("203.0.113.7") == 429
    assert try_code("::ffff:203.0.113.8") == 422


def test_addresses_of_one_home_share_the_limit_of_the_door(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signin, "LIMITS", (signin.MOST_FAILURES, 3))
    cast.person("wang", Role.AGENT, password=cast.PASSWORD)
    for n in range(3):
        assert enter(f"nobody-{n}", "wrong", f"2001:db8:0:7::{n:x}") == 422
    assert enter("wang", cast.PASSWORD, "2001:db8:0:7::ffff") == 422
    assert enter("wang", cast.PASSWORD, "2001:db8:0:8::1") == 302


@pytest.mark.parametrize(
    ("remote", "told"), [("::ffff:203.0.113.7", "203.0.113.7"), ("2001:db8:0:7::1", "2001:db8:0:7::1")]
)
def test_limits_of_second_factors_are_told_ipv4_as_such(remote: str, told: str) -> None:
    assert PeopleAdapter().get_client_ip(RequestFactory().get("/", REMOTE_ADDR=remote)) == told
