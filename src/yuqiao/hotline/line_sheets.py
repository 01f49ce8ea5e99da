"""The registry as tables: xlsx of lines, agreements, numbers dialled, past mergers; or CSV of one. No database.

What is written reads back the same. Reading gives every cell's fault with its row, and a table with a fault in it
gives nothing else: a column we do not know, one that is missing and a formula are faults too, never dropped.

* xlsx: all cells are text, so that 0-numbers stay and nothing that begins with "=" becomes a formula.
* CSV: UTF-8 with BOM, as Excel expects; Excel on Chinese Windows saves GB 18030, which is read as well. A cell that
  Excel would take for a formula gets an apostrophe in front (OWASP, CSV injection), which reading takes off again.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Font
from openpyxl.utils.exceptions import InvalidFileException

from yuqiao.hotline.registry import CLASSES, RECORDING, WAYS_IN, Entry, Exclusion, Fault, Merger, Pact, Way, fault

Row = TypeVar("Row", Entry, Pact, Way, Merger)
#: More than any city has; a file beyond it is not a registry.
MOST_BYTES: Final = 4 * 1024 * 1024
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 100

CLASS_NAMES: Final = dict(zip(CLASSES, ("紧急服务热线", "政务服务热线", "公共服务热线", "本平台热线"), strict=True))
WAY_NAMES: Final = dict(zip(WAYS_IN, ("坐席同机呼入", "转接呼入", "直拨本号"), strict=True))
RECORDING_NAMES: Final = dict(zip(RECORDING, ("依法录音", "告知并可拒绝", "不录音"), strict=True))
EXCLUSION_NAMES: Final = {Exclusion.JUDICIAL.value: "司法", Exclusion.SECRET.value: "涉密"}
YES_NO: Final = {True: "是", False: "否"}
OLD_RECORDING: Final = {YES_NO[True]: "ask", YES_NO[False]: "never"}


class CellError(ValueError):
    """A cell cannot be understood; ``code`` says how."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, the field it holds, and how the field is written as text and read back."""

    heading: str
    field: str
    write: Callable[[Any], str]
    read: Callable[[str], Any]


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text.replace("/", "-")) if text else None
    except ValueError:
        pass
    try:  # Excel writes 2021/7/1
        return dt.date(*(int(part) for part in text.replace("/", "-").split("-")))
    except (ValueError, TypeError):
        raise CellError("not_a_day") from None


def _certain_day(text: str) -> dt.date:
    day = _day(text)
    if day is None:
        raise CellError("not_a_day")
    return day


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise CellError("not_a_number")
    return int(text)


def _yes(text: str) -> bool:
    for value, name in YES_NO.items():
        if text == name:
            return value
    raise CellError("not_yes_or_no")


def _named(names: dict[str, str]) -> tuple[Callable[[str], str], Callable[[str], str]]:
    """Return how a code is written by its name and read back; other text stays, for the rules to judge."""
    codes = {name: code for code, name in names.items()}
    return (lambda code: names.get(code, code)), (lambda text: codes.get(text, text))


_write_class, _read_class = _named(CLASS_NAMES)
_write_way, _read_way = _named(WAY_NAMES)
_write_recording, _read_recording = _named(RECORDING_NAMES)
_write_exclusion, _read_exclusion = _named(EXCLUSION_NAMES)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.replace("，", ",").replace("、", ",").split(",")] if text else []


def _iso(value: dt.date | None) -> str:
    return value.isoformat() if value else ""


LINE_COLUMNS: Final = (
    Column("线路号码", "number", str, str),
    Column("名称", "name_zh", str, str),
    Column("英文名称", "name_en", str, str),
    Column("类别", "line_class", _write_class, _read_class),
    Column("主管部门编码", "owner", str, str),
    Column("坐席地址", "agent_contact", str, str),
    Column("优先级", "priority", str, _whole),
    # Tables of before there was a choice say 是 or 否.
    Column("录音", "recording", _write_recording, lambda text: OLD_RECORDING.get(text) or _read_recording(text)),
    Column("纳入三方通话联动", "linked", YES_NO.__getitem__, _yes),
    Column("并入线路", "merged_into", str, str),
    Column("并入日期", "merged_from", _iso, _day),
    Column("并入截止", "merged_until", _iso, _day),
    Column("启用日期", "valid_from", _iso, _day),
    Column("停用日期", "valid_until", _iso, _day),
    Column("常用语种", "languages", ",".join, lambda text: tuple(_parts(text))),
    Column(
        "不受理内容",
        "excludes",
        lambda codes: ",".join(_write_exclusion(code) for code in codes),
        lambda text: tuple(_read_exclusion(part) for part in _parts(text)),
    ),
)
PACT_COLUMNS: Final = (
    Column("线路号码", "line", str, str),
    Column("部门编码", "department", str, str),
    Column("签订日期", "signed_on", _iso, _day),
    Column("有效期至", "valid_until", _iso, _day),
)
MERGER_COLUMNS: Final = (
    Column("线路号码", "line", str, str),
    Column("曾并入线路", "into", str, str),
    Column("并入日期", "since", _iso, _certain_day),
    Column("并入截止", "until", _iso, _certain_day),
)
WAY_COLUMNS: Final = (
    Column("呼入号码", "number", str, str),
    Column("线路号码", "line", str, str),
    Column("呼入方式", "way_in", _write_way, _read_way),
    Column("语种", "language", str, str),
)


