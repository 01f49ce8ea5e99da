"""Credentials for a TURN relay (RFC 8656) that last for a call and no longer: "TURN REST", as coturn's
``use-auth-secret`` checks them. Pure.

Whoever has a page may read what the page has, so a relay's lasting password would soon relay anybody's traffic. The web
process and the relay share a secret instead; the name says until when it is good, the password proves who said so.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

#: What names a relay (RFC 7065): turn:host, turns:host:port?transport=tcp.
URL = re.compile(r"turns?:[^\s?/@]+(\?transport=(udp|tcp))?")
_NAME = re.compile(r"[a-z0-9-]{1,64}")


@dataclass(frozen=True, slots=True)
class Relay:
    """Where relays are and what opens them; `ice_server` is what a page's RTCPeerConnection takes."""

    urls: tuple[str, ...]
    username: str
    credential: str = field(repr=False)

    @property
    def ice_server(self) -> dict[str, object]:
        """Return an RTCIceServer (WebRTC 4.2.4), ready for JSON."""
        return {"urls": list(self.urls), "username": self.username, "credential": self.credential}


def lend(urls: Sequence[str], secret: str, name: str, until: float) -> Relay:
    """Let ``name`` (lower-case letters, digits and hyphens; for the relay's log, so no person's) use the relays at
    ``urls`` for what it begins before ``until``, UNIX time in seconds. ValueError for a URL that is none of TURN's, an
    empty secret, or another name."""
    wrong = [url for url in urls if not URL.fullmatch(url)]
    if wrong or not urls:
        raise ValueError(f"say turn:HOST or turns:HOST:PORT?transport=tcp, not {wrong[0] if wrong else 'nothing'}")
    if not secret or not _NAME.fullmatch(name):
        raise ValueError("a relay is lent by a secret, to a name of lower-case letters, digits and hyphens")
    username = f"{int(until)}:{name}"
    seal = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()  # what coturn checks by
    return Relay(tuple(urls), username, base64.b64encode(seal).decode())
