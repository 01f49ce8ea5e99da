"""A plan goes out as a spreadsheet and comes in again: the same, changed, or refused row by row and as a whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.accounts.models import JournalEntry
from yuqiao.evaluation import plan_exchange, planning, projects
from yuqiao.evaluation.models import Project, Stage
from yuqiao.evaluation.plan_rules import PlanError
from yuqiao.evaluation.plan_sheets import HEADINGS, Listed, Refused, cells_of, read
from yuqiao.evaluation.planning import Part
from yuqiao.evaluation.projects import StrandFacts
from yuqiao.evaluation.readers.workbook import read_xlsx
from yuqiao.evaluation.tests.beijing import as_docx, as_xlsx_of
from yuqiao.evaluation.tests.planned import added, begun, wen

D = Decimal
AT = dt.datetime(2023, 1, 10, tzinfo=dt.UTC)
pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def project() -> Project:
    made = begun()
    strand = projects.set_strands(made, [StrandFacts("热线"), StrandFacts("标识")], by=wen())[0]
    whole = added(made, "7月底前", target="是", weight=D(3), strand=strand.pk, formula="entered")
    planning.split(whole, [Part("视频", "≥2期", D(2)), Part("纠错", "≥1次", D("1.0"), dt.date(2023, 7, 31))], by=wen())
    added(made, "反馈表", proof="反馈表原件")
    return made


def sheet(project: Project) -> list[list[str]]:
    return read_xlsx(plan_exchange.export(project, AT))[0]


def book(rows: Sequence[Sequence[str]]) -> bytes:
    return as_xlsx_of([tuple(row) for row in rows])


def test_what_goes_out_comes_in_as_no_change_and_the_same_plan_gives_the_same_bytes(project: Project) -> None:
    content = plan_exchange.export(project, AT)
    assert content == plan_exchange.export(project, AT)
    seen = plan_exchange.look(project, content, "plan.xlsx")
    assert (seen.added, seen.changed, seen.missing, seen.refused) == ((), (), (), ())
    assert [one.name for one in seen.every] == ["7月底前", "视频", "纠错", "反馈表"]
    before = plan_exchange.listed(project)
    plan_exchange.take(project, seen, by=wen())
    assert plan_exchange.listed(project) == before


def test_a_plan_moves_to_another_project(project: Project) -> None:
    other = begun(code="other")
    projects.set_strands(other, [StrandFacts("热线")], by=wen())
    plan_exchange.take(other, plan_exchange.look(other, plan_exchange.export(project, AT)), by=wen())
    assert plan_exchange.listed(other) == plan_exchange.listed(project)
    assert other.indicators.get(name="纠错").deadline == dt.date(2023, 7, 31)
    assert JournalEntry.objects.filter(action="plan.import").get().detail["added"] == 4


def test_rows_are_changed_added_and_put_in_another_order_and_what_is_missing_stays(project: Project) -> None:
    rows = sheet(project)
    begin = next(n for n, row in enumerate(rows) if row[0] == "一级指标")
    head, whole, video, field = rows[begin : begin + 4]
    new = ["产出指标", "质量指标", "响应率", "", "≥98%", "4", "", "hotline:response_rate", "", "标识"]
    whole[5], video[5], field[4] = "4", "3分", "≥2次"
    seen = plan_exchange.look(project, book([["导出说明"], head, new, whole, video, field]))
    assert [one.name for one in seen.added] == ["响应率"]
    assert [one.name for one in seen.changed] == ["7月底前", "视频", "纠错"]
    assert [one.name for one in seen.missing] == ["反馈表"]
    plan_exchange.take(project, seen, by=wen())
    assert [(one.name, one.weight) for one in plan_exchange.listed(project)] == [
        ("响应率", D(4)),
        ("7月底前", D(4)),
        ("视频", D(3)),
        ("纠错", D(1)),
        ("反馈表", D(6)),
    ]


def test_one_wrong_row_keeps_all_others_out(project: Project) -> None:
    rows = [
        list(HEADINGS),
        ["产出指标", "数量指标", "甲", "", "尽快", "5"],
        ["产出指标", "数量指标", "乙", "", "≥1次", "很多"],
        ["产出指标", "数量指标", "丙", "没有", "≥1次", "5"],
        ["产出指标", "数量指标", "丁", "", "≥1次", "5", "2024-02-30"],
        ["产出指标", "数量指标", "戊", "", "≥1次", "5", "2024-02-01"],
        ["产出指标", "数量指标", "己", "", "≥1次", "5", "", "guess", "", "没有"],
        ["产出指标", "数量指标", "己", "", "≥1次", "5"],
    ]
    seen = plan_exchange.look(project, book(rows))
    assert [one.row for one in seen.refused] == [2, 3, 4, 5, 6, 8, 0, 0]
    assert all(one.sentence.endswith("。") for one in seen.refused)
    before = plan_exchange.listed(project)
    with pytest.raises(PlanError) as error:
        plan_exchange.take(project, seen, by=wen())
    assert error.value.code == "sheet_refused"
    assert plan_exchange.listed(project) == before


def test_a_part_that_the_plan_keeps_must_still_fit_and_nothing_is_half_taken(project: Project) -> None:
    rows = sheet(project)
    begin = next(n for n, row in enumerate(rows) if row[0] == "一级指标")
    head, whole, video, _field = rows[begin : begin + 4]
    extra = [*video[:2], "海报", "7月底前", "≥1张", "1"]
    seen = plan_exchange.look(project, book([head, whole, video, extra]))
    assert seen.refused == ()
    before = plan_exchange.listed(project)
    with pytest.raises(PlanError) as error:
        plan_exchange.take(project, seen, by=wen())
    assert error.value.code == "parts"
    assert plan_exchange.listed(project) == before


def test_only_a_spreadsheet_with_these_headings_is_taken_and_only_while_planning(project: Project) -> None:
    assert plan_exchange.look(project, as_docx()).refused == (Refused(0, "请提交xlsx表格。"),)
    assert "没有找到表头" in plan_exchange.look(project, book([["没有"]])).refused[0].sentence
    seen = plan_exchange.look(project, plan_exchange.export(project, AT))
    Project.objects.update(stage=Stage.RUNNING)
    with pytest.raises(PlanError) as error:
        plan_exchange.take(project, seen, by=wen())
    assert error.value.code == "planned"


def test_parts_are_added_only_to_what_was_split(project: Project) -> None:
    with pytest.raises(PlanError) as error:
        planning.add_part(project.indicators.get(name="反馈表"), Part("一份", "≥1份", D(1)), by=wen())
    assert error.value.code == "not_compound"
    part = planning.add_part(project.indicators.get(name="7月底前"), Part("海报", "≥1张", D(1)), by=wen())
    assert (part.position, project.indicators.get(name="7月底前").weight) == (4, D(4))


WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=8)
LISTED = st.builds(
    Listed,
    WORDS,
    WORDS,
    WORDS,
    st.sampled_from(["≥500个", "＝100%", "是", "2023年7月31日前", "≤0.5次"]),
    st.decimals(0, 100, places=2),
    deadline=st.sampled_from([dt.date(2023, 7, 31), dt.date(2023, 12, 31)]),
    proof=WORDS,
)


@given(st.lists(LISTED, max_size=6, unique_by=lambda one: one.key))
def test_every_row_that_is_written_reads_back(rows: list[Listed]) -> None:
    table = [HEADINGS, *map(cells_of, rows)]
    assert read(table, 2023) == (rows, [])


@given(st.lists(st.lists(st.text(max_size=6), max_size=11), max_size=5))
def test_no_row_makes_the_reader_fall(rows: list[list[str]]) -> None:
    found, refused = read([HEADINGS, *rows], 2023)
    assert {one.row for one in refused} <= set(range(2, len(rows) + 2))
    assert len(found) <= len(rows)
