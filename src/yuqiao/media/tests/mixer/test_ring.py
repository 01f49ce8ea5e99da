"""The jitter buffer: order, loss, lengths, wrap-around, jumps, depth."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from yuqiao.lib.g711 import Samples
from yuqiao.media.concealment import OVERLAP, SILENT
from yuqiao.media.depth import TARGET, WINDOW
from yuqiao.media.limits import BLOCKS
from yuqiao.media.ring import JitterRing
from yuqiao.media.rtp import FRAME

SSRC = 7


class Line:
    """One leg's ring, written packet by packet."""

    def __init__(self, row: int = 0, legs: int = 2) -> None:
        self.ring = JitterRing(legs)
        self.row = row
        self.legs = legs

    def write(self, seq: int, timestamp: int, samples: Samples, ssrc: int = SSRC) -> None:
        rows = np.array([self.row])
        newer = self.ring.note(rows, np.array([seq & 0xFFFF]), np.array([ssrc]))
        audio = np.zeros((1, max(FRAME, len(samples))), dtype=np.int16)
        audio[0, : len(samples)] = samples
        lengths = np.array([len(samples)])
        self.ring.write(rows, np.array([timestamp & 0xFFFFFFFF]), newer, audio, lengths)

    def read(self) -> Samples:
        frames = np.empty((self.legs, FRAME), dtype=np.int16)
        self.ring.read(self.legs, frames)
        frame: Samples = frames[self.row]
        return frame

    def read_all(self, ticks: int) -> Samples:
        return np.concatenate([self.read() for _ in range(ticks)])


def ramp(start: int, count: int) -> Samples:
    """Samples that tell their own place: 1, 2, 3 … (0 is silence)."""
    return (np.arange(start, start + count) % 30000 + 1).astype(np.int16)


def is_heard(frame: Samples, said: Samples) -> bool:
    """Tell whether ``frame`` is what was said, but for the lead-over from silence or concealment before it."""
    return np.array_equal(frame[OVERLAP:], said[OVERLAP:])


DELAY = TARGET // FRAME


