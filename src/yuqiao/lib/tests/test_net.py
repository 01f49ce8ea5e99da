"""By what a client's address is counted, and which ports are free."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.lib import net
from yuqiao.lib.net import address_key, unmapped

V4, V6 = st.ip_addresses(v=4).map(IPv4Address), st.ip_addresses(v=6).map(IPv6Address)
UNMAPPED = V6.filter(lambda address: address.ipv4_mapped is None)


def is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


@given(V4)
def test_ipv4_counts_whole_however_it_is_written(address: IPv4Address) -> None:
    mapped = IPv6Address(f"::ffff:{address}")
    assert {address_key(text) for text in (str(address), f"::ffff:{address}", mapped.exploded)} == {str(address)}
    assert unmapped(str(mapped)) == unmapped(str(address)) == str(address)


@given(UNMAPPED, st.integers(0, 2**64 - 1))
def test_ipv6_counts_by_its_first_half(address: IPv6Address, rest: int) -> None:
    neighbour = IPv6Address((int(address) >> 64 << 64) | rest)
    if neighbour.ipv4_mapped is None:
        assert address_key(str(neighbour)) == address_key(address.exploded.upper())
    assert address in IPv6Network(address_key(str(address)))
    assert unmapped(str(address)) == str(address)


@given(UNMAPPED, UNMAPPED)
def test_other_networks_count_apart(one: IPv6Address, other: IPv6Address) -> None:
    assert (address_key(str(one)) == address_key(str(other))) == (int(one) >> 64 == int(other) >> 64)


@given(st.text().filter(lambda text: not is_address(text)))
def test_what_is_no_address_stays_as_it_is(text: str) -> None:
    assert address_key(text) == unmapped(text) == text


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:0:1:ffff::9", "2001:db8:0:1::/64"),
        ("2001:db8:0:2::9", "2001:db8:0:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("203.0.113.7:5060", "203.0.113.7:5060"),
        ("testserver", "testserver"),
    ],
)
def test_examples(address: str, key: str) -> None:
    assert address_key(address) == key


def test_a_free_port_is_held_by_nobody_for_either_protocol(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other, third = (net.free_port() for _ in range(3))
    monkeypatch.setattr(net, "_QUIET_PORTS", (one, other, third))
    with socket.socket(type=socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
        udp.bind(("127.0.0.1", one))
        tcp.bind(("127.0.0.1", other))
        assert {net.free_port() for _ in range(20)} == {third}
