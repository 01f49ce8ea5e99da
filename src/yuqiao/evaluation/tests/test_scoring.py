"""Points from target and actual: exact, explained; zero targets, deadlines, parts, bands, rounding, grades."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.evaluation.amounts import Rounding, read_amount, rounded
from yuqiao.evaluation.schemes import BEIJING, INVERSE_RATIO, NATIONAL, SCHEMES, InverseRule, LateRule, Scheme
from yuqiao.evaluation.scoring import Done, Indicator, band_of, budget_score, score, score_parts, total
from yuqiao.evaluation.targets import TargetError, read_target
from yuqiao.evaluation.tests.beijing import ROWS

D = Decimal


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


@pytest.mark.parametrize(
    ("target", "actual", "scheme", "got"),
    [
        ("＝1次", "0", BEIJING, "0.00"),
        ("＝0次", "0", BEIJING, "10.00"),
        ("＝0次", "1", BEIJING, "0.00"),
        ("＝0次", "1", INVERSE_RATIO, "5.00"),
        ("＝0次", "3", INVERSE_RATIO, "0.00"),
        ("≤50元", "0", BEIJING, "10.00"),
        ("≤50元", "80", BEIJING, "6.25"),
        ("＞5次", "5", BEIJING, "10.00"),
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


def test_a_sign_decides_nothing_where_a_ratio_cannot() -> None:
    assert [points("≥0人", one) for one in ("0", "5")] == [D("10.00"), D("10.00")], "at least none forbids nothing"
    assert [points("＞0人", one) for one in ("0", "1")] == [D("0.00"), D("10.00")]
    assert [points("≥-5%", one) for one in ("-6", "-5", "1")] == [D("0.00"), D("10.00"), D("10.00")]
    assert [points("＜5次", one) for one in ("4", "5", "6")] == [D("10.00"), D("10.00"), D("8.33")]


@pytest.mark.parametrize(
    ("rule", "got"), [(InverseRule.TARGET_BY_ACTUAL, "6.25"), (InverseRule.EXCESS, "4.00"), (InverseRule.NONE, "0.00")]
)
def test_an_upper_limit_that_was_missed_has_three_rules(rule: InverseRule, got: str) -> None:
    assert points("≤50元", "80", scheme=replace(NATIONAL, inverse=rule)) == D(got)


@pytest.mark.parametrize(
    ("rule", "day", "got"),
    [
        (LateRule.NONE, "2023-07-31", "3.00"),
        (LateRule.NONE, "2023-08-01", "0.00"),
        (LateRule.SHARE, "2023-12-31", "1.80"),
        (LateRule.PER_DAY, "2023-08-01", "2.70"),
        (LateRule.PER_DAY, "2023-08-30", "0.00"),
    ],
)
def test_a_deadline_counts_the_first_hand_in(rule: LateRule, day: str, got: str) -> None:
    share = D("0.1") if rule is LateRule.PER_DAY else D("0.6")
    scheme = replace(BEIJING, late=rule, late_share=share)
    target = read_target("7月底前", 2023)
    one = score(Indicator("视频", target, D(3), first_submitted=dt.date.fromisoformat(day)), scheme)
    assert (one.value, one.met) == (D(got), day == "2023-07-31")
    assert day in one.explanation
    assert score(Indicator("视频", target, D(3)), scheme).value is None
    assert score(Indicator("视频", target, D(3), done=Done.NOT), scheme).value == 0


def test_a_compound_indicator_is_the_sum_of_its_parts() -> None:
    video = Indicator("视频", read_target("7月底前", 2023), D("2.00"), first_submitted=dt.date(2023, 7, 20))
    event = Indicator("纠错", read_target("7月底前", 2023), D("1.00"), done=Done.NOT)
    got = score_parts(D(3), [video, event], BEIJING)
    assert (got.value, got.met, [one.value for one in got.parts]) == (D("2.00"), False, [D("2.00"), D("0.00")])
    assert got.explanation == "“视频”2.00分（分值2），“纠错”0.00分（分值1），合计2.00分。"
    assert score_parts(D(4), [video, event], BEIJING).explanation.startswith("各部分分值合计3，应等于指标分值4")
    assert score_parts(D(3), [], BEIJING).value is None
    unknown = score_parts(D(3), [video, replace(event, done=None)], BEIJING)
    assert (unknown.value, unknown.explanation) == (None, "“纠错”没有首次提交日期，无法计分。")


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
    [
        ("≥3万条", "≥30000条"),
        ("‘＝96份", "＝96份"),
        (">= 1,000 次", "≥1000次"),
        ("２份", "＝2份"),
        ("是", "是"),
        ("不低于95%", "≥95%"),
        ("500个以上", "≥500个"),
        ("12月", "＝12月"),
        ("7月底前", "2023年7月31日前"),
        ("2023-02-28", "2023年2月28日前"),
        ("≤7月15日", "2023年7月15日前"),
    ],
)
def test_targets_as_people_type_them(text: str, shown: str) -> None:
    assert str(read_target(text, 2023)) == shown


def test_a_target_that_says_nothing_is_refused() -> None:
    with pytest.raises(TargetError, match="write an operator"):
        read_target("尽快")
    with pytest.raises(TargetError, match="2023年7月31日前"):
        read_target("7月底前")
    with pytest.raises(TargetError):
        read_target("2023年2月30日前")
