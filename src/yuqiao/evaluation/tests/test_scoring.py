"""Points from target and actual: exact, bounded, explained; zero targets, bands, rounding, grades."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.evaluation.amounts import Rounding, read_amount, rounded
from yuqiao.evaluation.schemes import BEIJING, EACH_EVENT, SCHEMES, Scheme
from yuqiao.evaluation.scoring import Done, Indicator, band_of, budget_score, score, total
from yuqiao.evaluation.targets import Operator, Target, TargetError, read_target
from yuqiao.evaluation.tests.beijing import ROWS

D = Decimal
WEIGHTS = st.decimals(0, 30, places=2)
ACTUALS = st.decimals(0, 100_000, places=3)
TARGETS = st.builds(
    lambda operator, number: read_target(f"{operator.value}{number}"),
    st.sampled_from([one for one in Operator if one is not Operator.DONE]),
    st.decimals(0, 10_000, places=2),
)


def points(target: str, actual: str, weight: str = "10", scheme: Scheme = BEIJING) -> Decimal | None:
    return score(Indicator("", read_target(target), D(weight), D(actual)), scheme).value


def test_every_row_of_the_printed_form_comes_out() -> None:
    scores = [budget_score(D("149.164287"), D("149.73"), D(10), BEIJING)]
    assert scores[0].value == D("9.96")
    assert scores[0].explanation == "执行率99.62%，计9.96分。"
    for _one, _two, name, target, actual, weight, printed in ROWS:
        wanted = read_target(target)
        if wanted.amount is None:
            share = D(printed) / D(weight) * 100
            done = Done.DONE if share == 100 else Done.PARTLY
            got = score(Indicator(name, wanted, D(weight), done=done, share=share), BEIJING)
        else:
            amount = read_amount(actual.lstrip("‘＝≥"))
            assert amount is not None
            got = score(Indicator(name, wanted, D(weight), amount.value), BEIJING)
        assert got.value == D(printed), name
        assert got.over_achieved == (actual in {"676", "6期"}), name
        scores.append(got)
    assert total([one.value for one in scores if one.value is not None]) == D("95.96")
    assert BEIJING.grade(D("95.96")) == "优"


@given(target=TARGETS, actual=ACTUALS, weight=WEIGHTS, scheme=st.sampled_from(SCHEMES))
def test_points_lie_between_nothing_and_the_weight(target: Target, actual: D, weight: D, scheme: Scheme) -> None:
    got = score(Indicator("", target, weight, actual), scheme)
    assert got.value is not None
    assert 0 <= got.value <= weight
    assert got.explanation.endswith("。")


@given(target=TARGETS, one=ACTUALS, other=ACTUALS, weight=WEIGHTS)
def test_doing_better_never_costs_points(target: Target, one: D, other: D, weight: D) -> None:
    worse, better = sorted((one, other), reverse=target.smaller_is_better)
    low = score(Indicator("", target, weight, worse), BEIJING).value
    high = score(Indicator("", target, weight, better), BEIJING).value
    assert low is not None
    assert high is not None
    if target.operator is not Operator.MORE:
        assert low <= high


@pytest.mark.parametrize(
    ("target", "actual", "scheme", "got"),
    [
        ("＝1次", "0", BEIJING, "0.00"),
        ("＝0次", "0", BEIJING, "10.00"),
        ("＝0次", "1", BEIJING, "0.00"),
        ("＝0次", "1", EACH_EVENT, "5.00"),
        ("＝0次", "3", EACH_EVENT, "0.00"),
        ("≤50元", "0", BEIJING, "10.00"),
        ("≤50元", "80", BEIJING, "6.25"),
        ("＞5次", "5", BEIJING, "0.00"),
        ("≥3万条", "29999", BEIJING, "10.00"),
        ("≥3", "2", BEIJING, "6.67"),
    ],
)
def test_rules_of_thumb(target: str, actual: str, scheme: Scheme, got: str) -> None:
    assert points(target, actual, scheme=scheme) == D(got)


def test_what_cannot_be_told_says_why() -> None:
    assert score(Indicator("", read_target("≥1"), D(5)), BEIJING).value is None
    assert score(Indicator("", read_target("是"), D(5)), BEIJING).explanation == "没有写明是否完成，无法计分。"
    partly = score(Indicator("", read_target("是"), D(5), done=Done.PARTLY), BEIJING)
    assert (partly.value, "60%至80%" in partly.explanation) == (None, True)
    assert budget_score(D(1), D(0), D(10), BEIJING).value is None


@pytest.mark.parametrize(("share", "band"), [("100", 80), ("80", 80), ("79.99", 60), ("60", 60), ("59.9", 0), ("0", 0)])
def test_bands_are_half_open(share: str, band: int) -> None:
    assert band_of(D(share), BEIJING).low == band


@given(st.decimals(0, 100, places=2))
def test_every_total_has_one_grade(value: D) -> None:
    for scheme in SCHEMES:
        assert scheme.grade(value) in {grade.name for grade in scheme.grades}
    assert BEIJING.grade(D("89.99")) == "良"
    assert BEIJING.grade(D("90")) == "优"


def test_one_document_follows_two_rules_of_rounding() -> None:
    assert rounded(Fraction(34715, 350), 2, Rounding.TRUNCATE) == D("99.18")
    assert rounded(Fraction(34715, 350), 2) == D("99.19")
    assert rounded(Fraction(100400, 5187), 2) == D("19.36")
    assert rounded(D("-2.345"), 2) == D("-2.35")


@given(st.fractions(-1000, 1000), st.integers(0, 6))
def test_rounding_is_exact(value: Fraction, places: int) -> None:
    near, cut = rounded(value, places), rounded(value, places, Rounding.TRUNCATE)
    assert abs(Fraction(near) - value) <= Fraction(1, 2 * 10**places)
    assert abs(Fraction(cut)) <= abs(value)
    assert abs(Fraction(cut) - value) < Fraction(1, 10**places)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("≥3万条", "≥30000条"), ("‘＝96份", "＝96份"), (">= 1,000 次", "≥1000次"), ("２份", "＝2份"), ("是", "是")],
)
def test_targets_as_people_type_them(text: str, shown: str) -> None:
    assert str(read_target(text)) == shown


def test_a_target_that_says_nothing_is_refused() -> None:
    with pytest.raises(TargetError, match="write an operator"):
        read_target("尽快")
