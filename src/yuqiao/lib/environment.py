"""Settings come from the environment alone; what is missing or malformed stops the start with a clear sentence."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

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


def sender_names(raw: str) -> list[str]:
    """Return ``sms,email`` as a list; ValueError for a name that no way of sending has."""
    names = [name.strip() for name in raw.split(",") if name.strip()]
    unknown = set(names) - {"sms", "email"}
    if unknown:
        raise ValueError(f"messages leave by sms or email, not by {', '.join(sorted(unknown))}")
    return names
