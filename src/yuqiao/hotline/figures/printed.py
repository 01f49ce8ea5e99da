"""Figures as they are printed: exact, with the rounding of `exact`, and a dash where there is nothing to divide by."""

from __future__ import annotations

from decimal import Decimal

from yuqiao.hotline.figures.definition import Unit
from yuqiao.hotline.figures.exact import Change, Rounding, percent
from yuqiao.hotline.figures.report import Counted

NONE = "–"


def seconds(milliseconds: int) -> str:
    """Return whole milliseconds as seconds with three digits, exact: -0.250, 12.345."""
    sign, whole = "-" if milliseconds < 0 else "", abs(milliseconds)
    return f"{sign}{whole // 1000}.{whole % 1000:03d}"


def value_of(counted: Counted) -> str:
    """Return a value as it is printed: 6191, 99.92%, 12.345 s."""
    if counted.figure.unit is Unit.COUNT:
        return str(counted.numerator)
    if counted.figure.unit is Unit.TIME:
        return NONE if counted.time_ms is None else f"{seconds(counted.time_ms)} s"
    share = share_of(counted)
    return NONE if share is None else f"{share}%"


def share_of(counted: Counted) -> Decimal | None:
    """Return a share in per cent. That of a time has its last digit cut: 100% says that nothing was missing."""
    if counted.figure.unit is Unit.SPAN:
        return percent(counted.numerator, counted.denominator, Rounding.TRUNCATE, 3)
    return percent(counted.numerator, counted.denominator)


def change_of(this: Counted, before: Counted, points: str) -> str:
    """Return how a value changed: +1004 (+19.36%); ``points`` (a word) for shares; "" where one of both is missing."""
    if this.figure.unit in {Unit.SHARE, Unit.SPAN}:
        if not this.denominator or not before.denominator:
            return ""
        crossed = this.numerator * before.denominator - before.numerator * this.denominator
        return f"{percent(crossed, this.denominator * before.denominator):+} {points}"
    if this.figure.unit is Unit.TIME:
        if this.time_ms is None or before.time_ms is None:
            return ""
        change = Change(this.time_ms, before.time_ms)
        difference = ("+" if change.difference >= 0 else "") + f"{seconds(change.difference)} s"
    else:
        change = Change(this.numerator, before.numerator)
        difference = f"{change.difference:+}"
    share = change.percent()
    return difference if share is None else f"{difference} ({share:+}%)"
