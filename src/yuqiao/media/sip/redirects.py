"""Where a call goes that a 3xx sends elsewhere (RFC 3261 8.1.3.4, 21.3): to which contacts, in which order, how often.

A redirection is a stranger's wish to be paid for by us, so it is followed only where the owner of the call could have
been sent anyway. Pure.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from aiosipua import parse_params

from yuqiao.media.sip.addresses import Uri, read_party, read_uri
from yuqiao.media.sip.dialog import hop_to
from yuqiao.media.sip.routes import match
from yuqiao.media.sip.transport import Hop
from yuqiao.media.sip.trunks import TrunkSettings

#: Statuses whose contacts are followed. 305 names a proxy for everything, 380 another service: neither is.
FOLLOWED: Final = frozenset({300, 301, 302})
#: Contacts that are looked at in one response, and attempts in one call.
_MOST_CONTACTS, _MOST_ATTEMPTS = 10, 6


def contacts(values: Iterable[str]) -> tuple[str, ...]:
    """Return the URIs of Contact values, the highest ``q`` first (1 where none is given), equals as they stand."""
    found: list[tuple[float, str]] = []
    for value in values:
        try:
            uri = read_party(value).uri
            read_uri(uri)
        except ValueError:
            continue
        found.append((-_q(value), uri.partition("?")[0]))  # header fields in a URI are not ours to send
    return tuple(uri for _, uri in sorted(found, key=lambda one: one[0]))[:_MOST_CONTACTS]


def _q(value: str) -> float:
    """RFC 3261 25.1: 0 to 1 with at most three decimals; what is no such number counts as least."""
    text = parse_params(value.rpartition(">")[2] if ">" in value else "").get("q")
    if text is None:
        return 1.0
    return float(text) if text.isascii() and text.replace(".", "", 1).isdigit() and len(text) <= 5 else 0.0


def way(uri: Uri, now: Hop, trunk: TrunkSettings | None) -> Hop | None:
    """Return where a call that went to ``now``, by ``trunk`` or to a phone, may be redirected to ``uri``; None:
    nowhere.

    By a trunk, to its own hosts, domain or sources and a number that it takes; or anywhere if its settings say ``any``.
    From a phone, to that same place.
    """
    if uri.scheme != "sip":
        return None
    host, here = uri.host.strip("[]").lower(), now.host.strip("[]").lower()
    if trunk is None:
        return now if host == here and uri.port in {0, now.port} else None
    if trunk.redirects == "own":
        return _own(uri, host, now, trunk) if match(trunk, uri.user) is not None else None
    try:
        return hop_to(uri) if trunk.redirects == "any" else None
    except ValueError:
        return None


def _own(uri: Uri, host: str, now: Hop, trunk: TrunkSettings) -> Hop | None:
    if host in {now.host.strip("[]").lower(), trunk.home.lower()} and uri.port in {0, now.port}:
        return now
    named = next((port for name, port in trunk.hosts if name.lower() == host and uri.port in {0, port}), None)
    if named is None and not _is_in(host, trunk):
        return None
    return Hop(trunk.transport, uri.host, named or uri.port or now.port)


def _is_in(host: str, trunk: TrunkSettings) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in trunk.sources)


@dataclass(slots=True)
class Redirections:
    """The contacts of one call that are still to be tried. Each is tried once, so a ring of phones comes to an end."""

    tried: set[str]
    waiting: list[str] = field(default_factory=list)
    attempts: int = 0

    def take(self, status: int, values: Iterable[str]) -> None:
        """A response ended an attempt: contacts of a 3xx go before those that wait; after a 6xx nobody is asked."""
        if status in FOLLOWED:
            self.waiting[:0] = contacts(values)
        elif status >= 600:
            self.waiting.clear()

    def next(self) -> str | None:
        """Return the next contact, None when there is none left or it has been enough."""
        while self.waiting and self.attempts < _MOST_ATTEMPTS:
            uri = self.waiting.pop(0)
            if uri not in self.tried:
                self.tried.add(uri)
                self.attempts += 1
                return uri
        return None
