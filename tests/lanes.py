"""All tests, in two lanes side by side: ``python -m tests.lanes``. Ends with one summary line, as pytest has it.

Tests that keep time (calls over loopback, ticks, browsers) wait more than they compute; they have a lane of their own.
All others go in a second lane, on SQLite and then on PostgreSQL, which gives way to the first whenever both want the
machine. With ``YUQIAO_TEST_ASTERISK_ROOT`` set, the first lane has Asterisk's part too. The second lane's output
is in var/, and is shown when something failed in it.

What failed in a few files is run once more when nothing runs beside it: a fault fails again, and a wait that was too
short for a busy machine does not. Such a test counts as passed, its failure stays in the output, and the summary line
tells how many were rerun.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

#: What pytest counts, in the order in which it tells.
COUNTED: Final = ("failed", "passed", "skipped", "xfailed", "xpassed", "errors", "rerun")
_COUNT: Final = re.compile(r"(\d+) (failed|passed|skipped|xfailed|xpassed|errors?)\b")
PYTEST: Final = (sys.executable, "-m", "pytest")
#: SCHED_IDLE (sched(7)): a processor that nobody else wants. The tenth that nice would leave to it makes calls late.
GIVES_WAY: Final = ("chrt", "--idle", "0")
VAR: Final = Path("var")
#: A busy machine makes one or two late; more than that is a fault. Files, since tests may share what came late.
MOST_FILES: Final = 3
TIMED: Final = "timed"
FAILED: Final = 1  # pytest's status when tests failed, and nothing else went wrong


def cache(name: str) -> Path:
    """Return where a part notes what failed in it."""
    return VAR / f"cache-of-{name}"


def noting(name: str) -> tuple[str, str]:
    """Return what has pytest note there."""
    return "-o", f"cache_dir={cache(name)}"


@dataclass(frozen=True, slots=True)
class Part:
    """One run of pytest in the lane that gives way: what it is called, its command, its log."""

    name: str
    command: tuple[str, ...]

    @property
    def log(self) -> Path:
        """Where its output goes."""
        return VAR / f"test-{self.name}.log"

    @property
    def last(self) -> str:
        """Its summary line."""
        return last_line(self.log.read_text("utf-8", "replace"))


BEHIND: Final = (
    Part("untimed", (*GIVES_WAY, *PYTEST, *noting("untimed"), "-m", "not timed", "-q")),
    Part(
        "postgres",
        (*GIVES_WAY, sys.executable, "-m", "tests.postgres", *PYTEST, *noting("postgres"), "-m", "database", "-q"),
    ),
)


def ahead() -> list[str]:
    """Return the command of the lane that keeps time."""
    asterisk = os.environ.get("YUQIAO_TEST_ASTERISK_ROOT")
    return [*PYTEST, *noting(TIMED), "-m", "timed" if asterisk else "timed and not asterisk"]


def once_more(command: Sequence[str]) -> list[str]:
    """Return the command that runs what failed in ``command``, and nothing else."""
    return [*command, "--last-failed", "--last-failed-no-failures=none"]


def fell(name: str) -> set[str]:
    """Return the files in which a test failed in the last run of a part, as pytest noted them."""
    noted = cache(name) / "v" / "cache" / "lastfailed"
    failed: dict[str, bool] = json.loads(noted.read_text("utf-8")) if noted.is_file() else {}
    return {test.partition("::")[0] for test in failed}


def last_line(text: str) -> str:
    """Return the last line that says something."""
    return next((line for line in reversed(text.splitlines()) if line.strip()), "")


def counted(line: str) -> Counter[str]:
    """Return what a summary line counts."""
    counts: Counter[str] = Counter()
    for count, what in _COUNT.findall(line):
        counts["errors" if what == "error" else what] += int(count)
    return counts


def rerun(first: Counter[str], again: Counter[str]) -> Counter[str]:
    """Return what a lane counts when all that failed in it passed ``again``."""
    passed = Counter({what: count for what, count in first.items() if what not in ("failed", "errors")})
    return passed + Counter(passed=again["passed"], rerun=again["passed"])


def summed(lanes: Iterable[Counter[str]], seconds: float) -> str:
    """Return one summary line of several lanes; what one left to the other is no test left out."""
    counts = sum(lanes, Counter[str]())
    told = ", ".join(f"{counts[what]} {what}" for what in COUNTED if counts[what]) or "no tests ran"
    minutes, rest = divmod(int(seconds), 60)
    return f" {told} in {seconds:.2f}s (0:{minutes:02d}:{rest:02d}) ".center(80, "=")


class Lane(threading.Thread):
    """Runs parts one after the other; ``failed`` are those that did not pass, with their status."""

    def __init__(self, parts: Sequence[Part]) -> None:
        super().__init__(daemon=True)
        self.parts = parts
        self.failed: dict[Part, int] = {}
        self.running: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        for part in self.parts:
            with part.log.open("wb") as log:
                self.running = subprocess.Popen(part.command, stdout=log, stderr=subprocess.STDOUT)
                if status := self.running.wait():
                    self.failed[part] = status


def followed(command: Sequence[str]) -> tuple[int, str]:
    """Run a command, let its output be seen, and return its status and last line."""
    told = bytearray()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        while chunk := os.read(running.stdout.fileno(), 4096):
            sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()
            told = told[-4096:] + chunk
    return running.returncode, last_line(told.decode("utf-8", "replace"))


def alone(name: str, command: Sequence[str], status: int, counts: Counter[str]) -> tuple[int, Counter[str]]:
    """Run once more what failed in a part that ended with ``status``, if a busy machine may have made it late. Return
    how it ends then, and what it counts."""
    if status != FAILED or not 0 < len(fell(name)) <= MOST_FILES:
        return status, counts
    sys.stdout.write(f"{counts['failed'] + counts['errors']} failed beside the other lane; once more, alone:\n")
    sys.stdout.flush()
    status, again = followed(once_more(command))
    return status, counts if status else rerun(counts, counted(again))


def main() -> int:
    """Run all tests; return 0 when all passed."""
    VAR.mkdir(exist_ok=True)
    began = time.monotonic()
    behind = Lane(BEHIND)
    behind.start()
    try:
        status, line = followed(ahead())
        behind.join()
    finally:
        if behind.is_alive() and behind.running is not None:
            behind.running.terminate()
    status, kept = alone(TIMED, ahead(), status, counted(line))
    counts = {part: counted(part.last) for part in BEHIND}
    for part, failed in behind.failed.items():
        sys.stdout.write(part.log.read_text("utf-8", "replace"))
        again, counts[part] = alone(part.name, part.command, failed, counts[part])
        status = status or again
    for part in BEHIND:
        sys.stdout.write(f"{part.name}, all of it in {part.log}: {part.last}\n")
    first, *others = counts.values()
    spoilt = [Counter({what: n for what, n in one.items() if what != "passed"}) for one in others]  # else counted twice
    sys.stdout.write(summed([kept, first, *spoilt], time.monotonic() - began) + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
