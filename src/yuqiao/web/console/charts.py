"""Charts drawn on the server as SVG: calls by month beside the year before, by weekday and hour, a day as it comes.

Pure. The numbers stand in a table beside each chart, so that nothing must be read from colours.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, BASE = 800, 180, 150
DAYS, HOURS = 7, 24
LEVELS = 7
QUARTER_STEP, DAY_HEIGHT = 10, 150


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


@dataclass(frozen=True, slots=True)
class Stack:
    """A bar of which a part is good: where it stands, its height and the good part's; what it says."""

    x: int
    height: int
    good: int
    calls: int
    in_time: int
    clock: str

    @property
    def top(self) -> int:
        """Where the bar ends above."""
        return DAY_HEIGHT - self.height

    @property
    def good_top(self) -> int:
        """Where its good part ends above."""
        return DAY_HEIGHT - self.good


@dataclass(frozen=True, slots=True)
class Course:
    """A day in quarter hours: its bars, the expected as the points of a line ("" for none), and where now is."""

    bars: list[Stack]
    line: str
    now: int
    most: int
    expected: float | None


def course(quarters: Sequence[tuple[int, int, float | None]], now: float) -> Course:
    """Draw (calls, in time, expected) of each quarter hour, `QUARTER_STEP` wide, upwards from `DAY_HEIGHT`;
    ``now``: the share of the day that is over."""
    most = max(1.0, *(max(calls, before or 0.0) for calls, _kept, before in quarters))
    scale = (DAY_HEIGHT - 8) / most
    bars = [
        Stack(
            place * QUARTER_STEP,
            round(calls * scale),
            round(kept * scale),
            calls,
            kept,
            f"{place // 4:02}:{place % 4 * 15:02}",
        )
        for place, (calls, kept, _before) in enumerate(quarters)
        if calls
    ]
    told = [before for _calls, _kept, before in quarters if before is not None]
    points = [
        f"{x},{DAY_HEIGHT - before * scale:.1f}"
        for place, before in enumerate(told)
        for x in (place * QUARTER_STEP, (place + 1) * QUARTER_STEP)
    ]
    so_far = sum(told[: int(now * len(quarters))]) if told else None
    return Course(bars, " ".join(points), round(now * len(quarters) * QUARTER_STEP), math.ceil(most), so_far)


def levels(counts: Mapping[tuple[int, int], int]) -> list[list[tuple[int, int]]]:
    """Return for each weekday (0: Monday) and hour the count and its level: 0 for none, `LEVELS` for the most."""
    most = max(counts.values(), default=0) or 1
    return [
        [(count := counts.get((day, hour), 0), -(-count * LEVELS // most)) for hour in range(HOURS)]
        for day in range(DAYS)
    ]
