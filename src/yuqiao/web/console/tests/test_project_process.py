"""From the plan to the locked version on the pages: what is missing is said with its place, two people sign."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from yuqiao.accounts.models import Department, Person, Role
from yuqiao.evaluation.models import BudgetLine, Entered, Evidence, EvidenceFor, Indicator, Payment, Project
from yuqiao.evaluation.reporting import Answered, contradictions_of
from yuqiao.evaluation.versions import current
from yuqiao.lib.clock import now
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def people(db: None) -> list[Person]:
    return [cast.person(name, Role.PROJECT_MANAGER, name=name) for name in ("zhao", "qian", "sun")]


def entered(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def project(db: None) -> Project:
    office = Department.objects.create(code="fao", name_zh="市外办", name_en="FAO")
    made = Project.objects.create(
        code="p23",
        year=2023,
        name="语言环境",
        department=office,
        unit=office,
        scheme="beijing",
        goal="提升语言环境",
        achieved="语言环境得到提升",
        created_at=now(),
    )
    BudgetLine.objects.create(project=made, source="current", initial_fen=100_000_000)
    Payment.objects.create(project=made, amount_fen=100_000_000, paid_on="2023-05-01", payee="甲", entered_at=now())
    levels = (("产出指标", "数量指标", "提交总结", 60), ("效益指标", "社会效益指标", "服务渠道便捷", 20))
    for place, (level, kind, name, weight) in enumerate((*levels, ("满意度指标", "满意度", "服务满意", 10)), 1):
        one = Indicator.objects.create(
            project=made, position=place, level1=level, level2=kind, name=name, operator="是", weight=Decimal(weight)
        )
        Entered.objects.create(indicator=one, done="done", done_on="2023-07-01", entered_at=now())
        proof(one)
    return made


def proof(one: Indicator) -> None:
    day = dt.date(2023, 6, 30)
    paper = Evidence.objects.create(
        project=one.project,
        kind="other",
        title=f"{one.name}的材料",
        serial=f"{one.position}",
        happened_on=day,
        received_on=day,
        entered_at=now(),
    )
    EvidenceFor.objects.create(indicator=one, evidence=paper)


def here(project: Project, page: str = "process") -> str:
    return f"/projects/{project.pk}/{page}/"


def step(client: Client, project: Project, ask: str, **more: str) -> int:
    return client.post(here(project), {"ask": ask, **more}).status_code


def stage(project: Project) -> str:
    project.refresh_from_db()
    return project.stage


def reviewed(client: Client, project: Project) -> None:
    assert step(client, project, "begin") == 302
    assert step(client, project, "review") == 302
    for one in project.indicators.all():
        client.post(here(project, "review"), {"ask": "review", "row": one.pk, "note": "按计划推进"})
    assert step(client, project, "reviewed") == 302


def test_what_is_missing_stands_there_with_the_page_where_it_is_mended(people: list[Person], project: Project) -> None:
    zhao = entered(people[0])
    zhao.post(here(project), {"ask": "begin"})
    zhao.post(here(project), {"ask": "review"})
    text = zhao.get(here(project)).content.decode()
    assert "Not reviewed at mid-year: 提交总结" in text
    assert f'href="{here(project, "review")}"' in text
    said = zhao.post(here(project), {"ask": "reviewed"})
    assert said.status_code == 422
    assert "Not reviewed at mid-year" in said.content.decode()
    assert stage(project) == "mid_year"


def test_from_plan_to_lock_by_two_signatures(people: list[Person], project: Project) -> None:
    zhao, qian, sun = (entered(one) for one in people)
    reviewed(zhao, project)
    assert step(zhao, project, "freeze") == 302
    assert step(zhao, project, "draft") == 302
    text = "本项目{year}年实际支付{paid}万元。"
    zhao.post(here(project, "report"), {"ask": "write", "section": "background", "text": text})
    shown = zhao.get(here(project, "report")).content.decode()
    assert "2023" in shown
    assert "100" in shown
    for code, where in [(one.finding.code, one.finding.where) for one in contradictions(project)]:
        zhao.post(here(project, "report"), {"ask": "answer", "code": code, "where": where, "said": "已核实"})
    assert step(zhao, project, "submit") == 302, zhao.post(here(project), {"ask": "submit"}).content.decode()[-3000:]
    assert step(zhao, project, "pass") == 422, "nobody checks the own work"
    assert step(qian, project, "pass") == 302
    seen = project.frozen.order_by("-number")[0].sha256
    assert seen in qian.get(here(project)).content.decode()
    assert step(qian, project, "sign_head", seen="0" * 64) == 422, "another version than the one that was looked at"
    assert step(qian, project, "sign_head", seen=seen) == 302
    assert step(qian, project, "sign_manager", seen=seen) == 422, "one hand, two signatures"
    assert step(sun, project, "sign_manager", seen=seen) == 302
    assert stage(project) == "locked"
    number = project.frozen.order_by("-number")[0].number
    page = sun.get(f"/projects/{project.pk}/versions/{number}/").content.decode()
    assert "every figure can be counted again as it was" in page
    for name in ("form.pdf", "report.docx"):
        url = f"/projects/{project.pk}/versions/{number}/{name}"
        first, second = sun.get(url), sun.get(url)
        assert first.status_code == 200
        assert first.content == second.content
    assert sun.get(f"/projects/{project.pk}/versions/{number}/other.pdf").status_code == 404


def contradictions(project: Project) -> list[Answered]:
    return contradictions_of(project, current(project, now()))


def test_going_back_wants_a_reason(people: list[Person], project: Project) -> None:
    zhao = entered(people[0])
    reviewed(zhao, project)
    step(zhao, project, "freeze")
    assert step(zhao, project, "thaw") == 422
    assert step(zhao, project, "thaw", note="补录一笔支付") == 302
    assert "补录一笔支付" in zhao.get(here(project)).content.decode()
    assert stage(project) == "running"


def test_a_number_nobody_counts_is_refused_and_the_words_stay(people: list[Person], project: Project) -> None:
    zhao = entered(people[0])
    text = "全年共{colls}通。"
    said = zhao.post(here(project, "report"), {"ask": "write", "section": "content", "text": text})
    assert said.status_code == 422
    page = said.content.decode()
    assert "colls" in page.split("alarm")[1]
    assert text in page, "what was typed stays"


def test_claims_are_printed_or_withheld_with_their_reason(people: list[Person], project: Project) -> None:
    zhao = entered(people[0])
    text = zhao.get(here(project, "report")).content.decode()
    assert "Is printed" in text
    assert "Withheld" in text
    piece = project.evidence.all()[0]
    Evidence.objects.filter(pk=piece.pk).update(link="https://x.example/a")
    claim = text.split('id="c-')[2].split('"')[0]
    zhao.post(here(project, "report"), {"ask": "link", "claim": claim, "evidence": piece.pk})
    assert project.claims.get().claim == claim
    zhao.post(here(project, "report"), {"ask": "unlink", "link": project.claims.get().pk})
    assert not project.claims.exists()


def test_a_deviation_is_explained_on_the_review_page(people: list[Person], project: Project) -> None:
    zhao = entered(people[0])
    one = project.indicators.get(name="提交总结")
    Entered.objects.create(indicator=one, done="not", entered_at=now())
    page = here(project, "review")
    assert one.name in zhao.get(page).content.decode().split('id="deviations"')[1]
    zhao.post(page, {"ask": "explain", "row": one.pk, "cause": "活动取消", "remedy": "明年提前安排"})
    assert "活动取消" in zhao.get(f"/projects/{project.pk}/").content.decode()


def test_readers_see_every_page_and_take_no_step(client: Client, project: Project) -> None:
    client.force_login(cast.person("reader", Role.AUDITOR))
    for page in ("process", "review", "report"):
        text = client.get(here(project, page)).content.decode()
        assert 'name="ask"' not in text
        asked = {"process": "begin", "review": "explain", "report": "write"}[page]
        assert client.post(here(project, page), {"ask": asked}).status_code == 403
    assert client.get(f"/projects/{project.pk}/versions/1/").status_code == 404
    client.force_login(cast.person("clerk", Role.CLERK))
    assert [client.get(here(project, page)).status_code for page in ("process", "review", "report")] == [403] * 3
