"""Times that overlap: what they cover together and what is left, checked moment by moment."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from yuqiao.hotline.figures.intervals import Interval, milliseconds, union, within, without

ZERO = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
SPANS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda one: (ZERO + one[0] * MINUTE, ZERO + one[1] * MINUTE)),
    max_size=8,
)


def covered(spans: list[Interval]) -> set[int]:
    return {n for n in range(41) if any(begin <= ZERO + n * MINUTE < end for begin, end in spans)}


def apart_and_in_order(spans: list[Interval]) -> bool:
    moments = [moment for span in spans for moment in span]
    return moments == sorted(moments) and len(set(moments)) == len(moments)


@given(SPANS)
def test_a_union_covers_what_its_parts_cover_once(spans: list[Interval]) -> None:
    assert covered(union(spans)) == covered(spans)
    assert apart_and_in_order(union(spans))
    assert milliseconds(union(spans)) == len(covered(spans)) * 60_000


@given(SPANS, SPANS)
def test_what_is_left_is_covered_by_the_one_and_not_by_the_other(spans: list[Interval], taken: list[Interval]) -> None:
    assert covered(without(spans, taken)) == covered(spans) - covered(taken)


@given(SPANS, st.integers(0, 40), st.integers(0, 40))
def test_what_is_within_lies_within(spans: list[Interval], first: int, last: int) -> None:
    since, until = ZERO + first * MINUTE, ZERO + last * MINUTE
    assert covered(within(spans, since, until)) == covered(spans) & set(range(first, last))


def test_fractions_of_milliseconds_are_cut_once_at_the_end() -> None:
    short = dt.timedelta(microseconds=600)
    assert milliseconds([(ZERO, ZERO + short), (ZERO, ZERO + short)]) == 1