@dataclass(frozen=True, slots=True)
class Kind(Generic[Row]):
    """A table of one kind: the name of its sheet, its columns, what a row becomes, and what tells rows apart."""

    sheet: str
    columns: tuple[Column, ...]
    make: Callable[..., Row]
    key: tuple[str, ...]

    @property
    def headings(self) -> list[str]:
        """The first row."""
        return [column.heading for column in self.columns]


LINES: Final[Kind[Entry]] = Kind("线路", LINE_COLUMNS, Entry, ("number",))
PACTS: Final[Kind[Pact]] = Kind("联动协议", PACT_COLUMNS, Pact, ("line", "department"))
MERGERS: Final[Kind[Merger]] = Kind("并入沿革", MERGER_COLUMNS, Merger, ("line", "since"))
WAYS: Final[Kind[Way]] = Kind("呼入号码", WAY_COLUMNS, Way, ("number",))


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong in row ``row`` (as the spreadsheet counts; the headings are row 1) of ``sheet``."""

    sheet: str
    row: int
    fault: Fault


@dataclass(slots=True)
class Tables:
    """What was read: rows with their place in the file, and faults. With a fault, the rows are not to be used."""

    lines: list[tuple[int, Entry]]
    pacts: list[tuple[int, Pact]]
    ways: list[tuple[int, Way]]
    faults: list[RowFault]
    mergers: list[tuple[int, Merger]] = field(default_factory=list)


def to_csv(kind: Kind[Row], rows: Iterable[Row]) -> bytes:
    """Return one table as CSV (RFC 4180, lines end with CR LF)."""
    text = io.StringIO()
    writer = csv.writer(text)
    for row in _texts(kind, rows):
        writer.writerow(
            [f"'{cell}" if cell.startswith(("=", "+", "-", "@", "'", "\t", "\r")) else cell for cell in row]
        )
    return text.getvalue().encode("utf-8-sig")


def to_xlsx(
    entries: Iterable[Entry], pacts: Iterable[Pact], ways: Iterable[Way] = (), mergers: Iterable[Merger] = ()
) -> bytes:
    """Return all tables as sheets of one workbook."""
    book = Workbook()
    for old in book.worksheets:
        book.remove(old)
    tables = {
        LINES.sheet: _texts(LINES, entries),
        PACTS.sheet: _texts(PACTS, pacts),
        WAYS.sheet: _texts(WAYS, ways),
        MERGERS.sheet: _texts(MERGERS, mergers),
    }
    for name, texts in tables.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "B2"
        for number, row in enumerate(texts, 1):
            for place, text in enumerate(row, 1):
                cell = sheet.cell(number, place)
                assert isinstance(cell, Cell)  # noqa: S101 (nothing is merged here)
                cell.value = text or None
                cell.number_format = "@"
                if text:
                    cell.data_type = "s"  # "=…" too
                if number == 1:
                    cell.font = Font(bold=True)
        for column in sheet.columns:
            widest = max(len(str(cell.value or "").encode("gb18030", "replace")) for cell in column)
            sheet.column_dimensions[column[0].column_letter].width = min(48, widest + 3)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _texts(kind: Kind[Row], rows: Iterable[Row]) -> list[list[str]]:
    return [kind.headings, *([column.write(getattr(row, column.field)) for column in kind.columns] for row in rows)]


def read(data: bytes) -> Tables:
    """Read what `to_xlsx` or `to_csv` wrote, or what people made of it. Says what is wrong; never raises for it."""
    found = Tables([], [], [], [])
    if len(data) > MOST_BYTES:
        found.faults.append(RowFault("", 0, fault("", "file_too_large", most=str(MOST_BYTES // 2**20))))
        return found
    try:
        sheets = cells_of(data)
    except CellError as error:
        found.faults.append(RowFault("", 0, fault("", error.code)))
        return found
    known = 0
    for name, cells in sheets:
        if not any(any(row) for row in cells):
            continue
        match name or _sheet_of(cells[0]):  # CSV has no name: its headings tell
            case LINES.sheet:
                found.lines += _rows(LINES, cells, found.faults)
            case PACTS.sheet:
                found.pacts += _rows(PACTS, cells, found.faults)
            case WAYS.sheet:
                found.ways += _rows(WAYS, cells, found.faults)
            case MERGERS.sheet:
                found.mergers += _rows(MERGERS, cells, found.faults)
            case _:
                found.faults.append(RowFault(name, 0, fault("", "unknown_sheet", text=name)))
        known += 1
    if not known:
        found.faults.append(RowFault("", 0, fault("", "empty_file")))
    return found


def cells_of(data: bytes) -> list[tuple[str, list[list[str]]]]:
    """Return each sheet's name and cells as text, of a workbook or of CSV (no name); CellError for anything else."""
    if len(data) > MOST_BYTES:
        raise CellError("file_too_large")
    return _xlsx_cells(data) if data.startswith(b"PK") else _csv_cells(data)


