"""The judge of the soak: what counts as growth. Series made up, 20 minutes long, sampled each 5 s as the real ones."""

from __future__ import annotations

import math
import mmap
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.soak.__main__ import MEMORY_SHARE, broken
from bench.soak.growth import ALL, EVERY, Sample, growth, mapped_of, memory_of

MINUTES, RATE = 20, 8.5  # as the promise is measured
KIBIBYTE = 1 / 1024
EIGHT_MIB = 8 << 20
Series = Callable[[float], float]


def run(series: Series, minutes: int = MINUTES) -> list[Sample]:
    """The call server as ``series`` says, the media server steady."""
    count = int(minutes * 60 / EVERY) + 6  # it is watched a little longer
    at = [EVERY * number + 0.1 for number in range(1, count)]
    return [Sample(one, {"calls": series(one), "media": 45.0}, {"calls": 20.0, "media": 30.0}, {}) for one in at]


def grows(series: Series) -> bool:
    """Whether the judge says that the call server's memory grows."""
    return growth(run(series), "memory", MINUTES * 60)["calls"].share > MEMORY_SHARE


def sawtooth(at: float, period: float = 47.0, height: float = 30.0) -> float:
    return height * (at % period) / period


@pytest.mark.parametrize("leak", [0.5, 1.0, 4.0])
@pytest.mark.parametrize("start", [45.0, 85.0, 150.0])
def test_a_leak_in_each_call_grows(leak: float, start: float) -> None:
    assert grows(lambda at: start + leak * KIBIBYTE * RATE * at)


def test_a_leak_below_a_sawtooth_grows() -> None:
    assert grows(lambda at: 85.0 + 0.5 * KIBIBYTE * RATE * at + sawtooth(at))


def test_a_sawtooth_with_a_flat_floor_does_not_grow() -> None:
    assert not grows(lambda at: 85.0 + sawtooth(at))


def test_a_level_reached_in_the_first_minute_is_no_growth() -> None:
    assert not grows(lambda at: 40.0 + 45.0 * min(at, 60.0) / 60.0)


def test_a_slow_rise_until_the_seventh_minute_grows_although_it_ends() -> None:
    assert grows(lambda at: 84.0 + 9.0 * min(at, 420.0) / 420.0)


def test_a_slow_rise_below_the_limit_is_none() -> None:
    assert not grows(lambda at: 84.0 + 1.0 * min(at, 420.0) / 420.0)


def test_a_step_in_the_middle_grows() -> None:
    assert grows(lambda at: 84.0 + (4.0 if at > 600 else 0.0))


@given(st.floats(0, 2 * math.pi), st.floats(20.0, 55.0), st.floats(0.0, 60.0))
def test_no_rhythm_of_the_collector_counts(phase: float, period: float, height: float) -> None:
    assert not grows(lambda at: 85.0 + sawtooth(at + phase * period, period, height) // 6)


def test_a_process_that_was_not_seen_for_a_moment_has_not_shrunk() -> None:
    samples = run(lambda at: 85.0)
    seen = [Sample(one.at, {"media": 45.0}, one.sockets, {}) if 300 < one.at < 310 else one for one in samples]
    assert growth(seen, "memory", MINUTES * 60)["calls"].floor == (85.0,) * MINUTES


def test_the_series_are_kept_and_the_first_minute_is_not_judged() -> None:
    told = growth(run(lambda at: 200.0 if at < 60 else 85.0), "memory", MINUTES * 60)
    assert told["calls"].floor == (200.0, *[85.0] * (MINUTES - 1))
    assert told["calls"].rise == pytest.approx(0.0)
    assert told[ALL].floor == (245.0, *[130.0] * (MINUTES - 1))


def test_three_minutes_say_nothing() -> None:
    with pytest.raises(ValueError, match="4 at least"):
        growth(run(lambda at: 85.0, 3), "memory", 180)


def figures(rise: float = 0.0, floor: float = 85.0) -> dict[str, object]:
    steady = {"rise": 0.0, "share": 0.0}
    return {
        "failures": {},
        "memory_mib": {"calls": {"rise": rise, "share": rise / floor}, "media": steady, "all": steady},
        "sockets": {"all": {"mean": 300.0, "rise": 0.0}},
        "sockets_before_and_after": [20, 20],
    }


def test_one_process_that_grows_breaks_the_promise() -> None:
    assert broken(figures()) == []
    assert broken(figures(rise=1.6)) == []
    assert broken(figures(rise=1.8)) == ["the memory of calls rises by 1.80 MiB (2.1 %)"]


def test_own_memory_counts_what_is_written_and_no_mapped_file(tmp_path: Path) -> None:
    file = tmp_path / "rows"
    file.write_bytes(b"x" * EIGHT_MIB)
    own, files = memory_of(os.getpid()), mapped_of(os.getpid())
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, prot=mmap.PROT_READ) as mapped:
        for place in range(0, EIGHT_MIB, mmap.PAGESIZE):
            assert mapped[place] == ord("x")
        assert mapped_of(os.getpid()) - files > 7
        assert abs(memory_of(os.getpid()) - own) < 1
    own = memory_of(os.getpid())
    # pages of its own: what is merely allocated may come from what others have left free
    with mmap.mmap(-1, EIGHT_MIB, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as held:
        for place in range(0, EIGHT_MIB, mmap.PAGESIZE):
            held[place] = ord("x")
        assert memory_of(os.getpid()) - own > 7
