"""The same facts under another scheme: weights shared out anew to the hundredth, scores by the other rules."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from yuqiao.evaluation.amounts import read_amount
from yuqiao.evaluation.schemes import BEIJING, BUDGET, BUDGET_TWENTY, GUANGZHOU, INVERSE_RATIO, NATIONAL
from yuqiao.evaluation.scoring import Done
from yuqiao.evaluation.sheet import Header, Measured, Money, Row, Sheet, evaluate
from yuqiao.evaluation.targets import read_target
from yuqiao.evaluation.tests.beijing import ROWS
from yuqiao.evaluation.what_if import shared, what_if

D = Decimal
NOW = dt.datetime(2024, 1, 10, tzinfo=dt.UTC)


def measured(actual: str, target: str, weight: str, points: str) -> Measured:
    if target == "是":
        share = D(points) / D(weight) * 100
        return Measured(done=Done.DONE if share == 100 else Done.PARTLY, share=share)
    amount = read_amount(actual.lstrip("‘＝≥"))
    assert amount is not None
    return Measured(value=Fraction(amount.value))


def beijing() -> Sheet:
    rows = [
        Row(n, level1, level2, name, read_target(target), D(weight), measured(actual, target, weight, points))
        for n, (level1, level2, name, target, actual, weight, points) in enumerate(ROWS, 1)
    ]
    money = [Money("当年财政拨款", 168_336_200, 149_730_000, 149_164_287)]
    head = Header("p", 2023, "语言环境", "市外办", "市外办（本级）")
    return evaluate(head, BEIJING, NOW, money, budget_weight=D(10), rows=rows)


def test_s121_beijing_s_form_loses_less_under_the_national_weights() -> None:
    found = what_if(beijing(), NATIONAL)
    assert found.now.total == D("95.96")
    assert {one.level1: sum(row.weight for row in found.other.leading if row.level1 == one.level1) for one in
            found.other.leading} == {"产出指标": 50, "效益指标": 30, "满意度指标": 10}  # fmt: skip
    event = next(one for one in found.rows if one.row.name == "组织线下主题活动")
    assert (event.row.weight, event.other.weight, event.difference) == (D(3), D("2.50"), D(0))
    assert found.difference == found.other.total - D("95.96")
    assert found.other.total > D("95.96"), "what was missed weighs less where output weighs less"
    assert found.other.grade == "优"


def test_more_points_for_the_budget_are_scored_by_the_same_execution() -> None:
    found = what_if(beijing(), BUDGET_TWENTY)
    assert (found.other.budget_weight, found.other.budget.value) == (D(20), D("19.92"))


def test_without_scaling_only_the_rules_change_and_a_scheme_without_weights_changes_none() -> None:
    assert what_if(beijing(), INVERSE_RATIO, scaled=False).difference == 0
    assert [row.weight for row in what_if(beijing(), GUANGZHOU).other.rows] == [row.weight for row in beijing().rows]


@given(st.dictionaries(st.integers(1, 50), st.decimals(0, 30, places=2), max_size=12), st.integers(0, 60))
def test_points_are_shared_out_to_the_last_hundredth(weights: dict[int, D], points: int) -> None:
    got = shared(weights, D(points))
    if sum(weights.values()) == 0:
        assert got == {}
        return
    assert sum(got.values()) == points
    whole = sum(map(Fraction, weights.values()), Fraction(0))
    for key, weight in weights.items():
        assert abs(Fraction(got[key]) - Fraction(weight) * points / whole) < Fraction(1, 100)
    assert BUDGET in NATIONAL.weights
