"""Memory and open sockets of the platform over time (`Watch`), and whether they grow (pure).

Memory is a process's own: what the kernel could not take back without the process (proc(5), smaps_rollup: Pss_Anon,
Pss_Shmem, SwapPss). Pages of mapped files are kept beside it and not judged: SQLite maps the database, and the rows of
10,000 calls are to stay.

What a process holds goes up and down with the calls at hand, and with the garbage collector. A leak is what never comes
down again. So each minute counts by its lowest sample, its floor, and the straight line through the floors, from the
second minute on, tells what is left behind.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from bench.setup.place import by_process

EVERY: Final = 5.0  # seconds
MEBIBYTE = 1024.0
MINUTE: Final = 60.0
#: A line through fewer floors says nothing.
FEWEST: Final = 3
OWN: Final = ("Pss_Anon:", "Pss_Shmem:", "SwapPss:")
ALL: Final = "all"


@dataclass(frozen=True, slots=True)
class Sample:
    """``memory`` (own) and ``mapped`` (pages of files) in MiB, and open ``sockets``, of each process, ``at`` seconds
    from the start."""

    at: float
    memory: dict[str, float]
    sockets: dict[str, float]
    mapped: dict[str, float]


@dataclass(frozen=True, slots=True)
class Growth:
    """Of one process: ``floor``, the lowest value of each minute from the first on, and by how much the line through
    those from the second minute on rises over that time."""

    floor: tuple[float, ...]
    rise: float

    @property
    def share(self) -> float:
        """The rise as a share of the second minute's floor, which is the first that counts."""
        return self.rise / self.floor[1] if self.floor[1] else 0.0


def sizes(pid: int) -> dict[str, float]:
    """Return the MiB of a process by kind of page, shared ones divided among those who share them."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {line.split()[0]: int(line.split()[1]) / MEBIBYTE for line in lines}


def memory_of(pid: int) -> float:
    """Return the MiB that are a process's own."""
    found = sizes(pid)
    return sum(found[kind] for kind in OWN)


def mapped_of(pid: int) -> float:
    """Return the MiB of files, programs and database, that a process has mapped and the kernel keeps for it."""
    return sizes(pid)["Pss_File:"]


def sockets_of(pid: int) -> float:
    """Return how many sockets a process has open."""
    found = 0
    for file in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found += str(file.readlink()).startswith("socket:")
        except OSError:  # closed meanwhile
            continue
    return float(found)


class Watch(threading.Thread):
    """Takes a sample of the platform ``pid`` each 5 s until `end`."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.samples: list[Sample] = []
        self._pid = pid
        self._began = time.monotonic()
        self._over = threading.Event()

    def sample(self) -> Sample:
        """Return how it is now."""
        memory, sockets, mapped = (by_process(self._pid, read) for read in (memory_of, sockets_of, mapped_of))
        return Sample(time.monotonic() - self._began, memory, sockets, mapped)

    def run(self) -> None:
        """Sample until the end."""
        while not self._over.wait(EVERY):
            self.samples.append(self.sample())

    def end(self) -> None:
        """Take no more samples."""
        self._over.set()
        self.join()


def value_of(sample: Sample, name: str, process: str) -> float | None:
    """Return the ``name`` (memory, sockets, mapped) of a process, of all together for `ALL`; None where the process was
    not there."""
    told: dict[str, float] = getattr(sample, name)
    return sum(told.values()) if process == ALL else told.get(process)


def processes(samples: Sequence[Sample]) -> list[str]:
    """Return the names of all processes, `ALL` last."""
    return [*sorted({process for sample in samples for process in sample.memory}), ALL]


def floors(samples: Sequence[Sample], name: str, process: str, end: float) -> tuple[float, ...]:
    """Return the lowest value of each whole minute until ``end`` seconds."""
    by_minute: dict[int, list[float]] = {}
    for sample in samples:
        value = value_of(sample, name, process)
        if value is not None and sample.at < end // MINUTE * MINUTE:
            by_minute.setdefault(int(sample.at // MINUTE), []).append(value)
    return tuple(min(by_minute[minute]) for minute in sorted(by_minute))


def growth(samples: Sequence[Sample], name: str, end: float) -> dict[str, Growth]:
    """Return for each process, and all together, how the floor of ``name`` went until ``end`` seconds, when the load
    ends. ValueError when that is too short to tell."""
    told = {}
    for process in processes(samples):
        found = floors(samples, name, process, end)
        counted = found[1:]
        if len(counted) < FEWEST:
            raise ValueError(f"{process} ran for {len(found)} minutes: let it run for {FEWEST + 1} at least")
        slope = float(np.polyfit(np.arange(len(counted)), counted, 1)[0])
        told[process] = Growth(found, slope * (len(counted) - 1))
    return told
