"""docs/requirements.md covers the whole checklist and names only tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| S(\d+)([a-j]?) \| (.+) \| (.+) \| (.+?) \| (.*) \|$", re.MULTILINE)
PAGE = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
ROWS = [match.groups() for match in ROW.finditer(PAGE)]


def test_every_requirement_has_a_row() -> None:
    assert {int(number) for number, *_ in ROWS} == set(range(1, 144))
    assert "".join(letter for number, letter, *_ in ROWS if number == "141") == "abcdefghij"


def test_states_are_words_with_a_meaning() -> None:
    assert {state for *_, state, _note in ROWS} <= {"done", "part", "planned"}


def test_what_is_done_names_a_test_that_exists() -> None:
    for number, _letter, _text, _folder, state, note in ROWS:
        named = re.findall(r"`([^`]+)`", note)
        assert bool(named) == (state != "planned"), f"S{number}"
        assert all((ROOT / path).exists() for path in named), f"S{number}: {named}"
