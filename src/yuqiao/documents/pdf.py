"""Documents as PDF, set by Typst: PDF/A-2a and PDF/UA-1 (fonts embedded, text to copy and to hear), nothing fetched.

The page's description (`page.typ`) never changes; a document is handed in as JSON and shown as text, so no word of it
can become markup. Equal documents give equal bytes: the document's moment is the only date.
"""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst

from yuqiao.documents.blocks import Block, Document, Heading, Paragraph, Table
from yuqiao.documents.docx_forms import BREAKS_FROM
from yuqiao.documents.forms import DocumentError, Form, Part, Placed, placed
from yuqiao.documents.measure import heights
from yuqiao.documents.style import LONG_SIDE, SANS_FACES, SHORT_SIDE, Face, Style, room
from yuqiao.documents.words import sayable

PAGE = Path(__file__).with_name("page.typ")
#: Chinese faces with and without serifs, the ones that any server can have first: equal bytes on all machines.
WITH_SERIFS = ("Noto Serif CJK SC", "Source Han Serif SC", "Source Han Serif CN", "SimSun", "STSong", "Songti SC")
WITHOUT_SERIFS = ("Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN", "SimHei", "STHeiti", "PingFang SC")
#: Latin letters and digits: part of Typst itself.
LATIN = "Libertinus Serif"
#: For signs that no Chinese font has; Typst looks in all fonts of the machine after these.
BEYOND = ("DejaVu Sans", "DejaVu Sans Mono")
PACKAGE = "fonts-noto-cjk"
Standard = Literal["a-2a", "ua-1"]
#: Kept for decades (ISO 19005-2, level A) and read aloud (ISO 14289-1).
ARCHIVAL: list[Standard] = ["a-2a", "ua-1"]


class FontMissingError(DocumentError):
    """This machine has no font with Chinese signs; the message says how to get one."""

    code = "font"


def to_pdf(document: Document) -> bytes:
    """Return the document as the bytes of a PDF; equal documents give equal bytes.

    FontMissingError where no Chinese font is installed: rather no file than one full of empty squares.
    """
    fonts = _fonts()
    said = json.dumps(_document(document, frozenset(fonts.families())), ensure_ascii=False)
    at = math.floor(document.at.timestamp())
    try:
        return _set(said, fonts, at, ARCHIVAL)
    except typst.TypstError:  # a sign that no font of this machine has: it may stand in a PDF, not in an archive
        return _set(said, fonts, at, [])


def _set(said: str, fonts: typst.Fonts, at: int, standards: list[Standard]) -> bytes:
    # A compiler of its own for each document: one kept would be shared between threads.
    compiler = typst.Compiler(
        PAGE.read_bytes(), font_paths=fonts, ignore_system_fonts=True, sys_inputs={"document": said}
    )
    made = compiler.compile(format="pdf", timestamp=at, pdf_standards=list(standards))
    if not isinstance(made, bytes):
        raise DocumentError("the document could not be set as one PDF")
    return made


@cache
def _fonts() -> typst.Fonts:
    """All fonts of this machine, looked for once in each process."""
    return typst.Fonts()


def _document(document: Document, families: frozenset[str]) -> dict[str, Any]:
    wide, high = (LONG_SIDE, SHORT_SIDE) if document.sideways else (SHORT_SIDE, LONG_SIDE)
    text_high = room(document.page, sideways=document.sideways)[1]
    return {
        "title": sayable(document.title),
        "subtitle": sayable(document.subtitle),
        "above": sayable(document.above),
        "style": _style(document.style, families),
        "page": {
            "width": wide,
            "height": high,
            "room": text_high,
            "margins": document.page.margins,
            "running": sayable(document.page.running),
            "mark": sayable(document.page.mark),
            "counted": document.page.counted,
        },
        "blocks": [_block(one, text_high) for one in document.blocks],
    }


def _style(style: Style, families: frozenset[str]) -> dict[str, Any]:
    def face(one: Face) -> dict[str, Any]:
        return {"fonts": fonts_of(one, families), "size": one.size, "bold": one.bold}

    return {
        **{part: face(getattr(style, part)) for part in ("title", "subtitle", "body", "small", "table")},
        "headings": [face(one) for one in style.headings],
        "leading": style.leading,
        "indent": style.indent,
    }


def fonts_of(face: Face, families: frozenset[str]) -> list[str | dict[str, str]]:
    """Return the fonts a face is printed in, the first that has a sign wins; FontMissingError if none is Chinese."""
    chosen = WITHOUT_SERIFS + WITH_SERIFS if face.chinese in SANS_FACES else WITH_SERIFS + WITHOUT_SERIFS
    chinese = next((one for one in chosen if one in families), None)
    if chinese is None:
        raise FontMissingError(
            f"A PDF needs a font with Chinese signs and this machine has none: install {PACKAGE} (deploy/packages run)"
        )
    # Quotation marks and dashes stay Chinese: full width, as the words around them.
    latin: list[str | dict[str, str]] = [{"name": LATIN, "covers": "latin-in-cjk"}] if LATIN in families else []
    only_chinese = face.chinese in SANS_FACES
    return [*([] if only_chinese else latin), chinese, *(one for one in BEYOND if one in families)]


def _block(block: Block, page: float) -> dict[str, Any]:
    match block:
        case Heading():
            return {"kind": "heading", "text": sayable(block.text), "level": block.level, "fresh": block.fresh}
        case Paragraph():
            return {"kind": "paragraph", "text": sayable(block.text), "small": block.small, "align": block.align}
        case Table():
            return {
                "kind": "table",
                "caption": sayable(block.caption),
                "head": [sayable(one) for one in block.head],
                "rows": [[sayable(one) for one in row] for row in block.rows],
                "wide": block.wide,
                "shares": block.columns,
            }
        case Form():
            return {
                "kind": "form",
                "widths": block.widths,
                "size": block.size,
                "parts": [_part(block, one, page) for one in block.parts],
            }


def _part(form: Form, part: Part, page: float) -> dict[str, Any]:
    cells = placed(part, len(form.widths))
    high = heights(cells, form.widths, len(part.rows), form.size)
    said = [(one.row, _cell(one, breaks=one.cell.down > 1 or high[one.row] >= BREAKS_FROM * page)) for one in cells]
    return {
        "together": part.together,
        "head": [cell for row, cell in said if row < part.head],
        "cells": [cell for row, cell in said if row >= part.head],
    }


def _cell(one: Placed, *, breaks: bool) -> dict[str, Any]:
    cell = one.cell
    return {
        "x": one.column,
        "y": one.row,
        "text": sayable(cell.text),
        "across": cell.across,
        "down": cell.down,
        "align": cell.align,
        "bold": cell.bold,
        "upright": cell.upright,
        "edges": {name: name[0] in cell.edges for name in ("top", "left", "bottom", "right")},
        "top": cell.top,
        "shaded": cell.shaded,
        "indent": cell.indent,
        "high": cell.high,
        "breaks": breaks,
    }
