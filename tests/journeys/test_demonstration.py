"""The demonstration as a newcomer runs it, on both engines, judged here once more from what it leaves behind."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import soundfile

pytestmark = pytest.mark.live

ROOT = Path(__file__).resolve().parents[2]
LENGTH_TOLERANCE_MS = 500
#: A track beside the mix; not with Asterisk, whose mixes leave out what falls into a change of members (docs/media.md).
ALIGNED_WITHIN_MS = 40
#: Tracks beside each other, by the parties' own watches: their jitter buffers and a busy machine are in it.
APART_MS = 300
#: What runs it with our media server, and with Asterisk in its place; and where below its own folder it leaves things.
RUNS = {
    "ours": (("-m", "yuqiao.config.cli", "demo"), "demo"),
    "asterisk": (("-m", "tests.demo_with_asterisk"), "demo-asterisk/demo"),
}


@pytest.fixture(scope="module", params=["ours", pytest.param("asterisk", marks=pytest.mark.asterisk)])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the demonstration once with an engine and return its folder."""
    command, left = RUNS[request.param]
    var = tmp_path_factory.mktemp("demonstration")
    asterisk = {"YUQIAO_ASTERISK_ROOT": os.environ.get("YUQIAO_TEST_ASTERISK_ROOT", "")}
    run = subprocess.run(
        [sys.executable, *command, "--once"],
        cwd=ROOT,
        env=os.environ | asterisk | {"YUQIAO_VAR_DIR": str(var), "YUQIAO_DEBUG": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    return var / left


@pytest.fixture(scope="module")
def calls(folder: Path) -> list[dict[str, Any]]:
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert summary["ok"]
    found: list[dict[str, Any]] = summary["calls"]
    return found


def test_at_least_twelve_calls_cover_every_way_in_and_every_mishap(calls: list[dict[str, Any]]) -> None:
    assert len(calls) >= 12
    assert {call["way_in"] for call in calls} == {"beside_agent", "transferred", "direct"}
    assert {"served", "callback"} <= {call["outcome"] for call in calls}
    assert {"hangs_up", "killed", "refused", "nobody"} <= {call["mishap"] for call in calls}
    assert any(call["third_party_by"] for call in calls)


def test_everybody_heard_exactly_the_others(calls: list[dict[str, Any]]) -> None:
    for call in calls:
        matrix = call["who_heard_whom"]
        assert set(matrix) == set(call["parties"])
        interpreters = {party for party in matrix if party.isdigit() and len(party) == 4}
        for ear, mouth in itertools.product(matrix, repeat=2):
            met = ear != mouth and not {ear, mouth} <= interpreters  # one interpreter replaces the other
            assert matrix[ear][mouth] == met, f"call {call['number']}: {ear} and {mouth}"


def test_recordings_are_as_long_as_the_call_and_aligned(folder: Path, calls: list[dict[str, Any]]) -> None:
    ours = folder.parent.name != "demo-asterisk"
    for call in calls:
        files = call["recording_files"]
        assert sum(file["kind"] == "mix" for file in files) == 1, call["number"]
        assert any(file["kind"] == "track" for file in files), call["number"]
        for file in files:
            length = soundfile.info(folder / "recordings" / file["path"]).duration * 1000
            assert abs(length - call["duration_ms"]) <= LENGTH_TOLERANCE_MS, f"{call['number']}: {file['path']}"
            if ours and file["lag_ms"] is not None:
                assert abs(file["lag_ms"]) <= ALIGNED_WITHIN_MS, f"{call['number']}: {file['path']}"
        behind = [file["delay_ms"] for file in files if file["delay_ms"] is not None]
        assert behind, call["number"]
        assert max(behind) - min(behind) <= APART_MS, call["number"]


def test_each_served_call_tells_how_long_it_took_to_the_interpreter(calls: list[dict[str, Any]]) -> None:
    for call in calls:
        if call["outcome"] == "served":
            assert 0 < call["time_to_interpreter_ms"] < 15_000
        else:
            assert call["time_to_interpreter_ms"] is None
