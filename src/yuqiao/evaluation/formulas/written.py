"""Formulas as they are written: ``way:code?option=value&option=value``. Pure.

``count:feedback_sheet``, ``hotline:transfers?lines=12345,110``, ``contracts:handed_in?kind=summary&until=07-31``,
``before:hotline:calls`` (the same a year earlier), ``entered``.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

#: Options that every way understands which counts by day: a part of the year, both days included.
FROM, UNTIL = "since", "until"
_OPTION = re.compile(r"[a-z_]+=[^=&?]+")
_DAY = re.compile(r"(?P<month>\d\d)-(?P<day>\d\d)", re.ASCII)
#: So that a 29th of February can be written; in other years it means the 28th.
LEAP_YEAR = 2000


class FormulaError(ValueError):
    """A formula names nothing that is counted; the message says what can be written."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula taken apart. ``options`` holds each option's values; several are written with commas."""

    text: str
    way: str
    code: str = ""
    options: dict[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    def one(self, option: str) -> str:
        """Return an option's only value, or nothing."""
        return self.options.get(option, ("",))[0]

    def many(self, option: str) -> tuple[str, ...]:
        """Return all values of an option."""
        return self.options.get(option, ())

    def days(self, year: int) -> tuple[dt.date, dt.date]:
        """Return the first and the last day that count in ``year``."""
        first, last = self.one(FROM), self.one(UNTIL)
        return (
            day_of(first, year) if first else dt.date(year, 1, 1),
            day_of(last, year) if last else dt.date(year, 12, 31),
        )


def day_of(text: str, year: int) -> dt.date:
    """Return the day ``07-31`` of a year; FormulaError for what is no day."""
    found = _DAY.fullmatch(text)
    if found is None:
        raise FormulaError(f"{text!r} is no day: write month and day, as 07-31")
    month, day = int(found["month"]), int(found["day"])
    try:
        dt.date(LEAP_YEAR, month, day)
    except ValueError as error:
        raise FormulaError(f"{text!r} is no day of a year") from error
    try:
        return dt.date(year, month, day)
    except ValueError:
        return dt.date(year, 2, 28)


def read_formula(text: str) -> Formula:
    """Return a formula taken apart; FormulaError for what has no such shape."""
    clean = text.strip()
    head, _, tail = clean.partition("?")
    way, _, code = head.partition(":")
    options: dict[str, tuple[str, ...]] = {}
    for part in tail.split("&") if tail else []:
        if not _OPTION.fullmatch(part):
            raise FormulaError(f"{part!r} is no option: write lines=12345,110 or until=07-31")
        name, _, value = part.partition("=")
        if name in options:
            raise FormulaError(f"the option {name!r} stands twice")
        values = tuple(dict.fromkeys(one.strip() for one in value.split(",") if one.strip()))
        if not values:
            raise FormulaError(f"the option {name!r} has no value")
        options[name] = values
    formula = Formula(clean, way.strip(), code.strip(), options)
    first, last = formula.days(LEAP_YEAR)
    if last < first:
        raise FormulaError(f"{formula.one(FROM)} lies after {formula.one(UNTIL)}")
    return formula
