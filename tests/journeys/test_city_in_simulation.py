"""The city's calls through the production's rules, and bursts of emergencies: promises kept, nobody starved."""

from __future__ import annotations

import time

import pytest
from bench.city import bursts, guangzhou
from bench.city.__main__ import kept

from yuqiao.hotline.simulation.people import Outcome
from yuqiao.hotline.simulation.report import EMERGENCY, by_phone, emergencies, staffed, waits
from yuqiao.hotline.simulation.run import Simulation

SEEDS = (1, 2, 3)


@pytest.mark.parametrize(("scale", "days"), [(1, 60), (20, 7)])
def test_days_of_the_city_keep_the_promises(scale: int, days: int) -> None:
    calls = round(guangzhou.CALLS * scale * days / 365)
    simulation = Simulation(guangzhou.world(guangzhou.CALLS * scale, days + 1), seed=1)
    began = time.perf_counter()
    outcomes = list(simulation.run(guangzhou.arrivals(calls, days, seed=1)))
    spent = time.perf_counter() - began
    assert kept(outcomes, calls) == dict.fromkeys(kept(outcomes, calls), True)
    assert spent < days * guangzhou.DAY / 1000, "faster than a thousand times the clock"
    assert simulation.open_calls == 0
    assert all(part(outcomes) for part in (staffed, by_phone, emergencies)), "there is something to promise"
    assert len({one.language for one in outcomes}) == 9


def of_all_seeds(kind: str, *, endless: bool) -> list[list[Outcome]]:
    return [bursts.simulate(kind, seed, endless=endless) for seed in SEEDS]


@pytest.mark.parametrize("kind", bursts.KINDS)
def test_in_bursts_emergencies_do_not_wait_and_others_are_not_starved(kind: str) -> None:
    days = of_all_seeds(kind, endless=False)
    together = [one for day in days for one in day]
    assert waits(emergencies(together)).p95 <= 10.0
    assert waits(together).longest <= bursts.LONGEST
    assert all(one.kept for one in together)


@pytest.mark.parametrize("kind", bursts.KINDS)
def test_without_any_limit_the_queue_alone_serves_everybody(kind: str) -> None:
    for day in of_all_seeds(kind, endless=True):
        assert all(one.interpreter_at is not None for one in day)
        assert bursts.overtaken(day) == 0, "nobody is overtaken by who came 30 s later"
        waited = [one.waited for one in day if one.line_class != EMERGENCY]
        assert any((one or 0) > 30 for one in waited), "a burst that makes nobody wait would show nothing"
