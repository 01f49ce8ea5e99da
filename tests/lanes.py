"""All tests, in two lanes side by side: ``python -m tests.lanes``. Ends with one summary line, as pytest has it.

Tests that keep time (calls over loopback, ticks, browsers) wait more than they compute; they have a lane of their own.
All others go in a second lane, on SQLite and then on PostgreSQL, which gives way to the first whenever both want the
machine. With ``YUQIAO_TEST_ASTERISK_ROOT`` set, the first lane has Asterisk's part too. The second lane's output
is in var/, and is shown when something failed in it.

Of what keeps time, what failed in a few files is run once more when nothing runs beside it: a fault fails again, and a
wait that was too short for a busy machine does not. Such a test counts as passed, its failure stays in the output, and
the summary line tells how many were rerun.
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
#: Where the first lane notes what failed; the second has the usual place.
CACHE: Final = VAR / "cache-of-timed"
NOTED: Final = ("-o", f"cache_dir={CACHE}")
#: A busy machine makes one or two late; more than that is a fault. Files, since tests may share what came late.
MOST_FILES: Final = 3
FAILED: Final = 1  # pytest's status when tests failed, and nothing else went wrong


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
    Part("untimed", (*GIVES_WAY, *PYTEST, "-m", "not timed", "-q")),
    Part("postgres", (*GIVES_WAY, sys.executable, "-m", "tests.postgres", *PYTEST, "-m", "database", "-q")),
)


def ahead() -> list[str]:
    """Return the command of the lane that keeps time."""
    asterisk = os.environ.get("YUQIAO_TEST_ASTERISK_ROOT")
    return [*PYTEST, *NOTED, "-m", "timed" if asterisk else "timed and not asterisk"]


def once_more(command: Sequence[str]) -> list[str]:
    """Return the command that runs what failed in ``command``, and nothing else."""
    return [*command, "--last-failed", "--last-failed-no-failures=none"]


def fell() -> set[str]:
    """Return the files in which a test failed in the last run of the lane that keeps time, as pytest noted them."""
    noted = CACHE / "v" / "cache" / "lastfailed"
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
    """Runs parts one after the other; ``failed`` are those that did not pass."""

    def __init__(self, parts: Sequence[Part]) -> None:
        super().__init__(daemon=True)
        self.parts = parts
        self.failed: list[Part] = []
        self.running: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        for part in self.parts:
            with part.log.open("wb") as log:
                self.running = subprocess.Popen(part.command, stdout=log, stderr=subprocess.STDOUT)
                if self.running.wait():
                    self.failed.append(part)


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
    kept = counted(line)
    late = kept["failed"] + kept["errors"]
    if status == FAILED and 0 < len(fell()) <= MOST_FILES:
        sys.stdout.write(f"{late} failed beside the other lane; once more, alone:\n")
        sys.stdout.flush()
        status, again = followed(once_more(ahead()))
        kept = kept if status else rerun(kept, counted(again))
    for part in BEHIND:
        if part in behind.failed:
            sys.stdout.write(part.log.read_text("utf-8", "replace"))
    for part in BEHIND:
        sys.stdout.write(f"{part.name}, all of it in {part.log}: {part.last}\n")
    sys.stdout.write(summed([kept, counted(BEHIND[0].last)], time.monotonic() - began) + "\n")
    return status or (1 if behind.failed else 0)


if __name__ == "__main__":
    sys.exit(main())
