"""RTCP packets as RFC 3550 says: written, read again, and garbage refused."""

from __future__ import annotations

import struct

from hypothesis import example, given
from hypothesis import strategies as st

from yuqiao.media.rtcp import Block, Sent, fraction_lost, middle, read, round_trip, until_next, write

u32 = st.integers(0, 0xFFFFFFFF)
blocks = st.builds(
    Block,
    ssrc=u32,
    fraction=st.integers(0, 255),
    lost=st.integers(-(1 << 23), (1 << 23) - 1),
    highest=u32,
    jitter=u32,
    last=u32,
    delay=u32,
)
NOW = 1_700_000_000.25


@given(u32, blocks | st.none(), st.builds(Sent, u32, u32, u32) | st.none(), st.booleans())
def test_what_is_written_is_read_again(ssrc: int, block: Block | None, sent: Sent | None, bye: bool) -> None:
    packet = write(ssrc, "name", NOW, sent, block, bye=bye)
    assert len(packet) % 4 == 0
    said = read(packet)
    assert said is not None
    assert (said.ssrc, said.bye) == (ssrc, bye)
    assert said.blocks == (() if block is None else (block,))
    assert said.sent == (None if sent is None else middle(NOW))


def test_a_sender_report_is_laid_out_as_in_section_6_4_1() -> None:
    packet = write(0x01020304, "ab", NOW, Sent(160, 2, 320), None)
    head = struct.unpack("!BBHIIIIII", packet[:28])
    assert head[:4] == (0x80, 200, 6, 0x01020304)
    assert head[4] == 1_700_000_000 + 2_208_988_800
    assert head[5] == 1 << 30  # a quarter of a second
    assert head[6:] == (160, 2, 320)
    assert packet[28:] == bytes([0x81, 202, 0, 3]) + struct.pack("!I", 0x01020304) + b"\x01\x02ab" + bytes(4 - 0)


@example(b"\x80\xc8\x00\x06" + bytes(8))  # shorter than it says
@example(b"\x9f\xc9\x00\x01" + bytes(4))  # 31 blocks that are not there
@example(b"\x80\xc9\x00\x01" + bytes(4) + b"\x40\xca\x00\x00")  # version 1 behind
@example(b"\x80\xca\x00\x00" + bytes(4))  # begins with no report
@example(b"\xa0\xc9\x00\x01" + bytes(4))  # padding in the first
@given(st.binary(max_size=200))
def test_garbage_is_nothing_or_a_report_but_never_an_error(packet: bytes) -> None:
    said = read(packet)
    if said is not None:
        assert packet[1] in {200, 201}


@given(st.binary(max_size=80), st.integers(0, 79), st.integers(0, 255))
def test_a_bent_report_is_nothing_or_a_report_but_never_an_error(tail: bytes, at: int, octet: int) -> None:
    packet = bytearray(write(7, "name", NOW, Sent(1, 2, 3), Block(1, 2, 3, 4, 5, 6, 7), bye=True) + tail)
    packet[at % len(packet)] = octet
    read(bytes(packet))


def test_the_example_of_section_6_4_1_for_the_round_trip() -> None:
    """RFC 3550 figure 2: A = 0xb710:8000, LSR = 0xb705:2000, DLSR = 0x0005:4000, so 6.125 s."""
    arrival = (0xB7108000 - middle(0.0)) % (1 << 32) / 65536
    taken = round_trip(Block(1, 0, 0, 0, 0, 0xB7052000, 0x00054000), arrival)
    assert taken is not None
    assert abs(taken - 6.125) < 0.001


def test_round_trips_that_cannot_be_are_none() -> None:
    now = 1_700_000_000.0
    assert round_trip(Block(1, 0, 0, 0, 0, 0, 0), now) is None  # it had no report of ours
    assert round_trip(Block(1, 0, 0, 0, 0, middle(now + 5), 0), now) is None  # from the future
    assert round_trip(Block(1, 0, 0, 0, 0, middle(now - 60), 0), now) is None  # a minute
    assert round_trip(Block(1, 0, 0, 0, 0, middle(now), 3), now) == 0.0  # clocks are read in steps


@given(st.integers(-5, 70000), st.integers(0, 70000))
def test_the_fraction_lost_is_of_256_and_never_negative(expected: int, received: int) -> None:
    fraction = fraction_lost(expected, received)
    assert 0 <= fraction <= 255
    assert (fraction > 0) == (expected > 0 and (expected - received) * 256 >= expected > received)


def test_a_quarter_lost_is_64() -> None:
    assert fraction_lost(100, 75) == 64


def test_reports_are_never_in_step_and_five_seconds_apart_on_average() -> None:
    waits = [until_next() for _ in range(2000)]
    assert min(waits) >= 2.5 / 1.21828
    assert max(waits) <= 7.5 / 1.21828
    assert abs(sum(waits) / len(waits) - 5 / 1.21828) < 0.15
    assert max(until_next(first=True) for _ in range(100)) <= 3.75 / 1.21828
