"""项目支出绩效自评表 as files: exact layout (S1–S5), what the public copy leaves out; read again by our own audit."""

from __future__ import annotations

import io
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from openpyxl import load_workbook
from pypdf import PdfReader

from yuqiao.documents.blocks import Document, Table
from yuqiao.documents.docx import to_docx
from yuqiao.documents.formats import FORMATS
from yuqiao.documents.forms import Form
from yuqiao.documents.pdf import to_pdf
from yuqiao.documents.xlsx import to_xlsx
from yuqiao.evaluation.audit import Weight, audit
from yuqiao.evaluation.printing.annex import Paper
from yuqiao.evaluation.printing.copies import Copy
from yuqiao.evaluation.printing.self_evaluation import self_evaluation
from yuqiao.evaluation.printing.tests import year
from yuqiao.evaluation.readers.files import read_file
from yuqiao.evaluation.schemes import BEIJING
from yuqiao.evaluation.sheet import Measured, Money, Sheet
from yuqiao.evaluation.tests.beijing import ROWS

PAPERS = (Paper("译文质量反馈表", "反馈表", year.AT.date(), 2, "FB-001", "ab" * 32),)


@pytest.fixture(scope="module")
def sheet() -> Sheet:
    return year.sheet()


def grid(document: Document) -> list[list[str]]:
    """Return all rows of cells of a docx, its tables one after another."""
    file = docx.Document(io.BytesIO(to_docx(document)))
    return [[cell.text for cell in row.cells] for table in file.tables for row in table.rows]


def pages(document: Document) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(to_pdf(document))).pages]


def test_header_and_money_stand_as_in_the_official_form(sheet: Sheet) -> None:
    found = grid(self_evaluation(sheet))
    assert found[0] == ["项目名称"] * 2 + ["国际语言环境建设服务"] * 7
    assert found[1][:5] == ["主管部门"] * 2 + ["北京市人民政府外事办公室"] * 2 + ["实施单位"]
    assert found[1][5:] == ["北京市人民政府外事办公室（本级）"] * 4
    money = ["168.336200", "149.730000", "149.164287", "10.00", "99.62%", "9.96"]
    assert found[3][2:] == ["", "年初预算数", "全年预算数（A）", "全年执行数（B）", "分值", "执行率", "得分"]
    assert found[4] == ["项目资金\n（万元）"] * 2 + ["年度资金总额", *money]
    assert found[5][2:] == ["其中：当年财政拨款", *money]
    assert found[6][2:] == ["上年结转资金"] + ["—"] * 6
    assert found[7][2:] == ["其他资金"] + ["—"] * 6


def test_two_sources_have_rates_of_their_own_but_points_only_together() -> None:
    sources = [Money("当年财政拨款", 100, 100, 90), Money("上年结转资金", 50, 50, 50)]
    found = grid(self_evaluation(year.sheet(sources=sources)))
    assert found[4][6:] == ["10.00", "93.33%", "9.33"]
    assert found[5][6:] == ["—", "90.00%", "—"]
    assert found[6][6:] == ["—", "100.00%", "—"]


def test_each_indicator_has_its_row_with_its_remark_and_points(sheet: Sheet) -> None:
    found = grid(self_evaluation(sheet))
    head = next(number for number, row in enumerate(found) if "一级指标" in row)
    assert found[head - 2] == ["年度总体目标"] + ["预期目标"] * 3 + ["实际完成情况"] * 5
    assert found[head - 1] == ["年度总体目标"] + [year.GOAL] * 3 + [year.ACHIEVED] * 5
    assert found[head][1:] == [
        *("一级指标", "二级指标", "三级指标", "年度指标值（A）", "实际完成值（B）", "分值", "得分"),
        "偏差原因分析及改进措施",
    ]
    rows = found[head + 1 : head + 22]
    assert [row[3] for row in rows] == [one.name for one in sheet.rows]
    assert rows[4][1:] == ["产出指标", "数量指标", ROWS[4][2], "≥500个", "676个", "4.00", "4.00", ""]
    assert rows[6][4:] == ["＝1次", "0次", "3.00", "0.00", f"{year.CAUSES[6]}。"]
    assert rows[13][4:] == ["是", "7月底前完成制作视频2期", "3.00", "2.00", f"{year.CAUSES[13]}。"]
    assert rows[14][8] == year.CAUSES[14]
    assert found[head + 22] == ["总分："] * 6 + ["100.00", "95.96", ""]
    assert "主管主任：" in found[head + 23]
    assert "项目部门负责人：" in found[head + 23]


