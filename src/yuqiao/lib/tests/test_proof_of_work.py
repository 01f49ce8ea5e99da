"""A proof of work: the task ends, only its number answers it, and nobody makes or stretches a task of ours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.lib.proof_of_work import LIFE, ProofError, check, give, read, solve

KEY = b"k" * 32
NOW = 1_800_000_000.0


@given(most=st.integers(1, 12), now=st.integers(0, 4_000_000_000))
def test_every_task_is_solved_by_exactly_one_number_below_its_end(most: int, now: int) -> None:
    text = give("callback", KEY, now, most)
    task = read(text, "callback", KEY, now + LIFE)
    assert (task.most, task.begun) == (most, now)
    answer = solve(text)
    fitting = []
    for number in range(most + 1):
        try:
            check(task, str(number))
        except ProofError:
            continue
        fitting.append(str(number))
    assert fitting == [answer]


@given(place=st.integers(0, 230), sign=st.sampled_from("0123456789abcdef.-"))
def test_a_changed_task_is_none_of_ours(place: int, sign: str) -> None:
    text = give("callback", KEY, NOW, 2)
    changed = text[:place] + sign + text[place + 1 :]
    if changed != text:
        with pytest.raises(ProofError) as refused:
            read(changed, "callback", KEY, NOW)
        assert refused.value.code == "broken"


@pytest.mark.parametrize("text", ["", "callback", "x" * 5000, "callback.1.1.1.٣.a.b"])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(ProofError):
        read(text, "callback", KEY, NOW)
    with pytest.raises(ProofError):
        solve(text)


def test_a_task_is_good_for_its_aim_and_its_time_only() -> None:
    text = give("call", KEY, NOW, 2)
    with pytest.raises(ProofError, match="broken"):
        read(text, "callback", KEY, NOW)
    with pytest.raises(ProofError, match="broken"):
        read(text, "call", b"other", NOW)
    with pytest.raises(ProofError, match="late"):
        read(text, "call", KEY, NOW + LIFE + 1)


@pytest.mark.parametrize("answer", ["", "-1", "99999999", "1.0", "٣", "0 "])
def test_an_answer_is_a_plain_number(answer: str) -> None:
    task = read(give("call", KEY, NOW, 2), "call", KEY, NOW)
    with pytest.raises(ProofError, match="wrong"):
        check(task, answer)
