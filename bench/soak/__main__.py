"""10,000 calls in 20 minutes through the whole platform, and nothing left behind: ``python -m bench.soak``.

Everything of ``yuqiao up`` runs, recording and finishing the tracks included. 8.5 short calls a second come in the
three ways in, and beside them 30 callers place calls of 100 s one after the other. Every party sends and is sent real
RTP. A call failed that was not answered, ended by itself, or in which the caller did not hear the interpreter's tone
just before hanging up. Each 5 s the memory and the open sockets of every process are read. No process's memory may grow
once the first minute is over (`growth` says what that means). When all calls are over, as many sockets shall be open as
before the first. Prints and stores bench/results/soak.json.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any, Final

import numpy as np

from bench import machine
from bench.setup.place import HOST, cpu_by_process, dialled_numbers, prepared, seed
from bench.soak.growth import ALL, FEWEST, Sample, Watch, growth, processes, value_of
from yuqiao.demo import stage

FIRST_MINUTE: Final = 60.0
#: What we call no growth over the whole time: of each process's memory (`growth.Growth.share`), of the mean of all
#: sockets.
MEMORY_SHARE, SOCKET_SHARE = 0.02, 0.05
QUIET_WITHIN: Final = 60.0
#: Interpreters of each language: so many that none has had the calls after which the rules let her rest.
EACH: Final = 300


def what_failed(call: dict[str, Any]) -> str:
    """Return why a call counts as failed, "" if it went well."""
    if not call["answered"]:
        return f"not answered (SIP status {call['sip_status']})"
    if not call["hung_up"]:
        return "ended by itself"
    return "" if call["heard"] else "the interpreter was not heard"


def read_log(path: Path) -> list[dict[str, Any]]:
    """Return what a process of parties wrote."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


async def quiet(watch: Watch, idle: Sample) -> Sample:
    """Wait until the platform has closed its calls' sockets; return the last sample after a minute at most."""
    deadline = time.monotonic() + QUIET_WITHIN
    while True:
        sample = await asyncio.to_thread(watch.sample)
        if sum(sample.sockets.values()) <= sum(idle.sockets.values()) or time.monotonic() > deadline:
            return sample
        await asyncio.sleep(1)


async def measure(folder: Path, chosen: argparse.Namespace, ports: stage.Ports) -> dict[str, Any]:
    """Run platform and parties; return the result."""
    from yuqiao.demo.cast import TONES  # noqa: PLC0415 (after the environment is prepared)
    from yuqiao.demo.show import calls_are_served  # noqa: PLC0415
    from yuqiao.demo.voices import make_prompts  # noqa: PLC0415

    await asyncio.to_thread(make_prompts, folder / "sounds", TONES)
    parties = [sys.executable, "-m", "bench.soak.parties"]
    callees = subprocess.Popen(  # noqa: ASYNC220 (takes a millisecond; only waiting would block)
        [*parties, "callees", str(folder / "callees.jsonl")], stdout=subprocess.PIPE
    )
    assert callees.stdout is not None
    await asyncio.to_thread(seed, int(callees.stdout.readline()), EACH)
    platform = stage.Platform(ports, folder / "platform.log")
    try:
        await platform.ready(calls_are_served)
        watch = Watch(platform.pid)
        idle, before = await asyncio.to_thread(watch.sample), cpu_by_process(platform.pid)
        watch.start()
        await asyncio.to_thread(
            subprocess.run,
            [*parties, "callers", str(folder / "callers.jsonl"), "--platform", f"{HOST}:{ports.sip}",
             "--numbers", ",".join(await asyncio.to_thread(dialled_numbers)), "--rate", str(chosen.rate),
             "--seconds", str(chosen.minutes * 60), "--talk", str(chosen.talk),
             "--long", str(chosen.long), "--long-talk", str(chosen.long_talk)],
            check=True,
        )  # fmt: skip
        watch.end()
        left, after = await quiet(watch, idle), cpu_by_process(platform.pid)
    finally:
        platform.stop()
        callees.terminate()
        callees.wait(10)
        callees.stdout.close()
    calls = read_log(folder / "callers.jsonl")
    cpu = {name: round((after[name] - before.get(name, 0.0)) * 1000 / len(calls), 2) for name in sorted(after)}
    return result(calls, watch.samples, chosen, idle, left) | {"cpu_ms_per_call": cpu}


