"""The tables and paragraphs of a docx as rows of cells; read as XML, so that a span of a billion columns costs nothing.

Text that was struck out (w:del) is not read, text in content controls and insertions is: as Word shows the page.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from yuqiao.evaluation.readers.errors import UnreadableError

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
#: A form has some ten columns and some hundred rows.
MOST_COLUMNS = 64
MOST_ROWS = 5_000
BREAKS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n"}
#: ISO/IEC 29500 has the same elements under another name.
STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"


def read_docx(content: bytes) -> tuple[list[list[str]], list[str]]:
    """Return the document's paragraphs (one cell) and rows, and where each stands (表1第12行).

    A merged cell is repeated in each place it covers.
    """
    with zipfile.ZipFile(BytesIO(content)) as archive:
        xml = archive.read("word/document.xml").replace(STRICT, W[1:-1].encode())
    try:
        root = ElementTree.fromstring(xml)  # noqa: S314 (`safety.inspect` has seen that it declares no entities)
    except ElementTree.ParseError as error:
        raise UnreadableError("damaged") from error
    rows: list[list[str]] = []
    places: list[str] = []
    tables = 0
    for block in _blocks(root):
        if block.tag == f"{W}tbl":
            tables += 1
            found = list(_table(block))
            rows += found
            places += [f"表{tables}第{number}行" for number in range(1, len(found) + 1)]
        elif text := _text(block).strip():
            rows.append([text])
            places.append("正文")
        if len(rows) > MOST_ROWS:
            raise UnreadableError("cells", rows=MOST_ROWS, columns=MOST_COLUMNS)
    return rows, places


def _blocks(parent: Element) -> Iterator[Element]:
    """Yield tables and paragraphs in order, also those inside content controls; not those inside tables."""
    stack = [parent]
    while stack:
        one = stack.pop()
        if one.tag in {f"{W}tbl", f"{W}p"}:
            yield one
        elif one.tag != FALLBACK:
            stack.extend(reversed(one))


def _inside(parent: Element, tag: str) -> Iterator[Element]:
    """Yield the elements of a kind that belong to ``parent`` itself, not to a table within it."""
    stack = list(reversed(parent))
    while stack:
        one = stack.pop()
        if one.tag == tag:
            yield one
        elif one.tag not in {f"{W}tbl", FALLBACK}:
            stack.extend(reversed(one))


def _table(table: Element) -> Iterator[list[str]]:
    above: list[str] = []
    for row in _inside(table, f"{W}tr"):
        cells: list[str] = [""] * _number(row.find(f"{W}trPr/{W}gridBefore"), 0)
        for cell in _inside(row, f"{W}tc"):
            span = _number(cell.find(f"{W}tcPr/{W}gridSpan"), 1)
            merged = cell.find(f"{W}tcPr/{W}vMerge")
            goes_on = merged is not None and merged.get(f"{W}val", "continue") == "continue"
            text = above[len(cells)] if goes_on and len(cells) < len(above) else _paragraphs(cell)
            cells += [text] * span
            if len(cells) > MOST_COLUMNS:
                raise UnreadableError("cells", rows=MOST_ROWS, columns=MOST_COLUMNS)
        above = cells
        yield cells


def _number(element: Element | None, otherwise: int) -> int:
    value = "" if element is None else element.get(f"{W}val", "")
    return min(int(value), MOST_COLUMNS + 1) if value.isdecimal() and len(value) < 20 else otherwise


def _paragraphs(cell: Element) -> str:
    return "\n".join(_text(one) for one in _blocks(cell) if one.tag == f"{W}p").strip()


def _text(paragraph: Element) -> str:
    words: list[str] = []
    stack = list(reversed(paragraph))
    while stack:
        one = stack.pop()
        if one.tag == f"{W}t":
            words.append(one.text or "")
        elif one.tag in BREAKS:
            words.append(BREAKS[one.tag])
        elif one.tag not in {FALLBACK, f"{W}del", f"{W}moveFrom", f"{W}pPr"}:
            stack.extend(reversed(one))
    return "".join(words)
