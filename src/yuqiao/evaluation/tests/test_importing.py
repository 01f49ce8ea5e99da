"""A printed form becomes a project: a look first, then everything or nothing; our own documents come back the same."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from yuqiao.accounts.models import Department, JournalEntry
from yuqiao.documents.blocks import Document
from yuqiao.documents.docx import to_docx
from yuqiao.documents.pdf import to_pdf
from yuqiao.documents.xlsx import to_xlsx
from yuqiao.evaluation.assembling import assemble
from yuqiao.evaluation.findings import Weight
from yuqiao.evaluation.importing import Choice, Mended, comparison, confirm, preview, preview_text, problems_of
from yuqiao.evaluation.models import Entered, ImportedForm, Project, Stage
from yuqiao.evaluation.plan_rules import PlanError
from yuqiao.evaluation.printing.copies import Copy
from yuqiao.evaluation.printing.self_evaluation import self_evaluation
from yuqiao.evaluation.sheet import Row, Sheet
from yuqiao.evaluation.tests import beijing
from yuqiao.evaluation.tests.planned import wen
from yuqiao.lib import clock

pytestmark = [pytest.mark.database, pytest.mark.django_db]
FORM = beijing.as_xlsx()
CHOICE = Choice("language-2023", "fao", "fao")


@pytest.fixture(autouse=True)
def office() -> Department:
    return Department.objects.create(code="fao", name_zh="市人民政府外事办公室")


def imported(code: str = "language-2023") -> Project:
    return confirm(preview(FORM, "form.xlsx"), replace(CHOICE, code=code), by=wen())


def test_the_printed_form_of_beijing_becomes_a_project_with_the_printed_points() -> None:
    project = imported()
    sheet = assemble(project, clock.now())
    assert (project.name, project.year, project.stage) == ("国际语言环境建设服务", 2023, Stage.PLAN)
    assert (project.scheme, sheet.scheme.name) == ("beijing", "北京市 项目支出绩效自评表")
    assert [(one.initial_fen, one.adjusted_fen, one.executed_fen) for one in sheet.money[:2]] == [
        (168_336_200, 149_730_000, 149_164_287),
    ] * 2
    assert [row.name for row in sheet.rows] == [row[2] for row in beijing.ROWS]
    assert [row.score.value for row in sheet.rows] == [Decimal(row[6]) for row in beijing.ROWS]
    assert (sheet.total, sheet.grade) == (Decimal("95.96"), "优")
    assert [one for one in comparison(project, clock.now()) if one.differs] == []
    assert comparison(project, clock.now())[-1].printed == Decimal("95.96")


def test_what_was_not_an_actual_is_said_and_kept_with_the_project() -> None:
    shown = preview(FORM, "form.xlsx")
    assert not shown.draft.blocked
    said = {one.where.partition(" ")[2][:8]: one.sentence for one in shown.draft.problems}
    assert "不是实际数" in said["全市重点场所外语"]
    assert "66.67%按原表得分推算" in said["7月底前完成制作"]
    assert [one for one in shown.findings if one.weight is Weight.ERROR] == []
    assert not Project.objects.exists(), "a look keeps nothing"
    project = imported()
    assert problems_of(project) == list(shown.draft.problems)
    signs = Entered.objects.get(indicator__name="全市重点场所外语标识采集数量")
    assert signs.value == 30000
    assert signs.basis.startswith("导入自form.xlsx。原表实际完成值写作“≥3万条”")


def the_same(one: Sheet, other: Sheet) -> None:
    def told(sheet: Sheet) -> list[object]:
        def bare(row: Row) -> Row:
            return replace(row, id=0, cause=row.remark, measured=replace(row.measured, definition=""))

        return [bare(row) for row in sheet.rows]

    assert told(other) == told(one)
    assert (other.money, other.budget, other.total) == (one.money, one.budget, one.total)
    assert (other.goal, other.achieved) == (one.goal, one.achieved)
    assert replace(other.header, code="") == replace(one.header, code="")


GOAL = "2023年该项目将通过定期抽查网站译文质量，促进网站服务能力提升；为公共服务热线提供多语言电话翻译服务。" * 2
DONE = "2023年，委托供应商抽查网站，及时反馈译文问题；为全市紧急热线提供电话翻译服务，转接外语电话676个。" * 2


@pytest.mark.parametrize("write", [to_docx, to_xlsx, to_pdf])
@pytest.mark.parametrize("copy", list(Copy))
def test_our_own_document_comes_back_as_the_same_project(write: Callable[[Document], bytes], copy: Copy) -> None:
    first = imported()
    Project.objects.update(manager_name="文经理", manager_phone="", goal=GOAL, achieved=DONE)
    first.refresh_from_db()
    event = first.indicators.get(name="组织线下主题活动")
    event.deviations.create(cause="因工作计划调整，取消此活动。", entered_at=clock.now())
    before = assemble(first, clock.now())
    shown = preview(write(self_evaluation(before, copy)), "自评表")
    assert [one for one in shown.draft.problems if "推算" not in one.sentence] == []
    assert (shown.department, shown.unit) == ("fao", "fao")
    second = confirm(shown, Choice("again", shown.department, shown.unit), by=wen())
    the_same(before, assemble(second, clock.now()))


def test_pasted_text_with_its_cells_broken_over_lines_is_the_same_project() -> None:
    first = assemble(imported(), clock.now())
    second = confirm(preview_text(beijing.as_text()), replace(CHOICE, code="pasted"), by=wen())
    the_same(first, assemble(second, clock.now()))


def test_signs_that_no_database_keeps_do_no_harm() -> None:
    torn = beijing.as_text().replace("译文", "译\x00文")
    assert "\x00" in torn
    project = confirm(preview_text(torn), CHOICE, by=wen())
    assert project.indicators.filter(name="提交译文质量反馈表").exists()


def test_a_form_that_blocks_is_imported_only_when_it_is_mended_or_left_out() -> None:
    rows = beijing.as_rows()
    lame = [tuple("尽快完成" if cell == "≥4期" else cell for cell in row) for row in rows if row[0] != "项目名称"]
    content = beijing.as_xlsx_of(lame)
    shown = preview(content)
    assert [(one.where[-4:], one.blocks) for one in shown.draft.problems if one.blocks] == [
        ("项目名称", True),
        ("制作视频", True),
    ]
    with pytest.raises(PlanError) as error:
        confirm(shown, CHOICE, by=wen())
    assert error.value.code == "import_blocked"
    assert not Project.objects.exists()
    mended = Mended(name="语言环境", skip=frozenset({7}))
    project = confirm(preview(content, "", mended), CHOICE, by=wen())
    assert project.indicators.count() == 20
    assert "按要求不导入这一项。" in [one.sentence for one in problems_of(project)]


def test_nothing_is_half_imported() -> None:
    shown = preview(FORM)
    imported("taken")
    before = JournalEntry.objects.count()
    for choice, code in ((replace(CHOICE, code="taken"), "code_taken"), (replace(CHOICE, unit="gone"), "department")):
        with pytest.raises(PlanError) as error:
            confirm(shown, choice, by=wen())
        assert error.value.code == code
    later = replace(shown.draft, rows=(*shown.draft.rows, replace(shown.draft.rows[-1], name="长" * 300)))
    with pytest.raises(PlanError):
        confirm(replace(shown, draft=later), CHOICE, by=wen())
    assert (Project.objects.count(), ImportedForm.objects.count()) == (1, 1)
    assert JournalEntry.objects.count() == before


def test_the_journal_holds_who_imported_what_and_no_telephone_number() -> None:
    rows = [*beijing.as_rows(), ("项目负责人", "文经理", "联系电话", "555 0100")]
    head = [rows[-1], *rows[:-1]]
    project = confirm(preview(beijing.as_xlsx_of(head)), CHOICE, by=wen())
    assert (project.manager_name, project.manager_phone) == ("文经理", "5550100")
    entry = JournalEntry.objects.get(action="project.import")
    assert (entry.actor, entry.detail["indicators"]) == (wen(), 21)
    assert "0100" not in json.dumps(list(JournalEntry.objects.values_list("detail", flat=True)), ensure_ascii=False)


def test_an_actual_that_tells_no_day_is_left_open_for_a_deadline() -> None:
    rows = [
        tuple("7月31日前" if cell == "是" and n == 3 else cell for n, cell in enumerate(row))
        for row in beijing.as_rows()
    ]
    shown = preview(beijing.as_xlsx_of(rows))
    said = [one.sentence for one in shown.draft.problems if "完成日期" in one.sentence]
    assert said[0] == "“7月底前完成制作视频2期”中没有可用的完成日期，导入后请补填。"
    sheet = assemble(confirm(shown, CHOICE, by=wen()), clock.now())
    assert sheet.open == 5
    assert sheet.rows[13].target.deadline == dt.date(2023, 7, 31)
