"""Two lanes of tests are told as one, and no test falls between them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import lanes
from tests.lanes import BEHIND, Lane, Part, ahead, followed, last_line, summed


def test_lines_of_lanes_are_summed_and_what_was_left_to_the_other_is_not_told() -> None:
    lines = [
        "= 2 failed, 390 passed, 4365 deselected in 900.10s (0:15:00) =",
        "4360 passed, 1 error, 394 deselected in 7.1s",
    ]
    assert summed(lines, 1100.0).strip("=") == " 2 failed, 4750 passed, 1 errors in 1100.00s (0:18:20) "
    assert "no tests ran" in summed(["Killed"], 1.0)


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
    assert lane.failed == [bad]
    assert (bad.last, good.last) == ("1 failed", "3 passed")


def test_what_is_followed_is_seen_and_its_last_line_kept(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert followed(["sh", "-c", "echo a; echo b; exit 3"]) == (3, "b")
    assert last_line("\n\n") == ""
