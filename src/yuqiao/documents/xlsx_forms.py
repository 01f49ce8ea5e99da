"""Forms as sheets: merged cells, fixed widths, row heights that show all text, and a page set up to be printed.

A sheet can neither grow a row by a merged cell nor have a row higher than 409 points, so heights are worked out here,
and a row that needs more becomes several rows, merged downwards.
"""

from __future__ import annotations

import math

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from yuqiao.documents.blocks import Document
from yuqiao.documents.forms import Cell, Form, Part, placed
from yuqiao.documents.measure import MM_PER_POINT, heights
from yuqiao.documents.style import Face, room
from yuqiao.documents.words import sayable
from yuqiao.documents.xlsx_cells import write_number, write_text

#: Points a row may be high, a little below the limit of 409.
MOST_HIGH = 400.0
#: Width of one unit of a column in mm: a digit of the standard font, 7 pixels at 96 to the inch.
UNIT = 7 * 25.4 / 96
#: Sheets set text a little wider and looser than a page does.
LOOSER = 1.15
UPRIGHT = 255
INCH = 25.4
A4 = 9
_THIN = Side(style="thin", color="000000")
_FILL = PatternFill("solid", fgColor="E8EEF0")


def write_form(sheet: Worksheet, form: Form, document: Document, *, titled: bool) -> None:
    """Write a form on its sheet, under the document's title if ``titled``."""
    for column, width in enumerate(form.widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = round(width / UNIT, 2)
    row = 1
    if titled:
        lines = ((document.above, document.style.body, "left"), (document.title, document.style.title, "center"))
        for text, face, side in (*lines, (document.subtitle, document.style.subtitle, "center")):
            if text:
                _line(sheet, row, text, face, side)
                sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(form.widths))
                row += 1
    repeated: tuple[int, int, int] = (0, 0, 0)
    most = room(document.page, sideways=document.sideways)[1] / MM_PER_POINT
    begun = 1
    for part in form.parts:
        after = _part(sheet, form, part, row, document.style.table)
        if part.together and _points(sheet, row, after) <= most < _points(sheet, begun, after):
            sheet.row_breaks.append(Break(id=row - 1))
            begun = row
        if part.head and len(part.rows) > repeated[0]:
            repeated = (len(part.rows), row, row + part.head - 1)
        row = after
    _set_up(sheet, form, document, repeated, row - 1)


def _points(sheet: Worksheet, first: int, after: int) -> float:
    return sum(sheet.row_dimensions[row].height or 0 for row in range(first, after))


def _line(sheet: Worksheet, row: int, text: str, face: Face, side: str) -> None:
    cell = sheet.cell(row, 1)
    write_text(cell, text)
    cell.font = Font(name=face.chinese, size=face.size, bold=face.bold)
    cell.alignment = Alignment(horizontal=side, vertical="center")
    sheet.row_dimensions[row].height = face.size * 1.6


def _part(sheet: Worksheet, form: Form, part: Part, first: int, face: Face) -> int:
    """Write a part from row ``first`` on; return the row after it. Head rows are never so high that they divide."""
    cells = placed(part, len(form.widths))
    high = [mm / MM_PER_POINT * LOOSER for mm in heights(cells, form.widths, len(part.rows), form.size)]
    shares = [1 if n < part.head else max(1, math.ceil(points / MOST_HIGH)) for n, points in enumerate(high)]
    starts = [first + sum(shares[:number]) for number in range(len(shares) + 1)]
    for number, (points, share) in enumerate(zip(high, shares, strict=True)):
        for row in range(starts[number], starts[number + 1]):
            sheet.row_dimensions[row].height = round(min(points / share, MOST_HIGH), 1)
    for one in cells:
        top, bottom = starts[one.row], starts[one.row + one.cell.down] - 1
        left, right = one.column + 1, one.column + one.cell.across
        _cell(sheet, one.cell, (top, left, bottom, right), form, face)
    return starts[-1]


def _cell(sheet: Worksheet, cell: Cell, area: tuple[int, int, int, int], form: Form, face: Face) -> None:
    top, left, bottom, right = area
    drawn = _edges(cell.edges)
    for row in range(top, bottom + 1):  # each cell of a merged area keeps edges of its own
        for column in range(left, right + 1):
            sheet.cell(row, column).border = drawn
    made = sheet.cell(top, left)
    (write_number if cell.number else write_text)(made, cell.text)
    made.font = Font(name=face.chinese, size=form.size, bold=cell.bold or face.bold)
    made.alignment = Alignment(
        horizontal=cell.align.value,
        vertical="top" if cell.top else "center",
        wrap_text=True,
        text_rotation=UPRIGHT if cell.upright else 0,
    )
    if cell.shaded:
        made.fill = _FILL
    if (top, left) != (bottom, right):
        sheet.merge_cells(start_row=top, end_row=bottom, start_column=left, end_column=right)


def _edges(sides: str) -> Border:
    left, right, top, bottom = (_THIN if side in sides else Side() for side in "lrtb")
    return Border(left=left, right=right, top=top, bottom=bottom)


def _set_up(sheet: Worksheet, form: Form, document: Document, repeated: tuple[int, int, int], last: int) -> None:
    """A4, as wide as one page, as many pages as it takes; the longest part's head rows repeat."""
    page = document.page
    one_page_wide(sheet, sideways=document.sideways)
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.top, margins.right, margins.bottom, margins.left = (round(mm / INCH, 3) for mm in page.margins)
    margins.header, margins.footer = round(page.margins[0] / 2 / INCH, 3), round(page.margins[2] / 2 / INCH, 3)
    sheet.print_area = f"A1:{get_column_letter(len(form.widths))}{last}"
    if repeated[1]:
        sheet.print_title_rows = f"{repeated[1]}:{repeated[2]}"
    edges = sheet.HeaderFooter
    edges.differentFirst = bool(page.running)  # the first page has the title itself
    for head, foot, running in (
        (edges.oddHeader, edges.oddFooter, page.running),
        (edges.firstHeader, edges.firstFooter, ""),
    ):
        if head is not None and foot is not None:
            head.left.text, head.right.text = _plain(running), _plain(page.mark)
            foot.center.text = "第 &P 页 共 &N 页" if page.counted else "&P"


def one_page_wide(sheet: Worksheet, *, sideways: bool) -> None:
    """Print a sheet on A4, as wide as one page, as many pages as it takes."""
    sheet.page_setup.paperSize = A4
    sheet.page_setup.orientation = "landscape" if sideways else "portrait"
    if sheet.sheet_properties.pageSetUpPr is not None:
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0


def _plain(text: str) -> str | None:
    """Return text for a sheet's head or foot, where an ampersand begins a code and 255 signs are all there is."""
    return sayable(text)[:100].replace("&", "&&") or None
