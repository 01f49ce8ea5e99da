"""Cells and rows that several forms share: labels, values, who and what, signatures."""

from __future__ import annotations

from yuqiao.documents.forms import Align, Cell, Part, Row
from yuqiao.documents.measure import fitting
from yuqiao.documents.style import Page, room
from yuqiao.evaluation.printing.copies import MARGINS, Copy
from yuqiao.evaluation.sheet import Header

#: Columns of all forms in mm: block label, first level, second, third, target, actual, weight, points, remark.
WIDTHS = (8.0, 18.0, 22.0, 36.0, 20.5, 20.5, 13.5, 14.0, 33.5)
COLUMNS = len(WIDTHS)
HIDDEN, DASH = "不公开", "—"
#: Sizes of a form's words in points: No. 5 small, and down to what is still easy to read.
SIZES = (9.0, 8.5, 8.0)
#: Room for a signature in mm.
SIGNATURE = 16.0


def label(text: str, across: int = 1, down: int = 1) -> Cell:
    """Return the printed words of a form: in the middle, shaded."""
    return Cell(text, across, down, bold=True, shaded=True)


def value(text: str, across: int = 1, *, align: Align = Align.CENTER) -> Cell:
    """Return what was filled in."""
    return Cell(text, across, align=align)


def number(text: str, across: int = 1) -> Cell:
    """Return a number: one for a spreadsheet, too."""
    return Cell(text, across, number=True)


def long(text: str, across: int, *, top: bool = False) -> Cell:
    """Return sentences; at the ``top`` whole paragraphs, the first line of each moved in by two signs."""
    return Cell(text, across, align=Align.LEFT, top=top, indent=2 if top else 0)


def who_and_what(header: Header, copy: Copy) -> Part:
    """Return project, department, unit, manager and phone (S2); the phone by its switch."""
    shown = header.phone if copy is Copy.INTERNAL or header.phone_public else HIDDEN if header.phone else ""
    return Part(
        (
            (label("项目名称", 2), value(header.name, COLUMNS - 2)),
            (label("主管部门", 2), value(header.department, 2), label("实施单位"), value(header.unit, 4)),
            (label("项目负责人", 2), value(header.manager, 2), label("联系电话"), value(shown, 4)),
        )
    )


def signatures(*names: str) -> Part:
    """Return a row to sign in, beside each other, without lines (S3)."""
    share, rest = divmod(COLUMNS, len(names))
    widths = [share + (place < rest) for place in range(len(names))]
    cells = (
        Cell(f"{name}：", across, align=Align.LEFT, edges="", high=SIGNATURE)
        for name, across in zip(names, widths, strict=True)
    )
    return Part((tuple(cells),))


def fitting_size(parts: tuple[Part, ...]) -> float:
    """Return the size in points at which the last parts of a form stand on one page, if they can."""
    return fitting(parts, WIDTHS, room(Page(margins=MARGINS), sideways=False)[1], SIZES)


def beside_label(words: str, rows: list[Row]) -> tuple[Row, ...]:
    """Return a head row and the rows under it, with an upright label before them all that looks like one cell.

    It is two: a cell that reaches out of a head row could not be repeated with it.
    """
    head, first, *others = rows
    below = Cell(words, down=len(rows) - 1, bold=True, upright=True, shaded=True, edges="lbr")
    return ((Cell(edges="tlr", shaded=True), *head), (below, *first), *others)


def merged(levels: list[tuple[str, str]]) -> list[Row]:
    """Return the first cells of each row: neighbours of the same first or second level are one cell."""
    found: list[Row] = []
    for place, (first, second) in enumerate(levels):
        cells = []
        if place == 0 or levels[place - 1][0] != first:
            cells.append(Cell(first, down=_run([one for one, _ in levels[place:]])))
        if place == 0 or levels[place - 1] != (first, second):
            cells.append(Cell(second, down=_run(levels[place:])))
        found.append(tuple(cells))
    return found


def _run(items: list[str] | list[tuple[str, str]]) -> int:
    """Return how many items at the beginning are equal."""
    return next((n for n, one in enumerate(items) if one != items[0]), len(items))
