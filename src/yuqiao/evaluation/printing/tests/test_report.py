"""评价结果报告 in Guangzhou's chapters (S6, S7): figures become sentences, text stays as it was written."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
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
from yuqiao.evaluation.printing.copies import Copy
from yuqiao.evaluation.printing.report import CHAPTERS, SECTIONS, ReportText, evaluation_report
from yuqiao.evaluation.printing.tests import year
from yuqiao.evaluation.schemes import GUANGZHOU
from yuqiao.evaluation.sheet import Header, Measured, Money, Row, Sheet, evaluate
from yuqiao.evaluation.targets import read_target

AT = dt.datetime(2022, 1, 20, 4, tzinfo=dt.UTC)
HEADER = Header("gz-2021", 2021, "广州多语种公共服务平台优化项目", "中共广州市委外事工作委员会办公室", "市委外办")
TEXT = ReportText(
    {
        "background": "2019年7月31日上线运营。",
        "analysis": "1. 已与104条热线建立联动。\n\n2. 全年承接6191通来电。",
        "advice": "（一）提高认识。",
    },
    claims=("项目立项依据充分；", "措施保障有力。"),
    grade="优秀",
    attachment="附件4",
)


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
    made = evaluation_report(guangzhou(), TEXT)
    assert headings(made, 1) == [one.title for one in CHAPTERS]
    assert headings(made, 2) == [title for one in CHAPTERS for _, title in one.sections]
    assert headings(made, 3) == ["1. 产出数量指标", "2. 产出质量指标"]
    assert made.above == "附件4"
    assert made.title == "广州多语种公共服务平台优化项目\n评价结果报告"
    assert made.subtitle == "评价单位：中共广州市委外事工作委员会办公室"


def test_money_is_said_with_the_rounding_of_its_scheme() -> None:
    said = after(evaluation_report(guangzhou(), TEXT), "（一）项目背景")
    sentence = "本项目2021年预算金额350万元，实际支付347.15万元，预算完成率为99.18%。"
    assert said == ["2019年7月31日上线运营。", sentence], "S89, truncated as the report of 2021 does (S122)"


def test_a_cut_budget_names_both_bases() -> None:
    said = after(evaluation_report(year.sheet(), ReportText()), "（一）项目背景")
    assert said == [
        "本项目2023年预算金额149.73万元（年初预算168.3362万元），实际支付149.164287万元，预算完成率为99.62%。"
    ]


def test_indicators_are_said_by_level_and_shown_in_one_table() -> None:
    made = evaluation_report(guangzhou(), TEXT)
    assert after(made, "1. 产出数量指标") == ["运行平台目标值1个，实际完成1个；覆盖部门目标值≥181家，实际完成181家。"]
    assert after(made, "2. 产出质量指标") == ["质检差错率目标值≤2%，实际完成1.67%。"]
    table = next(one for one in made.blocks if isinstance(one, Table))
    assert table.head == ("三级指标", "二级指标", "年度指标值", "实际完成值"), "no points where none are given (S112)"
    assert table.rows[1] == ("覆盖部门", "数量指标", "≥181家", "181家")


def test_the_conclusion_has_only_claims_that_were_handed_in_and_a_grade() -> None:
    said = after(evaluation_report(guangzhou(), TEXT), "（一）总体结论")
    assert said == ["项目立项依据充分；措施保障有力。项目绩效自评等级为：优秀。"]
    scored = after(evaluation_report(year.sheet(), TEXT), "（一）总体结论")
    assert scored[0].endswith("项目绩效自评得分95.96分，等级为：优。"), "points go before a grade somebody typed (S137)"


def test_nothing_scored_and_no_grade_is_said_plainly() -> None:
    rows = year.rows()
    unfinished = year.sheet([replace(rows[0], measured=Measured()), *rows[1:]])
    assert after(evaluation_report(unfinished, ReportText()), "（一）总体结论") == ["项目绩效自评尚未完成计分。"]


def test_each_line_of_an_author_is_a_paragraph() -> None:
    said = after(evaluation_report(guangzhou(), TEXT), "（二）项目绩效分析")
    assert said == ["1. 已与104条热线建立联动。", "2. 全年承接6191通来电。"]


def test_text_for_a_section_there_is_not_is_refused() -> None:
    with pytest.raises(KeyError, match="overview"):
        evaluation_report(guangzhou(), ReportText({"overview": "x"}))
    assert evaluation_report(guangzhou(), ReportText(dict.fromkeys(SECTIONS, "x")))


def test_the_file_is_laid_out_as_an_official_document() -> None:
    made = evaluation_report(guangzhou(), TEXT)
    file = docx.Document(io.BytesIO(to_docx(made)))
    section = file.sections[0]
    assert section.top_margin is not None
    assert section.left_margin is not None
    assert (round(section.top_margin.mm), round(section.left_margin.mm)) == (37, 28)
    assert file.styles["Normal"].element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋_GB2312"
    assert [one.text for one in file.paragraphs[:3]] == [made.above, made.title, made.subtitle]


def test_all_of_it_is_in_the_pdf_and_the_sheet() -> None:
    made = evaluation_report(guangzhou(), TEXT)
    text = "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(to_pdf(made))).pages)
    for one in ("附件4", "评价结果报告", "六、相关建议", "（一）提高认识。", "99.18%", "质检差错率"):
        assert one in text
    book = load_workbook(io.BytesIO(FORMATS["xlsx"].write(made)))
    assert len(book.sheetnames) == 2
    assert "评价单位：中共广州市委外事工作委员会办公室" in [row[0].value for row in book.worksheets[0].iter_rows()]


def test_only_the_internal_copy_has_the_annex() -> None:
    public, internal = (evaluation_report(guangzhou(), TEXT, copy) for copy in (Copy.PUBLIC, Copy.INTERNAL))
    assert "附：评分说明与佐证（内部使用）" not in headings(public, 1)
    assert headings(internal, 1)[-1] == "附：评分说明与佐证（内部使用）"
    assert (public.page.mark, internal.page.mark) == ("", "内部使用")
