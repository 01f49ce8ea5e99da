"""Tickets with which a browser's phone comes to the media server: issued by the web pages, checked where SIP over
WebSocket (RFC 7118) is accepted. Pure.

A browser has no password of SIP. Whoever is signed in, or a citizen who was let in to call, gets a short-lived ticket
that says what this phone is called and what it may dial; so no page can call out through us (toll fraud), or be rung
in another's place.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from dataclasses import asdict, dataclass
from typing import Final

#: The host of these phones' addresses: ``sip:NAME@browser``. No carrier is called so.
HOST: Final = "browser"
#: How the name of a citizen's phone begins: made by chance for one call, and rung by nobody.
GUEST: Final = "guest-"
#: How the name of a partner line's agent's phone begins, before her row: it calls us for a request of hers.
LINE_AGENT: Final = "agent-"
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_DIALLED: Final = re.compile(r"[0-9*#+]{0,32}")
_LANGUAGE: Final = re.compile(r"([a-z]{2,3}(-[A-Za-z0-9]{2,8})*)?")


class TicketError(ValueError):
    """The ticket is not one of ours, or its time is over; the message says which."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """``name``: the user part of the phone's address, lower-case letters, digits and hyphens, unique among phones.
    ``until``: UNIX time in seconds up to which a connection may be begun. ``dials``: the only number it may call, ""
    for none: then it is only rung. ``language``: the tag (BCP 47) that who calls speaks, "" where nobody said."""

    name: str
    until: float
    dials: str = ""
    language: str = ""

    def __post_init__(self) -> None:
        """ValueError for what no ticket says."""
        if not _NAME.fullmatch(self.name):
            raise ValueError("a phone's name has lower-case letters, digits and hyphens, 63 at most")
        if not _DIALLED.fullmatch(self.dials):
            raise ValueError("what a phone may dial is one number")
        if not _LANGUAGE.fullmatch(self.language):
            raise ValueError("a language is a tag such as en or pt-BR")

    @property
    def address(self) -> str:
        """The SIP URI under which it is rung."""
        return f"sip:{self.name}@{HOST}"


def is_guest(name: str) -> bool:
    """Whether ``name``, such as the number a call comes from, is that of a citizen's browser."""
    return name.startswith(GUEST)


def line_agent(name: str) -> int | None:
    """Return the row of the line's agent whose browser ``name`` is, such as the number a call comes from; or None."""
    row = name.removeprefix(LINE_AGENT) if name.startswith(LINE_AGENT) else ""
    return int(row) if row.isascii() and row.isdigit() and len(row) <= 18 else None


def key_from(password: str) -> bytes:
    """Return the key of tickets: web and media server share the password of ARI, and no ticket shows it."""
    return hmac.new(password.encode(), b"tickets of browsers' phones", hashlib.sha256).digest()


def issue(ticket: Ticket, key: bytes) -> str:
    """Return ``ticket`` as text fit for a URL: what it says and a seal (HMAC-SHA-256), in base64url."""
    said = json.dumps(asdict(ticket), separators=(",", ":"), sort_keys=True).encode()
    return f"{_text(said)}.{_text(_seal(said, key))}"


def check(text: str, key: bytes, now: float) -> Ticket:
    """Return what a ticket says; `TicketError` where it was not made with ``key``, or is over at ``now``."""
    said, _, seal = text.partition(".")
    try:
        raw, given = _octets(said), _octets(seal)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise TicketError("this is no ticket") from error
    if not hmac.compare_digest(_seal(raw, key), given):
        raise TicketError("this ticket was not issued here")
    ticket = Ticket(**json.loads(raw))
    if ticket.until < now:
        raise TicketError("this ticket's time is over; load the page anew")
    return ticket


def _seal(said: bytes, key: bytes) -> bytes:
    return hmac.new(key, said, hashlib.sha256).digest()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _octets(text: str) -> bytes:
    return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
