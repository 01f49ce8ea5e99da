"""Where a new conference goes, and when a worker counts as dead: whatever the loads and whatever the beats."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.media.balance import MARGIN, Load, expected, least_loaded, per_leg
from yuqiao.media.pulse import SILENT_CHECKS, Pulse

LOADS = st.lists(
    st.builds(
        Load,
        number=st.just(0),
        legs=st.integers(0, 600),
        busy=st.floats(0, 1),
        measured=st.integers(0, 600),
    ),
    min_size=1,
    max_size=8,
).map(lambda loads: [Load(number, one.legs, one.busy, one.measured) for number, one in enumerate(loads)])


@given(LOADS)
def test_the_chosen_worker_is_as_little_loaded_as_any_and_has_the_fewest_legs_of_those(loads: list[Load]) -> None:
    chosen, each = least_loaded(loads), per_leg(loads)
    least = min(expected(load, each) for load in loads)
    assert expected(chosen, each) <= least + MARGIN
    assert not [load for load in loads if expected(load, each) <= least and load.legs < chosen.legs]


@given(st.integers(1, 8), st.lists(st.integers(1, 6), max_size=60))
def test_conferences_of_any_size_spread_so_that_workers_differ_by_one_conference(count: int, sizes: list[int]) -> None:
    legs = [0] * count
    for size in sizes:  # nothing is measured yet: a burst of calls
        legs[least_loaded([Load(number, each) for number, each in enumerate(legs)]).number] += size
    assert max(legs) - min(legs) <= max(sizes, default=0)


def test_a_worker_that_is_measured_busy_is_left_alone_though_it_has_fewer_legs() -> None:
    recording, plain = Load(0, 60, busy=0.60, measured=60), Load(1, 90, busy=0.10, measured=90)
    assert least_loaded([recording, plain]) is plain


def test_legs_opened_since_the_measurement_count_at_the_measured_cost() -> None:
    filled, empty = Load(0, 300, busy=0.10, measured=100), Load(1, 120, busy=0.12, measured=120)
    assert least_loaded([filled, empty]) is empty


def test_without_a_worker_there_is_no_choice() -> None:
    with pytest.raises(ValueError, match="no worker"):
        least_loaded([])


@given(st.lists(st.booleans(), max_size=40))
def test_a_worker_is_dead_after_so_many_checks_without_a_beat_and_not_before(beats: list[bool]) -> None:
    pulse, silent = Pulse(), 0
    for beat in beats:
        if beat:
            pulse.beat()
        silent = 0 if beat else silent + 1
        assert pulse.check() is (silent < SILENT_CHECKS)


def test_beats_that_waited_while_the_watcher_was_held_up_count() -> None:
    pulse = Pulse()
    for _ in range(SILENT_CHECKS - 1):
        assert pulse.check()
    pulse.beat()
    assert all(pulse.check() for _ in range(SILENT_CHECKS))
