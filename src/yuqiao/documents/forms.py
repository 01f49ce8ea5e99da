"""A form with an exact layout: a grid of cells that span rows and columns, in parts whose head rows repeat on pages.

One description becomes docx, xlsx and PDF; `placed` says where each cell of a part stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

#: Lines on all four sides of a cell.
ALL = "tlbr"


class DocumentError(ValueError):
    """A document cannot be made; ``code`` says why, the message what to mend."""

    code = "layout"


class Align(StrEnum):
    """Where text stands between the sides of its cell or page."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, the columns and rows it spans, and how it looks."""

    text: str = ""
    across: int = 1
    down: int = 1
    align: Align = Align.CENTER
    bold: bool = False
    upright: bool = False
    """One sign under the other, as the label of a block (年度总体目标)."""
    edges: str = ALL
    """Sides that have a line: t, l, b, r."""
    number: bool = False
    """A spreadsheet holds it as a number with the format that prints exactly this text, if it is one (S133)."""
    top: bool = False
    """At the upper edge instead of the middle: long texts beside each other."""
    shaded: bool = False
    indent: int = 0
    """Signs by which the first line of each paragraph is moved in."""
    high: float = 0
    """Least height in mm: room to sign in."""


Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Rows that belong together; the first ``head`` of them stand again on top of each page it goes on to."""

    rows: tuple[Row, ...]
    head: int = 0
    together: bool = False
    """Begins on a new page if it fits whole there, and not where the part before it ends."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form: column widths in mm, and parts that stand under each other without a gap. ``size`` in points."""

    widths: tuple[float, ...]
    parts: tuple[Part, ...]
    size: float = 9

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Form:
        """Return the form whose fields JSON kept; KeyError or TypeError for anything else."""
        parts = tuple(
            Part(tuple(tuple(_cell(one) for one in row) for row in part["rows"]), part["head"], part["together"])
            for part in data["parts"]
        )
        return cls(tuple(data["widths"]), parts, data["size"])


def _cell(fields: Mapping[str, Any]) -> Cell:
    return Cell(**{**fields, "align": Align(fields["align"])})


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell and where its upper left corner stands, rows and columns counted from 0."""

    row: int
    column: int
    cell: Cell


def placed(part: Part, columns: int) -> list[Placed]:
    """Return where each cell stands: from left to right, around those that reach down from rows above.

    DocumentError if a row has a gap, too many cells, or a cell that reaches below the last row or the head's.
    """
    rows = part.rows
    taken: set[tuple[int, int]] = set()
    found: list[Placed] = []
    for number, row in enumerate(rows):
        column = 0
        for cell in row:
            while (number, column) in taken:
                column += 1
            area = {(number + y, column + x) for y in range(cell.down) for x in range(cell.across)}
            last = part.head if number < part.head else len(rows)
            if column + cell.across > columns or number + cell.down > last or area & taken:
                raise DocumentError(f"row {number + 1}: the cell {cell.text[:20]!r} has no room; check its spans")
            taken |= area
            found.append(Placed(number, column, cell))
            column += cell.across
    if gaps := sorted({(y, x) for y in range(len(rows)) for x in range(columns)} - taken):
        raise DocumentError(f"row {gaps[0][0] + 1} has no cell in column {gaps[0][1] + 1}")
    return found
