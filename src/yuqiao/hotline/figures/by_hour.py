"""How calls fall on weekdays and hours of the city's time."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from django.db.models import CharField, Count, F, Func
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone

from yuqiao.hotline.figures.definition import Scope, Source


class _Hour(Func):
    """A moment's hour in UTC as ``YYYY-MM-DD HH``. On SQLite moments are text, so no function of ours runs per row."""

    output_field = CharField()

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **extra: Any) -> tuple[str, tuple[str | int, ...]]:
        """Return the SQL for SQLite."""
        sql, parameters = super().as_sql(compiler, connection, template="SUBSTR(%(expressions)s, 1, 13)")
        return sql, tuple(parameters)

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **extra: Any) -> tuple[str, tuple[str | int, ...]]:
        """Return the SQL for PostgreSQL."""
        template = "TO_CHAR(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24')"
        sql, parameters = super().as_sql(compiler, connection, template=template)
        return sql, tuple(parameters)


def by_weekday_and_hour(source: Source, scope: Scope) -> dict[tuple[int, int], int]:
    """Return how many rows began at each (weekday from 0 = Monday, hour) of the city's time; one query."""
    counted: Counter[tuple[int, int]] = Counter()
    hours = source.within(scope).annotate(hour=_Hour(F(source.moment))).values_list("hour").annotate(n=Count("*"))
    for hour, count in hours:
        local = timezone.localtime(dt.datetime.strptime(f"{hour}+0000", "%Y-%m-%d %H%z"))
        counted[local.weekday(), local.hour] += count
    return dict(counted)
