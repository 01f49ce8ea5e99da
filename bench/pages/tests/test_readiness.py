"""When a page counts as interactive: series made up, held to Lighthouse's definition."""

from __future__ import annotations

from math import inf

from hypothesis import given
from hypothesis import strategies as st

from bench.pages.readiness import QUIET_MS, Span, crowded, interactive

LONG = 60_000.0
TASKS = st.lists(
    st.builds(lambda begin, lasts: Span(begin, begin + lasts), st.floats(0, 20_000), st.floats(50, 900)), max_size=12
)


def test_a_page_without_scripts_is_ready_when_it_is_painted_and_parsed() -> None:
    assert interactive(900, 950, [], [], LONG) == 950
    assert interactive(1200, 950, [], [], LONG) == 1200


def test_the_last_long_task_before_the_quiet_counts() -> None:
    tasks = [Span(1000, 1200), Span(3000, 3300), Span(9000, 9100)]
    assert interactive(900, 950, tasks, [], LONG) == 3300  # from 3300 to 9000 nothing happened


def test_a_task_before_the_paint_counts_only_until_the_paint() -> None:
    assert interactive(900, 850, [Span(200, 700)], [], LONG) == 900


def test_three_requests_at_once_are_no_quiet_but_what_counts_is_the_thread() -> None:
    requests = [Span(1000, 7000)] * 3
    assert interactive(900, 950, [Span(900, 1000)], requests, LONG) == 1000
    assert interactive(900, 950, [Span(900, 1000)], requests, 11_999) is None, "quiet begins at 7000 only"


def test_a_stream_that_never_ends_keeps_no_page_from_being_ready() -> None:
    assert interactive(900, 950, [], [Span(1000, inf)] * 2, LONG) == 950
    assert interactive(900, 950, [], [Span(1000, inf)] * 3, LONG) is None


def test_who_has_not_watched_for_long_enough_says_nothing() -> None:
    assert interactive(900, 950, [], [], 900 + QUIET_MS - 1) is None


@given(TASKS, st.floats(100, 5000))
def test_after_it_comes_no_long_task_for_five_seconds(tasks: list[Span], painted: float) -> None:
    ready = interactive(painted, painted, tasks, [], 1e6)
    assert ready is not None
    assert ready >= painted
    assert not any(one.begin < ready + QUIET_MS and one.end > ready for one in tasks)


@given(st.lists(st.builds(lambda at, lasts: Span(at, at + lasts), st.floats(0, 99), st.floats(0, 99)), max_size=8))
def test_crowds_are_where_more_than_two_are_under_way(requests: list[Span]) -> None:
    crowds = list(crowded(requests))
    for moment in (middle / 2 for middle in range(400)):
        under_way = sum(one.begin <= moment < one.end for one in requests)
        assert (under_way > 2) == any(one.begin <= moment < one.end for one in crowds)
