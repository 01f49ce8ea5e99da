"""Tables as files: xlsx or CSV to cells of text and back. Knows no column and no domain.

* xlsx: all cells are text, so that 0-numbers stay and nothing that begins with "=" becomes a formula.
* CSV: UTF-8 with BOM, as Excel expects; Excel on Chinese Windows saves GB 18030, which is read as well. A cell that
  Excel would take for a formula gets an apostrophe in front (OWASP, CSV injection), which reading takes off again.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import coordinate_to_tuple, get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

#: More than any city has; a file beyond it is not a registry.
MOST_BYTES: Final = 4 * 1024 * 1024
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 100
#: So much of a column's text is looked at to say how wide it is.
WIDEST: Final = 48
#: Stand for a formula, and for a cell that was swallowed by its neighbour; no text has such a sign.
FORMULA: Final = "\x00formula"
MERGED: Final = "\x00merged"
YES_NO: Final = {True: "是", False: "否"}
RISKY: Final = ("=", "+", "-", "@", "'", "\t", "\r", "\n")
_MERGE: Final = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=\"([A-Z]+[0-9]+:[A-Z]+[0-9]+)\"")

Cells = list[list[str]]


class CellError(ValueError):
    """A cell or a file cannot be understood; ``code`` says how."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def to_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as CSV (RFC 4180, lines end with CR LF)."""
    text = io.StringIO()
    writer = csv.writer(text)
    for row in rows:
        writer.writerow([f"'{cell}" if cell.startswith(RISKY) else cell for cell in row])
    return text.getvalue().encode("utf-8-sig")


def to_xlsx(sheets: Mapping[str, Sequence[Sequence[str]]]) -> bytes:
    """Return sheets (name -> rows, the first of them headings) as a workbook; what XML cannot hold becomes U+FFFD."""
    book = Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "B2"
        for place, width in enumerate(_widths(rows), 1):
            sheet.column_dimensions[get_column_letter(place)].width = width
        for number, row in enumerate(rows):
            cells = []
            for text in row:
                cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("\ufffd", text) or None)
                cell.number_format = "@"
                if text:
                    cell.data_type = "s"  # "=…" too
                if number == 0:
                    cell.font = Font(bold=True)
                cells.append(cell)
            sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """Return how wide columns are, in signs; a Chinese one takes two."""
    found: list[int] = []
    for row in rows:
        found += [0] * (len(row) - len(found))
        for place, text in enumerate(row):
            found[place] = max(found[place], len(text[:WIDEST].encode("gb18030", "replace")))
    return [min(WIDEST, width + 3) for width in found]


def cells_of(data: bytes) -> list[tuple[str, Cells]]:
    """Return each sheet's name and cells as text, of a workbook or of CSV (no name); CellError for anything else."""
    if len(data) > MOST_BYTES:
        raise CellError("file_too_large")
    return _xlsx_cells(data) if data.startswith(b"PK") else _csv_cells(data)


def _csv_cells(data: bytes) -> list[tuple[str, Cells]]:
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


def _xlsx_cells(data: bytes) -> list[tuple[str, Cells]]:
    """Return each sheet's cells as text. A workbook that would unpack to more than a registry can be is refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
            if unpacked <= 30 * MOST_BYTES:
                book = load_workbook(io.BytesIO(data), read_only=True)
                return [(sheet.title, _sheet_cells(sheet, packed)) for sheet in book.worksheets]
    except CellError:
        raise
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, SyntaxError, TypeError) as error:
        raise CellError("not_a_table") from error
    raise CellError("too_many_rows")


def _sheet_cells(sheet: Any, packed: zipfile.ZipFile) -> Cells:
    cells: Cells = []
    for row in sheet.iter_rows():
        if len(cells) == MOST_ROWS or len(row) > MOST_COLUMNS:
            raise CellError("too_many_rows")
        cells.append([_cell_text(cell) for cell in row])
    _mark_merged(cells, packed.read(sheet._worksheet_path))
    return cells


def _mark_merged(cells: Cells, xml: bytes) -> None:
    """Mark the cells that a merge has swallowed: what they say stands in the first one alone, and is not theirs."""
    marked = 0
    for found in _MERGE.finditer(xml):
        (top, left), (bottom, right) = (coordinate_to_tuple(corner.decode()) for corner in found.group(1).split(b":"))
        for number in range(top, min(bottom, len(cells)) + 1):
            for place in range(left, min(right, len(cells[number - 1])) + 1):
                if (number, place) != (top, left):
                    cells[number - 1][place - 1] = MERGED
                marked += 1
                if marked > MOST_ROWS:
                    raise CellError("too_many_rows")


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
