"""Documents as xlsx (ISO/IEC 29500): one sheet of all sentences, one for each table; whole numbers are numbers."""

from __future__ import annotations

import io
import re

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from yuqiao.documents.blocks import Document, Heading, Paragraph, Table
from yuqiao.documents.stable import stable

_WHOLE = re.compile(r"0|[1-9]\d{0,14}", re.ASCII)
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
LONGEST_NAME = 31
BOLD = Font(bold=True)


def to_xlsx(document: Document) -> bytes:
    """Return the document as the bytes of a .xlsx file; equal documents give equal bytes."""
    book = Workbook()
    words = book.worksheets[0]
    words.title = _name(document.title, set())
    words.column_dimensions["A"].width = 120
    _write(words.cell(1, 1), document.title, bold=True)
    _write(words.cell(2, 1), document.subtitle)
    taken, row = {words.title}, 3
    for block in document.blocks:
        match block:
            case Heading() | Paragraph():
                cell = words.cell(row, 1)
                _write(cell, block.text, bold=isinstance(block, Heading))
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                row += 1
            case Table():
                sheet = book.create_sheet(_name(block.caption, taken))
                taken.add(sheet.title)
                _table(sheet, block)
    made = io.BytesIO()
    book.save(made)
    return stable(made.getvalue(), document.at)


def _table(sheet: Worksheet, table: Table) -> None:
    for column, text in enumerate(table.head, 1):
        _write(sheet.cell(1, column), text, bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = 60 if column - 1 in table.wide else 20
    for number, row in enumerate(table.rows, 2):
        for column, text in enumerate(row, 1):
            _write(sheet.cell(number, column), text, whole=column > 1 and bool(_WHOLE.fullmatch(text)))
    sheet.freeze_panes = "B2"


def _write(cell: Cell | MergedCell, text: str, *, bold: bool = False, whole: bool = False) -> None:
    """Write a number, or text that no spreadsheet takes for a formula."""
    if whole:
        cell.value = int(text)
    else:
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
        cell.data_type = "s"
    if bold:
        cell.font = BOLD


def _name(text: str, taken: set[str]) -> str:
    """Return a sheet's name: allowed characters, short enough, and no other sheet's."""
    plain = _NOT_IN_NAMES.sub(" ", text)[:LONGEST_NAME].strip("' ") or "1"
    if plain.casefold() not in {one.casefold() for one in taken}:
        return plain
    return next(
        name
        for number in range(2, 1000)
        if (name := f"{plain[: LONGEST_NAME - 4]} {number}").casefold() not in {one.casefold() for one in taken}
    )
