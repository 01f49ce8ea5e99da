"""What a measurement says of the machine it ran on, and how CPU time of running processes is read."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable
from pathlib import Path
from typing import Any

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
    """Write ``result`` with the machine's description to bench/results/NAME.json and return the path."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps({"machine": describe(), **result}, indent=2, ensure_ascii=False) + "\n")
    return path
