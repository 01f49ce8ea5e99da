"""An interpreter's keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.hotline.keys import LONGEST, AddLine, Wish, WorkDone, press


def wishes(keys: str) -> list[Wish]:
    buffer, found = "", []
    for key in keys:
        buffer, wish = press(buffer, key)
        if wish is not None:
            found.append(wish)
    return found


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("*12345#", [AddLine("12345")]),
        ("##", [WorkDone()]),
        ("#1#", []),
        ("###", [WorkDone()]),
        ("*#", []),
        ("*12*110#", [AddLine("110")]),
        ("5#*110###", [AddLine("110"), WorkDone()]),
        ("A", []),
    ],
)
def test_what_keys_mean(keys: str, expected: list[Wish]) -> None:
    assert wishes(keys) == expected


@given(st.text("0123456789*#ABCD", max_size=60))
def test_any_keys_keep_the_buffer_short_and_a_line_can_always_be_dialled(keys: str) -> None:
    buffer = ""
    for key in keys:
        buffer, _ = press(buffer, key)
        assert len(buffer) <= LONGEST
    assert wishes(keys + "*119#")[-1] == AddLine("119")
