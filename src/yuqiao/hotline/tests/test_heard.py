"""Which parts were heard: put together without loss, without overlap, in order."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from yuqiao.hotline.heard import Span, fewer, percent, together, total_ms

TIMES = st.integers(-50, 400)
SPANS = st.lists(st.tuples(TIMES, TIMES), max_size=20)
LENGTH = 300


def moments(spans: list[Span]) -> set[int]:
    return {ms for begin, end in spans for ms in range(max(0, begin), min(LENGTH, end))}


@given(SPANS)
def test_together_they_cover_the_same_moments_in_order_and_apart(spans: list[Span]) -> None:
    whole = together(spans, LENGTH)
    assert moments(whole) == moments(spans)
    assert total_ms(whole) == len(moments(spans))
    assert all(begin < end for begin, end in whole)
    assert all(one[1] < other[0] for one, other in pairwise(whole))


@given(SPANS, SPANS)
def test_what_comes_later_adds_to_what_was_told(first: list[Span], later: list[Span]) -> None:
    assert together([*together(first, LENGTH), *later], LENGTH) == together([*first, *later], LENGTH)


@given(SPANS, st.integers(1, 6))
def test_fewer_spans_leave_nothing_out(spans: list[Span], most: int) -> None:
    whole = together(spans, LENGTH)
    few = fewer(whole, most)
    assert len(few) <= max(most, 0) or len(few) == len(whole) <= most
    assert moments(whole) <= moments(few)
    if whole:
        assert (few[0][0], few[-1][1]) == (whole[0][0], whole[-1][1])


def test_the_smallest_gaps_are_closed() -> None:
    assert fewer([(0, 10), (11, 20), (90, 100)], 2) == [(0, 20), (90, 100)]


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_share_is_a_whole_number_and_never_nothing_for_something(heard: int, length: int) -> None:
    share = percent(heard, length)
    assert 0 <= share <= 100
    assert (share > 0) == (heard > 0 and length > 0)
