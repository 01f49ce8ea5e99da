"""S118–S136: what the two source documents say with numbers, each statement calculated again; and that none is missing.

What needs registers, texts or rows is shown where those are: lateness and contradictions in `test_contradictions`
(S127, S137), plans in `test_lint` and `test_planning` (S125, S126), the cities' rows in `yuqiao.samples`.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import yuqiao
from yuqiao.evaluation.amounts import Rounding, read_amount, rounded
from yuqiao.evaluation.audit import audit
from yuqiao.evaluation.findings import Finding, Weight, number
from yuqiao.evaluation.schemes import (
    BEIJING,
    BENEFIT,
    BUDGET,
    GUANGZHOU,
    INVERSE_RATIO,
    NATIONAL,
    OUTPUT,
    SATISFACTION,
    InverseRule,
)
from yuqiao.evaluation.scoring import (
    Done,
    Indicator,
    budget_score,
    execution_percent,
    percent,
    score,
    score_parts,
    total,
)
from yuqiao.evaluation.sheet import Measured, Row, actual_text
from yuqiao.evaluation.targets import Operator, Target, read_target
from yuqiao.evaluation.tests.beijing import PRINTED, REMARK_OF, ROWS

D = Decimal
INITIAL, ADJUSTED, EXECUTED = D("168.336200"), D("149.730000"), D("149.164287")
CAMPAIGN, SUMMARY, HALF_DONE = (
    "线下纠错活动",
    "多语言电话翻译服务提交半年总结",
    "7月底前完成制作视频2期，完成一次线下纠错",
)


def found(rule: str) -> list[Finding]:
    return [one for one in audit(PRINTED, BEIJING) if one.rule == rule]


def points(target: str, actual: str, weight: str) -> Decimal | None:
    return score(Indicator("", read_target(target), D(weight), D(actual)), BEIJING).value


def test_s118_the_budget_was_executed_at_99_62_per_cent_and_scores_9_96() -> None:
    got = budget_score(EXECUTED, ADJUSTED, D(10), BEIJING)
    assert got.ratio == Fraction(149_164_287, 149_730_000)
    assert execution_percent(got.ratio, BEIJING) == "99.62%"
    assert got.value == D("9.96")


def test_s119_weights_are_100_and_points_are_rounded_before_they_are_added() -> None:
    weights = [D(10), *(D(row[5]) for row in ROWS)]
    assert sum(weights) == 100
    printed = [D("9.96"), *(D(row[6]) for row in ROWS)]
    assert sum(printed[1:]) == D("86.00")
    assert total(printed) == D("95.96")
    unrounded = Fraction(10) * Fraction(EXECUTED) / Fraction(ADJUSTED) + 86
    assert rounded(unrounded, 5) == D("95.96222"), "added first, the total would have digits that no row shows"


def test_s120_against_the_initial_budget_the_rate_is_88_61_per_cent_and_1_10_points_less() -> None:
    by_adjusted = budget_score(EXECUTED, ADJUSTED, D(10), BEIJING)
    by_initial = budget_score(EXECUTED, INITIAL, D(10), BEIJING)
    assert by_initial.explanation == "执行率88.61%，计8.86分。"
    assert by_adjusted.value is not None
    assert by_initial.value is not None
    assert by_adjusted.value - by_initial.value == D("1.10")
    assert "88.61%、得8.86分" in found("budget-base")[0].sentence


def test_s121_beijing_s_weights_depart_from_the_national_ones() -> None:
    assert [BEIJING.weights[one] for one in (OUTPUT, BENEFIT, SATISFACTION, BUDGET)] == [60, 20, 10, 10]
    assert [NATIONAL.weights[one] for one in (OUTPUT, BENEFIT, SATISFACTION, BUDGET)] == [50, 30, 10, 10]
    departs = [one.where for one in audit(PRINTED, NATIONAL) if one.rule == "category-weight"]
    assert departs == [OUTPUT, BENEFIT]
    assert found("category-weight") == []


def test_s122_guangzhou_cuts_one_rate_and_rounds_the_other() -> None:
    executed, growth = Fraction(34715, 35000), Fraction(1004, 5187)
    assert rounded(executed * 100, 4) == D("99.1857")
    assert execution_percent(executed, GUANGZHOU) == "99.18%"
    assert execution_percent(executed, BEIJING) == "99.19%"
    assert percent(growth, GUANGZHOU) == "19.36%"
    assert rounded(growth * 100, 2, Rounding.TRUNCATE) == D("19.35")
    money = replace(PRINTED.funds[0], initial="350", adjusted="350", executed="347.15", rate="99.18%", points="")
    form = replace(PRINTED, funds=(money,))
    for scheme, told in ((BEIJING, ["rate-rounding"]), (GUANGZHOU, [])):
        assert [one.rule for one in audit(form, scheme) if one.where == money.name] == told


def test_s123_the_sums_of_the_report_are_right() -> None:
    assert 6191 - 5187 == 1004
    assert 3 + 93 + 8 == 104
    assert 104 - 89 == 15
    assert percent(Fraction(6191 - 5187, 5187), GUANGZHOU) == "19.36%"


def test_s124_a_share_without_its_sample_says_little() -> None:
    assert percent(Fraction(6191 - 5, 6191), GUANGZHOU) == "99.92%"
    smallest = next(n for n in range(1, 7000) if percent(Fraction(n - 1, n), GUANGZHOU) == "99.92%")
    assert smallest == 1177, "one who is not satisfied needs that many ratings"
    errors = [
        (part, of) for of in range(1, 121) for part in (1, 2) if percent(Fraction(part, of), GUANGZHOU) == "1.67%"
    ]
    assert errors == [(1, 60), (2, 120)]


def test_s125_what_was_cancelled_scores_nothing_while_its_target_stands() -> None:
    assert points("＝1次", "0", "3") == D("0.00")
    (asked,) = found("no-approval")
    assert asked.where == "组织线下主题活动"
    assert "没有调整指标的批复，也没有金额" in asked.sentence


def test_s126_half_of_a_compound_indicator_is_two_thirds_by_no_stated_rule() -> None:
    share = rounded(Fraction(200, 3), 1)
    assert (share, HALF_DONE in {one.where for one in found("compound")}) == (D("66.7"), True)
    one = Indicator(HALF_DONE, Target(Operator.DONE), D(3), done=Done.PARTLY, share=share)
    assert score(one, BEIJING).explanation == "部分达成预期指标并具有一定效果，按66.7%计2.00分。"
    assert score(replace(one, share=None), BEIJING).value is None, "nobody but the evaluator can tell the share"
    target = read_target("7月底前", 2023)
    video = Indicator("视频", target, D("1.5"), first_submitted=dt.date(2023, 7, 20))
    campaign = Indicator("纠错", target, D("1.5"), done=Done.NOT)
    assert score_parts(D(3), [video, campaign], BEIJING).value == D("1.50"), "split, the sub-weights say it"


def test_s127_lateness_hits_timeliness_alone_and_the_first_hand_in_counts() -> None:
    (late,) = found("late")
    assert (late.where, HALF_DONE in late.sentence) == (CAMPAIGN, True)
    (again,) = found("first-hand-in")
    assert (again.where, REMARK_OF[SUMMARY] in again.sentence) == (SUMMARY, True)
    first = Indicator(SUMMARY, read_target("7月底前", 2023), D(3), first_submitted=dt.date(2023, 7, 10))
    assert score(first, BEIJING).value == D("3.00")


def test_s128_a_target_of_nothing_has_no_ratio_but_a_rule() -> None:
    zero = [row for row in PRINTED.indicators if (target := read_target(row.target)).amount and target.is_zero]
    assert [row.name[:6] for row in zero] == ["违规接听电话", "服务电话拨打", "市政务服务局"]
    for actual, by_step, by_each in (("0", "3.00", "3.00"), ("1", "0.00", "1.50"), ("2", "0.00", "0.00")):
        asked = Indicator("", read_target("＝0次"), D(3), D(actual))
        assert [score(asked, one).value for one in (BEIJING, INVERSE_RATIO)] == [D(by_step), D(by_each)]
        assert score(replace(asked, target=read_target("≤0次")), BEIJING).value == D(by_step)
    assert INVERSE_RATIO.inverse is InverseRule.TARGET_BY_ACTUAL


def test_s129_two_indicators_were_over_achieved_without_a_reason() -> None:
    over = {one.where: one.sentence for one in found("over-achieved")}
    assert len(over) == 2
    assert "完成率135.20%" in over["转接12345.110.120.999.119等线路外语电话数量"]
    assert "完成率150.00%" in over["制作视频"]
    assert [points("≥500个", "676", "4"), points("≥4期", "6", "5")] == [D("4.00"), D("5.00")], "full, never cut"


def test_s130_at_least_100_per_cent_of_a_rate_is_100_per_cent() -> None:
    (one,) = found("rate-operator")
    assert (one.where, one.should) == ("多语言电话翻译服务响应率", "＝100%")


def test_s131_an_operator_is_no_actual() -> None:
    assert [one.where for one in found("operator-in-actual")] == ["全市重点场所外语标识采集数量", "抽查监督反馈率"]
    assert number("≥3万条") is None
    row = Row(1, "", "", "", read_target("≥3万条"), D(3), Measured(value=Fraction(30125)))
    assert actual_text(row) == "30125条", "what we print is a number from data"


def test_s132_stray_quotes_are_found_and_do_not_change_what_is_meant() -> None:
    assert len(found("stray-quote")) == 8
    assert read_target("‘＝96份") == read_target("’＝96份") == read_target("＝96份")


def test_s133_units_and_formats_are_told_from_numbers() -> None:
    assert {one.printed for one in found("unit")} == {"2", "96", "1", "676", "0"}
    assert len(found("weight-format")) == 1
    amounts = [read_amount(text) for text in ("2", "96", "6期", "0次", "10.00", "3万条")]
    assert [(one.value, one.unit) for one in amounts if one] == [
        (D(2), ""),
        (D(96), ""),
        (D(6), "期"),
        (D(0), "次"),
        (D("10.00"), ""),
        (D(30000), "条"),
    ]


def test_s134_yes_without_a_day_or_a_proof_is_asked_for_both() -> None:
    rules = {"evidence", "no-deadline", "deadline-in-name"}
    yes = {row.name for row in PRINTED.indicators if row.target == "是"}
    assert len(yes) == 5
    asked = {one.where for rule in (*rules, "first-hand-in") for one in found(rule)}
    assert yes - asked == {HALF_DONE}, "whose remark says why it was late"
    bare = replace(PRINTED, indicators=tuple(replace(row, remark="") for row in PRINTED.indicators))
    again = {one.where for one in audit(bare, BEIJING) if one.rule in rules}
    assert again == yes


def test_s135_a_slip_in_a_name_is_pointed_out() -> None:
    assert [(one.printed, one.should) for one in found("slip")] == [("整理满意度", "整体满意度")]


def test_s136_costs_and_three_kinds_of_benefit_are_missing() -> None:
    (one,) = found("categories")
    missing = ("成本指标", "经济效益指标", "生态效益指标", "可持续影响指标")
    assert one.sentence == f"没有设置{'、'.join(missing)}，需说明不适用的理由。"


def test_the_form_has_questions_and_no_error() -> None:
    assert [one for one in audit(PRINTED, BEIJING) if one.weight is Weight.ERROR] == []


def test_every_statement_from_s118_to_s137_has_a_test_of_its_name() -> None:
    root = Path(yuqiao.__file__).parent
    text = "".join(path.read_text("utf-8") for path in root.glob("*/tests/test_*.py"))
    named = {int(code) for name in re.findall(r"def test_(\w+)", text) for code in re.findall(r"s(1[123]\d)", name)}
    assert set(range(118, 138)) <= named
