"""The supervisor with real processes and real signals."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.config.supervisor import Backoff

pytestmark = pytest.mark.live

#: A child that writes its process id, leaves a grandchild, says something, and ends when asked (or refuses to).
CHILD = """
import os, pathlib, signal, subprocess, sys, time
name, folder, stubborn = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3] == "stubborn"
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
def end(*_):
    with open(folder / "ended", "a") as log:
        log.write(name + "\\n")
    child.kill()
    sys.exit(0)
signal.signal(signal.SIGTERM, signal.SIG_IGN if stubborn else end)
print("grüße von " + name, flush=True)
(folder / f"{name}.tmp").write_text(f"{os.getpid()} {child.pid}")
os.replace(folder / f"{name}.tmp", folder / name)
while True:
    time.sleep(0.05)
"""

PARENT = """
import json, sys
from yuqiao.config.supervisor import Program, run
programs, grace = json.loads(sys.argv[1])
sys.exit(run([Program(name, tuple(argv), stage) for name, argv, stage in programs], grace=grace))
"""


def until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait for something to become true; fail at the deadline."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "the condition did not come about in time"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Tell whether a process runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Family:
    """A supervisor under test with children ``alpha``, ``beta`` (stage 0) and ``omega`` (stage 1)."""

    def __init__(self, folder: Path, *, stubborn: str = "", grace: float = 10.0) -> None:
        self.folder = folder
        script = folder / "child.py"
        script.write_text(CHILD)
        programs = [
            [name, [sys.executable, str(script), name, str(folder), "stubborn" if name == stubborn else ""], stage]
            for name, stage in (("omega", 1), ("alpha", 0), ("beta", 0))
        ]
        with (folder / "output").open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PARENT, json.dumps([programs, grace])], stdout=output, stderr=subprocess.STDOUT
            )
        until(lambda: all((folder / name).exists() for name in ("alpha", "beta", "omega")))

    def pids(self, name: str) -> list[int]:
        return [int(pid) for pid in (self.folder / name).read_text().split()]

    def everyone(self) -> list[int]:
        return [pid for name in ("alpha", "beta", "omega") for pid in self.pids(name)]

    def said(self) -> str:
        return (self.folder / "output").read_text()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Family]]:
    families: list[Family] = []

    def begin(**options: object) -> Family:
        families.append(Family(tmp_path, **options))  # type: ignore[arg-type]
        return families[-1]

    yield begin
    for family in families:
        for pid in [family.process.pid, *family.everyone()]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        family.process.wait()


def test_a_killed_child_comes_back_and_its_offspring_is_gone(start: Callable[..., Family]) -> None:
    family = start()
    others = family.pids("beta") + family.pids("omega")
    first = family.pids("alpha")
    os.kill(first[0], signal.SIGKILL)
    until(lambda: family.pids("alpha")[0] != first[0])
    assert all(alive(pid) for pid in family.pids("alpha") + others)
    until(lambda: not alive(first[1]))
    assert "alpha was ended by SIGKILL; starting it again in 0.2 s" in family.said()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_asked_to_end_all_end_in_order_with_status_0(start: Callable[..., Family], number: signal.Signals) -> None:
    family = start()
    family.process.send_signal(number)
    assert family.process.wait(timeout=20) == 0
    assert not [pid for pid in family.everyone() if alive(pid)]
    ended = (family.folder / "ended").read_text().split()
    assert sorted(ended[:2]) == ["alpha", "beta"]
    assert ended[2:] == ["omega"]


def test_who_does_not_end_is_killed(start: Callable[..., Family]) -> None:
    family = start(stubborn="beta", grace=0.5)
    family.process.terminate()
    assert family.process.wait(timeout=20) == 0
    assert not [pid for pid in family.everyone() if alive(pid)]
    assert "killing beta" in family.said()


def test_a_second_signal_does_not_wait(start: Callable[..., Family]) -> None:
    family = start(stubborn="beta", grace=300)
    family.process.terminate()
    until(lambda: not alive(family.pids("alpha")[0]))
    family.process.terminate()
    assert family.process.wait(timeout=20) == 0
    assert not [pid for pid in family.everyone() if alive(pid)]


def test_children_end_when_the_supervisor_is_killed(start: Callable[..., Family]) -> None:
    family = start()
    family.process.kill()
    until(lambda: not [pid for pid in family.everyone() if alive(pid)])


def test_lines_are_marked_with_their_process(start: Callable[..., Family]) -> None:
    family = start()
    until(lambda: all(f"{name:<6} | grüße von {name}\n" in family.said() for name in ("alpha", "beta", "omega")))


def test_nobody_reading_our_output_stops_nothing(tmp_path: Path) -> None:
    """A child that prints without end must go on when our own output is a pipe that nobody empties."""
    counter = tmp_path / "count"
    shout = (
        "import pathlib, itertools, sys\nfor n in itertools.count():\n"
        " print('x' * 4000)\n pathlib.Path(sys.argv[1]).write_text(str(n))"
    )
    programs = [["alpha", [sys.executable, "-c", shout, str(counter)], 0]]
    process = subprocess.Popen([sys.executable, "-c", PARENT, json.dumps([programs, 2.0])], stdout=subprocess.PIPE)
    try:
        until(lambda: counter.exists() and int(counter.read_text() or 0) > 500)
        process.terminate()
        assert process.wait(timeout=20) == 0
    finally:
        process.kill()
        process.communicate()


@given(st.lists(st.floats(0, 100), min_size=1, max_size=20))
def test_backoff_stays_within_bounds_and_resets_after_good_health(lives: list[float]) -> None:
    backoff = Backoff()
    before = 0.0
    for lived in lives:
        wait = backoff.after(lived)
        assert 0.2 <= wait <= 5.0
        assert wait == 0.2 if lived >= 30 or not before else wait == min(before * 2, 5.0)
        before = wait
