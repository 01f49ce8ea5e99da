"""Forms as tables of docx, written cell by cell: spans both ways, fixed widths, head rows that repeat on each page.

ISO/IEC 29500-1: 17.4.17 gridSpan, 17.4.84 vMerge, 17.4.77 tblHeader, 17.4.6 cantSplit, 17.4.52 tblLayout.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from yuqiao.documents.forms import Align, Cell, Form, Part, Placed, placed
from yuqiao.documents.measure import heights
from yuqiao.documents.style import Face
from yuqiao.documents.words import sayable

TWIPS_PER_MM = 1440 / 25.4
#: A row higher than this share of the page may break, since it could fit nowhere.
BREAKS_FROM = 0.6
#: Heights are worked out on the high side; a part that needs a little less than a page should still stay whole.
WIDE_ESTIMATE = 0.8
#: Width of a line that holds one sign and no second one, in signs.
ONE_SIGN = 1.4
#: Between two tables: as little as a word processor allows, so that two lines look like one.
GAP = Pt(0.7)
#: Lines of half a point (in eighths of a point, as the standard counts).
LINE = "4"
FILL = "E8EEF0"
_ALIGN = {
    Align.LEFT: WD_ALIGN_PARAGRAPH.LEFT,
    Align.CENTER: WD_ALIGN_PARAGRAPH.CENTER,
    Align.RIGHT: WD_ALIGN_PARAGRAPH.RIGHT,
}


def add_form(file: Docx, form: Form, face: Face, page: float) -> None:
    """Write a form at the end of a file; ``page`` is how high its text may be, in mm."""
    for part in _joined(form.parts):
        _part(file, form, part, face, page)
        # Two tables with nothing between them would become one, whose head stands only at its beginning.
        gap = file.add_paragraph()
        gap.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        gap.paragraph_format.line_spacing = GAP
        gap.paragraph_format.space_before = gap.paragraph_format.space_after = Pt(0)
        gap.paragraph_format.keep_with_next = part.together
        gap.paragraph_format.first_line_indent = Pt(0)


def _joined(parts: Iterable[Part]) -> list[Part]:
    """Return parts that need no table of their own as one: neighbours without head rows and without other wishes."""
    found: list[Part] = []
    for part in parts:
        if found and not (part.head or part.together or found[-1].head or found[-1].together):
            found[-1] = Part(found[-1].rows + part.rows)
        else:
            found.append(part)
    return found


def _part(file: Docx, form: Form, part: Part, face: Face, page: float) -> None:
    cells = placed(part, len(form.widths))
    high = heights(cells, form.widths, len(part.rows), form.size)
    together = part.together and sum(high) * WIDE_ESTIMATE < page
    starts = {(one.row, one.column): one for one in cells}
    covered = {(one.row + y, one.column): one for one in cells for y in range(1, one.cell.down)}
    table = _element("w:tbl", children=[_table_properties(form), _grid(form)])
    file.element.body.insert_element_before(table, "w:sectPr")
    for number in range(len(part.rows)):
        marks = ["w:cantSplit"] * (high[number] < BREAKS_FROM * page) + ["w:tblHeader"] * (number < part.head)
        row = _element("w:tr", children=[_row_properties(marks, _least(part, number))])
        for column in range(len(form.widths)):
            if one := starts.get((number, column)) or covered.get((number, column)):
                keep = together and number + 1 < len(part.rows)
                row.append(_cell(file, form, one, face, begins=one.row == number, keep=keep))
        table.append(row)


def _table_properties(form: Form) -> Any:
    side = {"w:val": "single", "w:sz": LINE, "w:space": "0", "w:color": "000000"}
    edges = [_element(f"w:{edge}", side) for edge in ("top", "left", "bottom", "right", "insideH", "insideV")]
    margins = [_element(f"w:{edge}", {"w:w": "40", "w:type": "dxa"}) for edge in ("left", "right")]
    return _element(
        "w:tblPr",
        children=[
            _element("w:tblW", {"w:w": str(sum(_twips(form))), "w:type": "dxa"}),
            _element("w:jc", {"w:val": "center"}),
            _element("w:tblBorders", children=edges),
            _element("w:tblLayout", {"w:type": "fixed"}),
            _element("w:tblCellMar", children=margins),
        ],
    )


def _twips(form: Form) -> list[int]:
    return [round(width * TWIPS_PER_MM) for width in form.widths]


def _grid(form: Form) -> Any:
    return _element("w:tblGrid", children=[_element("w:gridCol", {"w:w": str(width)}) for width in _twips(form)])


def _least(part: Part, number: int) -> float:
    return max((cell.high for cell in part.rows[number] if cell.down == 1), default=0)


def _row_properties(marks: Iterable[str], least: float) -> Any:
    made = _element("w:trPr", children=[_element(name) for name in marks])
    if least:
        made.append(_element("w:trHeight", {"w:val": str(round(least * TWIPS_PER_MM)), "w:hRule": "atLeast"}))
    return made


def _cell(file: Docx, form: Form, one: Placed, face: Face, *, begins: bool, keep: bool) -> Any:
    cell = one.cell
    width = sum(_twips(form)[one.column : one.column + cell.across])
    properties = [_element("w:tcW", {"w:w": str(width), "w:type": "dxa"})]
    if cell.across > 1:
        properties.append(_element("w:gridSpan", {"w:val": str(cell.across)}))
    if cell.down > 1:
        properties.append(_element("w:vMerge", {"w:val": "restart"} if begins else {}))
    if bare := [name for name in ("top", "left", "bottom", "right") if name[0] not in cell.edges]:
        properties.append(_element("w:tcBorders", children=[_element(f"w:{one}", {"w:val": "nil"}) for one in bare]))
    if cell.shaded:
        properties.append(_element("w:shd", {"w:val": "clear", "w:fill": FILL}))
    if cell.upright:  # so narrow that each line holds one sign
        spare = round((width - form.size * 20 * ONE_SIGN) / 2)
        sides = [_element(f"w:{edge}", {"w:w": str(max(0, spare)), "w:type": "dxa"}) for edge in ("left", "right")]
        properties.append(_element("w:tcMar", children=sides))
    properties.append(_element("w:vAlign", {"w:val": "top" if cell.top else "center"}))
    made = _element("w:tc", children=[_element("w:tcPr", children=properties)])
    for line in sayable(cell.text).split("\n") if begins else [""]:
        made.append(_line(file, line, cell, face, form.size, keep=keep))
    return made


def _line(file: Docx, text: str, cell: Cell, face: Face, size: float, *, keep: bool) -> Any:
    element = OxmlElement("w:p")
    line = Paragraph(element, file._body)
    line.alignment = _ALIGN[cell.align]
    form = line.paragraph_format
    form.space_before = form.space_after = Pt(1)
    form.line_spacing_rule = WD_LINE_SPACING.SINGLE
    form.keep_with_next = keep or None
    if cell.indent:
        form.first_line_indent = Pt(cell.indent * size)
    run = line.add_run(text)
    run.font.name, run.font.size, run.font.bold = face.latin, Pt(size), cell.bold or face.bold or None
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face.chinese)
    return element


def _element(name: str, attributes: dict[str, str] | None = None, children: Iterable[Any] = ()) -> Any:
    made = OxmlElement(name)
    for key, value in (attributes or {}).items():
        made.set(qn(key), value)
    for child in children:
        made.append(child)
    return made