def test_levels_are_merged_and_the_head_repeats(sheet: Sheet) -> None:
    body = docx.Document(io.BytesIO(to_docx(self_evaluation(sheet)))).tables[1]
    assert body.cell(1, 0)._tc is body.cell(21, 0)._tc, "绩效指标 is one cell"
    assert body.cell(1, 1)._tc is body.cell(16, 1)._tc, "产出指标"
    assert body.cell(1, 2)._tc is body.cell(9, 2)._tc, "数量指标"
    assert body.cell(9, 2)._tc is not body.cell(10, 2)._tc
    repeated = [row._tr.trPr is not None and row._tr.trPr.find(qn("w:tblHeader")) is not None for row in body.rows]
    assert repeated == [True] + [False] * 22


def test_the_pdf_has_two_pages_and_every_remark_beside_its_indicator(sheet: Sheet) -> None:
    first, second = pages(self_evaluation(sheet))
    assert "年度资金总额" in first
    assert "实际完成情况" in first
    assert "一级指标" not in first, "the indicators fit one page, so they begin on it"
    assert "项目支出绩效自评表（2023年度） 国际语言环境建设服务" in second
    lines = second.splitlines()
    row = next(number for number, line in enumerate(lines) if "组织线下主题活动" in line)
    assert "因工作计划" in "".join(lines[row - 4 : row + 4])
    assert "95.96" in second


def test_long_remarks_are_printed_smaller_rather_than_broken_over_pages() -> None:
    told = [replace(row, cause=year.CAUSES[14] * 2 if row.id % 6 == 0 else "") for row in year.rows()]
    first, second = pages(self_evaluation(year.sheet(told)))
    assert "一级指标" not in first
    assert "主管主任" in second
    usual, smaller = (self_evaluation(of).blocks[0] for of in (year.sheet(), year.sheet(told)))
    assert isinstance(usual, Form)
    assert isinstance(smaller, Form)
    assert (usual.size, smaller.size) == (9.0, 8.0)


def test_a_long_form_repeats_its_head_on_every_page() -> None:
    rows = [replace(row, id=row.id + 100 * times) for times in range(5) for row in year.rows()]
    found = pages(self_evaluation(year.sheet(rows)))
    assert len(found) >= 5
    assert all("偏差原因分析" in page for page in found[1:])


