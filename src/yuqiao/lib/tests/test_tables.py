"""Tables of registers: files as people make them are read row by row, and what is wrong is said where it stands."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from yuqiao.lib.cells import YES_NO, CellError
from yuqiao.lib.tables import Column, Kind, clock, compare, day, difference, iso, minute, parts, read_one, yes


@dataclass(frozen=True, slots=True)
class Stall:
    """A row of these tests."""

    code: str
    name: str = ""
    open: bool = True
    since: dt.date | None = None
    sells: tuple[str, ...] = ()


KIND: Kind[Stall] = Kind(
    "摊位",
    (
        Column("编码", "code"),
        Column("名称", "name"),
        Column("营业", "open", YES_NO.__getitem__, yes),
        Column("启用日期", "since", iso, day),
        Column("经营", "sells", ",".join, parts),
    ),
    Stall,
    ("code",),
)
TEXTS = st.text(max_size=12).map(str.strip).filter(lambda text: text.isprintable()) | st.sampled_from(
    ["=1+1", "'=1", "''", "+86", "-1", "@x", "2021-07-01", "是", "_x000D_", '"a",b', "TRUE", "1e5", "007", "编码"]
)
STALLS = st.builds(
    Stall,
    code=TEXTS.filter(bool),
    name=TEXTS,
    open=st.booleans(),
    since=st.none() | st.dates(),
    sells=st.lists(st.sampled_from(["tea", "07", "茶"]), unique=True).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(STALLS, min_size=1, max_size=4, unique_by=lambda one: one.code))
def test_what_is_taken_away_and_taken_in_again_changes_nothing(stalls: list[Stall]) -> None:
    for data in (KIND.to_xlsx(stalls), KIND.to_csv(stalls)):
        found, faults = read_one(KIND, data)
        assert faults == []
        assert [row for _number, row in found] == stalls
        assert compare(KIND, stalls, found) == []


def book(*rows: tuple[Any, ...], merge: str = "", sheet: str = "Sheet1") -> bytes:
    made = Workbook()
    page = made.worksheets[0]
    page.title = sheet
    for row in rows:
        page.append(row)
    if merge:
        page.merge_cells(merge)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def said(data: bytes) -> list[tuple[int, str, str]]:
    """Return the faults of a file: row, field, code."""
    return [(one.row, one.fault.field, one.fault.code) for one in read_one(KIND, data)[1]]


HEADINGS = tuple(KIND.headings)
TEA = ("a1", "茶", "是", "2021/7/1", "tea，07")


def test_excel_of_chinese_windows_saves_gb18030() -> None:
    text = f'{",".join(HEADINGS)}\r\na1,𠮷祥茶庄,是,2021/7/1,"tea，07"\r\n'
    found, faults = read_one(KIND, text.encode("gb18030"))
    assert faults == []
    assert found == [(2, Stall("a1", "𠮷祥茶庄", since=dt.date(2021, 7, 1), sells=("tea", "07")))]


def test_a_title_above_the_headings_and_blank_rows_are_passed_over() -> None:
    blank = (None, " ", None)
    data = book(("本市摊位登记表",), blank, HEADINGS, blank, TEA, blank, ("a2", "饼", True, None, None), merge="A1:E1")
    found, faults = read_one(KIND, data)
    assert faults == []
    assert [number for number, _row in found] == [5, 7], "not as the spreadsheet counts"
    assert found[1][1] == Stall("a2", "饼")


def test_a_merged_cell_says_so_in_each_row_it_swallowed() -> None:
    rows = (("a1", "茶", "是"), ("a2", None, "是"), ("a3", None, "是"))
    assert said(book(HEADINGS, *rows, merge="B2:B4")) == [(3, "name", "merged"), (4, "name", "merged")]


def test_a_row_that_stands_there_twice_names_the_first() -> None:
    data = book(HEADINGS, TEA, ("a2", "饼", "是"), TEA)
    assert said(data) == [(4, "code", "row_twice")]
    assert read_one(KIND, data)[1][0].fault.facts == (("text", "2"),)


def test_formulas_and_strange_columns_are_faults() -> None:
    assert said(book(HEADINGS, ("a1", "=A2", "也许", "gestern"))) == [
        (2, "name", "formula"),
        (2, "open", "not_yes_or_no"),
        (2, "since", "not_a_day"),
    ]
    assert said(book((*HEADINGS[:-1], "老板"), TEA)) == [(1, "", "unknown_column"), (1, "", "column_missing")]
    assert said(book(HEADINGS, (*TEA, "?"))) == [(2, "", "cell_without_column")]


def test_headings_may_be_the_fields_own_names() -> None:
    data = book(("code", "name", "open", "since", "sells"), TEA)
    assert read_one(KIND, data)[0][0][1].name == "茶"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (book(HEADINGS), "empty_file"),
        (b"PK\3\4?", "not_a_table"),
        (b"\xff\xfe\x00", "not_a_table"),
    ],
)
def test_what_is_no_table_gets_an_answer(data: bytes, code: str) -> None:
    assert [fault for _row, _field, fault in said(data)] == [code]


def test_of_several_sheets_the_one_of_the_name_is_read() -> None:
    made = Workbook()
    for name in ("说明", "摊位"):
        page = made.create_sheet(name)
        page.append(HEADINGS)
        page.append((name, "x", "是"))
    out = io.BytesIO()
    made.save(out)
    assert [row.code for _number, row in read_one(KIND, out.getvalue())[0]] == ["摊位"]
    made["摊位"].title = "别的"
    out = io.BytesIO()
    made.save(out)
    assert said(out.getvalue()) == [(0, "", "which_sheet")]


@given(st.integers(0, 24 * 60))
def test_times_of_the_day_read_back_the_same(at: int) -> None:
    assert minute(clock(at)) == at


@pytest.mark.parametrize("text", ["8", "24:01", "7:60", "a:b", "08:00:30", "1:2:3:4"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(CellError):
        minute(text)


def test_a_private_field_is_journaled_only_as_changed() -> None:
    names = ("name", "since", "sells")
    told = difference(Stall("a", "x"), Stall("a", "y", sells=("tea",)), names, frozenset({"name"}))
    assert told == {"name": True, "sells": [[], ["tea"]]}
    assert difference(None, Stall("a", "y"), names, frozenset()) == {"name": [None, "y"]}
