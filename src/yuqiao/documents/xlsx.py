"""Documents as xlsx (ISO/IEC 29500): one sheet of all sentences, one for each table and form; numbers are numbers."""

from __future__ import annotations

import io
import re

from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from yuqiao.documents.blocks import SIDEWAYS_FROM, Document, Heading, Paragraph, Table
from yuqiao.documents.forms import Form
from yuqiao.documents.stable import stable
from yuqiao.documents.words import sayable
from yuqiao.documents.xlsx_cells import write
from yuqiao.documents.xlsx_forms import one_page_wide, write_form

_WHOLE = re.compile(r"0|[1-9]\d{0,14}", re.ASCII)
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
LONGEST_NAME = 31


def to_xlsx(document: Document) -> bytes:
    """Return the document as the bytes of a .xlsx file; equal documents give equal bytes."""
    book = Workbook()
    book.remove(book.worksheets[0])
    taken: set[str] = set()
    forms = [one for one in document.blocks if isinstance(one, Form)]
    for number, form in enumerate(forms):
        write_form(_sheet(book, document.title, taken), form, document, titled=number == 0)
    sentences = [one for one in document.blocks if isinstance(one, Heading | Paragraph)]
    if sentences or not forms:
        _words(_sheet(book, document.title, taken), document, sentences)
    for one in document.blocks:
        if isinstance(one, Table):
            _table(_sheet(book, one.caption, taken), one)
    made = io.BytesIO()
    book.save(made)
    return stable(made.getvalue(), document.at)


def _sheet(book: Workbook, name: str, taken: set[str]) -> Worksheet:
    sheet: Worksheet = book.create_sheet(_name(name, taken))
    taken.add(sheet.title)
    return sheet


def _words(sheet: Worksheet, document: Document, sentences: list[Heading | Paragraph]) -> None:
    sheet.column_dimensions["A"].width = 120
    one_page_wide(sheet, sideways=False)
    opening = [document.above] if document.above else []
    for row, text in enumerate([*opening, document.title, document.subtitle], 1):
        write(sheet.cell(row, 1), text, bold=text == document.title)
    for row, block in enumerate(sentences, len(opening) + 3):
        cell = sheet.cell(row, 1)
        write(cell, block.text, bold=isinstance(block, Heading))
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _table(sheet: Worksheet, table: Table) -> None:
    for column, text in enumerate(table.head, 1):
        write(sheet.cell(1, column), text, bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = 60 if column - 1 in table.wide else 20
    for number, row in enumerate(table.rows, 2):
        for column, text in enumerate(row, 1):
            cell = sheet.cell(number, column)
            write(cell, text, whole=column > 1 and bool(_WHOLE.fullmatch(text)))
            cell.alignment = Alignment(wrap_text=column - 1 in table.wide, vertical="top")
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"
    one_page_wide(sheet, sideways=len(table.head) >= SIDEWAYS_FROM)


def _name(text: str, taken: set[str]) -> str:
    """Return a sheet's name: allowed characters, short enough, and no other sheet's."""
    plain = (
        _NOT_IN_NAMES.sub(" ", sayable(text).replace("\n", " ").replace("\t", " "))[:LONGEST_NAME].strip("' ") or "1"
    )
    if plain.casefold() not in {one.casefold() for one in taken}:
        return plain
    return next(
        name
        for number in range(2, 1000)
        if (name := f"{plain[: LONGEST_NAME - 4]} {number}").casefold() not in {one.casefold() for one in taken}
    )
