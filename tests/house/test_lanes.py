"""Two lanes of tests are told as one, and no test falls between them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests import lanes
from tests.lanes import BEHIND, Lane, Part, ahead, counted, followed, last_line, rerun, summed


def test_lines_of_lanes_are_summed_and_what_was_left_to_the_other_is_not_told() -> None:
    lines = [
        "= 2 failed, 390 passed, 4365 deselected in 900.10s (0:15:00) =",
        "4360 passed, 1 error, 394 deselected in 7.1s",
    ]
    told = summed(map(counted, lines), 1100.0)
    assert told.strip("=") == " 2 failed, 4750 passed, 1 errors in 1100.00s (0:18:20) "
    assert "no tests ran" in summed([counted("Killed")], 1.0)


def test_who_passes_alone_is_told_and_hides_no_failure_of_the_other_lane() -> None:
    first = rerun(
        counted("1 failed, 1593 passed, 1 error, 3 deselected in 9s"), counted("2 passed, 9 deselected in 3s")
    )
    told = summed([first, counted("1 failed, 3436 passed in 7s")], 60.0)
    assert told.strip("=") == " 1 failed, 5031 passed, 2 rerun in 60.00s (0:01:00) "


#: What two tests of a file share comes late once.
SHARED = """
from pathlib import Path
import pytest
@pytest.fixture(scope="module")
def it():
    known = Path(__file__ + ".known")
    there = known.exists()
    known.touch()
    assert there
"""


def of_real_runs(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let the lane that keeps time run the tests in ``folder``."""
    monkeypatch.chdir(folder)
    bare = (sys.executable, "-m", "pytest", "-p", "no:django", "-o", "addopts=", "--rootdir", str(folder))
    monkeypatch.setattr(lanes, "ahead", lambda: [*bare, *lanes.noting(lanes.TIMED)])
    monkeypatch.setattr(lanes, "BEHIND", (Part("behind", ("echo", "7 passed")),))


@pytest.mark.parametrize(("recovers", "status"), [(True, 0), (False, 1)])
def test_a_few_that_failed_beside_the_other_lane_run_alone(
    recovers: bool, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Real runs of pytest: one test fails at its first run, or at each; the one beside it runs once."""
    (tmp_path / "test_late.py").write_text(
        "from pathlib import Path\n"
        "def once(name):\n"
        "    known = Path(name).exists()\n"
        "    Path(name).touch()\n"
        "    return not known\n"
        f"def test_late():\n    assert not once('late') and {recovers}\n"
        "def test_other():\n    assert once('other')\n"
    )
    of_real_runs(monkeypatch, tmp_path)
    assert lanes.main() == status
    summary = capfd.readouterr().out.splitlines()[-1]
    assert ("9 passed, 1 rerun in" if recovers else "1 failed, 8 passed in") in summary


@pytest.mark.parametrize(("files", "again"), [(lanes.MOST_FILES, True), (lanes.MOST_FILES + 1, False)])
def test_tests_of_a_few_files_may_be_late_and_of_many_are_no_chance(
    files: int, again: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """However many tests share what came late."""
    for number in range(files):
        (tmp_path / f"test_{number}.py").write_text(f"{SHARED}def test_one(it): ...\ndef test_other(it): ...\n")
    of_real_runs(monkeypatch, tmp_path)
    assert lanes.main() == (0 if again else 1)
    told = capfd.readouterr().out
    assert ("once more" in told) == again
    whole = f"{2 * files + 7} passed, {2 * files} rerun in" if again else f"7 passed, {2 * files} errors in"
    assert whole in told.splitlines()[-1]


@pytest.mark.parametrize(("recovers", "status"), [(True, 0), (False, 1)])
def test_what_failed_in_the_lane_that_gives_way_runs_alone_too(
    recovers: bool, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "test_shared.py").write_text(f"{SHARED}def test_one(it):\n    assert {recovers}\n")
    of_real_runs(monkeypatch, tmp_path)
    parts = tuple(Part(name, (*lanes.ahead(), *lanes.noting(name))) for name in ("untimed", "postgres"))
    monkeypatch.setattr(lanes, "BEHIND", parts)
    monkeypatch.setattr(lanes, "ahead", lambda: ["echo", "3 passed"])
    assert lanes.main() == status
    told = capfd.readouterr().out.splitlines()
    assert told.count("1 failed beside the other lane; once more, alone:") == (1 if recovers else 2)
    assert ("4 passed, 1 rerun in" if recovers else "3 passed, 1 errors in") in told[-1]


def test_each_test_is_in_one_lane(monkeypatch: pytest.MonkeyPatch) -> None:
    assert BEHIND[0].command[-3:-1] == ("-m", "not timed")
    monkeypatch.setenv("YUQIAO_TEST_ASTERISK_ROOT", "/somewhere")
    assert ahead()[-1] == "timed"
    monkeypatch.delenv("YUQIAO_TEST_ASTERISK_ROOT")
    assert ahead()[-1] == "timed and not asterisk"


@pytest.mark.live
def test_whoever_is_live_keeps_time(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("timed")


def test_a_lane_goes_on_after_a_part_that_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "VAR", tmp_path)
    bad, good = Part("bad", ("sh", "-c", "echo 1 failed; exit 1")), Part("good", ("sh", "-c", "echo 3 passed; echo"))
    lane = Lane([bad, good])
    lane.start()
    lane.join(30)
    assert lane.failed == {bad: 1}
    assert (bad.last, good.last) == ("1 failed", "3 passed")


def test_what_is_followed_is_seen_and_its_last_line_kept(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert followed(["sh", "-c", "echo a; echo b; exit 3"]) == (3, "b")
    assert last_line("\n\n") == ""
