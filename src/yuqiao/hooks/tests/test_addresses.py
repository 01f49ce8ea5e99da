"""Nobody reaches into the house: what is refused by its form, by where it leads, and by what hides in it."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.hooks.addresses import Address, AddressError, Target, literal_of, may_reach, target_of

NOTHING: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = []
V4_INSIDE = [
    "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "0.0.0.0/8",
    "224.0.0.0/4", "240.0.0.0/4", "192.0.2.0/24",
]  # fmt: skip


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://partner.example/", "scheme"),
        ("http://partner.example/", "scheme"),
        ("partner.example/x", "scheme"),
        ("https://", "form"),
        ("https://partner.example/#part", "form"),
        ("https://partner.example/a b", "form"),
        ("https://partner.example\\@10.0.0.1/", "form"),
        ("https://partner.example:x/", "form"),
        ("https://partner.example/" + "x" * 500, "form"),
        ("https://语桥.example/", "form"),
        ("https://name:word@partner.example/", "user"),
        ("https://partner.example:22/", "port"),
        ("https://127.0.0.1/", "inside"),
        ("https://[::1]/", "inside"),
        ("https://[::ffff:10.0.0.1]/", "inside"),
        ("https://169.254.169.254/latest/meta-data", "inside"),
    ],
)
def test_what_is_never_sent_to(url: str, code: str) -> None:
    with pytest.raises(AddressError, match=code):
        target_of(url, http=False, allowed=NOTHING)


def test_where_an_address_leads() -> None:
    assert target_of("https://partner.example/x?y=1", http=False, allowed=NOTHING) == Target(
        "https", "partner.example", 443
    )
    assert target_of("https://partner.example:8443/", http=False, allowed=NOTHING).port == 8443
    assert target_of("http://partner.example/", http=True, allowed=NOTHING).port == 80
    inside = [ipaddress.ip_network("10.20.0.0/16")]
    assert target_of("https://10.20.3.4/", http=False, allowed=inside).host == "10.20.3.4"
    with pytest.raises(AddressError, match="inside"):
        target_of("https://10.21.0.1/", http=False, allowed=inside)


inside_v4 = st.sampled_from(V4_INSIDE).flatmap(lambda net: st.ip_addresses(v=4, network=net))


@given(inside_v4)
def test_addresses_of_our_own_are_refused_however_they_are_written(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    hidden: list[Address] = [
        address,
        ipaddress.IPv6Address(f"::ffff:{address}"),
        ipaddress.IPv6Address(f"64:ff9b::{address}"),
        ipaddress.IPv6Address(number),  # ::10.0.0.1
        ipaddress.IPv6Address((0x2002 << 112) | (number << 80)),  # 6to4
        ipaddress.IPv6Address((0x20010000 << 96) | (number ^ 0xFFFFFFFF)),  # Teredo
    ]
    assert not any(may_reach(one, NOTHING) for one in hidden)


@pytest.mark.parametrize("address", ["::", "::1", "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1", "fec0::1",
                                     "64:ff9b:1::1", "2001:db8::1"])  # fmt: skip
def test_ipv6_of_our_own_is_refused(address: str) -> None:
    assert not may_reach(ipaddress.ip_address(address), NOTHING)


@pytest.mark.parametrize("address", ["93.184.216.34", "114.114.114.114", "2606:2800:220:1::1", "::ffff:8.8.8.8"])
def test_the_public_internet_is_reached(address: str) -> None:
    assert may_reach(ipaddress.ip_address(address), NOTHING)


@given(st.ip_addresses())
def test_whatever_is_allowed_by_name_is_reached(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    assert may_reach(address, [ipaddress.ip_network(address)])


@given(st.text(max_size=60))
def test_any_text_is_taken_or_refused_and_breaks_nothing(text: str) -> None:
    for url in (text, f"https://{text}", f"https://partner.example{text}"):
        try:
            target = target_of(url, http=True, allowed=NOTHING)
        except AddressError:
            continue
        literal = literal_of(target.host)
        assert literal is None or may_reach(literal, NOTHING)
