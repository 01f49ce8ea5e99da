"""项目支出绩效目标申报表: money, goals and indicators as planned, without anything that was done since."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace

import docx
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from yuqiao.documents.docx import to_docx
from yuqiao.documents.formats import FORMATS
from yuqiao.documents.pdf import to_pdf
from yuqiao.documents.xlsx import to_xlsx
from yuqiao.evaluation.printing.copies import Copy
from yuqiao.evaluation.printing.plan import day, plan_form
from yuqiao.evaluation.printing.tests import year


def test_it_holds_what_was_promised_and_nothing_that_was_done() -> None:
    made = plan_form(year.sheet())
    file = docx.Document(io.BytesIO(to_docx(made)))
    rows = [[cell.text for cell in row.cells] for table in file.tables for row in table.rows]
    assert rows[3] == ["项目资金\n（万元）"] * 2 + ["年度资金总额"] * 2 + ["168.336200"] * 5
    assert rows[7] == ["年度总体目标"] + [year.GOAL] * 8
    assert rows[8] == ["年度总体目标", "热线", "热线"] + ["提供8个语种电话翻译"] * 6
    head = next(number for number, row in enumerate(rows) if "一级指标" in row)
    assert rows[head][1:] == [
        "一级指标",
        "二级指标",
        "三级指标",
        "三级指标",
        "年度指标值",
        "分值",
        "完成时限",
        "完成时限",
    ]
    assert [row[3] for row in rows[head + 1 : head + 22]] == [one.name for one in year.rows()]
    assert rows[head + 22][0] == "分值合计（含预算执行率10.00分）"
    assert rows[head + 22][6] == "100.00"
    text = "".join("".join(row) for row in rows)
    for done in ("676", year.ACHIEVED, "149.164287", "95.96", "偏差"):
        assert done not in text


def test_the_internal_copy_says_where_actuals_will_come_from() -> None:
    public, internal = (
        "".join(page.extract_text() for page in PdfReader(io.BytesIO(to_pdf(plan_form(year.sheet(), copy)))).pages)
        for copy in (Copy.PUBLIC, Copy.INTERNAL)
    )
    assert "期内登记" in internal
    assert "期内登记" not in public
    assert "010-00000000" not in public


@pytest.mark.parametrize(
    ("on", "said"),
    [(None, "全年"), (dt.date(2023, 7, 31), "7月31日"), (dt.date(2024, 1, 5), "2024年1月5日")],
)
def test_a_deadline_is_said_as_the_form_says_it(on: dt.date | None, said: str) -> None:
    assert day(on, 2023) == said


def test_deadlines_stand_beside_their_indicators() -> None:
    rows = [replace(row, deadline=dt.date(2023, 7, 31)) if row.id == 14 else row for row in year.rows()]
    sheet = load_workbook(io.BytesIO(to_xlsx(plan_form(year.sheet(rows))))).worksheets[0]
    found = next(row for row in sheet.iter_rows() if row[3].value == rows[13].name)
    assert found[7].value == "7月31日"


@pytest.mark.parametrize("kind", list(FORMATS))
def test_a_plan_without_anything_yet_still_prints(kind: str) -> None:
    assert FORMATS[kind].write(plan_form(year.sheet([], sources=[])))
    assert FORMATS[kind].write(plan_form(year.sheet())) == FORMATS[kind].write(plan_form(year.sheet()))
