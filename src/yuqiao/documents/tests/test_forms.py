"""Forms as docx, xlsx and PDF: spans, widths, repeated heads, rows that do not break, numbers, and any text at all."""

from __future__ import annotations

import datetime as dt
import io
import json
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from pypdf import PdfReader

from yuqiao.documents.blocks import Document, Heading, Paragraph, Table, as_data, from_data
from yuqiao.documents.docx import to_docx
from yuqiao.documents.formats import FORMATS
from yuqiao.documents.forms import Align, Cell, DocumentError, Form, Part, placed
from yuqiao.documents.numbers import typed
from yuqiao.documents.pdf import FontMissingError, fonts_of, to_pdf
from yuqiao.documents.style import FORM, OFFICIAL, Page
from yuqiao.documents.words import sayable
from yuqiao.documents.xlsx import to_xlsx

NOON = dt.datetime(2026, 3, 5, 4, tzinfo=dt.UTC)
HEAD = tuple(Cell(text, bold=True, shaded=True) for text in ("级别", "指标", "得分"))
ROWS = (
    (Cell("产出", down=3), Cell("转接", align=Align.LEFT), Cell("5.00", number=True)),
    (Cell("视频", align=Align.LEFT), Cell("6期", number=True)),
    (Cell("=SUM(A1:A9)"), Cell("99.62%", number=True)),
)
TOTAL = (Cell("总分", across=2), Cell("95.96", number=True))
SIGNED = (Cell("主管主任：", across=3, edges="", high=14, align=Align.LEFT),)
FORM_BLOCK = Form(
    (20.0, 60.0, 25.0),
    (Part(((Cell("项目名称"), Cell("语桥", across=2)),)), Part((HEAD, *ROWS, TOTAL), head=1), Part((SIGNED,))),
)


def document(*blocks: Form | Heading | Paragraph | Table, page: Page | None = None) -> Document:
    return Document("自评表", "（2023年度）", NOON, blocks, style=FORM, page=page or Page(counted=True))


def one_cell(text: str, *, upright: bool = False) -> Document:
    return document(Form((170.0,), (Part(((Cell(text, align=Align.LEFT, upright=upright),),)),)))


def long_form(rows: int = 120) -> Document:
    body = tuple((Cell("产出"), Cell(f"第{number}项指标"), Cell("1.00")) for number in range(rows))
    return document(
        Form((20.0, 60.0, 25.0), (Part((HEAD, *body), head=1),)),
        page=Page(running="自评表 语桥", mark="内部使用", counted=True),
    )


def test_json_keeps_a_form() -> None:
    assert from_data(json.loads(json.dumps(as_data([FORM_BLOCK])))) == (FORM_BLOCK,)


def test_cells_stand_around_those_that_reach_down() -> None:
    found = {one.cell.text: (one.row, one.column) for one in placed(FORM_BLOCK.parts[1], 3)}
    assert found["产出"] == (1, 0)
    assert found["视频"] == (2, 1)
    assert found["总分"] == (4, 0)


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (Part(((Cell("a"), Cell("b")),)), "has no cell in column 3"),
        (Part(((Cell("a", across=4),),)), "has no room"),
        (Part(((Cell("a", down=2), Cell("b"), Cell("c")),)), "has no room"),
        (Part(((Cell("a", down=2), Cell("b"), Cell("c")), (Cell("d"), Cell("e"))), head=1), "has no room"),
    ],
    ids=["gap", "too wide", "below the last row", "out of the head"],
)
def test_a_grid_with_gaps_or_overlaps_is_refused(part: Part, said: str) -> None:
    with pytest.raises(DocumentError, match=said):
        placed(part, 3)


def test_docx_has_merges_widths_repeated_heads_and_rows_that_stay_whole() -> None:
    file = docx.Document(io.BytesIO(to_docx(document(FORM_BLOCK))))
    header, body, signed = file.tables
    assert [[cell.text for cell in row.cells] for row in body.rows] == [
        ["级别", "指标", "得分"],
        ["产出", "转接", "5.00"],
        ["产出", "视频", "6期"],
        ["产出", "=SUM(A1:A9)", "99.62%"],
        ["总分", "总分", "95.96"],
    ]
    assert body.cell(1, 0)._tc is body.cell(3, 0)._tc, "one cell over three rows"
    assert [round(column.width.mm) for column in body.columns if column.width is not None] == [20, 60, 25]
    marks = [[one.tag for one in row._tr.trPr] for row in body.rows if row._tr.trPr is not None]
    assert [qn("w:tblHeader") in one for one in marks] == [True, False, False, False, False]
    assert all(qn("w:cantSplit") in one for one in marks)
    assert header.cell(0, 1).text == "语桥"
    assert signed.rows[0].height is not None
    assert round(signed.rows[0].height.mm) == 14
    assert "NUMPAGES" in file.sections[0].footer._element.xml
    fonts = body.cell(1, 1).paragraphs[0].runs[0]._r.rPr
    assert fonts is not None
    assert fonts.rFonts is not None
    assert (fonts.rFonts.get(qn("w:ascii")), fonts.rFonts.get(qn("w:eastAsia"))) == ("Times New Roman", "宋体")


