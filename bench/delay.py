"""What a conference adds between mouth and ear, and how punctual it is: ``python -m bench.delay``, beside Asterisk 22.

*Delay*: in 20 conferences of three, one says a pip each half second and two listen. Added delay is the moment a pip can
be played at the ear, less the moment it could be if its packet had gone straight there: a packet's arrival (by the
kernel's clock) plus the pip's place in it, less the same of what was sent. Senders' clocks stand at random to ours.

*Punctuality*: the same while 120 more legs talk (180 in all) and 20 callers a second come and go. A packet is late
that comes over 5 ms after its place in its stream's 20 ms grid; our mixer's own count of late ticks stands beside it.

Several runs of both in turns; what is promised is the median. Prints and stores bench/results/delay.json.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

from tests.asterisk import root, version

from bench import asterisk, machine, rooms, sipp
from bench.pips import Ensemble
from yuqiao.lib.net import free_port

ROOMS, LOAD = 20, 40  # conferences that are measured, and those beside them
CALLS_PER_SECOND: Final = 20
CALL_SECONDS: Final = 2.0
DELAY_PROMISE_MS: Final = 60.0
LATE_PROMISE: Final = 0.001

Figures = dict[str, Any]
Counters = Callable[[], Awaitable[dict[str, Any]]]


def delays(ensemble: Ensemble) -> Figures:
    """Return the added delay in ms of what ``ensemble`` heard."""
    found = sorted(ensemble.delays_ms())
    if len(found) < 100:
        raise RuntimeError(f"only {len(found)} pips were heard")
    hundredths = statistics.quantiles(found, n=100)
    return {
        "pips": len(found),
        "p50": round(hundredths[49], 1),
        "p95": round(hundredths[94], 1),
        "max": round(found[-1], 1),
    }


async def no_counters() -> dict[str, Any]:
    """Return what Asterisk counts: nothing of the kind."""
    return {}


async def measure(target: str, seconds: float, counters: Counters = no_counters) -> Figures:
    """Return the figures of the engine at ``target``, alone and under load."""
    with tempfile.TemporaryDirectory() as load, tempfile.TemporaryDirectory() as comers:
        async with Ensemble.gathered(target, rooms.numbers(ROOMS), random.Random(1)) as ensemble:
            ensemble.forget()
            await asyncio.sleep(seconds)
            figures: Figures = {"alone": {"delay_ms": delays(ensemble)}}
            talking = rooms.numbers(LOAD, 2000)
            coming = rooms.numbers(int(CALLS_PER_SECOND * (seconds + 4)) // rooms.PARTIES, 4000)
            with sipp.callers(Path(load), target, talking, 3 * seconds + 60, free_port(), rtp=42000):
                await asyncio.sleep(len(talking) / 45 + 2)
                with sipp.callers(
                    Path(comers), target, coming, CALL_SECONDS, free_port(), rate=CALLS_PER_SECOND, rtp=50000
                ) as told:
                    await asyncio.sleep(CALL_SECONDS)
                    before, then = await counters(), machine.processor_time()
                    ensemble.forget()
                    await asyncio.sleep(seconds)
                    after = await counters()
                    loaded: Figures = {"stolen": machine.stolen(then), "delay_ms": delays(ensemble)}
                    loaded["late_packets"] = round(ensemble.share_late(), 6)
                    loaded["calls"] = sipp.counts(told)
            if after:
                loaded |= {what: after["mixer"][what] - before["mixer"][what] for what in ("ticks", "late_ticks")}
            return figures | {"loaded": loaded}


async def ours(seconds: float) -> Figures:
    """Return the figures of ``yuqiao media``."""
    with tempfile.TemporaryDirectory() as name, rooms.media_server(Path(name)) as (_pid, sip_port, ari_port):
        application = rooms.Conferences(ari_port)
        async with application.served():
            return await measure(f"127.0.0.1:{sip_port}", seconds, application.counters)


async def theirs(folder: Path, seconds: float) -> Figures:
    """Return the figures of Asterisk's ConfBridge."""
    with asterisk.running(folder):
        return await measure(f"127.0.0.1:{asterisk.SIP_PORT}", seconds)


def medians_of(runs: list[Figures]) -> Figures:
    """Return the medians of our ``runs`` of what is promised."""
    return {
        "delay_ms_p95": statistics.median(run["alone"]["delay_ms"]["p95"] for run in runs),
        "late_ticks": round(statistics.median(run["loaded"]["late_ticks"] / run["loaded"]["ticks"] for run in runs), 6),
    }


def broken(medians: Figures) -> list[str]:
    """Return the promises that our ``medians`` do not keep."""
    found = []
    if medians["delay_ms_p95"] > DELAY_PROMISE_MS:
        found.append(f"the added delay is over {DELAY_PROMISE_MS} ms")
    if medians["late_ticks"] >= LATE_PROMISE:
        found.append(f"{medians['late_ticks']:.2%} of all ticks are late")
    return found


def main() -> None:
    """Measure, print, store; exit status 1 when a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0, help="of listening, alone and under load")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    folder = root()
    runs: dict[str, list[Figures]] = {"yuqiao": [], "asterisk": []}
    for run in range(options.runs):
        runs["yuqiao"].append(asyncio.run(ours(options.seconds)))
        runs["asterisk"].append(asyncio.run(theirs(folder, options.seconds)))
        for name, told in runs.items():
            for state, row in told[run].items():
                print(f"{name:9} {state:7} {row}", flush=True)
    medians = medians_of(runs["yuqiao"])
    failures = broken(medians)
    path = machine.store(
        "delay",
        {"peer": version(folder), "seconds": options.seconds, "medians": medians, **runs, "promises_broken": failures},
    )
    print(f"medians of {options.runs}: {medians}; stored in {path.name}")
    if failures:
        sys.exit("\n".join(failures))


if __name__ == "__main__":
    main()
