"""Remarks that a page break cut from their rows (S5), put back by their order and by what they speak of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from yuqiao.evaluation.amounts import read_amount
from yuqiao.evaluation.design import common
from yuqiao.evaluation.form import IndicatorRow

#: A line that much shorter than the widest one ends its cell.
SHORT = 3
#: More than so many remarks are no remarks, but another text.
MOST = 60
#: What a remark shares with a name at least, in signs; and what a lost point is worth beside that.
SHARED = 2
LOST = 3


def split_remarks(lines: Sequence[str]) -> list[str]:
    """Return the remarks that lines hold: one ends at an empty line, or at one that does not fill its cell."""
    width = max((len(line) for line in lines), default=0)
    found: list[str] = []
    open_ = False
    for line in lines:
        if not line:
            open_ = False
            continue
        if open_:
            found[-1] += line
        else:
            found.append(line)
        open_ = len(line) > width - SHORT
    return ["".join(one.split()) for one in found]


def place_remarks(rows: Sequence[IndicatorRow], remarks: Sequence[str]) -> tuple[list[IndicatorRow], list[str]]:
    """Return the rows with their remarks, and the remarks that fit nowhere. The order of both is kept.

    The best of all orderly placements is taken: what a remark shares with the row's name counts, and whether the row
    lost points, which is what remarks are for.
    """
    if len(remarks) > MOST:
        return list(rows), [f"{remarks[0]}……（共{len(remarks)}段）"]
    best: list[list[tuple[int, tuple[tuple[int, int], ...]]]] = [[(0, ())] * (len(rows) + 1)]
    for n, remark in enumerate(remarks):
        line = [best[n][0]]
        for at, row in enumerate(rows):
            fit = _fit(remark, row)
            options = [line[at], best[n][at + 1]]
            if fit:
                value, pairs = best[n][at]
                options.append((value + fit, (*pairs, (n, at))))
            line.append(max(options, key=lambda one: one[0]))
        best.append(line)
    chosen = dict(best[-1][-1][1])
    at_row = {at: remarks[n] for n, at in chosen.items()}
    placed = [replace(row, remark=at_row.get(at, row.remark)) for at, row in enumerate(rows)]
    return placed, [one for n, one in enumerate(remarks) if n not in chosen]


def _fit(remark: str, row: IndicatorRow) -> int:
    shared = len(common(remark, row.name))
    weight, points = read_amount(row.weight), read_amount(row.points)
    lost = weight is not None and points is not None and points.value < weight.value
    return shared + LOST * lost if shared >= SHARED else 0