def test_xlsx_has_merges_numbers_with_formats_and_a_page_one_wide() -> None:
    sheet = load_workbook(io.BytesIO(to_xlsx(document(FORM_BLOCK)))).worksheets[0]
    assert {str(one) for one in sheet.merged_cells.ranges} == {"A1:C1", "A2:C2", "B3:C3", "A5:A7", "A8:B8", "A9:C9"}
    shown = [(cell.value, cell.number_format, cell.data_type) for cell in sheet["C"][4:8]]
    assert shown == [(5, "0.00", "n"), (6, '0"期"', "n"), (0.9962, "0.00%", "n"), (95.96, "0.00", "n")]
    assert (sheet["B7"].value, sheet["B7"].data_type, sheet["B7"].quotePrefix) == ("=SUM(A1:A9)", "s", False)
    assert sheet.print_title_rows == "$4:$4"
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_area == "'自评表'!$A$1:$C$9"
    assert sheet["A9"].border.left.style is None
    assert sheet["A6"].border.left.style == "thin", "a merged cell has its edges on all its rows"


def test_pdf_repeats_heads_and_runs_titles_on_every_further_page() -> None:
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(to_pdf(long_form()))).pages]
    assert len(pages) > 2
    assert all("级别" in page and "得分" in page for page in pages)
    assert all("内部使用" in page for page in pages)
    assert "自评表 语桥" not in pages[0]
    assert all("自评表 语桥" in page for page in pages[1:])
    assert f"第 2 页 共 {len(pages)} 页" in pages[1]
    found = "".join(pages)
    assert all(f"第{number}项指标" in found for number in range(120))


def test_pdf_embeds_its_fonts_has_tags_and_one_date() -> None:
    reader = PdfReader(io.BytesIO(to_pdf(document(FORM_BLOCK))))
    described: list[Any] = [reader.get_object(number) for number in range(1, reader.trailer["/Size"])]  # type: ignore[call-overload]
    fonts = [one for one in described if isinstance(one, dict) and one.get("/Type") == "/FontDescriptor"]
    assert fonts
    assert all({"/FontFile2", "/FontFile3"} & one.keys() for one in fonts)
    assert any(isinstance(one, dict) and "/StructTreeRoot" in one for one in described)
    assert reader.metadata is not None
    assert reader.metadata.creation_date == NOON
    assert reader.metadata.title == "自评表"


def test_pdf_can_be_archived_and_read_aloud() -> None:
    made = to_pdf(document(FORM_BLOCK, Heading("一、说明"), Paragraph("正文")))
    assert b"<pdfaid:part>2</pdfaid:part>" in made
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in made
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made


def test_a_sign_without_a_font_costs_the_archive_and_not_the_document() -> None:
    made = to_pdf(one_cell("来电人􏿿"))
    assert b"pdfaid" not in made
    assert "来电人" in PdfReader(io.BytesIO(made)).pages[0].extract_text()


def test_a_part_that_fits_one_page_begins_there() -> None:
    def pages(rows: int) -> list[str]:
        filled = Part(((Cell("长" * 1000, across=3, align=Align.LEFT),),))
        body = tuple((Cell("产出"), Cell(f"第{number}项"), Cell("1")) for number in range(rows))
        form = Form((20.0, 60.0, 25.0), (filled, Part((HEAD, *body), head=1, together=True)))
        return [page.extract_text() for page in PdfReader(io.BytesIO(to_pdf(document(form)))).pages]

    assert ["级别" in page for page in pages(28)] == [False, True]
    assert "级别" in pages(60)[0], "one that fits no page begins at once"


def test_a_cell_longer_than_a_page_goes_on_on_the_next() -> None:
    text = "".join(chr(0x4E00 + number % 5000) for number in range(10_000))
    made = one_cell(text)
    found = "".join(page.extract_text() for page in PdfReader(io.BytesIO(to_pdf(made))).pages)
    assert Counter(text) - Counter(found) == Counter()
    assert docx.Document(io.BytesIO(to_docx(made))).tables[0].cell(0, 0).text == text
    row = docx.Document(io.BytesIO(to_docx(made))).tables[0].rows[0]._tr.trPr
    assert row is None or row.find(qn("w:cantSplit")) is None
    sheet = load_workbook(io.BytesIO(to_xlsx(made))).worksheets[0]
    assert sheet["A3"].value == text
    heights = [sheet.row_dimensions[number].height for number in range(3, sheet.max_row + 1)]
    assert all(one is not None and one <= 409 for one in heights), "no row is higher than a sheet allows"
    assert sum(one or 0 for one in heights) > 2000, "all of its lines have room"


