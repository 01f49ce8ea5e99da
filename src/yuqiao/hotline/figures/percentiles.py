"""Nearest-rank percentiles: of times as they are, and of times counted by value. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypeVar

Time = TypeVar("Time", int, float)


def percentile(times: Sequence[Time], percent: float) -> Time:
    """Return the nearest-rank percentile of ``times``; ValueError when there are none."""
    if not times:
        raise ValueError("no times, no percentile")
    ordered = sorted(times)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def percentile_of_counts(counts: Mapping[int, int], percent: int) -> int | None:
    """Return the smallest value that ``percent`` of 100 do not exceed; None when nothing was counted.

    ``counts`` tells how often each value occurred. Whole numbers throughout: rank = ceil(total · percent / 100).
    """
    total = sum(counts.values())
    if not total:
        return None
    rank, seen = max(1, -(-total * percent // 100)), 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= rank:
            return value
    raise AssertionError("a rank lies within the total")
