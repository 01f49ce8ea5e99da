"""YUQIAO_TRUNKS: what it may hold, and what a wrong one is told."""

from __future__ import annotations

import contextlib
import ipaddress
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.media.sip.digest import Login
from yuqiao.media.sip.trunks import networks, reader

SECRETS = {"CITY_A_PASSWORD": "geheim", "EMPTY": ""}
read = reader(SECRETS)


def one(**fields: Any) -> str:
    return json.dumps([{"name": "city-a", "hosts": ["192.0.2.10"]} | fields])


def test_a_trunk_with_everything(tmp_path: Path) -> None:
    text = one(
        hosts=["sip.example.cn:5080", "[2001:db8::1]", "[2001:db8::2]:5062"],
        transport="tcp",
        domain="ims.example.cn",
        user="+8677012345",
        password_variable="CITY_A_PASSWORD",
        register=True,
        numbers=["010", "+86"],
        priority=1,
        sources=["192.0.2.0/24"],
        options_seconds=10,
        dead_after=2,
    )
    (tmp_path / "trunks.json").write_text(text)
    (trunk,) = read(text)
    assert read(str(tmp_path / "trunks.json")) == (trunk,)
    assert trunk.hosts == (("sip.example.cn", 5080), ("2001:db8::1", 5060), ("2001:db8::2", 5062))
    assert trunk.login == Login("+8677012345", "geheim")
    assert trunk.sources == (ipaddress.ip_network("192.0.2.0/24"),)
    assert "geheim" not in repr(trunk)


def test_a_trunk_with_nothing_but_its_host() -> None:
    (trunk,) = read(one())
    assert (trunk.transport, trunk.home, trunk.prefixes, trunk.by_address) == ("UDP", "192.0.2.10", ("",), True)
    assert (trunk.redirects, trunk.most_calls) == ("own", 0)
    (other,) = read(one(redirects="none", most_calls=30))
    assert (other.redirects, other.most_calls) == ("none", 30)
    assert read("[]") == ()


def test_a_trunk_under_tls() -> None:
    (trunk,) = read(one(hosts=["192.0.2.10", "192.0.2.11:5060"], transport="tls", certificate_name="sip.example.cn"))
    assert trunk.transport == "TLS"
    assert trunk.hosts == (("192.0.2.10", 5061), ("192.0.2.11", 5060))
    assert trunk.certificate_name == "sip.example.cn"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("/nowhere/trunks.json", "neither a JSON list nor a file"),
        ("[", "no JSON"),
        ('["city-a"]', "a list of objects"),
        ('[{"hosts": ["a"]}]', "trunk 1 needs a name"),
        (one(name="trunks"), "other than 'trunks'"),
        (one(hosts=[]), "city-a: hosts is missing"),
        (one(hosts=["a b"]), "'a b' is no host"),
        (one(hosts=["a:99999"]), "is no host"),
        (one(port=5060), "port: no such field"),
        (one(transport="sctp"), "udp, tcp or tls"),
        (one(register=True), "needs a user"),
        (one(register="yes"), "true or false"),
        (one(user="x"), "belong together"),
        (one(user="x", password_variable="EMPTY"), "variable EMPTY"),
        (one(inbound="digest"), "caller_user"),
        (one(numbers=["abc"]), "beginnings of numbers"),
        (one(certificate_name="sip.example.cn"), "belongs to transport tls"),
        (one(redirects="perhaps"), "own, any or none"),
        (one(most_calls=-1), "number from 0 to 100000"),
        (one(priority="first"), "priority is a number"),
        (one(sources=["10.0.0.1/8"]), "no address or network"),
        (json.dumps([{"name": "a", "hosts": ["h"]}] * 2), "same name"),
    ],
)
def test_what_is_wrong_is_said(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence) as told:
        read(text)
    assert "geheim" not in str(told.value)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=4))
def test_no_field_can_hold_what_breaks_the_reader(value: Any) -> None:
    for field in ("name", "hosts", "transport", "domain", "user", "expires", "numbers", "sources", "inbound"):
        with contextlib.suppress(ValueError):
            assert len(read(one(**{field: value}))) == 1


def test_networks() -> None:
    assert networks("127.0.0.0/8, ::1") == (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1"))
    with pytest.raises(ValueError, match="such as"):
        networks("localhost")
