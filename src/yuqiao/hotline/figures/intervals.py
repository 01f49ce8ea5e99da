"""Times from one moment to another: what several cover together, what is left of them, how long that is. Pure.

All are half open, ``[begin, end)``; results are in order, apart from each other, and none is empty.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

Interval = tuple[dt.datetime, dt.datetime]
MILLISECOND = dt.timedelta(milliseconds=1)


def within(intervals: Iterable[Interval], since: dt.datetime, until: dt.datetime) -> list[Interval]:
    """Return the parts of ``intervals`` that lie in ``[since, until)``, as they came."""
    cut = ((max(begin, since), min(end, until)) for begin, end in intervals)
    return [(begin, end) for begin, end in cut if begin < end]


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the moments that at least one covers."""
    merged: list[Interval] = []
    for begin, end in sorted(one for one in intervals if one[0] < one[1]):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def without(intervals: Iterable[Interval], taken: Iterable[Interval]) -> list[Interval]:
    """Return the moments of ``intervals`` that ``taken`` does not cover."""
    left = union(intervals)
    for begin, end in union(taken):
        left = [
            part
            for one in left
            for part in ((one[0], min(one[1], begin)), (max(one[0], end), one[1]))
            if part[0] < part[1]
        ]
    return left


def milliseconds(intervals: Iterable[Interval]) -> int:
    """Return how long they last together, in whole milliseconds, fractions cut; each counts by itself."""
    return sum((end - begin for begin, end in intervals), dt.timedelta()) // MILLISECOND
