"""Changing a plan on its pages: head, goals, indicators, targets with approval, money; and nothing typed is lost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from yuqiao.accounts.models import Department, JournalEntry, Role
from yuqiao.evaluation.models import Indicator, Project
from yuqiao.lib.clock import now
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]
HEAD = {
    "code": "p26",
    "year": "2026",
    "name": "语言环境",
    "department": "fao",
    "unit": "fao",
    "unit_is_itself": "on",
    "scheme": "beijing",
    "budget_weight": "10",
    "goal": "提升语言环境",
}
INDICATOR = {
    "level1": "产出指标",
    "level2": "数量指标",
    "name": "译文质量反馈表",
    "target": "＝96份",
    "weight": "6",
    "formula": "count:feedback_sheet",
}


@pytest.fixture
def zhao(client: Client) -> Client:
    Department.objects.create(code="fao", name_zh="市外办", name_en="FAO")
    client.force_login(cast.person("zhao", Role.PROJECT_MANAGER))
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def project(zhao: Client) -> Project:
    zhao.post("/projects/begin/", HEAD | {"year": str(timezone.localdate(now()).year - 1)})
    return Project.objects.get()


def path(project: Project, page: str) -> str:
    return f"/projects/{project.pk}/{page}/"


def test_a_project_is_begun_and_its_head_changed(zhao: Client) -> None:
    response = zhao.post("/projects/begin/", HEAD)
    made = Project.objects.get()
    assert response["Location"] == path(made, "plan")
    assert (made.year, made.scheme, made.unit_is_itself) == (2026, "beijing", True)
    assert 'value="语言环境"' in zhao.get(path(made, "change")).content.decode()
    zhao.post(path(made, "change"), HEAD | {"name": "国际语言环境", "manager_phone": "010-1", "phone_public": "on"})
    made.refresh_from_db()
    assert (made.name, made.phone_public) == ("国际语言环境", True)
    text = zhao.get(path(made, "plan")).content.decode()
    assert "国际语言环境" in text
    assert "printed on public copies" in text


def test_a_mistake_is_said_and_what_was_typed_stays(zhao: Client) -> None:
    response = zhao.post("/projects/begin/", HEAD | {"budget_weight": "zehn", "goal": "很长的目标"})
    assert response.status_code == 422
    text = response.content.decode()
    assert "This is no number: zehn" in text
    assert "很长的目标" in text
    assert 'value="p26"' in text
    assert not Project.objects.exists()


def test_next_year_begins_like_this_one(zhao: Client, project: Project) -> None:
    zhao.post(path(project, "plan"), {"ask": "add"} | INDICATOR)
    zhao.post("/projects/begin/from/", {"before": project.pk, "code": "next"})
    later = Project.objects.get(code="next")
    assert (later.before, later.year) == (project, project.year + 1)
    assert later.indicators.get().name == "译文质量反馈表"
    zhao.post("/projects/begin/from/", {"before": project.pk, "code": "next"})
    assert Project.objects.count() == 2


def test_goals_stand_beside_what_was_achieved(zhao: Client, project: Project) -> None:
    form = {"ask": "strands", "id": ["", ""], "name": ["译文监督", ""], "goal": ["抽查译文", ""]}
    zhao.post(path(project, "plan"), form)
    strand = project.strands.get()
    form = {"ask": "achieved", "whole": "全部完成", "id": [str(strand.pk)], "achieved": ["抽查 <b>96</b> 份"]}
    zhao.post(path(project, "plan"), form)
    text = zhao.get(path(project, "plan")).content.decode()
    assert "抽查 &lt;b&gt;96&lt;/b&gt; 份" in text
    assert "全部完成" in text
    zhao.post(path(project, "plan"), {"ask": "strands", "id": [strand.pk], "name": [""], "goal": [""]})
    assert not project.strands.exists()


def test_indicators_are_added_ordered_changed_split_and_removed(zhao: Client, project: Project) -> None:
    zhao.post(path(project, "plan"), {"ask": "add"} | INDICATOR)
    zhao.post(
        path(project, "plan"), {"ask": "add"} | INDICATOR | {"name": "完成视频和纠错", "target": "是", "weight": "3"}
    )
    second = project.indicators.get(name="完成视频和纠错")
    zhao.post(path(project, "plan"), {"ask": "move", "indicator": second.pk})
    assert [one.name for one in project.indicators.all()] == ["完成视频和纠错", "译文质量反馈表"]
    form = f"/projects/{project.pk}/indicators/{second.pk}/change/"
    zhao.post(
        form,
        {
            "ask": "split",
            "name": ["视频2期", "线下纠错", "", ""],
            "target": ["≥2期", "是", "是", "是"],
            "weight": ["2", "1", "", ""],
            "deadline": ["", f"{project.year}-07-31", "", ""],
        },
    )
    assert [(one.name, one.weight) for one in second.parts.all()] == [("视频2期", Decimal(2)), ("线下纠错", Decimal(1))]
    first = project.indicators.get(name="译文质量反馈表")
    form = f"/projects/{project.pk}/indicators/{first.pk}/change/"
    zhao.post(form, {"ask": "change"} | INDICATOR | {"target": "≥100份"})
    first.refresh_from_db()
    assert (first.operator, first.amount) == ("≥", Decimal(100))
    said = zhao.post(form, {"ask": "change"} | INDICATOR | {"target": "hundert"})
    assert said.status_code == 422
    assert 'value="hundert"' in said.content.decode()
    assert zhao.post(form, {"ask": "remove"})["Location"] == path(project, "plan")
    assert not Indicator.objects.filter(pk=first.pk).exists()


def test_a_running_plan_changes_its_targets_only_with_an_approval(zhao: Client, project: Project) -> None:
    zhao.post(path(project, "plan"), {"ask": "add"} | INDICATOR)
    one = project.indicators.get()
    Project.objects.update(stage="running")
    form = f"/projects/{project.pk}/indicators/{one.pk}/change/"
    assert 'value="remove"' not in zhao.get(form).content.decode()
    asked = {
        "ask": "target",
        "target": "＝80份",
        "reason": "活动取消",
        "approval": "",
        "approved_on": f"{project.year}-06-01",
    }
    said = zhao.post(form, asked)
    assert said.status_code == 422
    assert "活动取消" in said.content.decode()
    zhao.post(form, asked | {"approval": "批复〔2026〕8号"})
    one.refresh_from_db()
    assert one.amount == Decimal(80)
    text = zhao.get(f"/projects/{project.pk}/indicators/{one.pk}/").content.decode()
    assert "批复〔2026〕8号" in text
    assert zhao.post(path(project, "plan"), {"ask": "add"} | INDICATOR | {"name": "新"}).status_code == 422


def test_money_is_set_adjusted_paid_and_taken_back(zhao: Client, project: Project) -> None:
    page, year = path(project, "money"), project.year
    zhao.post(page, {"ask": "initial", "source": "current", "amount": "168.3362万元"})
    change = {"source": "current", "amount": "-18.6062万元", "reason": "取消活动", "approval": "批复"}
    zhao.post(page, {"ask": "adjust", **change, "approved_on": f"{year}-01-01"})
    pay = {"ask": "pay", "source": "current", "amount": "1,491,642.87元", "paid_on": f"{year}-01-02", "payee": "甲公司"}
    zhao.post(page, pay)
    text = zhao.get(page).content.decode()
    for said in ("168.336200", "149.730000", "149.164287", "99.62%", "88.61%", "取消活动", "甲公司"):
        assert said in text, said
    payment = project.payments.get()
    zhao.post(page, {"ask": "reverse", "payment": payment.pk, "paid_on": f"{year}-01-03", "reason": "误付"})
    assert "0.000000" in zhao.get(page).content.decode()
    bad = zhao.post(page, pay | {"amount": "viel"})
    assert bad.status_code == 422
    assert 'value="viel"' in bad.content.decode()
    assert JournalEntry.objects.filter(action="payment.enter").count() == 1


def test_more_than_the_budget_is_entered_and_said(zhao: Client, project: Project) -> None:
    pay = {"ask": "pay", "source": "current", "amount": "1元", "paid_on": f"{project.year}-01-01", "payee": "甲"}
    said = zhao.post(path(project, "money"), pay, follow=True).content.decode()
    assert "More was paid from this source than its budget holds." in said


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SUPERVISOR])
def test_readers_read_and_change_nothing(client: Client, project: Project, role: Role) -> None:
    client.force_login(cast.person("reader", role))
    for page in ("plan", "money"):
        text = client.get(path(project, page)).content.decode()
        assert 'name="ask"' not in text
        assert client.post(path(project, page), {"ask": "add" if page == "plan" else "pay"}).status_code == 403
    for closed in ("/projects/begin/", path(project, "change")):
        assert client.get(closed).status_code == 403
    assert client.post(path(project, "plan"), {"ask": "nothing"}).status_code == 404


def test_a_project_of_another_year_keeps_its_rows_apart(zhao: Client, project: Project) -> None:
    zhao.post("/projects/begin/", HEAD | {"code": "other", "year": "2031"})
    other = Project.objects.get(code="other")
    zhao.post(path(project, "plan"), {"ask": "add"} | INDICATOR)
    one = project.indicators.get()
    assert zhao.get(f"/projects/{other.pk}/indicators/{one.pk}/change/").status_code == 404
    assert zhao.post(path(other, "plan"), {"ask": "move", "indicator": one.pk}).status_code == 404
