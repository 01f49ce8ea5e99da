"""Counts the figures: one grouped query for each kind of rows, one for each kind of time.

A month is a range of moments, not a computed column, so that its rows are found by index in any time zone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.db import models
from django.db.models import Count, F, Q

from yuqiao.hotline.figures.catalogue import FIGURES
from yuqiao.hotline.figures.definition import Figure, Milliseconds, Scope, Source, Unit
from yuqiao.hotline.figures.percentiles import locate, percentile_of_counts, rank_of

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
#: Percentiles of a source's column: (group, percent) -> milliseconds.
Percentiles = dict[tuple[Source, str], dict[tuple[Group, int], int]]
#: Width of the buckets in which times of groups are first counted.
BUCKET_MS = 128


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
    percents: dict[tuple[Source, str], set[int]] = defaultdict(set)
    for one in chosen:
        if one.column:
            percents[one.source, one.column].add(one.percentile)
    times = {(source, column): _times(scope, source, column, by, each) for (source, column), each in percents.items()}
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


def _counted(figure: Figure, counts: dict[str, int], times: Percentiles, group: Group) -> Counted:
    numerator, denominator = counts.get(f"{figure.code}_n", 0), counts.get(f"{figure.code}_d", 0)
    if not figure.column:
        return Counted(figure, numerator, denominator)
    return Counted(figure, numerator, denominator, times[figure.source, figure.column].get((group, figure.percentile)))


def _counts(
    scope: Scope, source: Source, by: By | None, figures: Iterable[Figure]
) -> Iterable[tuple[Group, dict[str, int]]]:
    """Yield each group's counts by figure; what several figures count alike is counted once."""
    asked: dict[Count, str] = {}
    names: dict[str, str] = {}
    for figure in figures:
        denominator = figure.denominator(scope)
        numerator = denominator & figure.numerator(scope)
        different = Count(figure.distinct, filter=numerator, distinct=True) if figure.distinct else None
        for name, count in (("d", _count(denominator)), ("n", different or _count(numerator))):
            names[f"{figure.code}_{name}"] = asked.setdefault(count, f"{figure.code}_{name}")
    wanted = {name: count for count, name in asked.items()}
    rows = source.within(scope)
    if by is None:
        found = rows.aggregate(**wanted)
        yield TOTAL, {name: found[same] for name, same in names.items()}
        return
    dimension = _dimension(source, by)
    for row in rows.values(dimension).annotate(**wanted):
        yield row[dimension], {name: row[same] for name, same in names.items()}


def _count(condition: Q) -> Count:
    """Count rows without naming a column, so that an index alone can answer."""
    return Count(models.Value(1), filter=condition) if condition else Count("*")


def _times(
    scope: Scope, source: Source, column: str, by: By | None, percents: set[int]
) -> dict[tuple[Group, int], int]:
    """Return each group's nearest-rank percentiles of a duration, in whole milliseconds, fractions cut.

    For groups in two steps, because a million rows have nearly as many different times: first how many times lie in
    each bucket, then every time of those few buckets in which a percentile lies.
    """
    rows = source.within(scope).filter(**{f"{column}__isnull": False}).annotate(ms=Milliseconds(column))
    if by is None:
        spread = dict(rows.values_list("ms").annotate(n=Count("*")).iterator(chunk_size=20_000))
        return {(TOTAL, one): ms for one in percents if (ms := percentile_of_counts(spread, one)) is not None}
    dimension = _dimension(source, by)
    rows = rows.annotate(bucket=F("ms") / BUCKET_MS)
    coarse = _spread(rows.values_list(dimension, "bucket").annotate(n=Count("*")))
    wanted = {
        (group, percent): locate(counts, rank_of(sum(counts.values()), percent))
        for group, counts in coarse.items()
        for percent in percents
    }
    exact = rows.filter(bucket__in={bucket for bucket, _rank in wanted.values()})
    fine = _spread(exact.values_list(dimension, "ms").annotate(n=Count("*")))
    return {
        (group, percent): locate(_of_bucket(fine[group], bucket), rank)[0]
        for (group, percent), (bucket, rank) in wanted.items()
    }


def _spread(rows: Iterable[tuple[Group, int, int]]) -> dict[Group, dict[int, int]]:
    spread: dict[Group, dict[int, int]] = defaultdict(dict)
    for group, value, count in rows:
        spread[group][value] = count
    return spread


def _of_bucket(counts: dict[int, int], bucket: int) -> dict[int, int]:
    return {ms: count for ms, count in counts.items() if ms // BUCKET_MS == bucket}


def _dimension(source: Source, by: By) -> str:
    return source.line if by == "line" else source.language


def narrowed(scope: Scope, by: By, group: Group) -> Scope:
    """Return ``scope`` narrowed to one line or language."""
    if by == "line":
        return replace(scope, line=group if isinstance(group, int) else None)
    return replace(scope, language=str(group))
