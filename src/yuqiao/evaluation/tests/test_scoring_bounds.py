"""What holds for every target, operator, actual, weight and scheme: bounds, monotony, exactness, an explanation."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from yuqiao.evaluation.amounts import Amount, Rounding
from yuqiao.evaluation.schemes import SCHEMES, InverseRule, LateRule, Scheme, ZeroRule
from yuqiao.evaluation.scoring import Done, Indicator, Score, budget_score, score, score_parts, total
from yuqiao.evaluation.targets import COUNTED, Operator, Target

D = Decimal
NUMBERS = st.decimals(-1_000_000, 1_000_000, places=3) | st.integers(-20, 20).map(Decimal)
WEIGHTS = st.decimals(0, 100, places=4)
DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31))
SCHEMES_OF_ALL_RULES = st.builds(
    replace,
    st.sampled_from(SCHEMES),
    rounding=st.sampled_from(Rounding),
    execution_rounding=st.sampled_from(Rounding),
    points_places=st.integers(0, 4),
    zero=st.sampled_from(ZeroRule),
    zero_share=st.decimals(0, 1, places=2),
    inverse=st.sampled_from(InverseRule),
    late=st.sampled_from(LateRule),
    late_share=st.decimals(0, 1, places=2),
)
COUNTS = st.builds(
    Target, st.sampled_from(sorted(COUNTED)), st.builds(Amount, NUMBERS, st.sampled_from(["", "%", "次", "万元"]))
)
TARGETS = COUNTS | st.just(Target(Operator.DONE)) | st.builds(Target, st.just(Operator.BY), deadline=DAYS)
SHARES = st.decimals(-10, 110, places=2)
INDICATORS = st.builds(
    Indicator,
    st.text(max_size=5),
    TARGETS,
    WEIGHTS,
    st.none() | NUMBERS | st.fractions(-1000, 1000) | st.just(D("NaN")),
    st.none() | st.sampled_from(Done),
    st.none() | SHARES,
    st.none() | DAYS,
)


def in_bounds(got: Score, weight: Decimal, scheme: Scheme) -> None:
    assert got.explanation.endswith("。")
    if got.value is not None:
        assert 0 <= got.value <= weight
        places = got.value.as_tuple().exponent
        assert isinstance(places, int)
        assert -places <= scheme.points_places, "rounded as the scheme says"


@settings(max_examples=500)
@given(INDICATORS, SCHEMES_OF_ALL_RULES)
def test_nothing_raises_and_points_lie_between_nothing_and_the_weight(one: Indicator, scheme: Scheme) -> None:
    in_bounds(score(one, scheme), one.weight, scheme)


@given(INDICATORS, st.sampled_from(["NaN", "-1", "Infinity"]), SCHEMES_OF_ALL_RULES)
def test_a_weight_that_is_none_gives_no_points(one: Indicator, weight: str, scheme: Scheme) -> None:
    assert score(replace(one, weight=D(weight)), scheme).value is None


@settings(max_examples=500)
@given(COUNTS, NUMBERS, NUMBERS, WEIGHTS, SCHEMES_OF_ALL_RULES)
def test_doing_better_never_costs_points(target: Target, one: D, other: D, weight: D, scheme: Scheme) -> None:
    worse, better = sorted((one, other), reverse=target.smaller_is_better)
    low = score(Indicator("", target, weight, worse), scheme)
    high = score(Indicator("", target, weight, better), scheme)
    if low.value is not None and high.value is not None:
        assert low.value <= high.value


@given(COUNTS, st.integers(-3, 3), WEIGHTS, SCHEMES_OF_ALL_RULES)
def test_points_do_not_jump_down_at_the_target(target: Target, step: int, weight: D, scheme: Scheme) -> None:
    assert target.amount is not None
    at = target.amount.value + step
    beside = at - 1 if target.smaller_is_better else at + 1
    here, better = (score(Indicator("", target, weight, one), scheme).value for one in (at, beside))
    if here is not None and better is not None:
        assert here <= better


@given(DAYS, DAYS, DAYS, WEIGHTS, SCHEMES_OF_ALL_RULES)
def test_an_earlier_day_is_never_worse(
    deadline: dt.date, one: dt.date, other: dt.date, weight: D, scheme: Scheme
) -> None:
    target = Target(Operator.BY, deadline=deadline)
    early, late = (score(Indicator("", target, weight, first_submitted=day), scheme) for day in sorted((one, other)))
    assert early.value is not None
    assert late.value is not None
    assert early.value >= late.value
    assert early.met == (min(one, other) <= deadline)


@given(SHARES, SHARES, WEIGHTS, SCHEMES_OF_ALL_RULES)
def test_a_higher_share_is_never_worse(one: D, other: D, weight: D, scheme: Scheme) -> None:
    target = Target(Operator.DONE)
    low, high = (
        score(Indicator("", target, weight, done=Done.PARTLY, share=share), scheme).value
        for share in sorted((one, other))
    )
    if low is not None and high is not None:
        assert low <= high


@given(NUMBERS, NUMBERS, WEIGHTS, SCHEMES_OF_ALL_RULES)
def test_the_budget_is_bounded_too(executed: D, budget: D, weight: D, scheme: Scheme) -> None:
    got = budget_score(executed, budget, weight, scheme)
    in_bounds(got, weight, scheme)
    assert (got.value is None) == (budget <= 0)
    assert got.over_achieved == (budget > 0 and executed > budget)


@given(COUNTS, NUMBERS, WEIGHTS, SCHEMES_OF_ALL_RULES)
def test_points_are_off_the_exact_share_by_less_than_one_place(
    target: Target, actual: D, weight: D, scheme: Scheme
) -> None:
    got = score(Indicator("", target, weight, actual), scheme)
    if got.value is not None and got.ratio is not None:
        exact = Fraction(weight) * max(Fraction(0), min(got.ratio, Fraction(1)))
        assert abs(Fraction(got.value) - exact) < Fraction(1, 10**scheme.points_places)


@given(st.lists(INDICATORS, max_size=5), SCHEMES_OF_ALL_RULES, st.booleans())
def test_parts_add_up_or_there_is_no_score(parts: list[Indicator], scheme: Scheme, right: bool) -> None:
    weight = sum((one.weight for one in parts), D(0)) + (0 if right else 1)
    got = score_parts(weight, parts, scheme)
    if got.value is not None:
        assert right
        assert got.value == total([one.value for one in got.parts if one.value is not None])
        in_bounds(got, weight, scheme)
    elif right and parts:
        assert any(score(one, scheme).value is None for one in parts)


@given(st.lists(st.decimals(0, 30, places=2), max_size=60))
def test_rounded_points_are_added_exactly(values: list[D]) -> None:
    assert Fraction(total(values)) == sum((Fraction(one) for one in values), Fraction(0))
