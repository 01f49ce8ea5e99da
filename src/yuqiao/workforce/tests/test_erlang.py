"""Erlang-A against a Markov chain solved by force, against its limits, and against itself."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuqiao.workforce.staffing.erlang import Load, erlang_b, needed, service

RATES = st.floats(0.001, 0.08)
HANDLING = st.floats(30, 600)
PATIENCE = st.floats(20, 600)


def by_force(load: Load, n: int, within: float, most: int) -> tuple[float, float, float, float]:
    """Return level, wait, abandoned and occupancy from linear equations over the states 0 … ``most``."""
    assert load.patience is not None
    rates = np.zeros((most + 1, most + 1))
    for state in range(most + 1):
        if state < most:
            rates[state, state + 1] = load.rate
        if state > 0:
            rates[state, state - 1] = min(state, n) / load.handling + max(0, state - n) / load.patience
        rates[state, state] = -rates[state].sum()
    equations = np.vstack([rates.T[:-1], np.ones(most + 1)])
    at = np.linalg.solve(equations, np.array([0.0] * most + [1.0]))
    queue = sum((state - n) * at[state] for state in range(n, most + 1))
    # One marked caller with j ahead: served, gone, or still waiting after ``within``; integrated in small steps (RK4).
    ahead = most - n + 1
    steps = 200
    dt = within / steps
    down = np.array([n / load.handling + j / load.patience for j in range(ahead)])
    gone = 1 / load.patience
    served, still = np.zeros(ahead), np.eye(ahead)

    def flow(matrix: np.ndarray) -> np.ndarray:
        out = -matrix * (down + gone)
        out[:, :-1] += matrix[:, 1:] * down[1:]
        return out

    for _ in range(steps):
        k1 = flow(still)
        k2 = flow(still + dt / 2 * k1)
        k3 = flow(still + dt / 2 * k2)
        k4 = flow(still + dt * k3)
        after = still + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        middle = (still[:, 0] + 4 * (still + dt / 2 * k1 + dt * dt / 8 * flow(k1))[:, 0] + after[:, 0]) / 6
        served += dt * down[0] * middle
        still = after
    level = at[:n].sum() + sum(at[n + j] * served[j] for j in range(ahead))
    abandoned = queue / load.patience / load.rate
    return float(level), float(queue / load.rate), float(abandoned), load.offered * (1 - float(abandoned)) / n


@given(RATES, HANDLING, PATIENCE, st.integers(1, 12), st.floats(1, 60))
@settings(max_examples=20, deadline=None)
def test_it_agrees_with_the_chain_solved_by_force(
    rate: float, handling: float, patience: float, n: int, within: float
) -> None:
    load = Load(rate, handling, patience)
    got = service(load, n, within)
    level, wait, abandoned, occupancy = by_force(load, n, within, most=n + 110)
    assert got.wait == pytest.approx(wait, rel=1e-6, abs=1e-9)
    assert got.abandoned == pytest.approx(abandoned, rel=1e-6, abs=1e-9)
    assert got.occupancy == pytest.approx(occupancy, rel=1e-6)
    assert got.level == pytest.approx(level, abs=2e-4)


def erlang_c(load: Load, n: int, within: float) -> tuple[float, float]:
    """Return level and mean wait of Erlang's C by his formulas."""
    blocked = erlang_b(load.offered, n)
    delayed = blocked / (1 - load.offered / n * (1 - blocked))
    spare = n / load.handling - load.rate
    return 1 - delayed * math.exp(-spare * within), delayed / spare


@pytest.mark.parametrize(("offered", "n"), [(0.3, 1), (4.5, 5), (9, 12), (80, 90), (470, 500)])
def test_endless_patience_is_erlang_c(offered: float, n: int) -> None:
    endless = Load(offered / 240, 240)
    level, wait = erlang_c(endless, n, 10)
    got = service(endless, n, 10)
    assert got.level == pytest.approx(level, abs=1e-9)
    assert got.wait == pytest.approx(wait, rel=1e-8)
    assert got.abandoned == 0
    nearly = service(Load(offered / 240, 240, 1e9), n, 10)
    assert nearly.level == pytest.approx(level, abs=1e-5)
    assert nearly.wait == pytest.approx(wait, rel=1e-3)


@pytest.mark.parametrize(("offered", "n"), [(0.3, 1), (4.5, 5), (20, 12), (470, 500), (900, 500)])
def test_no_patience_is_erlang_b(offered: float, n: int) -> None:
    got = service(Load(offered / 240, 240, 1e-6), n, 10)
    assert got.abandoned == pytest.approx(erlang_b(offered, n), rel=1e-4)
    assert got.level == pytest.approx(1 - erlang_b(offered, n), rel=1e-4)


def test_known_values_of_erlang_c() -> None:
    # 10 calls in half an hour, 5 minutes each, on 3 interpreters: 1.667 erlangs; C(3, 5/3) = 0.2998 by hand.
    got = service(Load(10 / 1800, 300), 3, 0)
    a = 5 / 3
    hand = (a**3 / 6 * 3 / (3 - a)) / (1 + a + a**2 / 2 + a**3 / 6 * 3 / (3 - a))
    assert got.delayed == pytest.approx(hand, rel=1e-9)
    assert got.level == pytest.approx(1 - hand, rel=1e-9)


@given(st.floats(0, 3), HANDLING, st.none() | st.floats(1, 3600), st.integers(0, 500), st.floats(0, 300))
@settings(max_examples=200, deadline=None)
def test_nothing_overflows_and_shares_are_shares(
    rate: float, handling: float, patience: float | None, n: int, within: float
) -> None:
    got = service(Load(rate, handling, patience), n, within)
    for share in (got.level, got.delayed, got.abandoned):
        assert 0 <= share <= 1 + 1e-9
    assert -1e-9 <= got.occupancy <= 1 + 1e-9
    assert got.wait >= 0


@given(st.floats(0.0001, 1), HANDLING, st.none() | PATIENCE, st.floats(0, 60), st.floats(0.5, 0.99))
@settings(max_examples=100, deadline=None)
def test_the_number_needed_is_the_fewest(
    rate: float, handling: float, patience: float | None, within: float, level: float
) -> None:
    load = Load(rate, handling, patience)
    n = needed(load, within, level)
    assert service(load, n, within).level >= level
    assert n == 0 or service(load, n - 1, within).level < level


@given(RATES, HANDLING, PATIENCE, st.integers(1, 30), st.floats(0, 60))
@settings(max_examples=60, deadline=None)
def test_more_interpreters_and_more_time_never_serve_fewer(
    rate: float, handling: float, patience: float, n: int, within: float
) -> None:
    load = Load(rate, handling, patience)
    here, more, later = service(load, n, within), service(load, n + 1, within), service(load, n, within + 5)
    assert more.level >= here.level - 1e-12
    assert more.abandoned <= here.abandoned + 1e-12
    assert later.level >= here.level - 1e-12


def test_what_cannot_be_is_said() -> None:
    for bad in [(-1, 1, None), (1, 0, None), (1, 1, 0), (math.nan, 1, None)]:
        with pytest.raises(ValueError, match="number"):
            Load(*bad)
    with pytest.raises(ValueError, match="share"):
        needed(Load(1, 1), 10, 1.0)
    with pytest.raises(ValueError, match="interpreters would do"):
        needed(Load(1000, 100), 10, 0.9)
    assert service(Load(0, 1), 0, 1).level == 1
    assert service(Load(1, 300), 200, 10).wait == math.inf
