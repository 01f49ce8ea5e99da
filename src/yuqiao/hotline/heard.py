"""Which parts of a recording somebody heard: spans of time put together. Pure; milliseconds from the call's answer."""

from __future__ import annotations

from collections.abc import Iterable

Span = tuple[int, int]
#: More parts than this nobody hears in one sitting; what a page tells beyond it is not kept.
MOST_SPANS = 500


def together(spans: Iterable[Span], length_ms: int) -> list[Span]:
    """Return what ``spans`` cover within a recording of ``length_ms``: in order, apart, none empty."""
    whole: list[Span] = []
    for begin, end in sorted((max(0, begin), min(length_ms, end)) for begin, end in spans):
        if end <= begin:
            continue
        if whole and begin <= whole[-1][1]:
            whole[-1] = whole[-1][0], max(end, whole[-1][1])
        else:
            whole.append((begin, end))
    return whole


def fewer(spans: list[Span], most: int = MOST_SPANS) -> list[Span]:
    """Return at most ``most`` spans that cover all of ``spans``, which are in order and apart: the smallest gaps are
    closed, so that nothing that was heard is left out."""
    if len(spans) <= most:
        return spans
    between = sorted(range(1, len(spans)), key=lambda n: spans[n][0] - spans[n - 1][1], reverse=True)
    cuts = sorted(between[: most - 1])
    begins, ends = [0, *cuts], [*cuts, len(spans)]
    return [(spans[first][0], spans[last - 1][1]) for first, last in zip(begins, ends, strict=True)]


def total_ms(spans: Iterable[Span]) -> int:
    """Return how long ``spans``, which are apart, are together."""
    return sum(end - begin for begin, end in spans)


def percent(heard_ms: int, length_ms: int) -> int:
    """Return which share of a recording was heard, from 0 to 100; whoever heard anything heard at least 1."""
    if heard_ms <= 0 or length_ms <= 0:
        return 0
    return min(100, max(1, heard_ms * 100 // length_ms))
