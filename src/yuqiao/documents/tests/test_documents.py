"""Documents as files: everything is in them, both fonts are named, equal documents give equal bytes."""

from __future__ import annotations

import datetime as dt
import io
import json

import docx
import pytest
from docx.oxml.ns import qn
from openpyxl import load_workbook

from yuqiao.documents.blocks import Block, Document, Heading, Paragraph, Table, as_data, from_data
from yuqiao.documents.docx import to_docx
from yuqiao.documents.xlsx import to_xlsx

NOON = dt.datetime(2026, 3, 5, 4, tzinfo=dt.UTC)
BLOCKS: tuple[Block, ...] = (
    Heading("一、总体情况"),
    Paragraph("来电总量 6191 通，增长 19.36%。"),
    Table("全部/指标:?", ("指标", "本期", "说明"), (("来电总量", "6191", "期内"), ("=1+1", "99.92%", "@x")), wide=(2,)),
    Paragraph("小字", small=True),
    Table("全部/指标:?", ("指标", "本期"), ()),
)
REPORT = Document("2021 年统计", "张三 签发", NOON, BLOCKS)


def test_what_a_signed_report_keeps_comes_back_unchanged() -> None:
    assert from_data(json.loads(json.dumps(as_data(BLOCKS)))) == BLOCKS
    with pytest.raises(KeyError):
        from_data([{"kind": "picture"}])


@pytest.mark.parametrize("write", [to_docx, to_xlsx])
def test_equal_documents_give_equal_bytes(write: object) -> None:
    assert callable(write)
    assert write(REPORT) == write(REPORT)
    assert write(REPORT) != write(Document("2021 年统计", "李四 签发", NOON, BLOCKS))


def test_docx_has_everything_and_can_be_read_by_office_and_eye() -> None:
    file = docx.Document(io.BytesIO(to_docx(REPORT)))
    assert [one.text for one in file.paragraphs if one.style is not None and one.style.name == "Heading 1"] == [
        "一、总体情况"
    ]
    table = file.tables[0]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["指标", "本期", "说明"],
        ["来电总量", "6191", "期内"],
        ["=1+1", "99.92%", "@x"],
    ]
    first = table.rows[0]._tr.trPr
    assert first is not None
    assert first.find(qn("w:tblHeader")) is not None, "the head repeats on each page"
    fonts = file.styles["Normal"].element.rPr.rFonts
    assert (fonts.get(qn("w:ascii")), fonts.get(qn("w:eastAsia"))) == ("Times New Roman", "宋体")
    assert file.core_properties.created == dt.datetime(2026, 3, 5, 4, tzinfo=dt.UTC)


def test_xlsx_keeps_numbers_as_numbers_and_words_as_words() -> None:
    book = load_workbook(io.BytesIO(to_xlsx(REPORT)))
    assert book.sheetnames == ["2021 年统计", "全部 指标", "全部 指标 2"]
    sheet = book["全部 指标"]
    assert (sheet["B2"].value, sheet["B2"].data_type) == (6191, "n")
    assert (sheet["A3"].value, sheet["A3"].data_type) == ("=1+1", "s"), "no formula"
    assert sheet["B3"].value == "99.92%"
    assert [row[0].value for row in book["2021 年统计"].iter_rows()][2:] == [
        "一、总体情况",
        "来电总量 6191 通，增长 19.36%。",
        "小字",
    ]
