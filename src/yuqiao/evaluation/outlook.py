"""How a year's indicators will probably come out: forecast, traffic light, gaps of evidence, what is due next. Pure.

A count goes on as fast as it went, by working days (S8: supervision all year); a share stays as it is. Nothing here
changes a score.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from yuqiao.evaluation.scoring import Done
from yuqiao.evaluation.sheet import Row, Sheet
from yuqiao.evaluation.targets import Target

SATURDAY = 5
#: A forecast below this share of its target is red, above it amber.
NEARLY = Fraction(4, 5)
#: Something that is to be done is amber from this many days before its deadline.
SOON = 30


class Light(StrEnum):
    """A traffic light; pages print its word beside its colour."""

    GREEN = "green"  # kept already, or on the way to it
    AMBER = "amber"  # can still be kept, but not at this pace
    RED = "red"  # missed, or far from it
    NONE = "none"  # nothing is known yet


@dataclass(frozen=True, slots=True)
class Outlook:
    """One indicator's light with its Chinese reason; ``forecast`` in its unit, None where nothing can be foretold."""

    light: Light
    reason: str
    forecast: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A day by which something is to be done; ``name`` is the indicator's, "" for the end of the year."""

    on: dt.date
    name: str = ""


def working_days(since: dt.date, until: dt.date) -> int:
    """Return how many days from Monday to Friday lie from ``since`` to ``until``, both included; 0 if none."""
    days = (until - since).days + 1
    if days <= 0:
        return 0
    weeks, rest = divmod(days, 7)
    return weeks * 5 + sum((since.weekday() + day) % 7 < SATURDAY for day in range(rest))


def until_of(row: Row, year: int) -> dt.date:
    """Return the day by which an indicator is to be kept: its deadline or the end of the year."""
    return row.deadline or dt.date(year, 12, 31)


def forecast(row: Row, year: int, today: dt.date) -> Fraction | None:
    """Return what the actual will probably be on its last day, in the indicator's unit."""
    value = row.measured.value
    if value is None or row.target.amount is None:
        return None
    begin, end = dt.date(year, 1, 1), until_of(row, year)
    gone = working_days(begin, min(today, end))
    if row.target.amount.unit == "%" or today >= end or not gone:
        return value
    return value * working_days(begin, end) / gone


def outlook(row: Row, year: int, today: dt.date) -> Outlook:
    """Return how one indicator stands."""
    if row.target.amount is None:
        return _task(row, year, today)
    if row.measured.value is None:
        return _unknown(row, year, today)
    expected = forecast(row, year, today)
    if row.target.smaller_is_better:
        return _limit(row.target, row.measured.value, expected)
    over = today > until_of(row, year)
    return _count(row.target, row.measured.value, expected, over=over)


def outlooks(sheet: Sheet, today: dt.date) -> dict[int, Outlook]:
    """Return every row's outlook by its id; a compound one takes the worst of its parts."""
    found = {row.id: outlook(row, sheet.header.year, today) for row in sheet.rows}
    for row in sheet.leading:
        parts = [found[part.id].light for part in sheet.parts(row.id)]
        if parts:
            found[row.id] = Outlook(worst(parts), f"{len(parts)}个分项中最差的一项。")
    return found


def worst(lights: Sequence[Light]) -> Light:
    """Return the gravest of several lights."""
    order = (Light.RED, Light.AMBER, Light.NONE, Light.GREEN)
    return min(lights, key=order.index)


def lacks_reason(row: Row, light: Light) -> bool:
    """Tell whether a row that came, or will come, out below its full points has no cause yet; far above: S129."""
    below = row.score.value is not None and row.score.value < row.weight and light is not Light.GREEN
    return (below or row.score.over_achieved) and not row.cause


def dues(sheet: Sheet) -> list[Due]:
    """Return the deadlines of what is not full yet, and the end of the year, in order."""
    waiting = [
        Due(row.deadline, row.name)
        for row in sheet.rows
        if row.deadline is not None and not (row.score.value is not None and row.score.value >= row.weight)
    ]
    return sorted([*waiting, Due(dt.date(sheet.header.year, 12, 31))], key=lambda one: one.on)


def _task(row: Row, year: int, today: dt.date) -> Outlook:
    match row.measured.done:
        case Done.DONE:
            return Outlook(Light.GREEN, "已完成。")
        case Done.PARTLY:
            return Outlook(Light.AMBER, "部分完成。")
        case Done.NOT:
            return Outlook(Light.RED, "未完成。")
    return _unknown(row, year, today)


def _unknown(row: Row, year: int, today: dt.date) -> Outlook:
    left = (until_of(row, year) - today).days
    if left < 0:
        return Outlook(Light.RED, f"已过期限{-left}天，尚无完成情况。")
    if left <= SOON:
        return Outlook(Light.AMBER, f"距期限{left}天，尚无完成情况。")
    return Outlook(Light.NONE, "尚无完成情况。")


def _limit(target: Target, value: Fraction, expected: Fraction | None) -> Outlook:
    if not _met(target, value):
        return Outlook(Light.RED, "已超出上限。", expected)
    if expected is not None and not _met(target, expected):
        return Outlook(Light.AMBER, "按目前速度，年底将超出上限。", expected)
    return Outlook(Light.GREEN, "在上限之内。", expected)


def _count(target: Target, value: Fraction, expected: Fraction | None, *, over: bool) -> Outlook:
    if _met(target, value):
        return Outlook(Light.GREEN, "已达到年度指标值。", expected)
    if over or expected is None:
        return Outlook(Light.RED, "已过期限，未达到年度指标值。", expected)
    if _met(target, expected):
        return Outlook(Light.GREEN, "按目前速度，可以达到。", expected)
    wanted = Fraction(target.amount.value) if target.amount else Fraction(0)
    if expected >= wanted * NEARLY:
        return Outlook(Light.AMBER, "按目前速度，略有不足。", expected)
    return Outlook(Light.RED, "按目前速度，相差较多。", expected)


def _met(target: Target, value: Fraction) -> bool:
    return target.met_by(Decimal(value.numerator) / Decimal(value.denominator))