@settings(max_examples=60, deadline=None)
@given(
    ptime=st.sampled_from([10, 20, 30, 40, 60]),
    first_seq=st.integers(0, 0xFFFF) | st.integers(0xFFF0, 0xFFFF),
    first_time=st.integers(0, 0xFFFFFFFF) | st.integers(0xFFFFFF00, 0xFFFFFFFF),
    data=st.data(),
)
def test_what_is_said_is_heard_whatever_the_packet_length_numbers_and_order(
    ptime: int, first_seq: int, first_time: int, data: st.DataObject
) -> None:
    """Packets may be swapped with their neighbour, lost or doubled; what arrived is heard, in place, once."""
    line = Line(row=data.draw(st.integers(0, 1)))
    size = ptime * 8
    count = 40 * 20 // ptime
    # Two lost together, or a long one, let the buffer run dry; then it waits, and nothing keeps its place.
    lost = {3 * at for at in data.draw(st.sets(st.integers(1, count // 3 - 1), max_size=5))} if ptime <= 20 else set()
    doubled = data.draw(st.sets(st.integers(1, count - 1), max_size=5))
    # Each with the one before it, and none twice: who is overtaken again and again comes too late.
    swapped = (
        {2 * at for at in data.draw(st.sets(st.integers(1, count // 2 - 1), max_size=4))} if ptime <= 20 else set()
    )
    order = list(range(count))
    for at in swapped:
        order[at], order[at - 1] = order[at - 1], order[at]
    arrivals: dict[int, list[int]] = {}  # a packet comes when its last sample was said
    for place, packet in enumerate(order):
        tick = (place + 1) * size // FRAME
        arrivals.setdefault(tick, []).extend([packet] * (0 if packet in lost else 2 if packet in doubled else 1))
    expected = ramp(0, count * size)
    as_it_was = np.ones(len(expected), dtype=bool)
    as_it_was[:OVERLAP] = False
    for packet in lost:
        as_it_was[packet * size : (packet + 1) * size + OVERLAP] = False
    heard = []
    for tick in range(count * size // FRAME + 20):
        for packet in arrivals.get(tick, []):
            line.write(first_seq + packet, first_time + packet * size, ramp(packet * size, size))
        heard.append(line.read())
    sound = np.concatenate(heard)
    begin = (size // FRAME + DELAY) * FRAME
    end = begin + len(expected)
    assert not sound[:begin].any()
    assert np.array_equal(sound[begin:end][as_it_was], expected[as_it_was])
    assert not sound[end + SILENT :].any()
    assert line.ring.lost(line.row) >= len([packet for packet in lost if packet < max(order)]) - len(doubled) - 1


def test_losses_are_counted_over_the_wrap_of_sequence_numbers() -> None:
    line = Line()
    for packet in range(20):
        if packet not in {5, 6, 11}:
            line.write(0xFFF8 + packet, packet * FRAME, ramp(0, FRAME))
        line.read()
    assert line.ring.lost(0) == 3
    assert line.ring.received[0] == 17


def test_a_pause_without_packets_keeps_its_length_but_for_the_depth_that_was_too_much() -> None:
    line = Line()
    line.write(1, 0, ramp(0, FRAME))
    line.read_all(100)
    line.write(2, 100 * FRAME, ramp(0, FRAME))
    assert not line.read_all(DELAY - 1).any()
    assert is_heard(line.read(), ramp(0, FRAME))


def test_another_ssrc_begins_anew() -> None:
    line = Line()
    for packet in range(5):
        line.write(packet, packet * FRAME, ramp(0, FRAME))
        line.read()
    line.write(40000, 0x89ABCDEF, ramp(500, FRAME), ssrc=SSRC + 1)
    assert is_heard(line.read_all(DELAY + 1)[-FRAME:], ramp(500, FRAME))


def test_a_jump_of_the_timestamp_begins_anew() -> None:
    line = Line()
    for packet in range(5):
        line.write(packet, packet * FRAME, ramp(0, FRAME))
        line.read()
    line.write(5, 1 << 30, ramp(500, FRAME))
    assert is_heard(line.read_all(DELAY + 1)[-FRAME:], ramp(500, FRAME))


def test_after_a_stall_the_newest_is_heard_after_the_target_delay() -> None:
    """The network held 15 packets back and delivers them in one burst."""
    line = Line()
    for packet in range(5):
        line.write(packet, packet * FRAME, ramp(0, FRAME))
        line.read()
    line.read_all(15)
    for packet in range(5, 20):
        line.write(packet, packet * FRAME, ramp(packet * 1000, FRAME))
    waiting = line.read_all(BLOCKS)
    newest = int(np.flatnonzero(waiting == ramp(19000, FRAME)[-1])[0]) // FRAME
    assert newest <= 12
    for packet in range(20, 20 + 3 * WINDOW):
        line.write(packet, (packet + BLOCKS) * FRAME, ramp(0, FRAME))
        line.read()
    line.write(400, (20 + 3 * WINDOW + BLOCKS) * FRAME, ramp(777, FRAME))
    assert any(is_heard(line.read(), ramp(777, FRAME)) for _ in range(DELAY + 1))


def test_a_peer_whose_clock_is_faster_does_not_fill_the_buffer() -> None:
    """One packet in 100 comes early for ever: the delay stays near the target."""
    line = Line()
    packet = 0
    for tick in range(3000):
        for _ in range(2 if tick % 100 == 99 else 1):
            line.write(packet, packet * FRAME, ramp(packet * FRAME, FRAME))
            packet += 1
        line.read()
    waiting = line.read_all(BLOCKS)
    assert np.count_nonzero(waiting) - SILENT <= TARGET + 2 * FRAME


def test_a_peer_whose_clock_is_slower_goes_on_being_heard() -> None:
    line = Line()
    packet, heard = 0, 0
    for tick in range(3000):
        if tick % 100 != 99:
            line.write(packet, packet * FRAME, ramp(0, FRAME))
            packet += 1
        heard += bool(line.read().any())
    assert heard > 0.97 * packet


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 0xFFFF),
            st.integers(0, 0xFFFFFFFF),
            st.integers(1, 8 * FRAME),
            st.integers(0, 2),
            st.booleans(),
        ),
        max_size=60,
    )
)
def test_nothing_a_peer_sends_breaks_it_or_reaches_another_leg(
    packets: list[tuple[int, int, int, int, bool]],
) -> None:
    line = Line(row=0)
    for seq, timestamp, length, ssrc, tick in packets:
        line.write(seq, timestamp, ramp(0, length), ssrc)
        if tick:
            frames = np.empty((2, FRAME), dtype=np.int16)
            line.ring.read(2, frames)
            assert not frames[1].any()
    assert line.ring.lost(0) >= 0
    line.read_all(BLOCKS)
    assert not line.read_all(BLOCKS).any()


def test_a_new_leg_in_the_row_hears_nothing_of_the_former() -> None:
    line = Line()
    for packet in range(5):
        line.write(packet, packet * FRAME, ramp(0, FRAME))
    line.ring.reset(0)
    assert not line.read_all(BLOCKS).any()
    assert line.ring.lost(0) == line.ring.received[0] == 0


def test_skipped_ticks_skip_what_would_have_been_heard() -> None:
    line = Line()
    for packet in range(10):
        line.write(packet, packet * FRAME, ramp(packet * FRAME, FRAME))
    line.ring.skip(2, DELAY + 4)
    assert is_heard(line.read(), ramp(4 * FRAME, FRAME))
    line.ring.skip(2, 3 * BLOCKS)
    line.write(10, (7 + 3 * BLOCKS) * FRAME, ramp(99, FRAME))  # 5 frames are read, so this is the third from now
    assert is_heard(line.read_all(3)[-FRAME:], ramp(99, FRAME))
