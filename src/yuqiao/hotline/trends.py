"""Whether more calls come than usual: the last hour against the same hour of the past weeks (S48). Pure.

Callers call independently of each other, so that the number of an ordinary hour follows Poisson's law; only the mean is
unknown. The alarm is a one-sided test: how likely is a count as high as this one, were the hour an ordinary one?
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

#: One false alarm in a thousand comparisons.
LEVEL = 0.001
#: Fewer calls alarm nobody, however rare they are.
LEAST = 4


def tail(count: int, mean: float) -> float:
    """Return the probability that a Poisson variable of this ``mean`` is at least ``count``."""
    if count <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    # Summed from the tail's own first term on, so that what is small is not the difference of two large numbers.
    term = math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))
    if count <= mean:
        below, one = 0.0, math.exp(-mean) if mean < 700 else 0.0
        for k in range(count):
            below += one
            one *= mean / (k + 1)
        return max(0.0, 1.0 - below)
    total, k = 0.0, count
    while term > total * 1e-16:
        total += term
        k += 1
        term *= mean / k
    return min(1.0, total)


def upper_bound(mean: float, level: float = LEVEL) -> int:
    """Return the smallest count that an ordinary hour of this ``mean`` exceeds with a probability below ``level``."""
    low, high = 0, max(LEAST, math.ceil(mean + 12 * math.sqrt(mean) + 12))
    while low < high:
        middle = (low + high) // 2
        if tail(middle + 1, mean) < level:
            high = middle
        else:
            low = middle + 1
    return low


def expected(past: Sequence[int]) -> float:
    """Return the mean to compare with: of the past hours, half a call more, for what was never seen may still come."""
    return (sum(past) + 0.5) / max(1, len(past))


@dataclass(frozen=True, slots=True)
class Trend:
    """More calls than usual about ``key``: ``count`` in the last hour, ``bound`` at most in an ordinary one."""

    key: str
    count: int
    bound: int
    past: tuple[int, ...]


def rising(now: Mapping[str, int], past: Sequence[Mapping[str, int]]) -> list[Trend]:
    """Return what rises, the most surprising first; ``past`` holds the same hour of each past week."""
    found: list[tuple[float, Trend]] = []
    for key, count in now.items():
        before = tuple(week.get(key, 0) for week in past)
        bound = upper_bound(expected(before))
        if count > bound and count >= LEAST:
            found.append((tail(count, expected(before)), Trend(key, count, bound, before)))
    return [trend for _, trend in sorted(found, key=lambda pair: (pair[0], pair[1].key))]


def counted(keys: Iterable[str]) -> dict[str, int]:
    """Return how often each non-empty key occurs."""
    counts: dict[str, int] = {}
    for key in keys:
        if key:
            counts[key] = counts.get(key, 0) + 1
    return counts
