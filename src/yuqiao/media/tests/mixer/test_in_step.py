"""The compiled way of a tick does, bit for bit, what NumPy says it should."""

from __future__ import annotations

import socket
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from yuqiao.lib.g711 import ALAW_TO_LINEAR, PCMA, PCMU, ULAW_TO_LINEAR, Samples
from yuqiao.media.conference import Seating
from yuqiao.media.in_step import CONFERENCE, LEG_IN, LEG_OUT, SILENCE, Tables, compiled
from yuqiao.media.limits import PIECE
from yuqiao.media.loudness import REACH, SOFT_TO_ALAW, SOFT_TO_ULAW, soften
from yuqiao.media.reception import Reception
from yuqiao.media.ring import JitterRing
from yuqiao.media.rtp import FRAME, HEADER
from yuqiao.media.transmission import Transmission
from yuqiao.media.ways import Way

LEGS = 8
SSRC = 7


def noise(seed: int, level: int = 32767, rows: int = LEGS) -> NDArray[np.int32]:
    """Frames of every level up to ``level``, its ends among them."""
    frames = np.random.default_rng(seed).integers(-level, level, (rows, FRAME), dtype=np.int32, endpoint=True)
    frames[:, 0], frames[:, 1] = level, -level
    return frames


@settings(max_examples=60, deadline=None)
@given(
    places=st.lists(st.integers(-1, 2), min_size=LEGS, max_size=LEGS),
    muted=st.sets(st.integers(0, LEGS - 1)),
    seed=st.integers(0, 1000),
    has_prompt=st.booleans(),
)
def test_everybody_hears_the_sum_of_the_others(places: list[int], muted: set[int], seed: int, has_prompt: bool) -> None:
    voices = noise(seed).astype(np.int16)
    prompt = noise(seed + 1, rows=1)[0]
    members: dict[str, list[int]] = {}
    for row, place in enumerate(places):
        if place >= 0:
            members.setdefault(str(place), []).append(row)
    heard = np.zeros((LEGS, FRAME), dtype=np.int32)
    sums = Seating(members, muted).mix(voices, {"0": prompt} if has_prompt else {}, heard)

    spoken = voices.astype(np.int32)
    spoken[list(muted)] = 0
    expected = np.zeros_like(heard)
    for at, (name, rows) in enumerate(members.items()):
        total = spoken[rows].sum(axis=0) + (prompt if has_prompt and name == "0" else 0)
        assert np.array_equal(sums[at], total)
        expected[rows] = total - spoken[rows]
    assert np.array_equal(heard, expected)


@pytest.mark.parametrize("payload_type", [PCMA, PCMU])
@pytest.mark.parametrize("level", [300, 40000, REACH + 5000])
def test_packets_are_softened_coded_and_numbered(payload_type: int, level: int) -> None:
    tables = Tables()
    heard = noise(level, level)
    sender = Transmission(LEGS, tables.give(heard=heard))
    sent: list[bytes] = []

    def send(packet: memoryview) -> int:
        sent.append(bytes(packet))
        return len(packet)

    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as theirs,
    ):
        theirs.bind(("127.0.0.1", 0))
        theirs.settimeout(5)
        ours.connect(theirs.getsockname())
        for row in range(3):
            sender.open(row)
        sender.direct(0, Way(ours.fileno()), payload_type)
        sender.direct(1, send, payload_type)
        for ticks in (1, 1, 3):
            sender.send(LEGS, ticks)
        received = [theirs.recv(2000) for _ in range(3)]
    assert sender.packets.tolist() == [3, 3] + [0] * (LEGS - 2)
    table = SOFT_TO_ALAW if payload_type == PCMA else SOFT_TO_ULAW
    for row, packets in ((0, received), (1, sent)):
        fields = [struct.unpack("!BBHII", packet[:HEADER]) for packet in packets]
        assert [kind for _, kind, *_ in fields] == [payload_type | 0x80, payload_type, payload_type]
        assert [(seq - fields[0][2]) & 0xFFFF for _, _, seq, *_ in fields] == [0, 1, 2]
        assert [(stamp - fields[0][3]) & 0xFFFFFFFF for *_, stamp, _ in fields] == [0, FRAME, 4 * FRAME]
        assert {ssrc for *_, ssrc in fields} == {sender.ssrc(row)}
        codes = table.take(heard[row] + REACH, mode="clip").tobytes()
        assert all(packet[HEADER:] == codes for packet in packets)


