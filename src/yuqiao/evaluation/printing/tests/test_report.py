"""评价结果报告 in Guangzhou's chapters (S6, S7): figures become sentences, text stays as it was written."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from fractions import Fraction

import docx
import pytest
from docx.oxml.ns import qn
from openpyxl import load_workbook
from pypdf import PdfReader

from yuqiao.documents.blocks import Document, Heading, Paragraph, Table
from yuqiao.documents.docx import to_docx
from yuqiao.documents.formats import FORMATS
from yuqiao.documents.pdf import to_pdf
from yuqiao.documents.xlsx import to_xlsx
from yuqiao.evaluation.claims import judge
from yuqiao.evaluation.printing.copies import Copy
from yuqiao.evaluation.printing.report import evaluation_report
from yuqiao.evaluation.printing.tests import year
from yuqiao.evaluation.report_figures import of_sheet
from yuqiao.evaluation.report_text import SECTIONS, compose
from yuqiao.evaluation.schemes import GUANGZHOU
from yuqiao.evaluation.sheet import Header, Measured, Money, Row, Sheet, evaluate
from yuqiao.evaluation.targets import read_target

AT = dt.datetime(2022, 1, 20, 4, tzinfo=dt.UTC)
HEADER = Header("gz-2021", 2021, "广州多语种公共服务平台优化项目", "中共广州市委外事工作委员会办公室", "市委外办")
WRITTEN = {
    "background": "2019年7月31日上线运营。\n预算{budget}万元，预算完成率为{execution}。",
    "advice": "（一）提高认识。",
}


def row(place: int, level2: str, name: str, target: str, value: Fraction) -> Row:
    """An indicator without weight, as the report of 2021 has them (S112–S115)."""
    level1 = "产出指标" if level2 in {"数量指标", "质量指标", "时效指标"} else "效益指标"
    return Row(place, level1, level2, name, read_target(target), Decimal(0), Measured(value=value))


def guangzhou() -> Sheet:
    rows = [
        row(1, "数量指标", "运行平台", "＝1个", Fraction(1)),
        row(2, "数量指标", "覆盖部门", "≥181家", Fraction(181)),
        row(3, "质量指标", "质检差错率", "≤2%", Fraction(10, 6)),
    ]
    money = [Money("当年财政拨款", 350_000_000, 350_000_000, 347_150_000)]
    return evaluate(HEADER, GUANGZHOU, AT, money, budget_weight=Decimal(0), rows=rows)


def report(sheet: Sheet, copy: Copy = Copy.PUBLIC, written: dict[str, str] | None = None) -> Document:
    text = compose(sheet, WRITTEN if written is None else written, of_sheet(sheet), judge(sheet, {}))
    return evaluation_report(sheet, text, copy, attachment="附件4")


def headings(document: Document, level: int) -> list[str]:
    return [one.text for one in document.blocks if isinstance(one, Heading) and one.level == level]


def after(document: Document, title: str) -> list[str]:
    """Return the paragraphs under a heading, up to the next heading."""
    begin = next(n for n, one in enumerate(document.blocks) if isinstance(one, Heading) and one.text == title)
    found = []
    for one in document.blocks[begin + 1 :]:
        if isinstance(one, Heading):
            break
        if isinstance(one, Paragraph):
            found.append(one.text)
    return found


def test_it_has_the_six_chapters_in_order_with_their_sections() -> None:
    made = report(guangzhou())
    assert [one[:2] for one in headings(made, 1)] == ["一、", "二、", "三、", "四、", "五、", "六、"]
    assert headings(made, 2) == [one.title for one in SECTIONS if one.title]
    assert made.above == "附件4"
    assert made.title == "广州多语种公共服务平台优化项目\n评价结果报告"
    assert made.subtitle == "评价单位：中共广州市委外事工作委员会办公室"


def test_each_line_of_an_author_is_a_paragraph_and_its_figures_are_filled_in() -> None:
    said = after(report(guangzhou()), "（一）项目背景")
    assert said == ["2019年7月31日上线运营。", "预算350万元，预算完成率为99.18%。"], "S89, S122"


def test_all_indicators_stand_in_one_table_without_points_where_none_are_given() -> None:
    table = next(one for one in report(guangzhou()).blocks if isinstance(one, Table))
    assert table.head == ("三级指标", "二级指标", "年度指标值", "实际完成值"), "S112"
    assert table.rows[1:] == (("覆盖部门", "数量指标", "≥181家", "181家"), ("质检差错率", "质量指标", "≤2%", "1.67%"))
    scored = next(one for one in report(year.sheet()).blocks if isinstance(one, Table))
    assert scored.head[4:] == ("分值", "得分")
    assert len(scored.rows) == 21


def test_sections_nobody_wrote_make_it_a_draft() -> None:
    assert report(guangzhou()).page.mark == "草稿"
    kinds = {one.code: "已写。" for one in SECTIONS}
    assert report(year.sheet(), written=kinds).page.mark == ""


def test_the_file_is_laid_out_as_an_official_document() -> None:
    made = report(guangzhou())
    file = docx.Document(io.BytesIO(to_docx(made)))
    section = file.sections[0]
    assert section.top_margin is not None
    assert section.left_margin is not None
    assert (round(section.top_margin.mm), round(section.left_margin.mm)) == (37, 28)
    assert file.styles["Normal"].element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋_GB2312"
    assert [one.text for one in file.paragraphs[:3]] == [made.above, made.title, made.subtitle]
    levels = [one.text for one in file.paragraphs if one.style is not None and one.style.name == "Heading 1"]
    assert levels == headings(made, 1)


def test_all_of_it_is_in_the_pdf_and_the_sheet() -> None:
    made = report(guangzhou())
    text = "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(to_pdf(made))).pages)
    for one in ("附件4", "评价结果报告", "六、相关建议", "（一）提高认识。", "99.18%", "质检差错率"):
        assert one in text
    book = load_workbook(io.BytesIO(to_xlsx(made)))
    assert len(book.sheetnames) == 2
    assert "评价单位：中共广州市委外事工作委员会办公室" in [row[0].value for row in book.worksheets[0].iter_rows()]


def test_only_the_internal_copy_has_the_annex_and_the_sources_of_its_numbers() -> None:
    public, internal = (report(guangzhou(), copy) for copy in (Copy.PUBLIC, Copy.INTERNAL))
    assert "附：评分说明与佐证（内部使用）" not in headings(public, 1)
    assert headings(internal, 1)[-1] == "附：评分说明与佐证（内部使用）"
    assert "内部使用" not in public.page.mark
    assert "内部使用" in internal.page.mark
    figures = internal.blocks[-1]
    assert isinstance(figures, Table)
    assert ("execution", "99.18%", "%", "sheet:money") in figures.rows


@pytest.mark.parametrize("kind", list(FORMATS))
def test_equal_reports_give_equal_bytes(kind: str) -> None:
    assert FORMATS[kind].write(report(guangzhou())) == FORMATS[kind].write(report(guangzhou()))
