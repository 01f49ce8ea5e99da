"""Who is rung and whose turn it is: properties of the order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from yuqiao.hotline.routing import Candidate, Wanted, match, queue, rank

LANGUAGES = ("en", "ja", "ko")
HELD = st.dictionaries(st.sampled_from(LANGUAGES), st.integers(1, 3), max_size=3)
LEVELS = HELD.map(lambda held: tuple(held.items()))
CANDIDATES = st.lists(
    st.builds(Candidate, st.integers(1, 40), st.sampled_from(["resident", "remote"]), st.floats(0, 1e6), LEVELS),
    max_size=12,
    unique_by=lambda one: one.id,
)
REQUESTS = st.lists(
    st.builds(
        Wanted,
        st.uuids().map(str),
        st.sampled_from(LANGUAGES),
        st.sampled_from([10, 50, 100]),
        st.booleans(),
        st.floats(0, 1e6),
        st.lists(st.integers(1, 40), max_size=4).map(tuple),
    ),
    max_size=8,
    unique_by=lambda one: one.id,
)


def test_resident_before_remote_then_level_then_longest_idle() -> None:
    wanted = Wanted("r", "en", 10, False, 0.0, tried=(5,))
    remote = Candidate(1, "remote", 0.0, (("en", 3),))
    modest = Candidate(2, "resident", 0.0, (("en", 1),))
    fresh = Candidate(3, "resident", 9.0, (("en", 2),))
    rested = Candidate(4, "resident", 1.0, (("en", 2), ("ja", 3)))
    tried = Candidate(5, "resident", 0.0, (("en", 3),))
    other = Candidate(6, "resident", 0.0, (("ko", 3),))
    assert rank(wanted, [remote, modest, fresh, rested, tried, other]) == [rested, fresh, modest, remote]


def test_replacements_then_priority_then_age() -> None:
    old, urgent = Wanted("old", "en", 10, False, 1.0), Wanted("urgent", "en", 100, False, 3.0)
    young, replacement = Wanted("young", "en", 10, False, 2.0), Wanted("replacement", "en", 10, True, 4.0)
    assert [one.id for one in queue([young, old, urgent, replacement])] == ["replacement", "urgent", "old", "young"]


@given(REQUESTS, CANDIDATES)
def test_nobody_serves_two_and_nobody_idles_while_wanted(requests: list[Wanted], candidates: list[Candidate]) -> None:
    matched = match(requests, candidates)
    assert len({one.id for one in matched.values()}) == len(matched)
    by_id = {request.id: request for request in requests}
    for request_id, candidate in matched.items():
        assert candidate.level(by_id[request_id].language) > 0
        assert candidate.id not in by_id[request_id].tried
    taken = {one.id for one in matched.values()}
    for request in requests:
        if request.id not in matched:
            assert all(one.id in taken for one in rank(request, candidates)), "left waiting though somebody was free"


@given(REQUESTS, CANDIDATES, st.randoms(use_true_random=False))
def test_the_order_in_which_rows_come_does_not_matter(
    requests: list[Wanted], candidates: list[Candidate], chance: st.DataObject
) -> None:
    before = match(requests, candidates)
    mixed_requests, mixed_candidates = list(requests), list(candidates)
    chance.shuffle(mixed_requests)  # type: ignore[attr-defined]
    chance.shuffle(mixed_candidates)  # type: ignore[attr-defined]
    assert match(mixed_requests, mixed_candidates) == before


@given(REQUESTS, CANDIDATES)
def test_the_head_of_the_queue_gets_her_best(requests: list[Wanted], candidates: list[Candidate]) -> None:
    order = queue(requests)
    if order:
        best = rank(order[0], candidates)
        assert match(requests, candidates).get(order[0].id) == (best[0] if best else None)
