"""How much room text takes, well enough to decide a row's height and whether it may break across pages."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

from yuqiao.documents.forms import Cell, Part, Placed, placed

MM_PER_POINT = 25.4 / 72
#: Height of a line over the size of its font, and white space around the text of a cell in mm.
LINE, PADDING = 1.35, 1.2
#: Width of a sign that is not a Chinese one, in ems: on the wide side, so that nothing is cut off.
NARROW = 0.56


def ems(text: str) -> float:
    """Return how wide a line is, in widths of a Chinese sign."""
    return sum(1.0 if unicodedata.east_asian_width(one) in "WFA" else NARROW for one in text)


def lines(text: str, width: float, size: float) -> int:
    """Return into how many lines ``text`` falls between edges ``width`` mm apart, at ``size`` points."""
    most = max(1.0, math.floor((width - 2 * PADDING) / (size * MM_PER_POINT)))
    return sum(max(1, math.ceil(ems(line) / most)) for line in text.split("\n"))


def height(cell: Cell, width: float, size: float) -> float:
    """Return how high a cell must be, in mm."""
    rows = len(cell.text) if cell.upright else lines(cell.text, width, size)
    return max(cell.high, rows * size * LINE * MM_PER_POINT + 2 * PADDING)


#: What a row really needs of what is worked out for it, at most.
TIGHTEST = 0.88


def fitting(parts: Sequence[Part], widths: Sequence[float], room: float, sizes: Sequence[float]) -> float:
    """Return the first of ``sizes`` in points at which parts fit ``room`` mm together; the first of all if none does.

    A block that just fits one page is easier to read smaller than broken; one that needs many pages is not.
    """
    for size in sizes:
        need = sum(sum(heights(placed(one, len(widths)), widths, len(one.rows), size)) for one in parts)
        if need * TIGHTEST <= room:
            return size
    return sizes[0]


def heights(cells: Sequence[Placed], widths: Sequence[float], rows: int, size: float) -> list[float]:
    """Return the height of each row in mm; what a cell over several rows needs besides is given to its last row."""
    found = [0.0] * rows
    for one in sorted(cells, key=lambda one: one.row + one.cell.down):
        need = height(one.cell, sum(widths[one.column : one.column + one.cell.across]), size)
        last = one.row + one.cell.down - 1
        found[last] = max(found[last], need - sum(found[one.row : last]))
    return found
