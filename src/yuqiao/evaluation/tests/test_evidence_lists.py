"""Many pieces come in as one list: all of them or none, with every row that was refused."""

from __future__ import annotations

import datetime as dt
import io
import time
from pathlib import Path

import openpyxl
import pytest

from yuqiao.accounts.models import JournalEntry
from yuqiao.evaluation import formulas
from yuqiao.evaluation.evidence_import import ListError, take_list
from yuqiao.evaluation.evidence_sheets import read_list
from yuqiao.evaluation.models import Evidence, Project, StoredFile
from yuqiao.evaluation.readers.errors import UnreadableError
from yuqiao.evaluation.tests.world import indicator, project
from yuqiao.lib import clock

TODAY = dt.date(2024, 1, 1)


@pytest.fixture
def of(db: None) -> Project:
    return project()


def workbook(*rows: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def test_days_are_read_as_people_write_them() -> None:
    days = ["2023-07-31", "2023/7/31", "2023.7.31", "2023年7月31日", "20230731", dt.date(2023, 7, 31)]
    found = read_list(
        workbook(("日期", "编号"), *((day, number) for number, day in enumerate(days, 1))),
        "a.xlsx",
        "feedback_sheet",
        today=TODAY,
    )
    assert {facts.happened_on for _row, facts in found.pieces} == {dt.date(2023, 7, 31)}
    assert [facts.serial for _row, facts in found.pieces] == ["1", "2", "3", "4", "5", "6"]
    assert found.pieces[0][1].title == "译文质量反馈表1"


def test_every_fault_is_told_with_its_row() -> None:
    text = (
        "编号,日期,结论,链接,类别\n"
        "1,2023-02-30,,,\n"
        ",2023-01-01,,,\n"
        "3,2099-01-01,,,\n"
        "4,2023-01-01,好,,\n"
        "5,2023-01-01,合格,,\n"
        "6,2023-01-01,,ftp://a,\n"
        "7,2023-01-01,,,没有\n"
        "\n"
        "8,2023-01-01,,,\n"
        "8,2023-01-02,,,\n"
        "9,2023-01-01,不合格,,外语标识图片\n"
    )
    found = read_list(text.encode("gb18030"), "a.csv", "feedback_sheet", today=TODAY)
    assert [one.row for one in found.faults] == [2, 3, 4, 5, 6, 7, 8, 11]
    assert found.faults[0].zh == "“2023-02-30”不是日期，应写作2023-07-31。"
    assert found.faults[-1].zh == "编号“8”与第10行重复。"


@pytest.mark.parametrize("rows", [(("编号",), ("1",)), (("a", "b"),), (("编号", "日期"),)])
def test_a_list_without_its_columns_or_rows_says_so(rows: tuple[tuple[object, ...], ...]) -> None:
    found = read_list(workbook(*rows), "a.xlsx", "feedback_sheet", today=TODAY)
    assert len(found.faults) == 1
    assert not found.pieces


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n0000"])
def test_what_is_no_list_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_list(content, "a", "feedback_sheet", today=TODAY)


@pytest.mark.database
def test_ninety_six_sheets_come_in_at_once(of: Project, kept: Path) -> None:
    """S54, S91."""
    rows = [(f"2023-{number:03}", dt.date(2023, 1 + number // 8, 15)) for number in range(96)]
    assert take_list(of, "feedback_sheet", workbook(("编号", "日期"), *rows), "反馈表.xlsx", by=None) == 96
    found = formulas.measure(indicator(of, "count:feedback_sheet"), clock.now())
    assert found.numerator == 96
    assert StoredFile.objects.get().evidence.count() == 96
    assert JournalEntry.objects.get(action="evidence.import").detail["pieces"] == 96


@pytest.mark.database
def test_a_list_with_one_fault_leaves_nothing(of: Project, kept: Path) -> None:
    content = workbook(("编号", "日期"), ("1", "2023-01-01"), ("2", "2023-13-01"))
    with pytest.raises(ListError) as refused:
        take_list(of, "feedback_sheet", content, "a.xlsx", by=None)
    assert [one.row for one in refused.value.faults] == [3]
    take_list(of, "feedback_sheet", workbook(("编号", "日期"), ("1", "2023-01-01")), "a.xlsx", by=None)
    again = workbook(("编号", "日期"), ("2", "2023-01-01"), ("1", "2023-01-01"))
    with pytest.raises(ListError) as refused:
        take_list(of, "feedback_sheet", again, "a.xlsx", by=None)
    assert [one.row for one in refused.value.faults] == [3]
    assert Evidence.objects.count() == StoredFile.objects.count() == 1
    assert sum(1 for one in kept.rglob("*") if one.is_file()) == 1


@pytest.mark.database
def test_thirty_thousand_signs_come_in_at_once(of: Project, kept: Path) -> None:
    """S60, S95: one list of a year's signs, in well under a minute."""
    rows = ((f"S{number}", "2023-06-01", "不合格" if number % 10 == 0 else "合格") for number in range(30_000))
    content = workbook(("编号", "日期", "结论"), *rows)
    began = time.monotonic()
    assert take_list(of, "sign_photo", content, "标识.xlsx", by=None) == 30_000
    assert time.monotonic() - began < 60
    found = formulas.measure(indicator(of, "failed:sign_photo", unit="%"), clock.now())
    assert (found.numerator, found.denominator) == (3_000, 30_000)
