"""What is said without proof is found: entered values, what is to be done, days, things known by name only."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.accounts.models import JournalEntry
from yuqiao.evaluation import entering, evidence, formulas
from yuqiao.evaluation.entering import Actual
from yuqiao.evaluation.evidence_gaps import gaps, gaps_of
from yuqiao.evaluation.evidence_rules import EvidenceError, Facts
from yuqiao.evaluation.models import Indicator, Project, Stage
from yuqiao.evaluation.plan_rules import PlanError
from yuqiao.evaluation.scoring import Done
from yuqiao.evaluation.tests.world import indicator, project
from yuqiao.lib import clock

rows = pytest.mark.usefixtures("db")
pytestmark = pytest.mark.database
D = dt.date


def qualitative(of: Project, **fields: object) -> Indicator:
    return indicator(of, "entered", operator="是", amount=None, unit="", **fields)


def codes(of: Project) -> list[str]:
    return [one.code for one in gaps(of)]


@rows
def test_s134_what_is_said_to_be_done_needs_a_proof() -> None:
    of = project()
    asked = qualitative(of, name="提升知晓度")
    assert codes(of) == []
    entering.enter(asked, Actual(done=Done.NOT), by=None)
    assert codes(of) == []
    entering.enter(asked, Actual(done=Done.DONE), by=None)
    assert [(one.name, one.zh) for one in gaps(of)] == [("提升知晓度", "填报为“是”，尚未附佐证材料。")]
    piece = evidence.add(of, Facts("survey", "调查", D(2023, 5, 1), "1"), by=None, indicators=[asked])
    assert codes(of) == []
    evidence.withdraw(piece, "错误", by=None)
    assert codes(of) == ["no_proof_done"]


@rows
def test_s131_an_entered_number_needs_a_proof() -> None:
    of = project()
    asked = indicator(of, "entered")
    entering.enter(asked, Actual(value=Decimal(30000)), by=None)
    assert codes(of) == ["no_proof"]


@rows
def test_a_day_needs_a_proof_of_that_day_or_before() -> None:
    of = project()
    asked = qualitative(of, deadline=D(2023, 7, 31))
    entering.enter(asked, Actual(done=Done.DONE, done_on=D(2023, 7, 20)), by=None)
    evidence.add(of, Facts("work_summary", "总结", D(2023, 12, 1), "1"), by=None, indicators=[asked])
    assert [one.zh for one in gaps(of)] == ["填报于2023-07-20完成，但没有当日或之前的佐证材料。"]
    evidence.add(of, Facts("work_summary", "总结", D(2023, 7, 20), "2"), by=None, indicators=[asked])
    assert codes(of) == []


@rows
def test_things_of_which_only_the_name_is_known_are_counted_but_missed() -> None:
    of = project()
    indicator(of, "count:inspection_report")
    evidence.add(of, Facts("inspection_report", "报告", D(2023, 5, 1), "1"), by=None)
    assert [one.zh for one in gaps(of)] == ["“抽查监督报告”中有1件没有附原件。"]


@rows
def test_a_compound_indicator_is_proved_by_its_parts() -> None:
    of = project()
    whole = qualitative(of, name="7月底前")
    part = qualitative(of, name="视频", parent=whole, position=2)
    for one in (whole, part):
        entering.enter(one, Actual(done=Done.DONE), by=None)
    assert [one.name for one in gaps(of)] == ["视频"]


@rows
def test_a_hundred_projects_are_judged_in_a_few_queries() -> None:
    for number in range(100):
        of = project(f"p{number}")
        entering.enter(qualitative(of), Actual(done=Done.DONE), by=None)
        indicator(of, "count:nothing", name="错")
    with CaptureQueriesContext(connection) as asked:
        found = gaps_of(Project.objects.all())
    assert len(asked) <= 6
    assert {tuple(one.code for one in each) for each in found.values()} == {("no_proof_done", "formula")}


@rows
def test_what_is_counted_cannot_be_entered_nor_after_the_freeze() -> None:
    of = project()
    with pytest.raises(EvidenceError, match="counted from rows"):
        entering.enter(indicator(of, "count:feedback_sheet"), Actual(value=Decimal(1)), by=None)
    asked = indicator(of, "entered")
    entering.enter(asked, Actual(numerator=99, denominator=100), by=None)
    assert formulas.measure(asked, clock.now()).numerator == 99
    assert JournalEntry.objects.filter(action="actual.enter").count() == 1
    Project.objects.update(stage=Stage.FROZEN)
    with pytest.raises(PlanError):
        entering.enter(asked, Actual(value=Decimal(1)), by=None)


@pytest.mark.parametrize(
    "actual",
    [
        Actual(),
        Actual(value=Decimal(1), numerator=1, denominator=1),
        Actual(numerator=1),
        Actual(numerator=2, denominator=1),
        Actual(numerator=-1, denominator=1),
        Actual(numerator=0, denominator=0),
        Actual(value=Decimal("NaN")),
        Actual(value=Decimal("Infinity")),
        Actual(value=Decimal("0.00001")),
        Actual(value=Decimal(10) ** 14),
        Actual(value=Decimal(1), done_on=D(2025, 1, 1)),
    ],
)
def test_numbers_that_cannot_be_are_refused(actual: Actual) -> None:
    with pytest.raises(EvidenceError):
        entering.check(actual, rate=True, counted=True, today=D(2024, 1, 1))


@given(
    actual=st.builds(
        Actual,
        value=st.none() | st.decimals(allow_nan=True),
        numerator=st.none() | st.integers(),
        denominator=st.none() | st.integers(),
        share=st.none() | st.decimals(allow_nan=True),
        done=st.none() | st.sampled_from(Done),
    ),
    counted=st.booleans(),
)
def test_whatever_is_entered_is_taken_or_refused_with_a_sentence(actual: Actual, counted: bool) -> None:
    try:
        entering.check(actual, rate=True, counted=counted, today=D(2024, 1, 1))
    except EvidenceError as error:
        assert error.zh.endswith("。")  # noqa: PT017 (either outcome is right, and both are judged)
        return
    part, whole = actual.numerator, actual.denominator
    assert counted or actual.done is not None
    assert not counted or actual.value is not None or (part is not None and whole and 0 <= part <= whole)