def result(
    calls: list[dict[str, Any]], samples: list[Sample], chosen: argparse.Namespace, idle: Sample, left: Sample
) -> dict[str, Any]:
    """Return the figures of one run."""
    end = chosen.minutes * 60
    memory = growth(samples, "memory", end)
    return {
        "minutes": chosen.minutes,
        "calls": dict(Counter(call["kind"] for call in calls)) | {"all": len(calls)},
        "failures": dict(Counter(filter(None, map(what_failed, calls)))),
        "memory_mib": {
            process: {
                "rise": round(one.rise, 2),
                "share": round(one.share, 4),
                "floor_by_minute": [round(value, 1) for value in one.floor],
            }
            for process, one in memory.items()
        },
        "sockets": {ALL: line(samples, "sockets", FIRST_MINUTE, end)},
        "by_minute": [seen(sample) for sample in each_minute(samples)],
        "sockets_before_and_after": [sum(idle.sockets.values()), sum(left.sockets.values())],
    }


def line(samples: list[Sample], name: str, after: float, before: float) -> dict[str, float]:
    """Return the mean of ``name`` of all processes together between two moments in seconds, and by how much the
    straight line through all samples rises in that time."""
    chosen = [sample for sample in samples if after <= sample.at <= before]
    times = np.array([sample.at for sample in chosen])
    values = np.array([value_of(sample, name, ALL) for sample in chosen])
    rise = float(np.polyfit(times, values, 1)[0]) * float(np.ptp(times))
    return {"mean": round(float(values.mean()), 2), "rise": round(rise, 2)}


def each_minute(samples: list[Sample]) -> list[Sample]:
    """Return the first sample of each minute but the first."""
    return [later for sooner, later in itertools.pairwise(samples) if later.at // 60 > sooner.at // 60]


def seen(sample: Sample) -> dict[str, dict[str, float]]:
    """Return a sample as it is kept: own memory and mapped files in MiB, open sockets."""
    names = {"memory_mib": "memory", "mapped_mib": "mapped", "sockets": "sockets"}
    return {
        kept: {process: round(value_of(sample, name, process) or 0.0, 1) for process in processes([sample])}
        for kept, name in names.items()
    }


def broken(figures: dict[str, Any]) -> list[str]:
    """Return the promises that ``figures`` do not keep."""
    found = [f"{count} calls: {why}" for why, count in figures["failures"].items()]
    for process, one in figures["memory_mib"].items():
        if one["share"] > MEMORY_SHARE:
            percent = 100 * one["share"]
            found.append(f"the memory of {process} rises by {one['rise']:.2f} MiB ({percent:.1f} %)")
    whole = figures["sockets"][ALL]
    if whole["rise"] > SOCKET_SHARE * whole["mean"]:
        found.append(f"open sockets rise by {whole['rise']} at a mean of {whole['mean']}")
    before, after = figures["sockets_before_and_after"]
    if after > before:
        found.append(f"{after - before:.0f} sockets are left open")
    return found


def main() -> int:
    """Run the measurement; 0 when every promise was kept."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak")
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--rate", type=float, default=8.5, help="short calls a second")
    parser.add_argument("--talk", type=float, default=8.0, help="seconds a short call lasts, on average")
    parser.add_argument("--long", type=int, default=30, help="callers who place long calls, one after the other")
    parser.add_argument("--long-talk", type=float, default=100.0, help="seconds a long call lasts")
    parser.add_argument("--keep", type=Path, help="a folder for logs and database, kept afterwards")
    chosen = parser.parse_args()
    if chosen.minutes < FEWEST + 1:
        parser.error(f"growth cannot be told in less than {FEWEST + 1} minutes")
    with prepared(chosen.keep) as (folder, ports):
        figures = asyncio.run(measure(folder, chosen, ports))
    failures = broken(figures)
    print(json.dumps(figures, indent=2, ensure_ascii=False))
    if not chosen.keep:
        print(machine.store("soak", figures | {"promises_broken": failures}))
    print("\n".join(failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
