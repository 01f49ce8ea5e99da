"""Groundwork, risks, schemes and a plan's spreadsheet on their pages; who may only read changes nothing."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from yuqiao.accounts.models import Department, Role
from yuqiao.evaluation import importing, plan_exchange
from yuqiao.evaluation.models import Groundwork, Indicator, Project, Risk, SchemeVersion, Stage
from yuqiao.evaluation.scheme_versions import copy_of
from yuqiao.evaluation.schemes import BEIJING, NATIONAL
from yuqiao.evaluation.tests.beijing import as_xlsx
from yuqiao.evaluation.tests.planned import added, begun
from yuqiao.lib.clock import now
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]
RISK = {"ask": "risk", "title": "译员离职", "likelihood": "3", "impact": "3", "owner": "主管", "measure": "调整班次"}
PAPER = {"ask": "paper", "kind": "forecast", "title": "来电量预测", "made_on": "2022-11-01"}


@pytest.fixture
def project() -> Project:
    Department.objects.create(code="fao", name_zh="市外办", name_en="FAO")
    made = begun()
    added(made, "转接外语电话", target="≥500个", formula="hotline:transfers")
    return made


@pytest.fixture
def zhao(client: Client) -> Client:
    client.force_login(cast.person("zhao", Role.PROJECT_MANAGER))
    client.cookies["django_language"] = "en"
    return client


def path(project: Project, page: str) -> str:
    return f"/projects/{project.pk}/{page}/"


def test_a_risk_is_entered_looked_at_again_and_shown_with_its_looks(zhao: Client, project: Project) -> None:
    page = path(project, "preparing")
    assert zhao.post(page, RISK | {"review_on": "2023-01-31"}).status_code == 302
    risk = Risk.objects.get()
    text = zhao.get(page).content.decode()
    assert 'data-weight="doubt">Middling' in text
    assert "overdue" in text
    look = {
        "ask": "look",
        "risk": str(risk.pk),
        "note": "九月离职",
        "state": "occurred",
        "likelihood": "5",
        "impact": "4",
    }
    zhao.post(page, look)
    text = zhao.get(page).content.decode()
    assert 'data-weight="error">High' in text
    assert "九月离职" in text
    assert "Occurred" in text
    assert '<option value="open"' not in text, "what occurred is not merely watched again"


def test_groundwork_is_filed_and_withdrawn_and_a_mistake_loses_no_word(zhao: Client, project: Project) -> None:
    page = path(project, "preparing")
    calls = Indicator.objects.get()
    response = zhao.post(page, PAPER | {"expected": "620", "text": "三年趋势"})
    assert response.status_code == 422
    text = response.content.decode()
    assert "A forecast belongs to an indicator" in text
    assert "三年趋势" in text
    zhao.post(page, PAPER | {"expected": "620", "indicator": str(calls.pk)})
    paper = Groundwork.objects.get()
    zhao.post(page, {"ask": "withdraw", "paper": str(paper.pk), "reason": "口径有误"})
    text = zhao.get(page).content.decode()
    assert re.search(r'class="withdrawn".*?620.*?', text, re.DOTALL)
    assert "口径有误" in text


def test_another_scheme_is_compared_and_followed_while_planning(zhao: Client, project: Project) -> None:
    page = path(project, "scheme")
    key = f"national@{NATIONAL.valid_from}"
    text = zhao.get(page, {"with": key}).content.decode()
    assert "Follow it" in text
    assert '<td class="end">6</td><td class="end">' in text
    assert '<td class="end">50</td>' in text, "the only output indicator gets all points of its category"
    assert zhao.get(page, {"with": "gone@2020-01-01"}).status_code == 404
    zhao.post(page, {"ask": "follow", "with": key})
    project.refresh_from_db()
    assert (project.scheme, project.scheme_from) == ("national", NATIONAL.valid_from)
    Project.objects.update(stage=Stage.RUNNING)
    assert zhao.post(page, {"ask": "follow", "with": f"beijing@{BEIJING.valid_from}"}).status_code == 422


def test_what_could_not_be_understood_stays_beside_the_plan_that_was_imported(zhao: Client, project: Project) -> None:
    assert 'id="problems"' not in zhao.get(path(project, "plan")).content.decode()
    by = cast.person("sun", Role.PROJECT_MANAGER)
    made = importing.confirm(importing.preview(as_xlsx(), "form.xlsx"), importing.Choice("old", "fao", "fao"), by=by)
    text = zhao.get(path(made, "plan")).content.decode()
    assert "What could not be understood when it was imported (3)" in text
    assert "不是实际数" in text


def test_a_version_is_entered_from_a_copy_and_what_cannot_score_is_said(zhao: Client, project: Project) -> None:
    page = path(project, "scheme")
    data = copy_of(BEIJING, "beijing", "北京 2026", dt.date(2026, 1, 1))
    form = {"ask": "enter", "code": "office", "name": "市外办考核", "valid_from": "2023-01-01"}
    for broken, said in (("{", "JSON"), (json.dumps(data | {"weights": {"产出指标": 1}}), "weights")):
        response = zhao.post(page, form | {"data": broken})
        assert response.status_code == 422
        assert said in response.content.decode()
    zhao.post(page, form | {"data": json.dumps(data)})
    made = SchemeVersion.objects.get()
    assert (made.code, made.name, made.valid_from) == ("office", "市外办考核", dt.date(2023, 1, 1))
    assert "市外办考核" in zhao.get(page).content.decode()


def test_a_spreadsheet_is_looked_at_and_taken_in(zhao: Client, project: Project) -> None:
    content = zhao.get(f"/projects/{project.pk}/plan/indicators.xlsx").content
    other = begun(code="other")
    page = path(other, "plan/sheet")
    shown = zhao.post(page, {"ask": "look", "file": SimpleUploadedFile("plan.xlsx", content)})
    text = shown.content.decode()
    assert "转接外语电话" in text
    assert not other.indicators.exists(), "a look takes nothing in"
    kept = re.search(r'name="kept" value="([^"]+)"', text)
    assert kept is not None
    assert zhao.post(page, {"ask": "take", "kept": kept[1]})["Location"] == path(other, "plan")
    assert plan_exchange.listed(other) == plan_exchange.listed(project)
    plain = zhao.post(page, {"ask": "look", "file": SimpleUploadedFile("plan.txt", b"nothing")}).content.decode()
    assert "请提交xlsx表格" in plain
    assert 'name="kept"' not in plain
    for content in (b"", b"PK\x03\x04torn", b"x" * 1_000_001):
        shown = zhao.post(page, {"ask": "look", "file": SimpleUploadedFile("plan.xlsx", content)})
        assert shown.status_code == 422
    assert zhao.post(page, {"ask": "take", "kept": "!"}).status_code == 422


def test_who_reads_only_sees_no_forms_and_changes_nothing(client: Client, project: Project) -> None:
    client.force_login(cast.person("qian", Role.AUDITOR))
    for page in ("preparing", "scheme", "plan/sheet"):
        text = client.get(path(project, page)).content.decode()
        assert 'method="post" enctype' not in text
        assert 'value="risk"' not in text
        assert 'value="enter"' not in text
    assert client.post(path(project, "preparing"), RISK).status_code == 403
    assert client.post(path(project, "scheme"), {"ask": "enter", "data": "{}"}).status_code == 403
    assert client.post(path(project, "plan/sheet"), {"ask": "take", "kept": ""}).status_code == 403
    client.force_login(cast.person("yi", Role.INTERPRETER))
    assert client.get(path(project, "preparing")).status_code == 403
    assert not Risk.objects.exists()
    assert now().year >= project.year
