"""How patient callers are: estimated from waits that mostly end because somebody came."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.workforce.staffing.patience import Wait, counted, kaplan_meier, mean_patience, median_patience

WAITS = st.lists(st.builds(Wait, st.floats(0.1, 600), st.booleans()), max_size=60)


def test_a_worked_example_of_kaplan_and_meier() -> None:
    waits = [Wait(s, g) for s, g in [(6, True), (6, True), (6, True), (6, False), (7, True), (9, False), (10, True)]]
    curve = [(step.seconds, round(step.share, 4)) for step in kaplan_meier(waits)]
    assert curve == [(6, round(4 / 7, 4)), (7, round(4 / 7 * 2 / 3, 4)), (10, 0.0)]
    assert median_patience(waits) == 7


@given(WAITS)
def test_the_curve_only_falls_and_lies_within_its_bounds(waits: list[Wait]) -> None:
    curve = kaplan_meier(waits)
    shares = [step.share for step in curve]
    assert shares == sorted(shares, reverse=True)
    assert all(0 <= step.low <= step.share <= step.high <= 1 for step in curve)
    assert len(curve) == len({wait.seconds for wait in waits if wait.gave_up})


@pytest.mark.parametrize("seed", range(5))
def test_true_patience_is_found_though_most_are_served(seed: int) -> None:
    chance = random.Random(seed)
    waits = []
    for _ in range(4000):
        patience, served = chance.expovariate(1 / 90), chance.expovariate(1 / 15)
        waits.append(Wait(min(patience, served), patience < served))
    found = mean_patience(waits)
    assert found is not None
    assert found.low < 90 < found.high or abs(found.value - 90) < 12
    assert found.value == pytest.approx(90, rel=0.15)
    naive = sum(wait.seconds for wait in waits if wait.gave_up) / sum(wait.gave_up for wait in waits)
    assert naive < 20, "who only looks at those who gave up finds callers far less patient than they are"


def test_nobody_gave_up() -> None:
    assert mean_patience([Wait(5, gave_up=False)]) is None
    assert mean_patience([]) is None
    assert median_patience([Wait(5, gave_up=False)]) is None
    one = mean_patience([Wait(60, gave_up=True)])
    assert one is not None
    assert one.low < one.value == 60 < one.high


def test_bounds_of_counts_are_those_of_the_tables() -> None:
    # Exact Poisson bounds (Garwood): 10 -> 4.795 … 18.39; 0 -> 0 … 3.689; 100 -> 81.36 … 121.63
    for count, low, high in [(0, 0, 3.689), (10, 4.795, 18.39), (100, 81.36, 121.63)]:
        found = counted(count)
        assert found.low == pytest.approx(low, abs=0.06)
        assert found.high == pytest.approx(high, rel=0.02)
    assert counted(20, 10).value == 2
    assert math.isfinite(counted(0, 5).high)
    with pytest.raises(ValueError, match="above 0"):
        counted(1, 0)
