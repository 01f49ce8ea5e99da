"""What a figure is: which rows count, out of which rows, and how the same rows are shown again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.db.models import F, Func, IntegerField, Model, Q, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from yuqiao.lib import clock

#: GB/T 33358-2016: a call is to be answered within 15 s.
ANSWER_WITHIN = dt.timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which rows a figure is asked of: those of ``[since, until)``, one line (its id) and one language if set.

    ``at`` is the moment at which it is asked: what is due by then. ``lines`` (ids) narrows to several lines what is
    counted; figures that are measured know one line only.
    """

    since: dt.datetime
    until: dt.datetime
    line: int | None = None
    language: str | None = None
    answer_within: dt.timedelta = ANSWER_WITHIN
    at: dt.datetime = field(default_factory=clock.now)
    lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Rows that figures count: ``moment`` says when a row falls into a period, ``line`` and ``language`` to whom."""

    code: str
    model: type[Model]
    moment: str
    line: str
    counted: Q = field(default_factory=Q)
    language: str = "language"

    def within(self, scope: Scope) -> QuerySet[Any]:
        """Return the rows of ``scope``, in no order."""
        rows = self.model._default_manager.filter(
            self.counted, **{f"{self.moment}__gte": scope.since, f"{self.moment}__lt": scope.until}
        )
        if scope.line is not None:
            rows = rows.filter(**{self.line: scope.line})
        if scope.lines:
            rows = rows.filter(**{f"{self.line}__in": scope.lines})
        if scope.language is not None:
            rows = rows.filter(**{self.language: scope.language})
        return rows.order_by()


class Unit(Enum):
    """What a value is: a number of rows, a share of rows, a time in milliseconds, a share of a time."""

    COUNT = "count"
    SHARE = "share"
    TIME = "time"
    SPAN = "span"


class Part(Enum):
    """Which rows of a figure are shown."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"


Rows = Callable[[Scope], Q]


def everything(_scope: Scope) -> Q:
    """Every row of the source."""
    return Q()


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. ``numerator`` and ``denominator`` say which rows of ``source`` count; both number and rows use them.

    A count has no denominator of its own. A time is the nearest-rank ``percentile`` of the duration ``column`` in whole
    milliseconds, fractions cut; its numerator are the rows with such a time, out of the denominator's. A share of a
    time (``SPAN``) is not counted but measured: ``measure`` gives its numerator and denominator in milliseconds,
    ``shown`` the rows they come from. A count of different values of a column (``distinct``) shows one row for each.
    """

    code: str
    zh: str
    en: str
    definition_zh: str
    definition_en: str
    source: Source
    unit: Unit
    numerator: Rows = everything
    denominator: Rows = everything
    column: str = ""
    percentile: int = 0
    distinct: str = ""
    measure: Callable[[Scope], tuple[int, int]] | None = None
    shown: Callable[[Scope, Part], QuerySet[Any]] | None = None

    def rows(self, scope: Scope, part: Part = Part.NUMERATOR) -> QuerySet[Any]:
        """Return the very rows that were counted, newest first."""
        if self.shown is not None:
            return self.shown(scope, part)
        condition = self.denominator(scope)
        if part is Part.NUMERATOR:
            condition &= self.numerator(scope)
        found = self.source.within(scope).filter(condition).order_by(f"-{self.source.moment}", "pk")
        if not self.distinct or part is Part.DENOMINATOR:
            return found
        values = found.order_by().values_list(self.distinct, flat=True).distinct()
        return found.filter(
            pk__in=[found.filter(**{self.distinct: one}).values_list("pk", flat=True)[0] for one in values]
        )


class Milliseconds(Func):
    """Whole milliseconds of a duration column, fractions cut; durations are microseconds on SQLite."""

    output_field = IntegerField()

    def __init__(self, column: str) -> None:
        super().__init__(F(column))

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **extra: Any) -> tuple[str, tuple[str | int, ...]]:
        """Return the SQL for SQLite."""
        return self._written(compiler, connection, "%(expressions)s / 1000")

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **extra: Any) -> tuple[str, tuple[str | int, ...]]:
        """Return the SQL for PostgreSQL: whole microseconds first, which a double holds exactly for 285 years.

        EXTRACT would give exact decimals, too, but its arithmetic takes nearly twice as long for a million rows.
        """
        return self._written(
            compiler, connection, "(ROUND(DATE_PART('epoch', %(expressions)s) * 1000000)::bigint / 1000)"
        )

    def _written(self, compiler: SQLCompiler, connection: Any, template: str) -> tuple[str, tuple[str | int, ...]]:
        sql, parameters = super().as_sql(compiler, connection, template=template)
        return sql, tuple(parameters)