def test_the_sheet_holds_numbers_merged_cells_and_prints_on_one_page_width(sheet: Sheet) -> None:
    page = load_workbook(io.BytesIO(to_xlsx(self_evaluation(sheet)))).worksheets[0]
    assert page["A1"].value == "项目支出绩效自评表"
    assert (page["D7"].value, page["D7"].number_format) == (168.3362, "0.000000")
    assert (page["H7"].value, page["H7"].number_format) == (0.9962, "0.00%")
    assert page.print_title_rows == "$13:$13"
    assert (page["B13"].value, page["I13"].value) == ("一级指标", "偏差原因分析及改进措施")
    merged = {str(one) for one in page.merged_cells.ranges}
    assert {"A14:A34", "B14:B29", "C14:C22", "A35:F35", "A11:A12", "B12:D12", "E12:I12"} <= merged
    assert page.sheet_properties.pageSetUpPr is not None
    assert page.sheet_properties.pageSetUpPr.fitToPage
    texts = [cell.value for row in page.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert not [text for text in texts if text[:1] in "‘’'"], "no quotes left over from escaping (S132)"


def test_the_public_copy_tells_no_phone_no_reasons_and_no_evidence(sheet: Sheet) -> None:
    public = "".join(pages(self_evaluation(sheet, papers=PAPERS)))
    assert "不公开" in public
    for word in ("010-00000000", "内部使用", "评分说明", "译文质量反馈表 反馈表", "FB-001", "88.61%"):
        assert word not in public
    shown = self_evaluation(year.sheet(header=replace(year.HEADER, phone_public=True)))
    assert "010-00000000" in "".join(pages(shown))


def test_the_internal_copy_explains_scores_sources_and_both_budget_bases(sheet: Sheet) -> None:
    made = self_evaluation(sheet, Copy.INTERNAL, papers=PAPERS)
    tables = {one.caption[:3]: one for one in made.blocks if isinstance(one, Table)}
    assert [row[1:3] for row in tables["表 1"].rows] == [("99.62%", "9.96"), ("88.61%", "8.86")], "S120"
    scores = {row[0]: row[5] for row in tables["表 2"].rows}
    assert "135.20%" in scores[f"5 {ROWS[4][2]}"]
    sources = {row[0]: row for row in tables["表 3"].rows}
    assert sources["6 全市重点场所外语标识采集数量"][1] == "30125", "S124"
    assert tables["表 5"].rows == (("2", "反馈表", "FB-001 译文质量反馈表", "2024-01-10", "abababababab"),)
    text = "".join(pages(made))
    assert "010-00000000" in text
    assert text.count("内部使用") >= 3
    assert "数据截至2024年1月10日 12:00" in text


def test_parts_of_a_compound_indicator_are_explained_but_not_added_twice() -> None:
    rows = year.rows()
    whole = replace(rows[13], measured=Measured())
    parts = [
        replace(rows[13], id=100 + n, parent=whole.id, name=f"分项{n}", weight=rows[13].weight / 2) for n in (1, 2)
    ]
    made = self_evaluation(year.sheet([*rows[:13], whole, *rows[14:], *parts]), Copy.INTERNAL)
    scores = next(one for one in made.blocks if isinstance(one, Table) and one.caption.startswith("表 2"))
    assert [row[0] for row in scores.rows if row[0].startswith("14")] == [
        f"14 {whole.name}",
        "14.1 分项1",
        "14.2 分项2",
    ]
    assert not [row for row in grid(self_evaluation(year.sheet([*rows, *parts]))) if "分项1" in row]


def test_a_form_with_open_rows_is_a_draft_without_a_total() -> None:
    rows = year.rows()
    made = self_evaluation(year.sheet([replace(rows[0], measured=Measured()), *rows[1:]]))
    assert "草稿" in pages(made)[0]
    assert next(row for row in grid(made) if row[0] == "总分：")[6:] == ["100.00", "", ""]
    assert "草稿" not in pages(self_evaluation(year.sheet()))[0]


def test_a_project_without_rows_and_money_still_has_its_form() -> None:
    made = self_evaluation(year.sheet([], sources=[]))
    assert any("一级指标" in row for row in grid(made))
    assert len(pages(made)) == 1


def test_a_count_of_parts_of_a_percentage_is_printed_with_two_decimals() -> None:
    rows = year.rows()
    rated = replace(rows[18], measured=Measured(value=Fraction(99_919, 1000), numerator=6186, denominator=6191))
    assert "99.92%" in "".join(pages(self_evaluation(year.sheet([*rows[:18], rated, *rows[19:]]))))


@pytest.mark.parametrize("kind", list(FORMATS))
def test_our_own_audit_reads_the_form_again_and_finds_no_error(kind: str, sheet: Sheet, tmp_path: Path) -> None:
    path = tmp_path / f"form.{kind}"
    path.write_bytes(FORMATS[kind].write(self_evaluation(sheet)))
    form = read_file(path)
    assert [one.name for one in form.indicators] == [one.name for one in sheet.rows]
    assert [one.points for one in form.indicators] == [f"{one.score.value}" for one in sheet.rows]
    assert (form.total_weight, form.total_points) == ("100.00", "95.96")
    assert form.year == "2023"
    assert not [one for one in audit(form, BEIJING) if one.weight is Weight.ERROR]


@pytest.mark.parametrize("kind", list(FORMATS))
@pytest.mark.parametrize("copy", list(Copy))
def test_equal_sheets_give_equal_bytes(kind: str, copy: Copy) -> None:
    first, second = (FORMATS[kind].write(self_evaluation(year.sheet(), copy, papers=PAPERS)) for _ in range(2))
    assert first == second
