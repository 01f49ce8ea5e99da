"""By which number a leg is called in the RTP that others are sent: media server and pages reckon it alike. Pure."""

from __future__ import annotations

import zlib


def source_of(leg: str) -> int:
    """Return the number, 32 bits, of the leg whose id is ``leg``: the engine's name of its channel. RFC 3550 5.1 wants
    numbers by chance, and that two of one conversation are alike is as unlikely (1 to 2**32 for each pair)."""
    return zlib.crc32(leg.encode())
