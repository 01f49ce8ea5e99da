"""The kinds of file a document can be had as."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from yuqiao.documents.blocks import Document
from yuqiao.documents.docx import to_docx
from yuqiao.documents.pdf import to_pdf
from yuqiao.documents.xlsx import to_xlsx


@dataclass(frozen=True, slots=True)
class Format:
    """How a document is written, and what a browser is told about it. ``write`` raises DocumentError."""

    write: Callable[[Document], bytes]
    content_type: str


#: By the ending of the file's name.
FORMATS: Mapping[str, Format] = {
    "docx": Format(to_docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": Format(to_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "pdf": Format(to_pdf, "application/pdf"),
}
