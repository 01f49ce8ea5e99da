"""What arrives on the one port of a browser's leg is told apart by its first octet (RFC 7983 section 7). Pure."""

from __future__ import annotations

from enum import Enum, auto


class Kind(Enum):
    """STUN, DTLS, RTP (with RTCP, RFC 5761), or what has no place here."""

    STUN = auto()
    DTLS = auto()
    RTP = auto()
    NOTHING = auto()


def kind_of(first: int) -> Kind:
    """Return what a datagram that begins with the octet ``first`` is. ZRTP and TURN's channels are nothing to us."""
    if 128 <= first <= 191:  # first, since nearly all are this
        return Kind.RTP
    if first <= 3:
        return Kind.STUN
    return Kind.DTLS if 20 <= first <= 63 else Kind.NOTHING
