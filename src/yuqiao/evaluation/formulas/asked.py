"""What a way of measuring is asked, and what each way can do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Model, QuerySet

from yuqiao.evaluation.formulas.written import FROM, UNTIL, Formula
from yuqiao.evaluation.models import Indicator
from yuqiao.evaluation.sheet import Measured
from yuqiao.hotline.figures.definition import Part

PERCENT = "%"


@dataclass(frozen=True, slots=True)
class Asked:
    """One indicator's formula for one year; ``project`` is whose evidence and money count (None: nobody's)."""

    indicator: Indicator
    formula: Formula
    year: int
    project: int | None

    @property
    def days(self) -> tuple[dt.date, dt.date]:
        """The first and the last day that count."""
        return self.formula.days(self.year)


Answers = dict[Asked, Measured]


@dataclass(frozen=True, slots=True)
class Way:
    """One way of measuring. ``measure`` answers many at once; ``rows`` shows the very rows that one answer counted.

    ``check`` raises `written.FormulaError` for a code or option it does not know; ``choices`` are formulas with their
    Chinese names, for those who write a plan. ``counts`` says that numerator and denominator are numbers of rows.
    """

    code: str
    name: str
    check: Callable[[Formula], None]
    measure: Callable[[Sequence[Asked], dt.datetime], Answers]
    rows: Callable[[Asked, Part, dt.datetime], QuerySet[Any]]
    choices: Callable[[], Iterable[tuple[str, str]]]
    counts: bool = True


def share(part: int, whole: int) -> Fraction | None:
    """Return per cent, exact; None where there is nothing to divide by."""
    return Fraction(part * 100, whole) if whole else None


def within(asked: Asked, day: dt.date) -> bool:
    """Return whether a day counts."""
    first, last = asked.days
    return first <= day <= last


def span_of(asked: Iterable[Asked]) -> tuple[dt.date, dt.date]:
    """Return the days from the first to the last that count for any of them."""
    days = [day for one in asked for day in one.days]
    return min(days), max(days)


def when(formula: Formula) -> str:
    """Return which part of the year counts, as the end of a definition."""
    if not (formula.one(FROM) or formula.one(UNTIL)):
        return ""
    first, last = formula.days(2001)
    return f"；只计{first.month}月{first.day}日至{last.month}月{last.day}日"


def labels(values: Sequence[str], known: Mapping[str, str]) -> str:
    """Return codes as Chinese words."""
    return "、".join(known.get(one, one) for one in values)


def nothing_of(model: type[Model]) -> QuerySet[Any]:
    """Return no rows of a kind."""
    return model._default_manager.none()
