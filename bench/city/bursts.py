"""Bursts of emergencies on top of ordinary load: emergencies must not wait, and nobody else may be starved by them.

One language, twelve seats, ordinary callers at half of what the seats can do. Bursts of ten minutes each hour, of
two kinds: "poisson", three erlangs of emergencies at random; "adversarial", one emergency half a second after each
third ordinary caller, and two at once every five minutes, so that those who wait are overtaken.
Measured twice: with the production's limits, and with endless patience and no limit of waiting, so that only the
queue's own order can serve an ordinary caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from random import Random
from typing import Any, Final

from yuqiao.hotline.routing import RESIDENT
from yuqiao.hotline.simulation.people import OWN_MOBILE, Arrival, Interpreter, Outcome
from yuqiao.hotline.simulation.report import EMERGENCY, emergencies, waits
from yuqiao.hotline.simulation.run import Simulation, World
from yuqiao.hotline.state import Timing

SEATS, LANGUAGE, HOURS = 12, "en", 24
HOUR, MINUTE = 3600.0, 60.0
BURST = 10 * MINUTE
TALK, HANDLING = 240.0, 270.0
ORDINARY_ERLANGS, EMERGENCY_ERLANGS = 6.0, 3.0
KINDS: Final = ("poisson", "adversarial")
ENDLESS = 1e7
#: Who waits goes before everybody who came this much later, whatever their line (`routing.turns`): 100 points of 0.3 s.
OVERTAKEN_FOR = 30.0
#: After 45 s nobody new is waited for; whoever rings then rings for at most 20 s and confirms.
LONGEST = 90.0


def _arrival(at: float, line_class: str, chance: Random, patience: float) -> Arrival:
    emergency = line_class == EMERGENCY
    return Arrival(
        at,
        "110" if emergency else "12345",
        line_class,
        100 if emergency else 20,
        "beside_agent",
        LANGUAGE,
        known=True,
        number=f"1{chance.randrange(10**10):010}",
        patience=patience,
        talk=TALK * chance.lognormvariate(-0.245, 0.7),
    )


def _poisson(rate: float, since: float, until: float, chance: Random) -> Iterator[float]:
    at = since + chance.expovariate(rate)
    while at < until:
        yield at
        at += chance.expovariate(rate)


def callers(kind: str, seed: int, patience: float) -> list[Arrival]:
    """Return everybody who calls, in order of time."""
    chance = Random(f"{kind}/{seed}")
    ordinary = list(_poisson(ORDINARY_ERLANGS / HANDLING, 0, HOURS * HOUR, chance))
    found = [_arrival(at, "government", chance, patience) for at in ordinary]
    for hour in range(HOURS):
        since = (hour + 0.5) * HOUR
        if kind == "poisson":
            times = list(_poisson(EMERGENCY_ERLANGS / HANDLING, since, since + BURST, chance))
        else:
            times = [at + 0.5 for at in ordinary if since <= at < since + BURST][::3]
            times += [since + minute * MINUTE for minute in range(0, int(BURST / MINUTE), 5) for _ in range(2)]
        found += [_arrival(at, EMERGENCY, chance, ENDLESS) for at in times]
    return sorted(found, key=lambda one: (one.at, one.number))


def simulate(kind: str, seed: int, *, endless: bool) -> list[Outcome]:
    """Run one day; ``endless``: nobody gives up and no call is sent away."""
    crew = [
        Interpreter(number, RESIDENT, ((LANGUAGE, 1),), ((0.0, (HOURS + 3) * HOUR),)) for number in range(1, SEATS + 1)
    ]
    if not endless:
        crew += [Interpreter(100 + n, RESIDENT, ((LANGUAGE, 1),), (), mobile=OWN_MOBILE) for n in range(SEATS // 2)]
    timing = replace(Timing(), wait=ENDLESS) if endless else Timing()
    world = World(crew, timing=timing, lost=0.0)
    patience = ENDLESS if endless else 120.0
    return list(Simulation(world, seed).run(callers(kind, seed, patience)))


def overtaken(outcomes: Iterable[Outcome]) -> int:
    """Count ordinary callers before whom an emergency was rung that came more than `OVERTAKEN_FOR` after them."""
    rung = [one for one in outcomes if one.asked_at is not None and one.rung_at is not None]
    urgent = sorted((one.asked_at or 0.0, one.rung_at or 0.0) for one in rung if one.line_class == EMERGENCY)
    count = 0
    for one in rung:
        if one.line_class != EMERGENCY:
            asked, first = one.asked_at or 0.0, one.rung_at or 0.0
            count += any(asked + OVERTAKEN_FOR < came and served < first for came, served in urgent)
    return count


def measured(kind: str, seed: int) -> dict[str, Any]:
    """Return waits of both kinds of callers, with production's limits and without any."""
    limited, endless = simulate(kind, seed, endless=False), simulate(kind, seed, endless=True)
    ordinary = [one for one in limited if one.line_class != EMERGENCY]
    found = {
        "emergency": _told(emergencies(limited)),
        "ordinary": _told(ordinary),
        "without_limits": {
            "emergency": _told(emergencies(endless)),
            "ordinary": _told([one for one in endless if one.line_class != EMERGENCY]),
            "overtaken_too_late": overtaken(endless),
        },
    }
    found["kept"] = {
        "emergency": waits(emergencies(limited)).p95 <= 10.0,
        "longest_wait_bounded": waits(limited).longest <= LONGEST,
        "all_answered_or_called_back": all(one.kept for one in limited),
        "nobody_overtaken_too_late": overtaken(endless) == 0,
        "everybody_served_without_limits": all(one.interpreter_at is not None for one in endless),
    }
    return found


def _told(outcomes: list[Outcome]) -> dict[str, Any]:
    return {name: round(value, 4) for name, value in asdict(waits(outcomes)).items()}


def all_kinds(seed: int) -> dict[str, Any]:
    """Return what `measured` finds for each kind of burst."""
    found = {kind: measured(kind, seed) for kind in KINDS}
    return {**found, "kept": {f"{kind}_{name}": held for kind in KINDS for name, held in found[kind]["kept"].items()}}
