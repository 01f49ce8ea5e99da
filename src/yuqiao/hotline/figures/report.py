"""Counts the figures: one grouped query for each kind of rows, one for each kind of time.

A month is a range of moments, not a computed column, so that its rows are found by index in any time zone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.db import models
from django.db.models import Count, Q

from yuqiao.hotline.figures.catalogue import FIGURES
from yuqiao.hotline.figures.definition import Figure, Milliseconds, Scope, Source, Unit
from yuqiao.hotline.figures.percentiles import percentile_of_counts

#: Group of rows: a line's id (None: no line is known), a language's code; TOTAL when they are not grouped.
Group = int | str | None
By = Literal["line", "language"]
TOTAL: Group = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """A figure's value: ``numerator`` rows out of ``denominator`` rows; ``time_ms`` for times, None without any row."""

    figure: Figure
    numerator: int
    denominator: int
    time_ms: int | None = None

    @property
    def sample(self) -> int:
        """How many rows the value rests on."""
        return self.denominator if self.figure.unit in {Unit.SHARE, Unit.SPAN} else self.numerator


Table = dict[str, Counted]


def totals(scope: Scope, figures: Iterable[Figure] = FIGURES) -> Table:
    """Return each figure of ``scope`` by its code."""
    return grouped(scope, None, figures)[TOTAL]


def grouped(scope: Scope, by: By | None, figures: Iterable[Figure] = FIGURES) -> dict[Group, Table]:
    """Return each figure by its code for each line or language that has rows; all together where ``by`` is None.

    What is measured and not counted belongs to the whole alone.
    """
    wanted = tuple(figures)
    chosen = [figure for figure in wanted if figure.measure is None]
    found: dict[Group, dict[str, Any]] = defaultdict(dict)
    for source in dict.fromkeys(figure.source for figure in chosen):
        for group, counts in _counts(scope, source, by, [one for one in chosen if one.source is source]):
            found[group] |= counts
    times = {
        (source, column): _times(scope, source, column, by)
        for source, column in dict.fromkeys((one.source, one.column) for one in chosen if one.column)
    }
    tables: dict[Group, Table] = {
        group: {figure.code: _counted(figure, counts, times, group) for figure in chosen}
        for group, counts in found.items()
    }
    if by is not None:
        return tables
    counted = tables.get(TOTAL, {})
    return {TOTAL: {one.code: counted[one.code] if one.measure is None else _measured(one, scope) for one in wanted}}


def _measured(figure: Figure, scope: Scope) -> Counted:
    if figure.measure is None:
        raise ValueError(f"{figure.code} is counted, not measured")
    return Counted(figure, *figure.measure(scope))


def _counted(
    figure: Figure,
    counts: dict[str, int],
    times: dict[tuple[Source, str], dict[Group, dict[int, int]]],
    group: Group,
) -> Counted:
    numerator, denominator = counts.get(f"{figure.code}_n", 0), counts.get(f"{figure.code}_d", 0)
    if not figure.column:
        return Counted(figure, numerator, denominator)
    spread = times[figure.source, figure.column].get(group, {})
    return Counted(figure, numerator, denominator, percentile_of_counts(spread, figure.percentile))


def _counts(
    scope: Scope, source: Source, by: By | None, figures: Iterable[Figure]
) -> Iterable[tuple[Group, dict[str, int]]]:
    wanted: dict[str, Count] = {}
    for figure in figures:
        denominator = figure.denominator(scope)
        wanted[f"{figure.code}_d"] = _count(denominator)
        numerator = denominator & figure.numerator(scope)
        different = Count(figure.distinct, filter=numerator, distinct=True) if figure.distinct else None
        wanted[f"{figure.code}_n"] = different or _count(numerator)
    rows = source.within(scope)
    if by is None:
        yield TOTAL, rows.aggregate(**wanted)
        return
    dimension = _dimension(source, by)
    for row in rows.values(dimension).annotate(**wanted):
        group = row.pop(dimension)
        yield group, row


def _count(condition: Q) -> Count:
    """Count rows without naming a column, so that an index alone can answer."""
    return Count(models.Value(1), filter=condition) if condition else Count("*")


def _times(scope: Scope, source: Source, column: str, by: By | None) -> dict[Group, dict[int, int]]:
    """Return for each group how often each time, in whole milliseconds, occurred."""
    rows = source.within(scope).filter(**{f"{column}__isnull": False}).annotate(ms=Milliseconds(column))
    spread: dict[Group, dict[int, int]] = defaultdict(dict)
    if by is None:
        spread[TOTAL] = dict(rows.values_list("ms").annotate(n=Count("*")).iterator(chunk_size=20_000))
        return spread
    counted = rows.values_list(_dimension(source, by), "ms").annotate(n=Count("*"))
    for group, ms, n in counted.iterator(chunk_size=20_000):
        spread[group][ms] = n
    return spread


def _dimension(source: Source, by: By) -> str:
    return source.line if by == "line" else source.language


def narrowed(scope: Scope, by: By, group: Group) -> Scope:
    """Return ``scope`` narrowed to one line or language."""
    if by == "line":
        return replace(scope, line=group if isinstance(group, int) else None)
    return replace(scope, language=str(group))
