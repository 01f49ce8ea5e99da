"""RTP headers: what is valid and where the payload lies."""

from __future__ import annotations

import struct

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from yuqiao.media.rtp import HEADER, SLOT, Headers, payload_bounds, read_headers


def build(
    payload: bytes, *, csrcs: int = 0, extension: int | None = None, padding: int = 0, marker: bool = False
) -> bytes:
    first = 0x80 | csrcs | (0x10 if extension is not None else 0) | (0x20 if padding else 0)
    packet = struct.pack("!BBHII", first, 8 | marker << 7, 4660, 0x01020304, 0xA0B0C0D0) + b"\1\2\3\4" * csrcs
    if extension is not None:
        packet += struct.pack("!HH", 0xBEDE, extension) + b"\xee" * 4 * extension
    return packet + payload + (bytes(padding - 1) + bytes([padding]) if padding else b"")


def read(*packets: bytes) -> tuple[Headers, np.ndarray]:
    batch = np.zeros((len(packets), SLOT), dtype=np.uint8)
    for row, packet in enumerate(packets):
        batch[row, : min(len(packet), SLOT)] = np.frombuffer(packet[:SLOT], dtype=np.uint8)
    return read_headers(batch, np.array([min(len(packet), SLOT) for packet in packets])), batch


@given(
    payload=st.binary(max_size=400),
    csrcs=st.integers(0, 15),
    extension=st.none() | st.integers(0, 20),
    padding=st.integers(0, 255),
    marker=st.booleans(),
)
def test_the_payload_is_found_behind_whatever_header(
    payload: bytes, csrcs: int, extension: int | None, padding: int, marker: bool
) -> None:
    headers, batch = read(build(payload, csrcs=csrcs, extension=extension, padding=padding, marker=marker))
    assert headers.valid[0]
    assert (headers.payload_type[0], headers.seq[0]) == (8, 4660)
    assert (headers.timestamp[0], headers.ssrc[0]) == (0x01020304, 0xA0B0C0D0)
    assert batch[0, HEADER : HEADER + headers.payload_length[0]].tobytes() == payload


@settings(max_examples=300)
@given(st.lists(st.binary(max_size=60), min_size=1, max_size=5))
def test_the_batch_and_the_single_packet_agree_on_anything(packets: list[bytes]) -> None:
    headers, _batch = read(*packets)
    for row, packet in enumerate(packets):
        bounds = payload_bounds(packet)
        assert bool(headers.valid[row]) == (bounds is not None)
        if bounds is not None:
            assert 12 <= bounds[0] <= bounds[1] <= len(packet)
            assert headers.payload_length[row] == bounds[1] - bounds[0]


def test_what_is_no_rtp_is_refused() -> None:
    good = build(b"x" * 160)
    version_1 = bytes([0x40]) + good[1:]
    short = good[:11]
    padding_beyond = bytes([0xA0]) + good[1:-1] + b"\xff"
    no_padding_count = bytes([0xA0]) + good[1:-1] + b"\0"
    extension_beyond = build(b"", extension=3)[:-1]
    huge = build(b"x" * 3000)
    headers, _batch = read(good, version_1, short, padding_beyond, no_padding_count, extension_beyond, huge, b"")
    assert headers.valid.tolist() == [True] + [False] * 7
