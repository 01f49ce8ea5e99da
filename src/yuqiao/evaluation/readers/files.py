"""A self-evaluation form from a file: docx, xlsx, PDF with text, or plain text; told apart by what the file is."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

from yuqiao.evaluation.form import Form
from yuqiao.evaluation.readers.cells import read_cells
from yuqiao.evaluation.readers.text import read_text

#: Larger forms than this are no forms.
LARGEST = 20 * 1024 * 1024


class UnreadableError(ValueError):
    """The file holds no form that can be read; the message says what to hand in instead."""


def read_file(path: Path) -> Form:
    """Return the form a file holds. UnreadableError says what is wrong with it."""
    try:
        if path.stat().st_size > LARGEST:
            raise UnreadableError("the file is larger than 20 MiB")
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableError(f"the file cannot be opened: {error.strerror}") from error
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    if content.startswith(b"%PDF"):
        return read_text(_pdf(content))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return read_text(content.decode(encoding))
        except UnicodeDecodeError:
            continue
    raise UnreadableError("this is no text, no docx, no xlsx and no PDF")


def _office(content: bytes) -> Form:
    try:
        names = zipfile.ZipFile(BytesIO(content)).namelist()
    except zipfile.BadZipFile as error:
        raise UnreadableError("the docx or xlsx is damaged; save it anew") from error
    if "word/document.xml" in names:
        return read_cells(_docx(content))
    if "xl/workbook.xml" in names:
        return read_cells(_xlsx(content))
    raise UnreadableError("this archive is neither docx nor xlsx")


def _xlsx(content: bytes) -> list[list[str]]:
    import openpyxl  # noqa: PLC0415 (slow to import, needed for such files only)

    try:
        book = openpyxl.load_workbook(BytesIO(content), data_only=True)
    except (KeyError, ValueError, zipfile.BadZipFile) as error:
        raise UnreadableError("the xlsx is damaged; save it anew") from error
    rows = []
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            rows.append(["" if cell.value is None else _shown(cell.value, cell.number_format) for cell in row])
    return rows


def _shown(value: object, number_format: str) -> str:
    """Return a cell as the sheet shows it: 0.9962 in a format of per cent is 99.62%."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        places = len(number_format.partition(".")[2].rstrip("%_ )")) if "." in number_format else None
        if number_format.endswith("%"):
            return f"{value * 100:.{places or 0}f}%"
        return str(value) if places is None else f"{value:.{places}f}"
    return str(value)


def _docx(content: bytes) -> list[list[str]]:
    import docx  # noqa: PLC0415 (slow to import, needed for such files only)
    from docx.table import Table  # noqa: PLC0415

    document = docx.Document(BytesIO(content))
    rows: list[list[str]] = []
    for part in document.iter_inner_content():
        if isinstance(part, Table):
            rows += [[cell.text for cell in row.cells] for row in part.rows]
        elif part.text.strip():
            rows.append([part.text])
    return rows


def _pdf(content: bytes) -> str:
    import pypdf  # noqa: PLC0415 (slow to import, needed for such files only)
    from pypdf.errors import PyPdfError  # noqa: PLC0415

    try:
        text = "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)
    except PyPdfError as error:
        raise UnreadableError("the PDF is damaged or locked") from error
    if not text.strip():
        raise UnreadableError("the PDF holds pictures only; hand in the docx or xlsx it was made from")
    return text
