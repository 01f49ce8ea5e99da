"""Interarrival jitter from the times at which the kernel took packets in."""

from __future__ import annotations

import socket
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuqiao.media.arrivals import ROUND, Arrivals, arrived

MS = 1_000_000


def feed(arrivals: Arrivals, came_ms: list[float], row: int = 0, ssrc: int = 5, first: int = 0) -> None:
    """Packets of 20 ms, numbered from ``first``, that came at these times."""
    for at, came in enumerate(came_ms):
        number = first + at
        arrivals.note(
            np.array([row]),
            np.array([round((came + 1000) * MS)]),
            np.array([number * 160 & 0xFFFFFFFF]),
            np.array([number & 0xFFFF]),
            np.array([ssrc]),
        )


def test_a_steady_line_has_no_jitter() -> None:
    arrivals = Arrivals(2)
    feed(arrivals, [20.0 * at for at in range(100)], first=0xFFFF - 40)
    assert arrivals.jitter[0] == arrivals.most[0] == 0


def test_packets_by_turns_8_ms_late_have_a_jitter_of_8_ms() -> None:
    arrivals = Arrivals(2)
    feed(arrivals, [20.0 * at + (8 if at % 2 else 0) for at in range(100)])
    assert arrivals.jitter[0] == pytest.approx(8)
    assert arrivals.jitter[1] == 0


@settings(max_examples=30, deadline=None)
@given(st.floats(1, 60), st.integers(0, 1000))
def test_a_line_that_delays_evenly_up_to_a_bound_has_a_third_of_it(bound: float, seed: int) -> None:
    """The mean difference of two even draws from 0 to b is b / 3."""
    arrivals = Arrivals(1)
    delays = np.random.default_rng(seed).uniform(0, bound, 400)
    feed(arrivals, [20.0 * at + delay for at, delay in enumerate(delays)])
    assert bound / 8 < arrivals.jitter[0] < bound
    assert arrivals.jitter[0] <= arrivals.most[0] < bound


def test_gaps_other_sources_and_jumping_clocks_are_no_jitter() -> None:
    arrivals = Arrivals(1)
    feed(arrivals, [0.0])
    feed(arrivals, [500.0], first=9)  # lost ones between
    feed(arrivals, [700.0], first=10, ssrc=6)
    feed(arrivals, [9000.0], first=11, ssrc=6)  # 8 s too late: no jitter but another clock
    assert arrivals.jitter[0] == 0
    arrivals.reset(0)
    feed(arrivals, [60000.0], first=12, ssrc=6)
    assert arrivals.jitter[0] == 0


def test_packets_are_measured_in_two_ticks_that_follow_each_other() -> None:
    due = [tick for tick in range(2 * ROUND) if Arrivals.are_due(tick)]
    assert due == [0, 1, ROUND, ROUND + 1]


def test_the_kernel_tells_when_a_packet_came_not_when_it_was_read() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as theirs,
    ):
        ours.bind(("127.0.0.1", 0))
        arrived(ours.fileno())  # from the first question on it keeps the times
        theirs.sendto(b"x", ours.getsockname())
        sent = time.time()
        time.sleep(0.1)
        ours.recv(1)
        assert abs(arrived(ours.fileno()) / 1e9 - sent) < 0.05
