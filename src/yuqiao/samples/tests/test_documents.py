"""What is printed is opened again and compared with the source, cell by cell (S4, S5, S85–S117)."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

import docx
import openpyxl
import pytest
from docx.document import Document as Docx
from pypdf import PdfReader

from yuqiao.documents.docx import to_docx
from yuqiao.documents.pdf import to_pdf
from yuqiao.documents.xlsx import to_xlsx
from yuqiao.evaluation.assembling import assemble
from yuqiao.evaluation.audit import audit
from yuqiao.evaluation.findings import Weight
from yuqiao.evaluation.form import IndicatorRow
from yuqiao.evaluation.models import Project
from yuqiao.evaluation.printing.copies import Copy
from yuqiao.evaluation.printing.self_evaluation import self_evaluation
from yuqiao.evaluation.readers.files import read_content
from yuqiao.evaluation.schemes import BEIJING as SCHEME
from yuqiao.samples import findings, papers
from yuqiao.samples.beijing import BEIJING
from yuqiao.samples.tables import Planned

pytestmark = [pytest.mark.database, pytest.mark.django_db]
COLUMNS = ("level1", "level2", "name", "target", "actual", "weight", "points", "remark")
FORMATS = ("docx", "xlsx", "pdf")


@dataclass(frozen=True)
class Made:
    """One form in all formats, and inside."""

    docx: bytes
    xlsx: bytes
    pdf: bytes
    internal: bytes

    def of(self, suffix: str) -> bytes:
        return bytes(getattr(self, suffix))


def made(project: Project) -> Made:
    sheet = assemble(project, BEIJING.evaluated_at)
    form = self_evaluation(sheet)
    inside = self_evaluation(sheet, Copy.INTERNAL, papers=papers.papers_of(project))
    return Made(to_docx(form), to_xlsx(form), to_pdf(form), to_docx(inside))


@pytest.fixture(scope="module")
def beijing_form(_beijing: Project) -> Made:
    return made(_beijing)


def opened(content: bytes) -> Docx:
    return docx.Document(io.BytesIO(content))


def rows_of(document: Docx) -> list[list[str]]:
    """Every row of the form's tables as nine cells; a merged cell's text stands in each place it covers."""
    return [[cell.text.replace("\n", "") for cell in row.cells] for table in document.tables for row in table.rows]


def line(planned: Planned) -> list[str]:
    """A row as it should be printed: the source's cells, or ours where the source has a defect."""
    return [planned.ours(column) for column in COLUMNS]


def without_breaks(row: IndicatorRow) -> list[str]:
    return [re.sub(r"\s", "", str(getattr(row, column))) for column in COLUMNS]


def test_all_21_rows_of_the_docx_are_the_sources_cell_by_cell(beijing_form: Made) -> None:
    rows = rows_of(opened(beijing_form.docx))
    found = [row[1:] for row in rows if row[1].endswith("指标") and row[1] != "一级指标"]
    assert found == [line(planned) for planned in BEIJING.planned]
    assert len(found) == 21


def test_head_money_and_total_of_the_docx_are_the_sources(beijing_form: Made) -> None:
    rows = rows_of(opened(beijing_form.docx))
    texts = [list(dict.fromkeys(row)) for row in rows]
    assert ["项目名称", "国际语言环境建设服务"] in texts
    office = "北京市人民政府外事办公室"
    assert ["主管部门", office, "实施单位", f"{office}（本级）"] in texts
    money = ["168.336200", "149.730000", "149.164287", "10.00", "99.62%", "9.96"]
    assert [row for row in texts if row[1:] == ["年度资金总额", *money]]
    assert [row for row in texts if row[1:] == ["其中：当年财政拨款", *money]]
    for source in ("上年结转资金", "其他资金"):
        (dashes,) = [row for row in rows if source in row]
        assert dashes[-6:] == ["—"] * 6
    (total,) = [row for row in texts if row[0] == "总分："]
    assert total[1:3] == ["100.00", "95.96"]
    paragraphs = [one.text for one in opened(beijing_form.docx).paragraphs]
    assert "项目支出绩效自评表" in paragraphs
    assert "（2023年度）" in paragraphs