class Ear:
    """A leg whose packets are received without Python, beside a ring into which NumPy puts the same packets."""

    def __init__(self, payload_type: int) -> None:
        self.ring, self.other = JitterRing(2), JitterRing(2)
        self.reception = Reception(2, self.ring)
        self.payload_type = payload_type
        self.ours = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.theirs = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.ours.bind(("127.0.0.1", 0))
        self.theirs.connect(self.ours.getsockname())
        self.reception.open(1, self.ours.fileno(), self.ours.recv_into, 0)
        self.reception.listening[1] = True
        self.reception.reroute(1, self.ours.fileno(), Way(self.ours.fileno()))

    def close(self) -> None:
        self.reception.close(1, self.ours.fileno())
        self.ours.close()
        self.theirs.close()

    def send(self, seq: int, timestamp: int, codes: bytes) -> None:
        self.theirs.send(struct.pack("!BBHII", 0x80, self.payload_type, seq, timestamp, SSRC) + codes)
        rows = np.array([1])
        table = ALAW_TO_LINEAR if self.payload_type == PCMA else ULAW_TO_LINEAR
        audio: Samples = table[np.frombuffer(codes, dtype=np.uint8)][None]
        newer = self.other.note(rows, np.array([seq]), np.array([SSRC]))
        self.other.write(rows, np.array([timestamp]), newer, audio, np.array([len(codes)]))

    def tick(self, tick: int) -> tuple[Samples, Samples]:
        self.reception.drain(tick, 2)
        frames = np.empty((2, 2, FRAME), dtype=np.int16)
        self.ring.read(2, frames[0])
        self.other.read(2, frames[1])
        return frames[0], frames[1]


@settings(max_examples=25, deadline=None)
@given(
    payload_type=st.sampled_from([PCMA, PCMU]),
    first_seq=st.integers(0, 0xFFFF) | st.integers(0xFFF0, 0xFFFF),
    first_time=st.integers(0, 0xFFFFFFFF) | st.integers(0xFFFFF000, 0xFFFFFFFF),
    counts=st.lists(st.sampled_from([1, 1, 1, 1, 0, 2]), min_size=20, max_size=60),
    lost=st.sets(st.integers(0, 60), max_size=5),
    long=st.sets(st.integers(0, 60), max_size=2),
)
def test_a_packet_in_step_is_heard_as_any_other(
    *, payload_type: int, first_seq: int, first_time: int, counts: list[int], lost: set[int], long: set[int]
) -> None:
    dice = np.random.default_rng(first_seq)
    ear = Ear(payload_type)
    try:
        number, timestamp = 0, first_time
        for tick, count in enumerate(counts):
            for _ in range(count):
                size = FRAME * (2 if number in long else 1)
                if number not in lost:
                    ear.send((first_seq + number) & 0xFFFF, timestamp, dice.integers(0, 256, size, np.uint8).tobytes())
                number, timestamp = number + 1, (timestamp + size) & 0xFFFFFFFF
            ours, theirs = ear.tick(tick)
            assert np.array_equal(ours, theirs)
        for part in ("received", "late", "samples"):
            assert np.array_equal(getattr(ear.ring, part), getattr(ear.other, part))
        assert ear.ring.stream(1) == ear.other.stream(1)
        assert ear.ring.lost(1) == ear.other.lost(1)
    finally:
        ear.close()


def test_a_header_of_nothing_does_not_follow_what_was_never_heard() -> None:
    ear = Ear(PCMA)
    try:
        ear.theirs.send(struct.pack("!III", 1, FRAME, 0) + bytes(FRAME))
        ear.tick(5)
        assert ear.reception.malformed[1] == 1
        assert ear.ring.stream(1) is None
    finally:
        ear.close()


def test_tracks_take_what_their_source_says() -> None:
    voices, heard = noise(1).astype(np.int16), noise(2, 60000)
    sums = noise(3, 90000)
    block = np.ones((5, PIECE * FRAME), dtype=np.int16)
    tracks = np.array([[LEG_IN, 3, 0], [LEG_OUT, 2, 4], [CONFERENCE, 1, 1], [SILENCE, 0, 2]], dtype=np.int64)
    tables = Tables().give(voices=voices, heard=heard, sums=sums, block=block, tracks=tracks)
    tables.track_count = len(tracks)
    compiled().record(tables, 2 * FRAME)
    taken = block[:, 2 * FRAME : 3 * FRAME]
    assert np.array_equal(taken[0], voices[3])
    assert np.array_equal(taken[4], soften(heard[2]))
    assert np.array_equal(taken[1], soften(sums[1]))
    assert not taken[2].any()
    assert taken[3].all()
    block[:, 2 * FRAME : 3 * FRAME] = 1
    assert (block == 1).all()


def test_arrays_of_another_kind_are_refused() -> None:
    with pytest.raises(TypeError, match="voices"):
        Tables().give(voices=np.zeros(FRAME, dtype=np.int32))
    with pytest.raises(TypeError, match="heard"):
        Tables().give(heard=np.zeros((4, FRAME), dtype=np.int32)[:, ::2])
