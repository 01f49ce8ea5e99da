"""Guangzhou's numbers come out of rows (S33, S35, S37, S89, S112–S117), and each moves with its rows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from yuqiao.cases.models import WorkOrder
from yuqiao.evaluation.amounts import Rounding, rounded
from yuqiao.evaluation.assembling import assemble
from yuqiao.evaluation.models import Evidence, EvidenceResult, Payment, Project
from yuqiao.evaluation.scoring import execution_percent
from yuqiao.evaluation.sheet import Row, Sheet, actual_text, in_ten_thousand
from yuqiao.hotline.models import Agreement, Call, Line, Rating
from yuqiao.outreach.models import Activity, Honour
from yuqiao.samples import figures
from yuqiao.samples.guangzhou import GUANGZHOU

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def sheet_of(project: Project) -> Sheet:
    return assemble(project, GUANGZHOU.evaluated_at)


def row(project: Project, name: str) -> Row:
    return next(one for one in sheet_of(project).leading if one.name == name)


def said(project: Project) -> dict[str, str]:
    return {one.code: one.text for one in figures.every(project, sheet_of(project))}


def test_the_money_is_the_sources_and_its_rate_is_cut_not_rounded(guangzhou: Project) -> None:
    sheet = sheet_of(guangzhou)
    whole = sheet.money[0]
    assert (in_ten_thousand(whole.adjusted_fen), in_ten_thousand(whole.executed_fen)) == ("350.000000", "347.150000")
    assert sheet.budget.ratio is not None
    assert execution_percent(sheet.budget.ratio, sheet.scheme) == "99.18%"
    assert rounded(sheet.budget.ratio * 100, 2, Rounding.HALF_UP) == Decimal("99.19")
    assert "99.18%" in sheet.budget.explanation


@pytest.mark.parametrize("place", range(len(GUANGZHOU.planned)))
def test_each_indicator_comes_out_as_printed(guangzhou: Project, place: int) -> None:
    planned, found = GUANGZHOU.planned[place], sheet_of(guangzhou).leading[place]
    assert (found.level1, found.level2, found.name) == (
        planned.ours("level1"), planned.printed.level2, planned.printed.name,
    )  # fmt: skip
    assert actual_text(found) == planned.ours("actual")
    assert found.score.value == found.weight
    assert found.measured.definition


def test_the_grade_of_the_source_has_a_number_behind_it(guangzhou: Project) -> None:
    sheet = sheet_of(guangzhou)
    assert (sheet.grade, sheet.open) == ("优秀", 0)
    assert sum(one.weight for one in sheet.leading) + sheet.budget_weight == 100
    assert sheet.total == Decimal("99.92")


def test_s123_the_sums_of_the_report_come_out_of_calls_and_lines(guangzhou: Project) -> None:
    texts = said(guangzhou)
    wanted = {"calls": "6191", "calls_before": "5187", "calls_more": "+1004", "calls_growth": "19.36%"}
    wanted |= {"lines_linked": "104", "lines_emergency": "3", "lines_government": "93", "lines_public": "8"}
    wanted |= {"lines_merged": "89", "lines_alone": "15", "agreements": "181", "joint": "9"}
    assert {code: texts[code] for code in wanted} == wanted
    Call.objects.filter(started_at__year=2021, outcome="abandoned")[0].delete()
    Line.objects.filter(line_class="government", merged_into__isnull=False, calls=None)[0].delete()
    texts = said(guangzhou)
    changed = {"calls": "6190", "calls_more": "+1003", "calls_growth": "19.34%"}
    changed |= {"lines_linked": "103", "lines_government": "92", "lines_merged": "88", "lines_alone": "15"}
    assert {code: texts[code] for code in changed} == changed


def test_s124_a_share_keeps_its_numerator_and_its_sample(guangzhou: Project) -> None:
    satisfied, errors = row(guangzhou, "服务对象满意度"), row(guangzhou, "质检差错率")
    assert (satisfied.measured.numerator, satisfied.measured.denominator) == (1249, 1250)
    assert (errors.measured.numerator, errors.measured.denominator) == (1, 60)
    assert (actual_text(satisfied), actual_text(errors)) == ("99.92%", "1.67%")
    one = Rating.objects.filter(score=5)[0]
    Rating.objects.filter(pk=one.pk).update(score=1)
    assert actual_text(row(guangzhou, "服务对象满意度")) == "99.84%"
    Evidence.objects.filter(kind="quality_sample", result=EvidenceResult.FAILED).update(result=EvidenceResult.PASSED)
    assert actual_text(row(guangzhou, "质检差错率")) == "0%"


def test_a_department_without_agreement_an_order_too_late_a_payment_less_show(guangzhou: Project) -> None:
    Agreement.objects.filter(department__code="street-office").delete()
    assert actual_text(row(guangzhou, "平台服务覆盖政务及公共服务部门数")) == "180家"
    order = WorkOrder.objects.all()[0]
    WorkOrder.objects.filter(pk=order.pk).update(answered_at=order.due_at + dt.timedelta(seconds=1))
    assert actual_text(row(guangzhou, "服务完成及时率")) == "99.58%"
    Payment.objects.filter(amount_fen=86_150_000).delete()
    assert said(guangzhou)["rate"] == "74.57%"


def test_eight_foreign_languages_are_served_and_chinese_is_the_ninth(guangzhou: Project) -> None:
    served = set(Call.objects.exclude(language="").values_list("language", flat=True))
    assert len(served - {"zh"}) == 8
    assert "zh" in served


def test_events_and_honours_are_the_sources(guangzhou: Project) -> None:
    joint = Activity.objects.filter(kind="joint", state="done")
    partners = set(joint.values_list("partner", flat=True))
    assert joint.count() == 9
    assert {"广州白云机场96158客服热线团队", "猎德街外国人管理服务中心", "广州地铁96891客服中心"} < partners
    assert Activity.objects.filter(kind="exhibition").count() == 3
    assert Honour.objects.count() == 3
