"""Projects and their dashboard: who may see them, what stands there, and the way from a number to its rows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yuqiao.accounts.models import Department, Role
from yuqiao.evaluation.models import (
    Adjustment,
    BudgetLine,
    Deviation,
    Entered,
    Evidence,
    EvidenceFor,
    Indicator,
    MoneySource,
    Payment,
    Project,
)
from yuqiao.lib.clock import now
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]
YEAR = 2023


@pytest.fixture
def project(db: None) -> Project:
    office = Department.objects.create(code="fao", name_zh="市外办", name_en="FAO")
    made = Project.objects.create(
        code="p23", year=YEAR, name="语言环境", department=office, unit=office, scheme="beijing", created_at=now()
    )
    BudgetLine.objects.create(project=made, source=MoneySource.CURRENT, initial_fen=168_336_200)
    change = {"amount_fen": -18_606_200, "reason": "取消活动", "approval": "批复", "decided_on": "2023-05-01"}
    Adjustment.objects.create(project=made, source=MoneySource.CURRENT, entered_at=now(), **change)
    Payment.objects.create(
        project=made, amount_fen=149_164_287, paid_on=dt.date(YEAR, 6, 1), payee="甲", entered_at=now()
    )
    return made


def indicator(project: Project, name: str, **fields: object) -> Indicator:
    given: dict[str, object] = {
        "level1": "产出指标",
        "level2": "数量指标",
        "weight": Decimal(6),
        "position": project.indicators.count() + 1,
        "operator": "是",
        **fields,
    }
    return Indicator.objects.create(project=project, name=name, **given)


def piece(project: Project, number: int, **fields: object) -> Evidence:
    day = dt.date(YEAR, 3, number)
    given: dict[str, object] = {"kind": "feedback_sheet", "title": f"反馈表{number}", "happened_on": day, **fields}
    return Evidence.objects.create(project=project, received_on=day, entered_at=now(), **given)


@pytest.fixture
def zhao(client: Client) -> Client:
    client.force_login(cast.person("zhao", Role.PROJECT_MANAGER))
    return client


def page(client: Client, path: str) -> str:
    response = client.get(path, headers={"accept-language": "en"})
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_says_score_money_gaps_and_the_grade_only_when_all_is_scored(zhao: Client, project: Project) -> None:
    indicator(project, "社会知晓度提升", weight=Decimal(90))
    text = page(zhao, "/projects/")
    assert "<b>9.96</b> / 10" in text
    assert "99.62%" in text
    assert "88.61%" in text, "against the initial budget, which is worth a point more (S120)"
    assert "not scored yet:" in text
    assert "Evidence 1" not in text, "nobody has said yet that it was done"
    Entered.objects.create(indicator=project.indicators.get(), done="done", entered_at=now())
    text = page(zhao, "/projects/")
    assert '<b>99.96</b> / 100 <span lang="zh">优</span>' in text
    assert "Evidence 1" in text, "now somebody has, without proof"


def test_the_dashboard_shows_target_actual_share_light_score_and_why(zhao: Client, project: Project) -> None:
    indicator(project, "译文质量反馈表", operator="＝", amount=4, unit="份", formula="count:feedback_sheet")
    video = indicator(project, "制作视频", operator="≥", amount=4, unit="期")
    Entered.objects.create(indicator=video, value=6, entered_at=now())
    for number in (1, 2, 3):
        piece(project, number)
    text = page(zhao, f"/projects/{project.pk}/")
    for said in ("＝4份", "3份", "75%", "Target missed", "按比例计4.50分", "150%", "far above target"):
        assert said in text, said
    assert text.count("still to be explained") == 2, "one that fell short, and one far above its target (S129)"
    Deviation.objects.create(indicator=video, cause="两期合拍为系列", remedy="按期复核", entered_at=now())
    assert page(zhao, f"/projects/{project.pk}/").count("still to be explained") == 1


def test_a_number_leads_to_its_rows_and_withdrawn_ones_do_not_count(zhao: Client, project: Project) -> None:
    sheets = indicator(project, "反馈表", operator="＝", amount=2, unit="份", formula="count:feedback_sheet")
    piece(project, 1)
    piece(project, 2, withdrawn_at=now())
    text = page(zhao, f"/projects/{project.pk}/indicators/{sheets.pk}/")
    assert "Rows that are counted (1)" in text
    assert "反馈表1" in text
    assert "反馈表2" not in text


def test_a_hotline_figure_leads_to_the_calls_it_counts(zhao: Client, project: Project) -> None:
    project.year = timezone.localdate(now()).year
    project.save()
    calls = indicator(project, "转接电话", operator="≥", amount=1, unit="个", formula="hotline:calls")
    call = cast.finished_call()
    text = page(zhao, f"/projects/{project.pk}/indicators/{calls.pk}/")
    assert f"/calls/{call.pk}/" in text


def test_evidence_closes_the_gap(zhao: Client, project: Project) -> None:
    task = indicator(project, "提交半年总结", deadline=dt.date(YEAR, 7, 31))
    Entered.objects.create(indicator=task, done="done", entered_at=now())
    path = f"/projects/{project.pk}/indicators/{task.pk}/"
    assert "尚未附佐证材料" in page(zhao, path)
    EvidenceFor.objects.create(indicator=task, evidence=piece(project, 1, title="总结.docx"))
    text = page(zhao, path)
    assert "尚未附佐证材料" not in text
    assert "总结.docx" in text


def test_years_stand_side_by_side_by_the_indicators_name(zhao: Client, project: Project) -> None:
    indicator(project, "反馈表", operator="＝", amount=96, unit="份", formula="count:feedback_sheet")
    indicator(project, "只有去年的")
    after = Project.objects.create(
        code="p24",
        year=YEAR + 1,
        name="语言环境",
        department=project.department,
        unit=project.unit,
        scheme="beijing",
        before=project,
        created_at=now(),
    )
    indicator(after, "反馈表", operator="＝", amount=100, unit="份", formula="count:feedback_sheet")
    assert f"p={project.pk}&amp;p={after.pk}" in page(zhao, f"/projects/{after.pk}/")
    text = page(zhao, f"/projects/compare/?p={after.pk}&p={project.pk}&p=x&p=999999999999999")
    assert text.count("<small>数量指标</small>") == 2
    assert text.index("＝96份") < text.index("＝100份"), "the older year first"


def test_names_are_escaped_and_unknown_pages_are_not_found(zhao: Client, project: Project) -> None:
    one = indicator(project, "<b>粗</b>", operator="≥", amount=1, unit="<i>")
    text = page(zhao, f"/projects/{project.pk}/")
    assert "<b>粗" not in text
    assert "<i>" not in text.replace('<i aria-hidden="true">', "").replace("<i></i>", "")
    other = Project.objects.create(
        code="q", year=1, name="q", department=project.department, unit=project.unit, scheme="beijing", created_at=now()
    )
    for path in (f"/projects/{other.pk}/indicators/{one.pk}/", "/projects/0/"):
        assert zhao.get(path).status_code == 404


@pytest.mark.parametrize("role", [Role.INTERPRETER, Role.AGENT, Role.CLERK, Role.ADMINISTRATOR, Role.SUPPLIER_MANAGER])
def test_others_do_not_see_projects(client: Client, project: Project, role: Role) -> None:
    client.force_login(cast.person("somebody", role))
    for path in ("/projects/", f"/projects/{project.pk}/", f"/projects/compare/?p={project.pk}"):
        assert client.get(path).status_code == 403
    assert "/projects/" not in client.get("/").content.decode()


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SUPERVISOR])
def test_auditors_and_supervisors_read(client: Client, project: Project, role: Role) -> None:
    client.force_login(cast.person("somebody", role))
    assert "语言环境" in page(client, "/projects/")
    assert "/projects/" in page(client, "/board/")


def test_a_hundred_projects_take_as_many_queries_as_two(zhao: Client, project: Project) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as made:
            page(zhao, f"/projects/?year={YEAR}")
        return len(made)

    def more(number: int) -> None:
        other = Project.objects.create(
            code=f"q{number}",
            year=YEAR,
            name=f"项目{number}",
            department=project.department,
            unit=project.unit,
            scheme="beijing",
            created_at=now(),
        )
        for name in ("反馈表", "总结"):
            indicator(other, name, operator="＝", amount=4, unit="份", formula="count:feedback_sheet")
        Entered.objects.create(indicator=indicator(other, "办理"), done="done", entered_at=now())

    more(0)
    page(zhao, "/projects/")
    few = queries()
    for number in range(1, 12):
        more(number)
    assert queries() == few
