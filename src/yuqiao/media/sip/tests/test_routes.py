"""Which trunk a number goes by, and when the next one is asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.media.sip import mapping
from yuqiao.media.sip.addresses import read_uri
from yuqiao.media.sip.routes import Health, goes_on, named_by, ways
from yuqiao.media.sip.trunks import TrunkSettings

CITY = TrunkSettings("city", (("192.0.2.1", 5060), ("192.0.2.2", 5060)), prefixes=("",), priority=5)
SPARE = TrunkSettings("spare", (("192.0.2.3", 5080),), prefixes=("",), priority=9, domain="ims.example.cn")
MOBILE = TrunkSettings("mobile", (("192.0.2.4", 5060),), prefixes=("13", "138"))
POLICE = TrunkSettings("police", (("192.0.2.5", 5060),), prefixes=("110",))
ALL = (SPARE, CITY, MOBILE, POLICE)


def order(number: str, first: str = "", dead: frozenset[str] = frozenset()) -> list[str]:
    found = ways(ALL, number, first, lambda trunk, host: host[0] not in dead)
    return [way.host[0].rpartition(".")[2] for way in found]


def test_the_longest_prefix_then_the_priority() -> None:
    assert order("13800000001") == ["4", "1", "2", "3"]
    assert order("075512345") == ["1", "2", "3"]
    assert order("110") == ["5", "1", "2", "3"]


def test_a_named_trunk_comes_first_and_dead_hosts_last() -> None:
    assert order("13800000001", "spare") == ["3", "4", "1", "2"]
    assert order("075512345", dead=frozenset({"192.0.2.1"})) == ["2", "3", "1"]
    assert order("075512345", dead=frozenset({"192.0.2.1", "192.0.2.2", "192.0.2.3"})) == ["1", "2", "3"]


def test_a_number_that_nobody_takes() -> None:
    assert ways((MOBILE,), "110", "", lambda trunk, host: True) == ()


@pytest.mark.parametrize(
    ("uri", "trunk"),
    [
        ("sip:1@trunks", ""),
        ("sip:1@city", "city"),
        ("sip:1@192.0.2.3:5080", "spare"),
        ("sip:1@ims.example.cn", "spare"),
        ("sip:1@192.0.2.3:5081", None),
        ("sip:1@phone.example", None),
    ],
)
def test_which_trunk_a_uri_means(uri: str, trunk: str | None) -> None:
    assert named_by(ALL, read_uri(uri)) == trunk


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408, 401, 407])
def test_the_next_is_asked_when_the_trunk_failed(status: int) -> None:
    assert goes_on(mapping.end_cause(mapping.from_status(status), status), rang=False)
    assert not goes_on(mapping.end_cause(mapping.from_status(status), status), rang=True)


@pytest.mark.parametrize("status", [486, 603, 600, 404, 484, 480, 487, 403, 488])
def test_the_next_is_not_asked_when_the_party_is_the_reason(status: int) -> None:
    assert not goes_on(mapping.end_cause(mapping.from_status(status), status), rang=False)


def test_causes_without_a_status() -> None:
    assert goes_on(mapping.end_cause(38), rang=False)  # nobody answered at all
    assert not goes_on(mapping.end_cause(19), rang=False)  # it rang out
    assert not goes_on(mapping.end_cause(16), rang=False)  # the owner hung up
    assert not goes_on(mapping.end_cause(17, 503), rang=False)  # Reason: Q.850;cause=17 in a 503


@given(st.integers(1, 9), st.lists(st.booleans(), max_size=40))
def test_dead_after_n_and_back_at_once(dead_after: int, answers: list[bool]) -> None:
    health, failures = Health(dead_after), 0
    for answered in answers:
        health = health.answered() if answered else health.failed()
        failures = 0 if answered else failures + 1
        assert health.alive == (failures < dead_after)
