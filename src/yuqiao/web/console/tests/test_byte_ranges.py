"""Ranges as browsers ask for them (RFC 9110 section 14)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.web.console.byte_ranges import NoSuchRangeError, wanted_range


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-499", (0, 500)),
        ("bytes=500-999", (500, 500)),
        ("bytes=-500", (9500, 500)),
        ("bytes=9500-", (9500, 500)),
        ("bytes=0-0", (0, 1)),
        ("bytes=-20000", (0, 10000)),
        ("bytes=9999-20000", (9999, 1)),
        (None, None),
        ("bytes=-", None),
        ("bytes=5-1", None),
        ("bytes=0-1,5-6", None),
        ("lines=0-1", None),
        ("bytes=x-y", None),
        ("bytes=٣-٤", None),
    ],
)
def test_ranges_of_ten_thousand_bytes(header: str | None, part: tuple[int, int] | None) -> None:
    assert wanted_range(header, 10_000) == part


@pytest.mark.parametrize("header", ["bytes=10000-", "bytes=10001-10002", "bytes=-0"])
def test_ranges_outside_are_refused(header: str) -> None:
    with pytest.raises(NoSuchRangeError):
        wanted_range(header, 10_000)


@given(
    st.one_of(st.text(max_size=30), st.from_regex(r"bytes=\d{0,20}-\d{0,20}", fullmatch=True)), st.integers(0, 10**6)
)
def test_whatever_is_asked_stays_within_the_file(header: str, size: int) -> None:
    try:
        part = wanted_range(header, size)
    except NoSuchRangeError:
        return
    if part is not None:
        first, length = part
        assert 0 <= first < size
        assert 1 <= length <= size - first
