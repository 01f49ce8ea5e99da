"""CPU cost of a leg in a three-party conference, ours beside Asterisk 22's ConfBridge: ``python -m bench.mixer``.

30, 90, 180 and 540 callers in conferences of three, 20 ms PCMA, driven by sipp, which sends all the time and reads
nothing; without recording, and with a track of each party and the mix (Asterisk: MixMonitor on each channel, and
ConfBridge's own record_conference). After all are in, the CPU time of every process of the engine (signalling and
mixing) is read over a window; medians of several runs. Prints and stores bench/results/mixer.json.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from tests.asterisk import root, version

from bench import asterisk, machine, rooms, sipp
from yuqiao.lib.net import free_port

LEGS: Final = (30, 90, 180, 540)
#: CPU-ms per leg-second, times leaner than Asterisk, and how much more a leg may cost among 540 than among 180.
PLAIN, RECORDED, LEANER, GROWTH = 0.8, 1.2, 5.0, 1.15

Rows = dict[str, list[float]]


def window(pids: list[int], legs: int, seconds: float) -> float:
    """Return CPU milliseconds per leg and second of ``pids`` over the next ``seconds``."""
    began, before = time.monotonic(), machine.cpu_of(pids)
    time.sleep(seconds)
    return (machine.cpu_of(pids) - before) * 1000 / legs / (time.monotonic() - began)


def settle_and_measure(pid: int, legs: int, seconds: float) -> float:
    """Let the set-up's work die down, then measure the process and all below it."""
    time.sleep(3)
    return window(machine.descendants(pid), legs, seconds)


async def ours(legs: int, seconds: float, *, record: bool) -> float:
    """Return CPU ms per leg-second of our media processes."""
    with tempfile.TemporaryDirectory() as name, rooms.media_server(Path(name)) as (pid, sip_port, ari_port):
        application = rooms.Conferences(ari_port, record=record)
        async with application.served():
            dialled = rooms.numbers(legs // rooms.PARTIES)
            with sipp.callers(Path(name), f"127.0.0.1:{sip_port}", dialled, seconds + 90, free_port()):
                await rooms.until(lambda: application.joined == legs, application.serving)
                return await asyncio.to_thread(settle_and_measure, pid, legs, seconds)


async def theirs(folder: Path, legs: int, seconds: float, *, record: bool) -> float:
    """Return CPU ms per leg-second of Asterisk's ConfBridge."""
    with tempfile.TemporaryDirectory() as name, asterisk.running(folder, record=record) as (pid, place):
        target = f"127.0.0.1:{asterisk.SIP_PORT}"
        with sipp.callers(Path(name), target, rooms.numbers(legs // rooms.PARTIES), seconds + 90, free_port()):
            await rooms.until(lambda: f"{legs} active call" in place.command("core show channels count"))
            cost = await asyncio.to_thread(settle_and_measure, pid, legs, seconds)
            if record and len(asterisk.recorded(place)) < legs:
                raise RuntimeError("Asterisk did not record every party")
            return cost


def measure(folder: Path, legs: int, seconds: float) -> dict[str, float]:
    """Return the cost of one leg-second among ``legs``, of each engine, plain and recorded."""
    return {
        "yuqiao": asyncio.run(ours(legs, seconds, record=False)),
        "yuqiao_recording": asyncio.run(ours(legs, seconds, record=True)),
        "asterisk": asyncio.run(theirs(folder, legs, seconds, record=False)),
        "asterisk_recording": asyncio.run(theirs(folder, legs, seconds, record=True)),
    }


def broken(medians: dict[int, dict[str, float]]) -> list[str]:
    """Return the promises that ``medians`` (by legs, then by engine) do not keep."""
    found = []
    for legs, cost in medians.items():
        plain, recorded = cost["asterisk"] / cost["yuqiao"], cost["asterisk_recording"] / cost["yuqiao_recording"]
        found += [f"{legs} legs: {cost['yuqiao']} is over {PLAIN}"] * (cost["yuqiao"] > PLAIN)
        found += [f"{legs} legs recorded: {cost['yuqiao_recording']} is over {RECORDED}"] * (
            cost["yuqiao_recording"] > RECORDED
        )
        found += [f"{legs} legs: only {plain:.1f} times leaner"] * (plain < LEANER)
        found += [f"{legs} legs recorded: only {recorded:.1f} times leaner"] * (recorded < LEANER)
    for name in ("yuqiao", "yuqiao_recording"):
        if {180, 540} <= medians.keys() and medians[540][name] > GROWTH * medians[180][name]:
            found.append(f"{name}: a leg among 540 costs {medians[540][name]}, among 180 {medians[180][name]}")
    return found


def main() -> None:
    """Measure, print, store; exit status 1 when a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--legs", type=int, nargs="+", default=LEGS, help="multiples of three")
    parser.add_argument("--seconds", type=float, default=15.0, help="the window of each measurement")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    folder = root()
    rows: dict[int, Rows] = {legs: {} for legs in options.legs}
    for run in range(options.runs):
        for legs in options.legs:
            for name, cost in measure(folder, legs, options.seconds).items():
                rows[legs].setdefault(name, []).append(round(cost, 3))
            told = "  ".join(f"{name} {values[-1]:.3f}" for name, values in rows[legs].items())
            print(f"run {run + 1}, {legs:3} legs: {told}", flush=True)
    medians = {
        legs: {name: round(statistics.median(values), 3) for name, values in costs.items()}
        for legs, costs in rows.items()
    }
    failures = broken(medians)
    result = {
        "window_seconds": options.seconds,
        "peer": version(folder),
        "cpu_ms_per_leg_second": rows,
        "median": medians,
        "times_leaner_than_asterisk": {
            legs: {
                "plain": round(cost["asterisk"] / cost["yuqiao"], 2),
                "recording": round(cost["asterisk_recording"] / cost["yuqiao_recording"], 2),
            }
            for legs, cost in medians.items()
        },
        "promises_broken": failures,
    }
    path = machine.store("mixer", result)
    print(f"CPU-ms per leg-second, medians of {options.runs}, beside {result['peer']}; stored in {path.name}:")
    for legs, costs_of in medians.items():
        print(f"  {legs:3} legs: " + "  ".join(f"{name} {value}" for name, value in costs_of.items()))
    if failures:
        sys.exit("\n".join(failures))


if __name__ == "__main__":
    main()
