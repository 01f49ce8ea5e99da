"""Periods that statistics are made for: a year, a half year, a month, in the city's own time (S50)."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from django.utils import timezone

_SHAPE = re.compile(r"(?P<year>\d{4})(?:H(?P<half>[12])|-(?P<month>0[1-9]|1[0-2]))?", re.ASCII)
FIRST_YEAR, LAST_YEAR = 2000, 2199


@dataclass(frozen=True, slots=True)
class Period:
    """``months`` whole months from the ``first`` month (1 to 12) of ``year``; never beyond the year's end."""

    year: int
    first: int
    months: int

    @property
    def code(self) -> str:
        """``2021``, ``2021H1`` or ``2021-03``."""
        if self.months == 12:
            return f"{self.year}"
        return f"{self.year}H{1 + self.first // 7}" if self.months == 6 else f"{self.year}-{self.first:02d}"

    @property
    def since(self) -> dt.datetime:
        """The first moment."""
        return _midnight(self.year, self.first)

    @property
    def until(self) -> dt.datetime:
        """The first moment after it."""
        after = self.first + self.months
        return _midnight(self.year + 1, 1) if after > 12 else _midnight(self.year, after)

    def year_before(self) -> Period:
        """Return the same months one year earlier."""
        return Period(self.year - 1, self.first, self.months)

    def by_month(self) -> list[Period]:
        """Return its months in order."""
        return [Period(self.year, self.first + offset, 1) for offset in range(self.months)]


def _midnight(year: int, month: int) -> dt.datetime:
    return dt.datetime(year, month, 1, tzinfo=timezone.get_default_timezone())


def period(code: str) -> Period:
    """Return the period that ``code`` (see `Period.code`) names; ValueError when it names none."""
    found = _SHAPE.fullmatch(code)
    if found is None or not FIRST_YEAR <= int(found["year"]) <= LAST_YEAR:
        raise ValueError("a period is a year (2021), a half year (2021H1) or a month (2021-03)")
    year = int(found["year"])
    if found["half"]:
        return Period(year, 1 if found["half"] == "1" else 7, 6)
    return Period(year, int(found["month"]), 1) if found["month"] else Period(year, 1, 12)
