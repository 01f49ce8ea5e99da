"""Which bytes a browser asks for (RFC 9110 section 14.1.2). Pure."""

from __future__ import annotations

import re

_ONE_RANGE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", re.ASCII)


class NoSuchRangeError(ValueError):
    """The range lies outside the file: 416."""


def wanted_range(header: str | None, size: int) -> tuple[int, int] | None:
    """Return (first byte, length) of one range within ``size`` bytes; None where the whole is to be sent.

    Other units, several ranges and malformed ones are passed over, as the RFC allows.
    """
    match = _ONE_RANGE.fullmatch(header or "")
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        length = min(int(last), size)
        if length == 0:
            raise NoSuchRangeError
        return size - length, length
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise NoSuchRangeError
    end = min(int(last), size - 1) if last else size - 1
    return int(first), end - int(first) + 1
