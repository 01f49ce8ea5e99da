"""Settings come from the environment alone; what is missing or malformed stops the start with a clear sentence."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

from yuqiao.lib.turn import URL as TURN_URL

T = TypeVar("T")


class SettingError(ValueError):
    """A setting is missing or malformed; the message names the variable and what it should hold."""


def read(name: str, convert: Callable[[str], T], default: T | None = None) -> T:
    """Return environment variable ``name`` run through ``convert``; ``default`` where it is unset or empty.

    Raises SettingError when there is neither a value nor a default, or when ``convert`` raises ValueError.
    """
    raw = os.environ.get(name, "")
    if not raw:
        if default is None:
            raise SettingError(f"{name} is not set; it has no default, so set it in the environment")
        return default
    try:
        return convert(raw)
    except ValueError as error:
        raise SettingError(f"{name}={raw!r} cannot be used: {error}") from error


def flag(raw: str) -> bool:
    """Return the truth of ``1/true/yes/on`` and ``0/false/no/off``; ValueError on anything else."""
    word = raw.strip().lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"0", "false", "no", "off"}:
        return False
    raise ValueError("say 1 or 0")


def port_range(raw: str) -> tuple[int, int]:
    """Return ``(first, last)`` of ``10000-19999``; ValueError when it is no rising range of UDP ports."""
    first, dash, last = raw.partition("-")
    if not dash:
        raise ValueError("say FIRST-LAST, for example 10000-19999")
    low, high = int(first), int(last)
    if not 1024 <= low < high <= 65535:
        raise ValueError("ports must rise within 1024-65535")
    return low, high


def contact_pattern(raw: str) -> str:
    """Return a pattern of SIP URIs such as ``sip:{number}@host``, or nothing; ValueError if no number fits in."""
    if raw and (not raw.startswith(("sip:", "sips:")) or raw.count("{number}") != 1 or raw.count("{") != 1):
        raise ValueError("write a SIP URI with {number} in it, such as sip:{number}@trunk.example")
    return raw


def public_url(raw: str) -> str:
    """Return an http or https address with a host; ValueError for anything else."""
    parts = urlsplit(raw)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("write a whole address, such as https://hotline.example")
    return raw


def websocket_url(raw: str) -> str:
    """Return a ws or wss address with a host; ValueError for anything else."""
    parts = urlsplit(raw)
    if parts.scheme not in {"ws", "wss"} or not parts.hostname:
        raise ValueError("write a whole address, such as ws://127.0.0.1:8089/sip")
    return raw


def sender_names(raw: str) -> list[str]:
    """Return ``sms,email`` as a list; ValueError for a name that no way of sending has."""
    names = [name.strip() for name in raw.split(",") if name.strip()]
    unknown = set(names) - {"sms", "email"}
    if unknown:
        raise ValueError(f"messages leave by sms or email, not by {', '.join(sorted(unknown))}")
    return names


def role_names(raw: str) -> frozenset[str]:
    """Return ``supervisor,administrator`` as a set, ``none`` as an empty one; ValueError for what is no word."""
    names = frozenset(name.strip() for name in raw.split(",") if name.strip())
    if names == {"none"}:
        return frozenset()
    if not names or not all(name.isidentifier() for name in names) or "none" in names:
        raise ValueError("write names of roles, such as supervisor,administrator, or none")
    return names


def networks(raw: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Return ``10.20.0.0/16,fd00::/8`` as a list; ValueError for what is no network."""
    return [ipaddress.ip_network(one.strip()) for one in raw.split(",") if one.strip()]


def country(raw: str) -> str:
    """Return a country's two letters in capitals (ISO 3166-1); ValueError for anything else."""
    code = raw.strip().upper()
    if not re.fullmatch(r"[A-Z]{2}", code):
        raise ValueError("write a country as two letters, such as CN")
    return code


def countries(raw: str) -> list[str]:
    """Return ``CN,HK`` as a list of countries."""
    return [country(one) for one in raw.split(",") if one.strip()]


def sound_name(raw: str) -> str:
    """Return the name of a sound such as ``music/guzheng``; ValueError where it would lead out of the sounds folder."""
    if not all(re.fullmatch(r"[A-Za-z0-9_@+=-][A-Za-z0-9._@+= -]*", part, re.ASCII) for part in raw.split("/")):
        raise ValueError("name a sound below the sounds folder, without its ending, such as music/guzheng")
    return raw


def days_by_class(raw: str) -> dict[str, int]:
    """Return ``1095 emergency:1825 own:-1`` as days by class, those of all others by ""; ValueError for anything else.
    Below 0: for ever."""
    days, *exceptions = raw.split() or [""]
    pairs = [("", days)]
    for one in exceptions:
        name, colon, kept = one.partition(":")
        pairs.append((name, kept) if colon else ("", ""))
    if not all(re.fullmatch(r"-?[0-9]{1,5}", one, re.ASCII) for _name, one in pairs) or len(dict(pairs)) < len(pairs):
        raise ValueError("say days, then exceptions by class of line, such as 1095 emergency:1825")
    return {name: int(one) for name, one in pairs}


def wall_key(raw: str) -> str:
    """Return the key of big screens, or nothing; ValueError for one that could be guessed or that breaks an address."""
    if raw and not re.fullmatch(r"[A-Za-z0-9_-]{24,200}", raw, re.ASCII):
        raise ValueError("take at least 24 letters, digits, - or _")
    return raw


def video(raw: str) -> str:
    """Return whether citizens may show themselves: ``off``, ``on``, or ``relay`` (never directly); ValueError else."""
    if raw not in {"off", "on", "relay"}:
        raise ValueError("say off, on, or relay where nobody is to learn the other's address")
    return raw


def turn_urls(raw: str) -> list[str]:
    """Return ``turn:HOST,turns:HOST:PORT`` as a list; ValueError for what is no relay (RFC 7065)."""
    urls = [url.strip() for url in raw.split(",") if url.strip()]
    wrong = [url for url in urls if not TURN_URL.fullmatch(url)]
    if wrong:
        raise ValueError(f"say turn:HOST or turns:HOST:PORT?transport=tcp, not {wrong[0]}")
    return urls
