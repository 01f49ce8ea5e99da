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

    ``counts`` tells how often each value occurred.
    """
    total = sum(counts.values())
    return locate(counts, rank_of(total, percent))[0] if total else None


def rank_of(total: int, percent: int) -> int:
    """Return the nearest rank, from 1: ceil(total · percent / 100) in whole numbers."""
    return max(1, -(-total * percent // 100))


def locate(counts: Mapping[int, int], rank: int) -> tuple[int, int]:
    """Return the value at ``rank`` (from 1), and its rank among those of this value; ValueError beyond the last."""
    left = rank
    for value in sorted(counts):
        if left <= counts[value]:
            return value, left
        left -= counts[value]
    raise ValueError("a rank lies within the total")
