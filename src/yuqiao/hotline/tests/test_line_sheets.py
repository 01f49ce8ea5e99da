"""Tables of the registry: what is written reads back the same, and what cannot be understood is said by row."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from yuqiao.hotline.line_sheets import LINES, PACTS, WAYS, read, to_csv, to_xlsx
from yuqiao.hotline.registry import CLASSES, RECORDING, WAYS_IN, Entry, Exclusion, Pact, Way, faults_of
from yuqiao.languages.catalogue import CODES
from yuqiao.lib.cells import MOST_BYTES

DAYS = st.none() | st.dates()
TEXTS = st.text(max_size=12).map(str.strip) | st.sampled_from(
    ["=1+1", "'=1", "''", "+86", "-1", "@x", "2021-07-01", "是", "_x000D_", '"a",b', "TRUE", "1e5", "007", "a;b"]
)
ENTRIES = st.builds(
    Entry,
    number=st.text("0123456789", min_size=1, max_size=8),
    name_zh=TEXTS.filter(bool),
    name_en=TEXTS,
    line_class=st.sampled_from(CLASSES),
    agent_contact=st.sampled_from(["", "sip:desk-1@example.org;transport=tcp"]),
    priority=st.integers(0, 100),
    recording=st.sampled_from(RECORDING),
    linked=st.booleans(),
    merged_into=st.text("0123456789", max_size=8),
    merged_from=DAYS,
    merged_until=DAYS,
    valid_from=DAYS,
    valid_until=DAYS,
    languages=st.lists(st.sampled_from(CODES), unique=True).map(tuple),
    excludes=st.lists(st.sampled_from(Exclusion), unique=True).map(lambda found: tuple(map(str, found))),
).filter(lambda entry: all(one.code != "unprintable" for one in faults_of(entry)))
WAY_ROWS = st.builds(
    Way,
    number=st.from_regex(r"\+?[0-9]{1,9}", fullmatch=True),
    line=st.text("0123456789", min_size=1),
    way_in=st.sampled_from(WAYS_IN),
    language=st.sampled_from(["", *CODES]),
)
PACT_ROWS = st.builds(Pact, line=st.text("0123456789", min_size=1), department=TEXTS.filter(bool), signed_on=DAYS)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(ENTRIES, max_size=4, unique_by=lambda entry: entry.number),
    st.lists(PACT_ROWS, max_size=4, unique_by=lambda pact: (pact.line, pact.department)),
    st.lists(WAY_ROWS, max_size=4, unique_by=lambda way: way.number),
)
def test_what_is_written_reads_back_the_same(entries: list[Entry], pacts: list[Pact], ways: list[Way]) -> None:
    pacts = [replace(pact, department="d" + pact.department.encode().hex()) for pact in pacts]
    book = read(to_xlsx(entries, pacts, ways))
    assert book.faults == []
    assert [entry for _row, entry in book.lines] == entries
    assert [pact for _row, pact in book.pacts] == pacts
    assert [way for _row, way in book.ways] == ways
    assert [way for _row, way in read(to_csv(WAYS, ways)).ways] == ways
    lines, agreed = read(to_csv(LINES, entries)), read(to_csv(PACTS, pacts))
    assert lines.faults + agreed.faults == []
    assert ([entry for _row, entry in lines.lines], lines.pacts) == (entries, [])
    assert ([pact for _row, pact in agreed.pacts], agreed.lines) == (pacts, [])


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode) | st.binary(max_size=99).map(b"PK\3\4".__add__))
def test_whatever_is_uploaded_gets_an_answer(data: bytes) -> None:
    found = read(data)
    assert found.faults or found.lines or found.pacts or found.ways


LINE = Entry("12345", "=SUM(A1:A9)", "government", valid_from=dt.date(2021, 7, 1))


def test_no_cell_becomes_a_formula() -> None:
    book = load_workbook(io.BytesIO(to_xlsx([LINE], [])))
    assert book["线路"]["B2"].data_type == "s"
    assert book["线路"]["A2"].value == "12345"
    assert "'=SUM(A1:A9)" in to_csv(LINES, [LINE]).decode("utf-8-sig")
    assert to_csv(LINES, [LINE]).startswith(b"\xef\xbb\xbf")


def rows(*more: list[object], headings: list[str] | None = None) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "线路"
    sheet.append(LINES.headings if headings is None else headings)
    for row in more:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def typed(**changes: object) -> list[object]:
    """A row as somebody types it in Excel: numbers and days as such."""
    values: dict[str, object] = {
        "number": 12345, "name_zh": "热线", "line_class": "政务服务热线", "priority": 20.0,
        "recording": True, "linked": True,
    }  # fmt: skip
    values |= changes
    return [values.get(column.field) for column in LINES.columns]


def test_what_excel_makes_of_typed_cells_is_understood() -> None:
    found = read(rows(typed(valid_from=dt.datetime(2021, 7, 1), languages="en，ja、 ko", excludes="司法")))  # noqa: DTZ001
    assert found.faults == []
    [(row, entry)] = found.lines
    assert row == 2
    assert (entry.number, entry.priority, entry.linked, entry.valid_from) == ("12345", 20, True, dt.date(2021, 7, 1))
    assert (entry.languages, entry.excludes) == (("en", "ja", "ko"), ("judicial",))
    assert entry.recording == "ask", "是 and 否 of older tables"
    assert read(rows(typed(recording="依法录音"))).lines[0][1].recording == "always"
    assert read(rows(typed(valid_from="2021/7/1"))).lines[0][1].valid_from == dt.date(2021, 7, 1)


def told(data: bytes) -> list[tuple[int, str, str]]:
    return [(one.row, one.fault.field, one.fault.code) for one in read(data).faults]


def test_each_row_says_what_cannot_be_understood() -> None:
    assert told(
        rows(
            typed(),
            typed(number=1, priority="high"),
            [],
            typed(number=2, merged_from="soon", linked="maybe"),
            typed(),
            typed(number=3, name_zh="=A1"),
            [*typed(number=4), "a note"],
        )
    ) == [
        (3, "priority", "not_a_number"),
        (5, "linked", "not_yes_or_no"),
        (5, "merged_from", "not_a_day"),
        (6, "number", "row_twice"),
        (7, "name_zh", "formula"),
        (8, "", "cell_without_column"),
    ]


def test_no_column_is_dropped_and_none_is_guessed() -> None:
    headings = LINES.headings
    assert told(rows(typed(), headings=[*headings, "备注"])) == [(1, "", "unknown_column")]
    assert told(rows(typed(), headings=headings[:-1])) == [(1, "", "column_missing")]
    assert told(rows(typed(), headings=[*headings, "名称"])) == [(1, "", "column_twice")]


def test_columns_may_stand_in_any_order() -> None:
    assert read(rows(list(reversed(typed())), headings=list(reversed(LINES.headings)))).lines[0][1].number == "12345"


def test_a_sheet_we_do_not_know_is_not_passed_over() -> None:
    book = load_workbook(io.BytesIO(to_xlsx([LINE], [])))
    book.create_sheet("说明").append(["a", "b"])
    book.create_sheet("Sheet4")
    out = io.BytesIO()
    book.save(out)
    assert told(out.getvalue()) == [(0, "", "unknown_sheet")]


def test_what_excel_saves_on_chinese_windows_is_read() -> None:
    text = to_csv(LINES, [LINE]).decode("utf-8-sig")
    assert read(text.encode("gb18030")).lines[0][1] == LINE


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"PK\x03\x04 not a workbook", "not_a_table"),
        (b'"open', "not_a_table"),
        (b"x" * (MOST_BYTES + 1), "file_too_large"),
        (b"," * 200, "too_many_rows"),
    ],
)
def test_what_is_no_table_is_refused(data: bytes, code: str) -> None:
    assert [one.fault.code for one in read(data).faults] == [code]
