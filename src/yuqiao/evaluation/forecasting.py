"""What an indicator will probably come to by the year's end, and what that rests on (S8). Pure.

By last year's course where the same was counted then (a fair in autumn comes every autumn), else by working days of
the Chinese calendar; a share, and what has an end already, stays as it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from yuqiao.evaluation.outlook import until_of
from yuqiao.evaluation.sheet import Row
from yuqiao.workforce.calendar import kind_of_day

NO_SPECIAL_DAYS: Mapping[dt.date, str] = {}
WORKDAYS = frozenset("12345")


class Basis(StrEnum):
    """What a forecast rests on."""

    LAST_YEAR = "last_year"
    WORKING_DAYS = "working_days"
    AS_IT_IS = "as_it_is"


@dataclass(frozen=True, slots=True)
class Forecast:
    """The value at the end, in the indicator's unit; None where nothing can be foretold."""

    value: Fraction | None
    basis: Basis = Basis.AS_IT_IS


def workdays(since: dt.date, until: dt.date, special: Mapping[dt.date, str] = NO_SPECIAL_DAYS) -> int:
    """Return how many days from ``since`` to ``until``, both included, are worked in China; 0 if none."""
    days = (until - since).days + 1
    return sum(kind_of_day(since + dt.timedelta(n), special) in WORKDAYS for n in range(max(0, days)))


def forecast(
    row: Row,
    year: int,
    today: dt.date,
    special: Mapping[dt.date, str] = NO_SPECIAL_DAYS,
    before: tuple[Fraction, Fraction] | None = None,
) -> Forecast:
    """Return where an indicator leads; ``before`` is what last year had by this day and by its end."""
    value, amount = row.measured.value, row.target.amount
    if value is None or amount is None:
        return Forecast(None)
    end = until_of(row, year)
    if amount.unit == "%" or today >= end or today < dt.date(year, 1, 1):
        return Forecast(value)
    if before is not None and before[0] > 0 and row.deadline is None:
        return Forecast(value * before[1] / before[0], Basis.LAST_YEAR)
    begin = dt.date(year, 1, 1)
    gone = workdays(begin, today, special)
    if not gone:
        return Forecast(value)
    return Forecast(value * (gone + workdays(today + dt.timedelta(1), end, special)) / gone, Basis.WORKING_DAYS)