def test_goal_and_actual_stand_beside_each_other_word_by_word(beijing_form: Made) -> None:
    rows = rows_of(opened(beijing_form.docx))
    (goals,) = [row for row in rows if BEIJING.goal in row]
    assert BEIJING.achieved in goals
    assert goals.index(BEIJING.goal) < goals.index(BEIJING.achieved)


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_says_the_same_to_a_reader(beijing_form: Made, suffix: str) -> None:
    form = read_content(beijing_form.of(suffix), f"form.{suffix}")
    assert [without_breaks(row) for row in form.indicators] == [line(planned) for planned in BEIJING.planned]
    assert (form.total_weight, form.total_points) == ("100.00", "95.96")
    assert [row.executed for row in form.funds] == ["149.164287", "149.164287", "—", "—"]
    assert form.not_understood == ()


def test_numbers_are_numbers_in_the_workbook_and_no_cell_keeps_a_quote(beijing_form: Made) -> None:
    book = openpyxl.load_workbook(io.BytesIO(beijing_form.xlsx))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value is not None]
    numbers = [cell.value for cell in cells if isinstance(cell.value, int | float)]
    assert {676, 30128, 96, 95.96, 149.164287} <= set(numbers)
    for cell in cells:
        assert str(cell.value)[0] not in "‘’'＇`"
        assert not cell.quotePrefix


def test_the_pdf_holds_every_cell_and_its_own_fonts(beijing_form: Made) -> None:
    reader = PdfReader(io.BytesIO(beijing_form.pdf))
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in reader.pages))
    for planned in BEIJING.planned:
        for cell in line(planned)[2:]:
            assert cell in text, cell
    assert "95.96" in text
    assert len(reader.pages) == 2


@pytest.mark.parametrize("suffix", FORMATS)
def test_audit_finds_no_arithmetic_error_in_what_we_print(beijing_form: Made, suffix: str) -> None:
    found = audit(read_content(beijing_form.of(suffix), f"form.{suffix}"), SCHEME)
    assert [one.sentence for one in found if one.weight is Weight.ERROR] == []
    rules = {one.rule for one in found}
    assert "rate-operator" in rules, "≥100% is the plan's own promise, and stays in view (S99)"
    assert not {"stray-quote", "operator-in-actual", "unit", "over-achieved"} & rules


def test_the_public_copy_shows_no_phone_and_no_evidence_the_internal_one_does(beijing_form: Made) -> None:
    public, internal = opened(beijing_form.docx), opened(beijing_form.internal)
    inside = "\n".join(cell.text for table in internal.tables for row in table.rows for cell in row.cells)
    outside = "\n".join(cell.text for table in public.tables for row in table.rows for cell in row.cells)
    assert BEIJING.phone in inside
    assert BEIJING.phone not in outside
    for words in ("88.61%", "30128", "合格件数÷有检查结论的件数"):
        assert words in inside
    assert "取数口径" not in outside


def test_findings_tell_the_sources_defects_and_nothing_wrong_of_ours(beijing: Project, beijing_form: Made) -> None:
    sheet = assemble(beijing, BEIJING.evaluated_at)
    text = findings.text_of(BEIJING, beijing, sheet, beijing_form.docx)
    source, _plan, ours, words, *_rest = text.split("\n\n")
    for said in ("≥3万条”带有运算符", "多余的引号", "135.20%", "150.00%", "缺少单位", "“≥100%”应写作“＝100%”"):
        assert said in source, said
    assert "错误" not in source
    assert "错误" not in ours
    assert words.startswith("四、本平台所印文字前后矛盾之处（2项）")
