"""Comments: whom a moment concerns, who sees a comment, and what she may do with it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from yuqiao.hotline.comment_rules import (
    TO_SETTLE,
    Kind,
    Reader,
    Said,
    Stay,
    concerned,
    fault,
    may_answer,
    may_settle,
    may_withdraw,
    sees,
)

READERS = st.builds(
    Reader, person=st.integers(1, 3), hears=st.booleans(), interpreter=st.one_of(st.none(), st.integers(1, 3))
)
SAID = st.builds(
    Said,
    author=st.integers(1, 3),
    about=st.one_of(st.none(), st.integers(1, 3)),
    kind=st.sampled_from(list(Kind)),
    answer=st.booleans(),
    withdrawn=st.booleans(),
    settled=st.booleans(),
)
STAYS = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 100), st.integers(0, 100)).map(
        lambda one: Stay(one[0], min(one[1:]), max(one[1:]))
    ),
    max_size=4,
)


@given(READERS, SAID)
def test_what_may_be_done_is_done_only_by_who_sees_it(reader: Reader, said: Said) -> None:
    verbs = may_answer(reader, said), may_withdraw(reader, said), may_settle(reader, said)
    if not sees(reader, said):
        assert not any(verbs)
    if said.withdrawn:
        assert not sees(reader, said)
    if said.settled:
        assert not any(verbs)


@given(READERS, SAID)
def test_an_interpreter_sees_what_concerns_her_alone_and_never_settles_it(reader: Reader, said: Said) -> None:
    hers = said.about is not None and said.about == reader.interpreter
    if not reader.hears:
        assert sees(reader, said) == (hers and not said.withdrawn)
    if hers or not reader.hears or said.kind not in TO_SETTLE:
        assert not may_settle(reader, said)
    if said.author != reader.person:
        assert not may_withdraw(reader, said)


@given(STAYS, st.integers(0, 100))
def test_a_moment_concerns_somebody_who_was_there(stays: list[Stay], at: int) -> None:
    who = concerned(stays, at)
    assert (who is None) == (not stays)
    on = {stay.interpreter for stay in stays if stay.begin_ms <= at <= stay.end_ms}
    assert not on or who in on


def test_after_a_hand_over_it_concerns_her_who_came() -> None:
    stays = [Stay(1, 0, 60), Stay(2, 50, 90)]
    assert [concerned(stays, at) for at in (0, 49, 55, 90, 99)] == [1, 1, 2, 2, 2]
    assert concerned([Stay(3, 40, 60)], 5) == 3, "what came before she was there"


def test_what_a_comment_must_hold() -> None:
    assert fault("error", "said 15, meant 50", 100, None, 1000) == ""
    assert fault("error", "said 15, meant 50", 100, 900, 1000) == ""
    assert fault("rant", "x", 0, None, 1000) == "kind"
    assert [fault("praise", text, 0, None, 1000) for text in ("", "  ", "x" * 1001)] == ["text"] * 3
    for at, until in ((-1, None), (1001, None), (500, 400), (500, 500), (500, 1001)):
        assert fault("praise", "x", at, until, 1000) == "moment"
