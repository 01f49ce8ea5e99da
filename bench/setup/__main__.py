"""20 new calls a second for a minute through the whole platform: ``python -m bench.setup``.

Everything of ``yuqiao up`` runs, recording and finishing the tracks included. A third of the calls each comes with the
agent beside the caller, transferred (we also ring the line's agent back), and dialled directly. Failures are calls that
were not answered, ended by themselves, or never had an interpreter. Prints and stores bench/results/setup.json.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench import machine
from bench.setup.place import HOST, cpu_by_process, dialled_numbers, prepared, seed
from yuqiao.demo import stage

P95_PROMISE_MS = 150.0
#: An INVITE belongs to a leg's row when it comes within so many seconds of it.
LONGEST_WAIT = 10.0


def read_log(path: Path) -> list[dict[str, Any]]:
    """Return what a process of parties wrote."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def to_interpreters_invite(calls: Sequence[dict[str, Any]], rung: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Return for each caller's number the milliseconds from its INVITE sent to the first interpreter's INVITE received.

    The platform's rows tell which interpreter a call rang and when; the times are the parties' own.
    """
    from yuqiao.hotline.models import Leg, LegRole  # noqa: PLC0415

    legs = Leg.objects.filter(role=LegRole.INTERPRETER).order_by("created_at").select_related("call")
    by_user: dict[str, list[float]] = {}
    for one in sorted(rung, key=lambda one: float(one["began_at"])):
        by_user.setdefault(one["user"], []).append(one["began_at"])
    began = {one["number"]: one["began_at"] for one in calls}
    found: dict[str, float] = {}
    for leg in legs:
        user = leg.endpoint.partition("sip:")[2].partition("@")[0]
        number = leg.call.caller_number
        after = next(
            (at for at in by_user.get(user, []) if -0.1 < at - leg.created_at.timestamp() < LONGEST_WAIT), None
        )
        if after is not None and number in began and number not in found:
            by_user[user].remove(after)
            found[number] = (after - began[number]) * 1000
    return found


def what_failed(call: dict[str, Any], waits: dict[str, float]) -> str:
    """Return why a call counts as failed, "" if it went well."""
    if not call["answered_at"]:
        return f"not answered (SIP status {call['sip_status']})"
    if not call["hung_up"]:
        return "ended by itself"
    return "" if call["number"] in waits else "no interpreter was rung"


def busy_seconds() -> float:
    """Return CPU seconds this machine has worked since it started, all processes together (proc(5), /proc/stat)."""
    user, nice, system, _idle, _iowait, irq, softirq, steal = map(
        int, Path("/proc/stat").read_text().splitlines()[0].split()[1:9]
    )
    return (user + nice + system + irq + softirq + steal) / machine.CLOCK_TICKS


def parties_cpu(callees: int) -> float:
    """Return CPU seconds of the simulated parties: of the callees, and of the callers once they have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime + machine.cpu_seconds(callees)


async def measure(folder: Path, chosen: argparse.Namespace, ports: stage.Ports) -> dict[str, Any]:
    """Run platform and parties; return the result."""
    from yuqiao.demo.cast import TONES  # noqa: PLC0415
    from yuqiao.demo.show import calls_are_served  # noqa: PLC0415
    from yuqiao.demo.voices import make_prompts  # noqa: PLC0415

    await asyncio.to_thread(make_prompts, folder / "sounds", TONES)
    callees = subprocess.Popen(  # noqa: ASYNC220 (takes a millisecond; only waiting would block)
        [sys.executable, "-m", "bench.setup.parties", "callees", str(folder / "callees.jsonl")], stdout=subprocess.PIPE
    )
    assert callees.stdout is not None
    await asyncio.to_thread(seed, int(callees.stdout.readline()))
    platform = stage.Platform(ports, folder / "platform.log")
    try:
        await platform.ready(calls_are_served)
        before = cpu_by_process(platform.pid)
        parties = -parties_cpu(callees.pid)
        began, busy = time.monotonic(), busy_seconds()
        await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "bench.setup.parties", "callers", str(folder / "callers.jsonl"),
             "--platform", f"{HOST}:{ports.sip}", "--numbers", ",".join(await asyncio.to_thread(dialled_numbers)),
             "--rate", str(chosen.rate), "--seconds", str(chosen.seconds), "--talk", str(chosen.talk)],
            check=True,
        )  # fmt: skip
        lasted, busy = time.monotonic() - began, busy_seconds() - busy
        after = cpu_by_process(platform.pid)
        parties += parties_cpu(callees.pid)
    finally:
        platform.stop()
        callees.terminate()
        callees.wait(10)
        callees.stdout.close()
    spent = {name: after[name] - before.get(name, 0.0) for name in after}
    figures = await asyncio.to_thread(result, folder, chosen, spent)
    ours = sum(spent.values())
    cores = {"platform": ours / lasted, "parties": parties / lasted, "others": (busy - ours - parties) / lasted}
    return figures | {"cores_used": {name: round(value, 2) for name, value in cores.items()}}


def result(folder: Path, chosen: argparse.Namespace, cpu: dict[str, float]) -> dict[str, Any]:
    """Return the figures of one run."""
    calls, rung = read_log(folder / "callers.jsonl"), read_log(folder / "callees.jsonl")
    waits = to_interpreters_invite(calls, rung)
    failures = [why for why in (what_failed(call, waits) for call in calls) if why]
    ordered = sorted(waits.values())
    quantiles = statistics.quantiles(ordered, n=100) if len(ordered) > 1 else [0.0] * 99
    answer = sorted((call["answered_at"] - call["began_at"]) * 1000 for call in calls if call["answered_at"])
    return {
        "calls": len(calls),
        "rate_per_second": chosen.rate,
        "seconds": chosen.seconds,
        "talk_seconds": chosen.talk,
        "failures": len(failures),
        "why": sorted(set(failures)),
        "invite_to_interpreters_invite_ms": {
            "p50": round(quantiles[49], 1),
            "p95": round(quantiles[94], 1),
            "p99": round(quantiles[98], 1),
            "max": round(ordered[-1], 1) if ordered else None,
        },
        "invite_to_answer_ms": {
            "p50": round(statistics.median(answer), 1) if answer else None,
            "p95": round(answer[int(len(answer) * 0.95)], 1) if answer else None,
        },
        "cpu_ms_per_call": {name: round(seconds * 1000 / len(calls), 2) for name, seconds in sorted(cpu.items())}
        | {"all": round(sum(cpu.values()) * 1000 / len(calls), 2)},
        "callers_late_ms_max": round(max(call["late_ms"] for call in calls), 1),
        "rtp": "sent by the platform; the simulated parties send none",
    }


def main() -> int:
    """Run the measurement; 0 when nothing failed and the promise was kept."""
    parser = argparse.ArgumentParser(prog="python -m bench.setup")
    parser.add_argument("--rate", type=float, default=20.0, help="new calls a second")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--talk", type=float, default=5.0, help="seconds a caller stays after the answer, on average")
    parser.add_argument("--keep", type=Path, help="a folder for logs and database, kept afterwards")
    chosen = parser.parse_args()
    with prepared(chosen.keep, YUQIAO_RTP_TIMEOUT="30") as (folder, ports):
        figures = asyncio.run(measure(folder, chosen, ports))
    print(json.dumps(figures, indent=2, ensure_ascii=False))
    kept = figures["failures"] == 0 and figures["invite_to_interpreters_invite_ms"]["p95"] < P95_PROMISE_MS
    if not chosen.keep:
        print(machine.store("setup", figures))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
