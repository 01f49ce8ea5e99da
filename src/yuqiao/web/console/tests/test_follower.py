"""Following a table whose rows may become visible out of order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from yuqiao.web.console.follower import MOST_MISSING, PATIENCE_SECONDS, Follower


def look(follower: Follower, visible: set[int], at: float) -> list[int]:
    """What the feed does: ask for what is new or was skipped, and take it."""
    wanted = {one for one in visible if one > follower.newest} | (visible & set(follower.missing))
    return follower.take(wanted, at)


@given(st.lists(st.tuples(st.floats(0, PATIENCE_SECONDS - 1), st.booleans()), max_size=40), st.integers(0, 5))
def test_every_committed_row_is_seen_once_in_whatever_order(rows: list[tuple[float, bool]], first: int) -> None:
    """Row n+1 gets its id at second n/10 and is committed up to 14 s later, or rolled back."""
    follower = Follower(first)
    commits = {first + n + 1: n / 10 + delay for n, (delay, committed) in enumerate(rows) if committed}
    seen: list[int] = []
    at = 0.0
    while at < 25:
        seen += look(follower, {one for one, when in commits.items() if when <= at}, at)
        at += 0.2
    assert sorted(seen) == sorted(commits)


@given(st.lists(st.integers(1, 30), max_size=60))
def test_nothing_is_told_twice_however_often_it_is_shown(ids: list[int]) -> None:
    follower = Follower(0)
    told = [one for n, upto in enumerate(ids) for one in follower.take(range(1, upto + 1), n / 10)]
    assert told == sorted(set(told))


def test_patience_ends_with_ids_that_were_rolled_back() -> None:
    follower = Follower(10)
    assert follower.take([13], 0.0) == [13]
    assert follower.missing == [11, 12]
    assert follower.take([11], 1.0) == [11]
    follower.take([], PATIENCE_SECONDS + 1)
    assert follower.missing == []


def test_a_jump_of_the_sequence_does_not_fill_the_memory() -> None:
    follower = Follower(0)
    assert follower.take([10**12], 0.0) == [10**12]
    assert len(follower.missing) == MOST_MISSING
