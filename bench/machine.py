"""What a measurement says of the machine it ran on, and how CPU time of running processes is read."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from yuqiao.lib import clock

RESULTS = Path(__file__).resolve().parent / "results"
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


def describe() -> dict[str, Any]:
    """Return processor, cores, kernel and Python of this machine, and the moment."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "at": clock.iso(clock.now()),
    }


def cpu_seconds(pid: int) -> float:
    """Return user plus system CPU seconds of one process with all its threads (proc(5), stat fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS


def processor_time() -> tuple[int, int]:
    """Return what the host of this machine kept of its processors' time, and all of it (proc(5): the first line of
    /proc/stat, steal and the sum of the first eight), in `CLOCK_TICKS`."""
    spent = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return spent[7], sum(spent)


def stolen(since: tuple[int, int]) -> float:
    """Return the share of this machine's processors that its host kept ``since`` a `processor_time`: figures in
    milliseconds suffer from it, whatever was measured."""
    (kept, spent), (kept_then, spent_then) = processor_time(), since
    return round((kept - kept_then) / max(spent - spent_then, 1), 4)


_BEGUN: Final = processor_time()


def descendants(pid: int) -> list[int]:
    """Return ``pid`` and every process below it that lives now."""
    found, frontier = [pid], [pid]
    while frontier:
        parent = frontier.pop()
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            children = [int(child) for child in task.read_text().split()]
            found += children
            frontier += children
    return found


def cpu_of(pids: Iterable[int]) -> float:
    """Return the sum of `cpu_seconds` over ``pids``."""
    return sum(cpu_seconds(pid) for pid in pids)


def store(name: str, result: dict[str, Any]) -> Path:
    """Write ``result`` with the machine's description, and what its host kept of it since the run began, to
    bench/results/NAME.json, and return the path."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    machine = {**describe(), "stolen": stolen(_BEGUN)}
    path.write_text(json.dumps({"machine": machine, **result}, indent=2, ensure_ascii=False) + "\n")
    return path
