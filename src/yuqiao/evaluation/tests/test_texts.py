"""Sections, deviations, claims and answers as rows: refused with a sentence, journaled without their words."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from yuqiao.accounts.models import JournalEntry, Person
from yuqiao.evaluation import reporting, texts
from yuqiao.evaluation.assembling import assemble
from yuqiao.evaluation.models import ClaimLink, Project, Stage
from yuqiao.evaluation.plan_rules import PlanError
from yuqiao.evaluation.report_figures import FigureError
from yuqiao.evaluation.sheet import Sheet
from yuqiao.evaluation.tests.world import indicator, piece, project
from yuqiao.hotline.models import Call, Line
from yuqiao.lib import clock

pytestmark = [pytest.mark.database, pytest.mark.django_db]
MAY = dt.date(2023, 5, 5)


@pytest.fixture
def li() -> Person:
    return Person.objects.create(username="li")


@pytest.fixture
def made() -> Project:
    of = project()
    indicator(of, "count:feedback_sheet", name="提交译文质量反馈表", amount=Decimal(2), unit="份", weight=Decimal(90))
    for _ in range(2):
        piece(of, "feedback_sheet", MAY)
    return of


def sheet_of(of: Project) -> Sheet:
    return assemble(of, clock.now())


def test_the_newest_text_counts_and_an_empty_one_brings_the_default_back(made: Project, li: Person) -> None:
    texts.write(made, "background", "第一稿", sheet_of(made), by=li)
    texts.write(made, "background", "完成{提交译文质量反馈表}。", sheet_of(made), by=li)
    assert reporting.report_of(made, sheet_of(made)).parts[0].paragraphs[0].text == "完成2份。"
    texts.write(made, "background", " ", sheet_of(made), by=li)
    assert reporting.report_of(made, sheet_of(made)).parts[0].paragraphs[0].text.startswith("语言环境由市外办")
    entry = JournalEntry.objects.order_by("-id")[0]
    assert (entry.action, entry.detail, entry.actor) == ("evaluation.write", {"section": "background"}, li)


def test_a_text_that_names_no_figure_is_refused_and_nothing_is_written(made: Project, li: Person) -> None:
    for text in ("承接{来电总数}通", "承接{hotline:nothing}通", "{count:nothing_known?x=1}"):
        with pytest.raises(FigureError, match="没有名为"):
            texts.write(made, "background", text, sheet_of(made), by=li)
    with pytest.raises(texts.TextError, match="no such section") as caught:
        texts.write(made, "preface", "x", sheet_of(made), by=li)
    assert caught.value.zh == "没有这一章节。"
    assert not made.sections.exists()


def test_figures_of_a_text_are_measured(made: Project) -> None:
    line = Line.objects.get_or_create(number="12345", defaults={"name_zh": "政府热线", "line_class": "government"})[0]
    for year, count in ((2022, 2), (2023, 3)):
        for _ in range(count):
            Call.objects.create(
                line=line, way_in="transferred", language="en", started_at=dt.datetime(year, 5, 5, 4, tzinfo=dt.UTC)
            )
    sheet = sheet_of(made)
    texts = ["{calls}通，{calls_before}通，{calls_more}通，{growth}，{share:sign_photo}"]
    found = reporting.figures_of(made, sheet, texts)
    asked = ("calls", "calls_before", "calls_more", "growth", "share:sign_photo")
    assert [found[name].text for name in asked] == ["3", "2", "增加1", "50.00%", None]
    assert found["growth"].source == "formula:growth:hotline:calls"


def test_a_deviation_reaches_the_form_and_needs_a_cause(made: Project, li: Person) -> None:
    one = made.indicators.get()
    with pytest.raises(PlanError, match="at most"):
        texts.explain(one, " ", "", by=li)
    texts.explain(one, "旧原因", "", by=li)
    texts.explain(one, "合同流程较长", "提前启动", by=li)
    row = sheet_of(made).rows[0]
    assert (row.cause, row.remedy) == ("合同流程较长", "提前启动")


def test_s9_evidence_or_a_figure_is_linked_to_a_claim_once(made: Project, li: Person) -> None:
    paper = piece(made, "approval", MAY, title="批复〔2023〕1号")
    sheet = sheet_of(made)
    first = texts.link(made, "basis", sheet, by=li, evidence=paper)
    assert texts.link(made, "basis", sheet, by=li, evidence=paper) == first
    texts.link(made, "policies", sheet, by=li, figure="提交译文质量反馈表")
    verdicts = {one.claim.code: one for one in reporting.verdicts_of(made, sheet)}
    assert verdicts["basis"].why == "佐证材料：批复文件《批复〔2023〕1号》。"
    assert verdicts["policies"].why == "佐证材料：提交译文质量反馈表：2份。"
    assert JournalEntry.objects.filter(action="evaluation.link").count() == 2
    texts.unlink(first, by=li)
    assert not {one.claim.code: one for one in reporting.verdicts_of(made, sheet)}["basis"].printed


def test_s9_a_claim_is_not_backed_by_nothing(made: Project, li: Person) -> None:
    sheet = sheet_of(made)
    other = piece(project("other"), "approval", MAY)
    gone = piece(made, "approval", MAY, withdrawn_at=clock.now())
    for wrong in ({"evidence": other}, {"evidence": gone}, {}, {"figure": " "}):
        with pytest.raises(texts.TextError):
            texts.link(made, "basis", sheet, by=li, **wrong)
    with pytest.raises(FigureError):
        texts.link(made, "basis", sheet, by=li, figure="好评")
    with pytest.raises(texts.TextError):
        texts.link(made, "perfect", sheet, by=li, figure="提交译文质量反馈表")
    ClaimLink.objects.create(project=made, claim="basis", evidence=gone, linked_at=clock.now())
    ClaimLink.objects.create(project=made, claim="policies", figure="改名以前的指标", linked_at=clock.now())
    printed = {one.claim.code for one in reporting.verdicts_of(made, sheet) if one.printed}
    assert not printed & {"basis", "policies"}


def test_s137_a_contradiction_is_answered_until_its_words_change(made: Project, li: Person) -> None:
    texts.write(made, "analysis", "提交译文质量反馈表为96份。", sheet_of(made), by=li)
    sheet = sheet_of(made)
    (found,) = reporting.contradictions_of(made, sheet)
    assert (found.finding.code, found.answer) == ("figure", None)
    texts.answer(made, "figure", found.finding.where, "含上年结转", sheet, by=li)
    (found,) = reporting.contradictions_of(made, sheet)
    assert found.answer is not None
    texts.write(made, "analysis", "提交译文质量反馈表为95份。", sheet, by=li)
    (found,) = reporting.contradictions_of(made, sheet)
    assert found.answer is None
    with pytest.raises(texts.TextError, match="no more"):
        texts.answer(made, "figure", "别处", "说明", sheet, by=li)


def test_nothing_is_written_once_the_department_checks(made: Project, li: Person) -> None:
    paper, sheet = piece(made, "approval", MAY), sheet_of(made)
    linked = texts.link(made, "basis", sheet, by=li, evidence=paper)
    Project.objects.filter(pk=made.pk).update(stage=Stage.CHECK)
    for act in (
        lambda: texts.write(made, "analysis", "x", sheet, by=li),
        lambda: texts.explain(made.indicators.get(), "x", "", by=li),
        lambda: texts.link(made, "policies", sheet, by=li, evidence=paper),
        lambda: texts.unlink(linked, by=li),
    ):
        with pytest.raises(PlanError) as caught:
            act()
        assert caught.value.code == "stage"
