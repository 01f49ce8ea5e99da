"""A year of Guangzhou through the production's rules, at 1x and 100x its calls: ``python -m bench.city``.

Every call goes through `hotline.rules.step` and `hotline.routing`; callers, phones and clock are simulated. Waits are
counted from the moment the language is known until the interpreter is heard. Prints and stores bench/results/city.json;
exits with 1 when a promise is not kept.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from bench import machine
from bench.city import bursts, guangzhou
from yuqiao.hotline.simulation.people import Outcome
from yuqiao.hotline.simulation.report import Waits, by_phone, emergencies, staffed, waits
from yuqiao.hotline.simulation.run import Simulation

#: Seconds at p95, and how many times faster than the clock.
STAFFED_PROMISE, MOBILE_PROMISE, EMERGENCY_PROMISE, SPEED_PROMISE = 10.0, 30.0, 10.0, 1000
YEAR_DAYS = 365


def year(scale: int, days: int, seed: int) -> dict[str, Any]:
    """Simulate so many days at ``scale`` times the city's calls; return what came of it, and whether promises held."""
    calls = round(guangzhou.CALLS * scale * days / YEAR_DAYS)
    world = guangzhou.world(guangzhou.CALLS * scale, days + 1)
    simulation = Simulation(world, seed)
    began = time.perf_counter()
    outcomes = list(simulation.run(guangzhou.arrivals(calls, days, seed)))
    spent = time.perf_counter() - began
    speed = days * guangzhou.DAY / spent
    return {
        "calls": calls,
        "days": days,
        "interpreters": len(world.crew),
        "seconds": round(spent, 1),
        "ms_per_call": round(spent / calls * 1000, 3),
        "times_real_time": round(speed),
        "steps_per_call": round(simulation.steps / calls, 1),
        "staffed": _told(waits(staffed(outcomes))),
        "remote_and_mobile": _told(waits(by_phone(outcomes))),
        "emergency": _told(waits(emergencies(outcomes))),
        "by_language_and_cover": _divided(outcomes),
        "kept": kept(outcomes, calls) | {"speed": speed >= SPEED_PROMISE, "none_open": simulation.open_calls == 0},
    }


def kept(outcomes: list[Outcome], calls: int) -> dict[str, bool]:
    """Return which promises these calls kept."""
    return {
        "staffed": waits(staffed(outcomes)).p95 <= STAFFED_PROMISE,
        "remote_and_mobile": waits(by_phone(outcomes)).p95 <= MOBILE_PROMISE,
        "emergency": waits(emergencies(outcomes)).p95 <= EMERGENCY_PROMISE,
        "all_answered_or_called_back": len(outcomes) == calls and all(one.kept for one in outcomes),
        "longest_wait_bounded": waits(outcomes).longest <= bursts.LONGEST,
    }


def _divided(outcomes: Iterable[Outcome]) -> dict[str, Any]:
    parts: defaultdict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        if one.asked_at is not None:
            parts[f"{one.language} {one.cover}"].append(one)
    return {name: _told(waits(part)) for name, part in sorted(parts.items())}


def _told(found: Waits) -> dict[str, Any]:
    return {name: round(value, 4 if name == "served" else 2) for name, value in asdict(found).items()}


def main() -> int:
    """Simulate; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=YEAR_DAYS)
    parser.add_argument("--scales", type=int, nargs="+", default=[1, 100])
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    result: dict[str, Any] = {
        "promises": {
            "staffed_p95_s": STAFFED_PROMISE,
            "remote_and_mobile_p95_s": MOBILE_PROMISE,
            "emergency_p95_s": EMERGENCY_PROMISE,
            "longest_s": bursts.LONGEST,
            "times_real_time": SPEED_PROMISE,
        }
    }
    for scale in chosen.scales:
        result[f"{scale}x"] = year(scale, chosen.days, chosen.seed)
    result["bursts"] = bursts.all_kinds(chosen.seed)
    result["kept"] = all(
        all(part["kept"].values()) for part in result.values() if isinstance(part, dict) and "kept" in part
    )
    print(json.dumps(result, indent=2, ensure_ascii=False))
    if chosen.days == YEAR_DAYS and set(chosen.scales) == {1, 100}:
        print(machine.store("city", result))
    return 0 if result["kept"] else 1


if __name__ == "__main__":
    sys.exit(main())
