"""RTP headers (RFC 3550 section 5.1), read many packets at a time; no sockets here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from yuqiao.lib.g711 import Codes

HEADER: Final = 12
FRAME: Final = 160  # samples, and G.711 octets, of one 20 ms tick
#: Bytes kept of one datagram: 100 ms of G.711 with 15 CSRCs and a header extension fit; what fills it is no audio.
SLOT: Final = 1536

#: One packet as it goes out, all fields big-endian; an array of these is ready for the wire.
WIRE: Final = np.dtype(
    [("first", "u1"), ("kind", "u1"), ("seq", ">u2"), ("timestamp", ">u4"), ("ssrc", ">u4"), ("payload", "u1", FRAME)]
)
PLAIN: Final = 0x80  # version 2, no padding, no extension, no CSRC
MARKER: Final = 0x80


@dataclass(frozen=True, slots=True)
class Headers:
    """The fixed header fields of a batch, one entry for each packet. ``valid`` tells which are RTP at all."""

    valid: NDArray[np.bool_]
    payload_type: NDArray[np.int64]
    seq: NDArray[np.int64]
    timestamp: NDArray[np.int64]
    ssrc: NDArray[np.int64]
    payload_length: NDArray[np.int64]

    def select(self, which: NDArray[np.bool_]) -> Headers:
        """Return the headers of some packets of the batch."""
        return Headers(
            self.valid[which],
            self.payload_type[which],
            self.seq[which],
            self.timestamp[which],
            self.ssrc[which],
            self.payload_length[which],
        )


def payload_bounds(packet: bytes | memoryview) -> tuple[int, int] | None:
    """Return where the payload of one RTP packet begins and ends, or None when it is not RTP version 2.

    Skips CSRCs and a header extension and takes padding off, RFC 3550 sections 5.1 and 5.3.1.
    """
    size = len(packet)
    if size < HEADER or packet[0] >> 6 != 2:
        return None
    begin = HEADER + 4 * (packet[0] & 0x0F)
    if packet[0] & 0x10:
        if size < begin + 4:
            return None
        begin += 4 + 4 * (packet[begin + 2] << 8 | packet[begin + 3])
    end = size
    if packet[0] & 0x20:
        if packet[-1] == 0:
            return None
        end -= packet[-1]
    return (begin, end) if HEADER <= begin <= end else None


def read_headers(batch: Codes, sizes: NDArray[np.int64]) -> Headers:
    """Read the headers of a ``(packets, SLOT)`` batch whose row ``i`` holds ``sizes[i]`` bytes.

    Rows with CSRCs, extension or padding are rewritten so that the payload of every valid row begins at octet 12.
    A row filled to the brim was cut off by the socket: not valid.
    """
    words = np.ascontiguousarray(batch[:, :HEADER]).view(">u4").astype(np.int64)
    first = batch[:, 0]
    lengths = sizes - HEADER
    valid = (first == PLAIN) & (lengths >= 0) & (sizes < SLOT)
    for row in np.flatnonzero(~valid):
        size = int(sizes[row])
        bounds = payload_bounds(memoryview(batch[row])[:size]) if size < SLOT else None
        if bounds is not None:
            begin, end = bounds
            lengths[row] = end - begin
            batch[row, HEADER : HEADER + end - begin] = batch[row, begin:end].copy()
            valid[row] = True
    return Headers(
        valid=valid,
        payload_type=words[:, 0] >> 16 & 0x7F,
        seq=words[:, 0] & 0xFFFF,
        timestamp=words[:, 1],
        ssrc=words[:, 2],
        payload_length=lengths,
    )


def forward(newer: NDArray[np.int64], older: NDArray[np.int64], bits: int) -> NDArray[np.int64]:
    """Return ``newer - older`` on a circle of ``2**bits``: negative when ``newer`` lies up to half a circle behind."""
    half = 1 << (bits - 1)
    return ((newer - older + half) & ((1 << bits) - 1)) - half
