"""Numbers for reports, each with its definition, its numerator and its denominator."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from yuqiao.hotline.models import Call

Time = TypeVar("Time", int, float)


@dataclass(frozen=True, slots=True)
class TimeToInterpreter:
    """How long callers of one line and language waited until an interpreter was heard.

    Counted are calls that began in the period and were joined by an interpreter (``calls``); of ``asked`` calls with
    a known language. The time runs from the arrival of the call at our side, ringing and menu included, to the moment
    the first interpreter is in the bridge. ``p50_ms`` and ``p95_ms`` are nearest-rank percentiles: the smallest time
    that so many per cent of the calls did not exceed. Replacements do not count: the caller was served once already.
    """

    line: str
    language: str
    asked: int
    calls: int
    p50_ms: int
    p95_ms: int


def time_to_interpreter(since: dt.datetime, until: dt.datetime) -> list[TimeToInterpreter]:
    """Return the figure for each line and language with a call in ``[since, until)``, by line and language.

    Lines and languages that nobody reached an interpreter for show ``calls`` 0 and times 0.
    """
    rows = (
        Call.objects.filter(started_at__gte=since, started_at__lt=until)
        .exclude(language="")
        .order_by()
        .values_list("line__number", "language", "started_at", "interpreter_at")
    )
    asked: defaultdict[tuple[str, str], int] = defaultdict(int)
    waited: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for line, language, started_at, interpreter_at in rows.iterator(chunk_size=5000):
        key = (line or "", language)
        asked[key] += 1
        if interpreter_at is not None:
            waited[key].append(round((interpreter_at - started_at).total_seconds() * 1000))
    return [
        TimeToInterpreter(line, language, count, len(waited[line, language]), *_percentiles(waited[line, language]))
        for (line, language), count in sorted(asked.items())
    ]


def _percentiles(times: Sequence[int]) -> tuple[int, int]:
    return (percentile(times, 50), percentile(times, 95)) if times else (0, 0)


def percentile(times: Sequence[Time], percent: float) -> Time:
    """Return the nearest-rank percentile of ``times``; ValueError when there are none."""
    if not times:
        raise ValueError("no times, no percentile")
    ordered = sorted(times)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]
