"""Registers as tables: a kind of row with its columns, read and written cell by cell, and compared with what is kept.

Reading gives every cell's fault with its row, and a table with a fault in it gives nothing else: a column we do not
know, one that is missing and a formula are faults too, never dropped. What is written reads back the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from yuqiao.lib.cells import FORMULA, MERGED, MOST_BYTES, YES_NO, CellError, Cells, cells_of, to_csv, to_xlsx

Row = TypeVar("Row")
#: Above the headings a table may have a title and a date.
TITLES: Final = 10


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field; ``facts`` fill the places of the sentence that ``code`` stands for."""

    field: str
    code: str
    facts: tuple[tuple[str, str], ...] = ()


def fault(field: str, code: str, **facts: str) -> Fault:
    """Return a fault with its facts in a fixed order."""
    return Fault(field, code, tuple(sorted(facts.items())))


class TableError(ValueError):
    """Rows cannot be written as asked; ``faults`` by the place of the row."""

    def __init__(self, faults: Mapping[int, Sequence[Fault]]) -> None:
        super().__init__("; ".join(f"{place}: {one.field} {one.code}" for place in faults for one in faults[place]))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong in row ``row`` (as the spreadsheet counts; 0: the whole file) of ``sheet``."""

    sheet: str
    row: int
    fault: Fault


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, the field it holds, and how the field is written as text and read back."""

    heading: str
    field: str
    write: Callable[[Any], str] = str
    read: Callable[[str], Any] = str


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

    def key_of(self, row: Row) -> tuple[Any, ...]:
        """Return what tells ``row`` from others."""
        return tuple(getattr(row, name) for name in self.key)

    def texts(self, row: Row) -> list[str]:
        """Return ``row`` as its cells."""
        return [column.write(getattr(row, column.field)) for column in self.columns]

    def table(self, rows: Iterable[Row]) -> Cells:
        """Return the headings and all ``rows`` as cells."""
        return [self.headings, *(self.texts(row) for row in rows)]

    def to_csv(self, rows: Iterable[Row]) -> bytes:
        """Return ``rows`` as CSV."""
        return to_csv(self.table(rows))

    def to_xlsx(self, rows: Iterable[Row]) -> bytes:
        """Return ``rows`` as a workbook of one sheet."""
        return to_xlsx({self.sheet: self.table(rows)})


def day(text: str) -> dt.date | None:
    """Read a day, 2021-07-01 or as Excel writes it; empty: None."""
    try:
        return dt.date.fromisoformat(text.replace("/", "-")) if text else None
    except ValueError:
        pass
    try:  # Excel writes 2021/7/1
        return dt.date(*(int(part) for part in text.replace("/", "-").split("-")))
    except (ValueError, TypeError):
        raise CellError("not_a_day") from None


def certain_day(text: str) -> dt.date:
    """Read a day that must be there."""
    found = day(text)
    if found is None:
        raise CellError("not_a_day")
    return found


def iso(value: dt.date | None) -> str:
    """Write a day."""
    return value.isoformat() if value else ""


def minute(text: str) -> int:
    """Read a time of the day as minutes since midnight: 8:30, 08:30:00, 24:00; empty: 0."""
    parts = text.replace("：", ":").split(":") if text else ["0", "0"]
    if len(parts) not in (2, 3) or not all(part.isascii() and part.isdigit() and len(part) < 3 for part in parts):
        raise CellError("not_a_time")
    found = int(parts[0]) * 60 + int(parts[1])
    if found > 24 * 60 or int(parts[1]) > 59 or (len(parts) == 3 and int(parts[2])):
        raise CellError("not_a_time")
    return found


def clock(value: int) -> str:
    """Write minutes since midnight."""
    return f"{value // 60:02d}:{value % 60:02d}"


def whole(text: str) -> int:
    """Read a whole number below 100,000."""
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise CellError("not_a_number")
    return int(text)


def yes(text: str) -> bool:
    """Read 是 or 否."""
    for value, name in YES_NO.items():
        if text == name:
            return value
    raise CellError("not_yes_or_no")


def named(names: Mapping[str, str]) -> tuple[Callable[[str], str], Callable[[str], str]]:
    """Return how a code is written by its name and read back; other text stays, for the rules to judge."""
    codes = {name: code for code, name in names.items()}
    return (lambda code: names.get(code, code)), (lambda text: codes.get(text, text))


def parts(text: str) -> tuple[str, ...]:
    """Read a list with any kind of comma."""
    return tuple(part.strip() for part in text.replace("，", ",").replace("、", ",").split(",")) if text else ()


def listed(names: Mapping[str, str]) -> tuple[Callable[[Iterable[str]], str], Callable[[str], tuple[str, ...]]]:
    """Return how a list of codes is written by their names, and read back."""
    write, read = named(names)
    return (lambda codes: ",".join(write(code) for code in codes)), (
        lambda text: tuple(read(part) for part in parts(text))
    )