def test_xlsx_says_when_a_cell_is_too_long_and_cuts_nothing_off() -> None:
    with pytest.raises(DocumentError, match="32767 signs"):
        to_xlsx(one_cell("字" * 40_000))


@pytest.mark.parametrize("kind", list(FORMATS))
def test_equal_documents_give_equal_bytes_in_every_process(kind: str) -> None:
    program = (
        "import hashlib, sys\n"
        "from yuqiao.documents.formats import FORMATS\n"
        "from yuqiao.documents.tests.test_forms import FORM_BLOCK, document\n"
        f"print(hashlib.sha256(FORMATS[{kind!r}].write(document(FORM_BLOCK))).hexdigest())\n"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            check=True,
            capture_output=True,
            text=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


#: Everything a person could type or paste, also what files cannot hold.
ANYTHING = st.text(max_size=200)
MARKUP = (
    '#set page(width: 1cm) *a* _b_ $x$ <l> @r \\ `c` // "q" = h - i [x] ~ &amp; _x0041_ =1+1 ‘＝ \u202eabc\u202c سلام'
)


@given(ANYTHING)
@example(MARKUP)
@example("\x00\x0b\ud800\ufffe\r\nb\rc")
@settings(max_examples=30, deadline=None)
def test_docx_and_xlsx_give_any_text_back(text: str) -> None:
    said = sayable(text)
    assert docx.Document(io.BytesIO(to_docx(one_cell(text)))).tables[0].cell(0, 0).text == said
    cell = load_workbook(io.BytesIO(to_xlsx(one_cell(text)))).worksheets[0]["A3"]
    assert (cell.value or "").replace("_x005F_", "_") == said
    assert cell.data_type in {"s", "inlineStr", "n"}, "never a formula"


#: Signs that the fonts of every machine with the package have; others are shown, but a PDF may not name them.
PRINTED = st.text(
    st.one_of(
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), st.characters(min_codepoint=33, max_codepoint=126)
    ),
    max_size=80,
)


@given(PRINTED)
@example(MARKUP.partition("\u202e")[0])
@settings(max_examples=25, deadline=None)
def test_pdf_gives_text_back_and_never_takes_it_for_markup(text: str) -> None:
    found = "".join(page.extract_text() for page in PdfReader(io.BytesIO(to_pdf(one_cell(text)))).pages)
    assert Counter("".join(text.split())) - Counter(found) == Counter()


@given(ANYTHING)
@example(MARKUP)
@settings(max_examples=20, deadline=None)
def test_no_text_breaks_a_pdf(text: str) -> None:
    made = Document(
        text, text, NOON, (Heading(text), Paragraph(text), Table(text, (text,), ((text,),)), *one_cell(text).blocks)
    )
    assert to_pdf(made).startswith(b"%PDF")


@given(st.decimals(-(10**9), 10**9, places=2), st.sampled_from(["", "%", "期", "万元"]))
def test_a_number_format_prints_the_number_again(value: Decimal, unit: str) -> None:
    text = f"{value:f}{unit}"
    found = typed(text)
    if unit == "万元" or (value.is_signed() and not value):
        assert found is None
        return
    assert found is not None
    number, shape = found
    assert Fraction(number) == Fraction(value) / (100 if unit == "%" else 1)
    assert shape == "0.00" + ("%" if unit == "%" else f'"{unit}"' if unit else "")


@pytest.mark.parametrize("text", ["", "—", "是", "3万条", "007", "1,000", "１", "1e5", "1234567890123456", "-0", "+1"])
def test_what_is_no_plain_number_stays_text(text: str) -> None:
    assert typed(text) is None


def test_a_machine_without_a_chinese_font_is_told_which_package_to_install() -> None:
    with pytest.raises(FontMissingError, match="fonts-noto-cjk"):
        fonts_of(FORM.body, frozenset({"Libertinus Serif", "DejaVu Sans"}))


def test_official_documents_follow_the_standard_of_their_layout() -> None:
    made = Document(
        "评价结果报告",
        "",
        NOON,
        (Heading("一、概述"), Paragraph("正文"), Paragraph("右", align=Align.RIGHT)),
        "附件4",
        OFFICIAL,
    )
    file = docx.Document(io.BytesIO(to_docx(made)))
    body = next(one for one in file.paragraphs if one.text == "正文")
    assert body.paragraph_format.first_line_indent is not None
    assert body.paragraph_format.first_line_indent.pt == 32, "two signs of 16 points"
    fonts = file.styles["Normal"].element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == "仿宋_GB2312"
    assert file.paragraphs[0].text == "附件4"
    text = PdfReader(io.BytesIO(to_pdf(made))).pages[0].extract_text()
    assert text.index("附件4") < text.index("评价结果报告") < text.index("一、概述") < text.index("正文")
