"""Rows of a project become a sheet: money, actuals from evidence, scores, total."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from yuqiao.accounts.models import Department
from yuqiao.evaluation.assembling import assemble, assemble_all
from yuqiao.evaluation.models import Adjustment, BudgetLine, Evidence, Indicator, MoneySource, Payment, Project
from yuqiao.evaluation.sheet import actual_text, in_ten_thousand
from yuqiao.lib import clock

pytestmark = [pytest.mark.database, pytest.mark.django_db]
NEW_YEAR = dt.date(2023, 1, 1)


@pytest.fixture
def project() -> Project:
    office = Department.objects.create(code="fao", name_zh="市外办", name_en="FAO")
    made = Project.objects.create(
        code="p", year=2023, name="语言环境", department=office, unit=office, scheme="beijing", created_at=clock.now()
    )
    BudgetLine.objects.create(project=made, source=MoneySource.CURRENT, initial_fen=168_336_200)
    Adjustment.objects.create(
        project=made,
        source=MoneySource.CURRENT,
        amount_fen=-18_606_200,
        reason="取消活动",
        approval="批复",
        decided_on=NEW_YEAR,
        entered_at=clock.now(),
    )
    Payment.objects.create(
        project=made, amount_fen=149_164_287, paid_on=NEW_YEAR, payee="供应商", entered_at=clock.now()
    )
    return made


def indicator(project: Project, **fields: object) -> Indicator:
    given = {
        "level1": "产出指标",
        "level2": "数量指标",
        "name": "反馈表",
        "weight": Decimal(6),
        "position": 1,
        **fields,
    }
    return Indicator.objects.create(project=project, **given)


def test_money_is_added_up_and_scored_by_the_adjusted_budget_and_by_the_initial_one(project: Project) -> None:
    sheet = assemble(project, clock.now())
    whole, current, carried, _other = sheet.money
    assert [in_ten_thousand(one) for one in (whole.initial_fen, whole.adjusted_fen, whole.executed_fen)] == [
        "168.336200",
        "149.730000",
        "149.164287",
    ]
    assert current.executed_fen == whole.executed_fen
    assert in_ten_thousand(carried.executed_fen) == "—"
    assert (sheet.budget.value, sheet.budget_initial.value) == (Decimal("9.96"), Decimal("8.86"))
    assert sheet.header.unit == "市外办（本级）"


def test_evidence_is_counted_within_the_year_and_without_what_was_withdrawn(project: Project) -> None:
    indicator(project, operator="＝", amount=4, unit="份", formula="count:feedback_sheet")
    for number, day in enumerate(("2023-01-01", "2023-12-31", "2024-01-01", "2023-05-05")):
        Evidence.objects.create(
            project=project,
            kind="feedback_sheet",
            title=f"表{number}",
            happened_on=day,
            received_on=day,
            entered_at=clock.now(),
            withdrawn_at=clock.now() if number == 3 else None,
        )
    row = assemble(project, clock.now()).rows[0]
    assert (row.measured.value, row.measured.backed) == (Fraction(2), 2)
    assert actual_text(row) == "2份"
    assert row.score.value == Decimal("3.00")


def test_a_compound_indicator_is_the_sum_of_its_parts_and_counts_once(project: Project) -> None:
    whole = indicator(project, operator="是", weight=Decimal(3), name="7月底前")
    for place, (name, done) in enumerate((("视频2期", "done"), ("线下纠错一次", "not")), 2):
        part = indicator(
            project, operator="是", name=name, position=place, parent=whole, weight=Decimal(2 if done == "done" else 1)
        )
        part.entered.create(done=done, entered_at=clock.now())
    sheet = assemble(project, clock.now())
    assert [row.score.value for row in sheet.rows] == [Decimal("2.00"), Decimal("2.00"), Decimal("0.00")]
    assert (sheet.total, sheet.open, sheet.grade) == (Decimal("11.96"), 0, "差")


def test_what_is_not_measured_is_open_and_leaves_no_grade(project: Project) -> None:
    indicator(project, operator="是")
    sheet = assemble(project, clock.now())
    assert (sheet.open, sheet.grade, sheet.total) == (1, "", Decimal("9.96"))


def test_many_projects_take_as_many_queries_as_one_and_come_out_as_each_alone(
    project: Project, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    others = []
    for number in range(3):
        other = Project.objects.create(
            code=f"other-{number}", year=2023, name="另一项目", department=project.department, unit=project.unit,
            scheme="beijing", scheme_from=dt.date(2021, 1, 1), created_at=clock.now(),
        )  # fmt: skip
        BudgetLine.objects.create(project=other, source=MoneySource.OTHER, initial_fen=100 * number)
        indicator(other, operator="≥", amount=number + 1, unit="份", formula="count:feedback_sheet")
        others.append(other)
    indicator(project, operator="是")
    Project.objects.filter(pk=project.pk).update(scheme_from=dt.date(2021, 1, 1))
    at = clock.now()
    every = list(Project.objects.select_related("department", "unit").order_by("pk"))
    assert [assemble(one, at) for one in every] == assemble_all(every, at)
    with CaptureQueriesContext(connection) as of_four:
        assemble_all(every, at)
    with django_assert_num_queries(len(of_four)):
        assemble_all([every[1], every[0]], at)
    assert assemble_all([], at) == []
