"""Charts drawn on the server as SVG: calls by month beside the year before, and by weekday and hour. Pure.

The numbers stand in a table beside each chart, so that nothing must be read from colours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, BASE = 800, 180, 150
DAYS, HOURS = 7, 24
LEVELS = 7


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: where it stands, how high it is, what it says, and whether it is of the year before."""

    x: int
    y: int
    width: int
    height: int
    label: str
    before: bool


def pairs(values: Sequence[tuple[str, int, int]]) -> list[Bar]:
    """Return two bars for each (name, now, before), drawn from `BASE` upwards."""
    most = max((max(now, before) for _name, now, before in values), default=0) or 1
    step = WIDTH // max(1, len(values))
    width = max(2, step * 2 // 5)
    bars = []
    for place, (name, now, before) in enumerate(values):
        for offset, value, of_before in ((0, before, True), (width, now, False)):
            height = value * (BASE - 20) // most
            x = place * step + offset + (step - 2 * width) // 2
            bars.append(Bar(x, BASE - height, width, height, f"{name}: {value}", of_before))
    return bars


def levels(counts: Mapping[tuple[int, int], int]) -> list[list[tuple[int, int]]]:
    """Return for each weekday (0: Monday) and hour the count and its level: 0 for none, `LEVELS` for the most."""
    most = max(counts.values(), default=0) or 1
    return [
        [(count := counts.get((day, hour), 0), -(-count * LEVELS // most)) for hour in range(HOURS)]
        for day in range(DAYS)
    ]
