"""SIP URIs and name-addr values (RFC 3261 sections 19.1, 20.10, 25.1): read tolerantly, written strictly.

The library's own parsers split before they look for quotes and for the ``@``; a display name such as ``"a <b>; c"``
or a user part with parameters (RFC 4475 3.1.1.1) needs the order kept here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from aiosipua import parse_params, parse_uri

_HOST = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NOT_IN_URI = re.compile(r"[\x00-\x20\x7f<>\"]")
_TOKEN = re.compile(r"[A-Za-z0-9.!%*_+`'~-]+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')

DEFAULT_PORT = 5060


@dataclass(frozen=True, slots=True)
class Uri:
    """A SIP URI taken apart: ``port`` 0 where none is given, ``transport`` in capitals ("" where none is given)."""

    text: str
    scheme: str
    user: str
    host: str
    port: int
    transport: str
    loose: bool


@dataclass(frozen=True, slots=True)
class Party:
    """A From, To, Contact or Route value: display name without quotes, URI as text, tag ("" where none)."""

    name: str
    uri: str
    tag: str


def read_uri(text: str) -> Uri:
    """Return the parts of a ``sip:``, ``sips:`` or ``tel:`` URI; ValueError when it is none of these."""
    scheme, colon, rest = text.partition(":")
    scheme = scheme.lower()
    if not colon or scheme not in {"sip", "sips", "tel"} or _NOT_IN_URI.search(text):
        raise ValueError("no SIP URI")
    if scheme == "tel":
        return Uri(text, scheme, rest.partition(";")[0], "", 0, "", loose=False)
    # RFC 3261 25.1: "@" stands nowhere but between userinfo and hostport, while ";" and "?" may stand in the user part
    user, _, place = rest.rpartition("@")
    parsed = parse_uri(f"{scheme}:{place}")
    port = DEFAULT_PORT if parsed.port is None else parsed.port
    if not _HOST.fullmatch(parsed.host) or not 0 < port < 65536:
        raise ValueError("no host in the SIP URI")
    raw = user.partition(":")[0].partition(";")[0]
    number = unquote(raw)
    if _CONTROL.search(number):  # no number that anybody has: %00 and the like stay as they came (RFC 4475 3.1.1.4)
        number = raw
    transport = (parsed.params.get("transport") or "").upper()
    return Uri(text, scheme, number, parsed.host, parsed.port or 0, transport, "lr" in parsed.params)


def read_party(value: str) -> Party:
    """Return the parts of a name-addr or addr-spec with its header parameters; ValueError when it is neither."""
    name, rest = "", value.strip()
    if quoted := _QUOTED.match(rest):
        name, rest = re.sub(r"\\(.)", r"\1", quoted[1]), rest[quoted.end() :].lstrip()
    before, opening, after = rest.partition("<")
    if opening:
        uri, closing, tail = after.partition(">")
        if not closing:
            raise ValueError("an address without its closing bracket")
        name = name or before.strip()
        if not quoted and '"' in name:
            raise ValueError("a name whose quotation marks do not close")
    else:
        uri, _, tail = rest.partition(";")
    if not uri or ((tail := tail.strip()) and opening and not tail.startswith(";")):
        raise ValueError("no address")
    return Party(_CONTROL.sub("", name), uri.strip(), parse_params(tail).get("tag") or "")


def quoted_name(name: str) -> str:
    """Return ``name`` as a quoted-string with a space after it, "" for no name; ValueError on control characters."""
    if _CONTROL.search(name):
        raise ValueError("a caller's name must not contain line breaks or control characters")
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}" ' if name else ""


def escaped_user(user: str) -> str:
    """Return ``user`` fit for a SIP URI's user part (RFC 3261 25.1); ValueError on control characters."""
    if _CONTROL.search(user):
        raise ValueError("a caller's number must not contain line breaks or control characters")
    return quote(user, safe="-_.!~*'()&=+$,?/")


def checked_header(name: str, value: str) -> tuple[str, str]:
    """Return a header field as given; ValueError where it would smuggle in another line or is no token."""
    if not _TOKEN.fullmatch(name):
        raise ValueError("a header name must be a token (RFC 3261 25.1)")
    if _CONTROL.search(value.replace("\t", " ")):
        raise ValueError("a header value must not contain line breaks or control characters")
    return name, value


def bracketed(host: str) -> str:
    """Return ``host`` with brackets if it is a bare IPv6 address."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
