"""A self-evaluation form from a file: docx, xlsx, PDF with text, or plain text; told apart by what the file is."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from io import StringIO
from pathlib import Path

from yuqiao.evaluation.form import Form
from yuqiao.evaluation.readers.cells import read_cells
from yuqiao.evaluation.readers.errors import UnreadableError
from yuqiao.evaluation.readers.kinds import FORMS, Kind
from yuqiao.evaluation.readers.pdf import read_pdf
from yuqiao.evaluation.readers.safety import LARGEST, MIB, inspect, text_of
from yuqiao.evaluation.readers.text import mended, read_text
from yuqiao.evaluation.readers.word import read_docx
from yuqiao.evaluation.readers.workbook import MOST_COLUMNS, read_xlsx

#: Plain text of that many bytes is a book, and one with that many indicators a whole city's.
MOST_TEXT = MIB
MOST_INDICATORS = 500

__all__ = ["LARGEST", "UnreadableError", "read_content", "read_file", "read_pasted"]


def read_file(path: Path) -> Form:
    """Return the form a file holds. UnreadableError says what is wrong with it; a huge one is not even opened."""
    try:
        if path.stat().st_size > LARGEST:
            raise UnreadableError("too-large", most=LARGEST // MIB)
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableError("missing", why=error.strerror) from error
    return read_content(content, path.name)


def read_content(content: bytes, name: str = "") -> Form:
    """Return the form that a file's bytes hold; ``name`` is the file's. UnreadableError as `read_file`."""
    form = _read(content, inspect(content, name))
    if len(form.indicators) > MOST_INDICATORS:
        raise UnreadableError("too-many", most=MOST_INDICATORS)
    return form


def _read(content: bytes, kind: Kind) -> Form:
    if kind not in FORMS:
        raise UnreadableError("not-a-form", kind=kind.value)
    if kind is Kind.DOCX:
        return read_cells(*read_docx(content))
    if kind is Kind.XLSX:
        return read_cells(*read_xlsx(content))
    if kind is Kind.PDF:
        return _pdf(content)
    if len(content) > MOST_TEXT:
        raise UnreadableError("too-large", most=MOST_TEXT // MIB)
    return read_pasted(text_of(content) or "")


def read_pasted(text: str) -> Form:
    """Return the form that a text holds: cells between tabs or bars, as a table is pasted, or the text of a page."""
    by_text = read_text(text.replace("\t", " "))
    for mark in ("\t", "|"):
        if mark not in text:
            continue
        lines = StringIO(re.sub(r"\r\n?", "\n", text.replace("\0", "")))
        try:
            rows = [row for row in csv.reader(lines, delimiter=mark) if any(row)]
        except csv.Error:  # a quotation mark that nobody closed
            continue
        by_cells = read_cells([[cell.strip() for cell in row[:MOST_COLUMNS]] for row in rows])
        if len(by_cells.indicators) >= max(len(by_text.indicators), 1):
            return by_cells
    return by_text


def _pdf(content: bytes) -> Form:
    """By its ruled tables, where they hold as many indicators as its text; a form without rules by its text."""
    printed = read_pdf(content)
    by_text = read_text(printed.text[:MOST_TEXT])
    by_cells = read_cells([[_unbroken(cell) for cell in row] for row in printed.rows], printed.places)
    if len(by_cells.indicators) < max(len(by_text.indicators), 1):
        return by_text
    title = by_cells.title or by_text.title
    return replace(by_cells, title=title, year=by_cells.year or by_text.year)


def _unbroken(cell: str) -> str:
    """Return a cell as it was written: lines that only the page's width broke are one again."""
    return re.sub(r"(?<![A-Za-z,.])\s*\n\s*|\s*\n\s*(?![A-Za-z])", "", mended(cell)).replace("\n", " ")
