"""One cell of a spreadsheet: a number, or text that no spreadsheet takes for a formula or for an escape."""

from __future__ import annotations

import re

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Font

from yuqiao.documents.forms import DocumentError
from yuqiao.documents.numbers import typed
from yuqiao.documents.words import sayable

BOLD = Font(bold=True)
#: As many signs as a cell can hold; a program would cut the rest off without a word.
MOST_SIGNS = 32_767
#: What ISO/IEC 29500-1, 22.9.2.19 (ST_Xstring) reads as another character.
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


class TooLongError(DocumentError):
    """A text has more signs than a cell of a sheet can hold."""

    code = "too_long"


def write(cell: Cell | MergedCell, text: str, *, bold: bool = False, whole: bool = False) -> None:
    """Write a whole number, or text as text. DocumentError for more than a cell can hold."""
    if whole:
        cell.value = int(text)
    else:
        write_text(cell, text)
    if bold:
        cell.font = BOLD


def write_text(cell: Cell | MergedCell, text: str) -> None:
    """Write text as text, whatever it begins with (S132: no visible quote is needed for that)."""
    said = _ESCAPE.sub("_x005F_", sayable(text))
    if len(said) > MOST_SIGNS:
        raise TooLongError(f"a cell of xlsx holds {MOST_SIGNS} signs; shorten {text[:20]!r} or take docx or PDF")
    cell.value = said
    if isinstance(cell, Cell):
        cell.data_type = "s"


def write_number(cell: Cell | MergedCell, text: str) -> None:
    """Write a printed number as a number whose format prints it again; text where it is no number (S133)."""
    found = typed(text)
    if found is None:
        write_text(cell, text)
        return
    cell.value, cell.number_format = found
