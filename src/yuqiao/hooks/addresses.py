"""To which addresses events may go: nobody reaches into the house by registering one (OWASP: SSRF). Pure.

The name is resolved when something is sent, each address found is judged here, and the connection is made to one of
those and to nothing else, so a name that changes between look-up and connection (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
LONGEST = 500
#: Below 1024 nothing but the web's own ports.
LOW_PORTS = frozenset({80, 443})
#: IPv6 addresses in which an IPv4 one is hidden: NAT64 (RFC 6052 2.1), IPv4-compatible (RFC 4291 2.5.5.1).
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_COMPATIBLE = ipaddress.IPv6Network("::/96")
#: NAT64 within a network (RFC 8215).
_LOCAL_NAT64 = ipaddress.IPv6Network("64:ff9b:1::/48")


class AddressError(ValueError):
    """Nothing may be sent there; ``code`` says why: ``form``, ``scheme``, ``user``, ``port`` or ``inside``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Target:
    """Where a URL leads."""

    scheme: str
    host: str
    port: int


def target_of(url: str, *, http: bool, allowed: Sequence[Network]) -> Target:
    """Return where ``url`` leads; AddressError for what is never sent to. ``http``: without TLS is allowed too."""
    if len(url) > LONGEST or not url.isascii() or re.search(r"[\s\x00-\x1f\\]", url):
        raise AddressError("form")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressError("form") from error
    if parts.scheme != "https" and not (http and parts.scheme == "http"):
        raise AddressError("scheme")
    if not parts.hostname or parts.fragment:
        raise AddressError("form")
    if parts.username is not None or parts.password is not None:
        raise AddressError("user")
    port = port if port is not None else 443 if parts.scheme == "https" else 80
    if port not in LOW_PORTS and port < 1024:
        raise AddressError("port")
    literal = literal_of(parts.hostname)
    if literal is not None and not may_reach(literal, allowed):
        raise AddressError("inside")
    return Target(parts.scheme, parts.hostname, port)


def literal_of(host: str) -> Address | None:
    """Return the address that ``host`` is, if it is one; None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def may_reach(address: Address, allowed: Sequence[Network]) -> bool:
    """Whether something may be sent to ``address``: in an ``allowed`` network, or out in the public Internet."""
    if any(address in network for network in allowed):
        return True
    if isinstance(address, ipaddress.IPv6Address):
        hidden = _hidden(address)
        if hidden is not None:
            return may_reach(hidden, allowed)
        if address in _LOCAL_NAT64 or address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved and not address.is_unspecified


def _hidden(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address to which packets for ``address`` may be led, if there is one."""
    if address in _NAT64 or address in _COMPATIBLE:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)
