"""When a page is ready for its reader, by the definition of Lighthouse's Time to Interactive. Pure.

The first moment from the first paint on after which, for five seconds, the main thread had no task longer than 50 ms
and at most two requests were under way; counted is the end of the last long task before it, and never a moment before
the page was painted and parsed (Lighthouse, "Time to Interactive"). All times in milliseconds since the navigation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

QUIET_MS = 5000.0
#: So many requests may be under way all the same: a live stream never ends.
UNDER_WAY = 2


@dataclass(frozen=True, slots=True)
class Span:
    """Something that lasted, from ``begin`` until ``end``."""

    begin: float
    end: float


def crowded(requests: Sequence[Span]) -> Iterator[Span]:
    """Yield when more than `UNDER_WAY` requests were under way."""
    steps = sorted([(one.begin, 1) for one in requests] + [(one.end, -1) for one in requests])
    counts = accumulate(step for _at, step in steps)
    begin = None
    for (at, _step), count in zip(steps, counts, strict=True):
        if count > UNDER_WAY and begin is None:
            begin = at
        elif count <= UNDER_WAY and begin is not None:
            yield Span(begin, at)
            begin = None


def interactive(
    painted: float, parsed: float, tasks: Sequence[Span], requests: Sequence[Span], seen: float
) -> float | None:
    """Return when the page was ready; None while it has not been watched for long enough to say so.

    ``painted``: its first paint; ``parsed``: the end of DOMContentLoaded; ``tasks``: the main thread's long ones;
    ``requests``: all its GET requests, one that has not ended until infinity; ``seen``: until when it was watched.
    """
    noises = [*tasks, *crowded(requests)]
    for quiet in sorted({painted, *(one.end for one in noises if one.end > painted)}):
        until = quiet + QUIET_MS
        if until > seen:
            return None
        if not any(one.begin < until and one.end > quiet for one in noises):
            return max([painted, parsed, *(one.end for one in tasks if one.end <= quiet)])
    return None