def _sheet_of(headings: Sequence[str]) -> str:
    """Return the sheet that has a heading no other has; that of lines where none is known."""
    if "部门编码" in headings:
        return PACTS.sheet
    if "曾并入线路" in headings:
        return MERGERS.sheet
    return WAYS.sheet if "呼入号码" in headings else LINES.sheet


def _csv_cells(data: bytes) -> list[tuple[str, list[list[str]]]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        except csv.Error:
            raise CellError("not_a_table") from None
        if len(rows) > MOST_ROWS or any(len(row) > MOST_COLUMNS for row in rows):
            raise CellError("too_many_rows")
        return [("", [[cell[1:] if cell.startswith("'") else cell for cell in row] for row in rows])]
    raise CellError("not_a_table")


def _xlsx_cells(data: bytes) -> list[tuple[str, list[list[str]]]]:
    """Return each sheet's cells as text. A workbook that would unpack to more than a registry can be is refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked <= 30 * MOST_BYTES:
            book = load_workbook(io.BytesIO(data), read_only=True)
            return [(sheet.title, _sheet_cells(sheet.iter_rows())) for sheet in book.worksheets]
    except CellError:
        raise
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, SyntaxError, TypeError) as error:
        raise CellError("not_a_table") from error
    raise CellError("too_many_rows")


def _sheet_cells(rows: Iterable[Sequence[Any]]) -> list[list[str]]:
    cells: list[list[str]] = []
    for row in rows:
        if len(cells) == MOST_ROWS or len(row) > MOST_COLUMNS:
            raise CellError("too_many_rows")
        cells.append([_cell_text(cell) for cell in row])
    return cells


#: Stands for a formula until its row is judged; no text has this sign.
FORMULA: Final = "\x00formula"


def _cell_text(cell: Any) -> str:
    """Return a cell as the text a person sees, days as in ISO 8601."""
    if getattr(cell, "data_type", "") == "f":
        return FORMULA
    match cell.value:
        case None:
            text = ""
        case bool() as value:
            text = YES_NO[value]
        case dt.datetime() as value if value.time() == dt.time():
            text = value.date().isoformat()
        case dt.date() as value:
            text = value.isoformat()
        case float() as value if value.is_integer():
            text = str(int(value))
        case value:
            text = str(value)
    return text


def _rows(kind: Kind[Row], cells: Sequence[Sequence[str]], faults: list[RowFault]) -> list[tuple[int, Row]]:
    """Return the rows of a table; what is wrong goes to ``faults``."""
    headings = [cell.strip() for cell in cells[0]]
    while headings and not headings[-1]:
        headings.pop()
    wrong = [fault("", "unknown_column", text=name) for name in headings if name not in kind.headings]
    wrong += [fault("", "column_twice", text=name) for name in kind.headings if headings.count(name) > 1]
    wrong += [fault("", "column_missing", text=name) for name in kind.headings if name not in headings]
    faults += [RowFault(kind.sheet, 1, one) for one in wrong]
    if wrong:
        return []
    columns = {column.heading: column for column in kind.columns}
    found: list[tuple[int, Row]] = []
    seen: dict[tuple[Any, ...], int] = {}
    for number, row in enumerate(cells[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        values, row_faults = _values(columns, headings, row)
        key = tuple(values.get(field) for field in kind.key)
        if not row_faults and key in seen:
            row_faults.append(fault(kind.key[0], "row_twice", text=str(seen[key])))
        seen.setdefault(key, number)
        faults += [RowFault(kind.sheet, number, one) for one in row_faults]
        if not row_faults:
            found.append((number, kind.make(**values)))
    return found


def _values(
    columns: dict[str, Column], headings: Sequence[str], row: Sequence[str]
) -> tuple[dict[str, Any], list[Fault]]:
    values: dict[str, Any] = {}
    wrong = [fault("", "cell_without_column", text=cell) for cell in row[len(headings) :] if cell.strip()]
    for place, heading in enumerate(headings):
        column = columns[heading]
        text = row[place].strip() if place < len(row) else ""
        try:
            if text == FORMULA:
                raise CellError("formula")  # noqa: TRY301 (one way to a fault)
            values[column.field] = column.read(text)
        except CellError as error:
            wrong.append(fault(column.field, error.code, text="" if text == FORMULA else text[:40]))
    return values, wrong
