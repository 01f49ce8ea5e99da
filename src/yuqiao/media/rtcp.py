"""RTCP packets (RFC 3550 section 6): what a peer reports is read, what we report is written. No sockets, no clock."""

from __future__ import annotations

import secrets
import struct
from dataclasses import dataclass
from typing import Final

SR, RR, SDES, BYE = 200, 201, 202, 203
#: Second octets that mean RTCP where it shares the port of RTP (RFC 5761 section 4).
FIRST_KIND, LAST_KIND = 192, 223
INTERVAL: Final = 5.0  # seconds, section 6.2; our two members need far less than 5 % of 64 kbit/s
_COMPENSATION: Final = 1.21828  # e - 3/2, section 6.3.1
_SINCE_1900: Final = 2_208_988_800
_BLOCK = struct.Struct("!IIIIII")
_LARGEST_LOSS: Final = 0x7FFFFF


@dataclass(frozen=True, slots=True)
class Block:
    """A reception report (section 6.4.1): what one source's stream arrived like. ``fraction`` of 256 lost since the
    last report, ``lost`` packets in all (negative with duplicates), ``jitter`` in timestamp units, ``last`` and
    ``delay`` (1/65536 s) tell which sender report the reporter had, and for how long."""

    ssrc: int
    fraction: int
    lost: int
    highest: int
    jitter: int
    last: int
    delay: int


@dataclass(frozen=True, slots=True)
class Compound:
    """What a compound packet says: who sent it, the middle of its NTP time if it has one, its blocks, the end."""

    ssrc: int
    sent: int | None
    blocks: tuple[Block, ...]
    bye: bool


def read(packet: bytes) -> Compound | None:
    """Return what ``packet`` says, or None when it is no valid compound packet (appendix A.2)."""
    if len(packet) < 8 or packet[0] & 0xE0 != 0x80 or packet[1] not in {SR, RR}:
        return None
    sent, bye = None, False
    blocks: list[Block] = []
    at = 0
    while at < len(packet):
        if len(packet) - at < 4 or packet[at] >> 6 != 2:
            return None
        kind, end = packet[at + 1], at + 4 + 4 * struct.unpack_from("!H", packet, at + 2)[0]
        if end > len(packet):
            return None
        if kind in {SR, RR}:
            head = at + (28 if kind == SR else 8)
            count = packet[at] & 0x1F
            if head + count * _BLOCK.size > end:
                return None
            if kind == SR:
                sent = struct.unpack_from("!I", packet, at + 10)[0]
            blocks += [_block(packet, head + place * _BLOCK.size) for place in range(count)]
        bye = bye or kind == BYE
        at = end
    return Compound(struct.unpack_from("!I", packet, 4)[0], sent, tuple(blocks), bye)


def _block(packet: bytes, at: int) -> Block:
    ssrc, loss, highest, jitter, last, delay = _BLOCK.unpack_from(packet, at)
    lost = loss & 0xFFFFFF
    return Block(ssrc, loss >> 24, lost - (1 << 24) if lost & 0x800000 else lost, highest, jitter, last, delay)


@dataclass(frozen=True, slots=True)
class Sent:
    """What we sent (section 6.4.1): RTP timestamp at the time of the report, packets and octets of payload."""

    timestamp: int
    packets: int
    octets: int


def write(ssrc: int, name: str, now: float, sent: Sent | None, block: Block | None, *, bye: bool = False) -> bytes:
    """Return a compound packet of ``ssrc``: a sender report at UNIX time ``now`` or, where nothing was sent, a receiver
    report; the CNAME ``name``; and the end of the stream with ``bye``."""
    count = 0 if block is None else 1
    body = b"" if block is None else _written(block)
    if sent is None:
        report = _packet(RR, count, struct.pack("!I", ssrc) + body)
    else:
        seconds, fraction = divmod(round((now + _SINCE_1900) * (1 << 32)), 1 << 32)
        times = struct.pack("!IIII", ssrc, seconds & 0xFFFFFFFF, fraction, sent.timestamp & 0xFFFFFFFF)
        report = _packet(
            SR, count, times + struct.pack("!II", sent.packets & 0xFFFFFFFF, sent.octets & 0xFFFFFFFF) + body
        )
    item = struct.pack("!IBB", ssrc, 1, len(name)) + name.encode("ascii")
    report += _packet(SDES, 1, item + bytes(4 - len(item) % 4))
    return report + _packet(BYE, 1, struct.pack("!I", ssrc)) if bye else report


def _written(block: Block) -> bytes:
    lost = max(-_LARGEST_LOSS - 1, min(block.lost, _LARGEST_LOSS)) & 0xFFFFFF
    loss = block.fraction << 24 | lost
    return _BLOCK.pack(
        block.ssrc, loss, block.highest & 0xFFFFFFFF, min(block.jitter, 0xFFFFFFFF), block.last, block.delay
    )


def _packet(kind: int, count: int, content: bytes) -> bytes:
    return struct.pack("!BBH", 0x80 | count, kind, len(content) // 4) + content


def middle(now: float) -> int:
    """Return the middle 32 bits of UNIX time ``now`` as an NTP timestamp: units of 1/65536 s (section 4)."""
    return int((now + _SINCE_1900) * 65536) & 0xFFFFFFFF


def round_trip(block: Block, now: float) -> float | None:
    """Return the seconds there and back that ``block``, come at UNIX time ``now``, tells; None when it tells none, or
    what cannot be."""
    if not block.last:
        return None
    taken = (middle(now) - block.last - block.delay) & 0xFFFFFFFF
    if taken >= 1 << 31:  # clocks are read in 15 microsecond steps: a little below nothing is nothing
        taken = 0 if (1 << 32) - taken < 655 else taken
    seconds = taken / 65536
    return seconds if seconds < 30 else None


def fraction_lost(expected: int, received: int) -> int:
    """Return the share of 256 that was lost of what was expected since the last report (appendix A.3)."""
    lost = expected - received
    return 0 if expected <= 0 or lost <= 0 else min(255, (lost << 8) // expected)


def until_next(*, first: bool = False) -> float:
    """Return how many seconds to wait before a report: half as long before the first, never in step (section 6.3.1)."""
    base = INTERVAL / 2 if first else INTERVAL
    return base * (0.5 + secrets.randbelow(1 << 20) / (1 << 20)) / _COMPENSATION


def canonical_name() -> str:
    """Return a short-term persistent CNAME: 96 random bits (RFC 7022 section 4.2), which tells nothing of us."""
    return secrets.token_urlsafe(12)