def rows_of(kind: Kind[Row], cells: Sequence[Sequence[str]], faults: list[RowFault]) -> list[tuple[int, Row]]:
    """Return the rows of a table with their numbers; what is wrong goes to ``faults``."""
    begin = heading_row(kind, cells)
    columns = {column.heading: column for column in kind.columns}
    by_field = {column.field: column.heading for column in kind.columns}
    headings = ["" if cell == MERGED else by_field.get(cell.strip(), cell.strip()) for cell in cells[begin]]
    while headings and not headings[-1]:
        headings.pop()
    wrong = [fault("", "unknown_column", text=name[:40]) for name in headings if name not in columns]
    wrong += [fault("", "column_twice", text=name) for name in kind.headings if headings.count(name) > 1]
    wrong += [fault("", "column_missing", text=name) for name in kind.headings if name not in headings]
    faults += [RowFault(kind.sheet, begin + 1, one) for one in wrong]
    if wrong:
        return []
    found: list[tuple[int, Row]] = []
    seen: dict[tuple[Any, ...], int] = {}
    for number, row in enumerate(cells[begin + 1 :], begin + 2):
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


def heading_row(kind: Kind[Any], cells: Sequence[Sequence[str]]) -> int:
    """Return the place of the row that holds most of the headings; the first of equals."""
    known = {*kind.headings, *(column.field for column in kind.columns)}
    hits = [len(known & {cell.strip() for cell in row}) for row in cells[:TITLES]]
    return hits.index(max(hits))


def _values(
    columns: Mapping[str, Column], headings: Sequence[str], row: Sequence[str]
) -> tuple[dict[str, Any], list[Fault]]:
    values: dict[str, Any] = {}
    wrong = [fault("", "cell_without_column", text=cell[:40]) for cell in row[len(headings) :] if cell.strip()]
    for place, heading in enumerate(headings):
        column = columns[heading]
        text = row[place].strip() if place < len(row) else ""
        try:
            if text in (FORMULA, MERGED):
                raise CellError(text[1:])  # noqa: TRY301 (one way to a fault)
            values[column.field] = column.read(text)
        except CellError as error:
            wrong.append(fault(column.field, error.code, text="" if text.startswith("\x00") else text[:40]))
    return values, wrong


def read_one(kind: Kind[Row], data: bytes) -> tuple[list[tuple[int, Row]], list[RowFault]]:
    """Read a file that holds one table of ``kind``. Says what is wrong; never raises for it.

    Of a workbook the sheet of the kind's name is read, or the only one that is not empty.
    """
    try:
        sheets = [(name, cells) for name, cells in cells_of(data) if any(any(row) for row in cells)]
    except CellError as error:
        facts = {"most": str(MOST_BYTES // 2**20)} if error.code == "file_too_large" else {}
        return [], [RowFault("", 0, fault("", error.code, **facts))]
    chosen = [cells for name, cells in sheets if name == kind.sheet] or [cells for _name, cells in sheets]
    if len(chosen) != 1:
        return [], [RowFault("", 0, fault("", "which_sheet" if chosen else "empty_file", text=kind.sheet))]
    faults: list[RowFault] = []
    found = rows_of(kind, chosen[0], faults)
    if not found and not faults:
        faults.append(RowFault("", 0, fault("", "empty_file")))
    return found, faults


@dataclass(frozen=True, slots=True)
class Change(Generic[Row]):
    """What row ``number`` of a table asks for: something new (no ``before``), or another ``after``."""

    number: int
    before: Row | None
    after: Row


def compare(kind: Kind[Row], kept: Iterable[Row], wanted: Sequence[tuple[int, Row]]) -> list[Change[Row]]:
    """Return what the rows ``wanted`` change of what is ``kept``; what the table does not name stays as it is."""
    before = {kind.key_of(row): row for row in kept}
    asked = [Change(number, before.get(kind.key_of(row)), row) for number, row in wanted]
    return [one for one in asked if one.before != one.after]


def difference(old: object | None, new: object, names: Iterable[str], private: frozenset[str]) -> dict[str, Any]:
    """Return [before, after] of each field that differs, as the journal keeps it; of a private one only that."""
    told: dict[str, Any] = {}
    for name in names:
        pair = [plain(getattr(old, name)) if old is not None else None, plain(getattr(new, name))]
        if pair[0] != pair[1] and (old is not None or pair[1] not in ("", [])):
            told[name] = True if name in private else pair
    return told


def plain(value: object) -> object:
    """Return a value as the journal keeps it."""
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return [plain(one) for one in value] if isinstance(value, tuple) else value
