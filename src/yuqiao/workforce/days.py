"""Special days as a table: a year's holidays and worked weekends at once, each journaled (S26)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from yuqiao.accounts.models import Person
from yuqiao.lib.tables import Column, Fault, Kind, TableError, certain_day, fault, iso, named
from yuqiao.workforce.calendar import DAYS, HOLIDAY, WEEKDAYS
from yuqiao.workforce.hours import set_special_day
from yuqiao.workforce.models import SpecialDay

KIND_NAMES: Final = {letter: f"周{name}" for letter, name in zip(WEEKDAYS, "一二三四五六日", strict=True)} | {
    HOLIDAY: "法定节假日"
}
NAME: Final = 60


@dataclass(frozen=True, slots=True)
class Day:
    """A day that counts as another kind than the calendar says, and why."""

    date: dt.date
    counts_as: str
    name: str


SPECIAL_DAYS: Final[Kind[Day]] = Kind(
    "特殊日期",
    (
        Column("日期", "date", iso, certain_day),
        Column("按何日值守", "counts_as", *named(KIND_NAMES)),
        Column("名称", "name"),
    ),
    Day,
    ("date",),
)


def days_of(rows: QuerySet[SpecialDay]) -> list[Day]:
    """Return special days as a table has them."""
    return [Day(*row) for row in rows.order_by("date").values_list("date", "counts_as", "name")]


def check_days(wanted: Sequence[Day]) -> dict[int, list[Fault]]:
    """Return the faults of each of ``wanted``, by place."""
    found: dict[int, list[Fault]] = {}
    for place, one in enumerate(wanted):
        wrong = [] if len(one.counts_as) == 1 and one.counts_as in DAYS else [fault("counts_as", "unknown_kind_of_day")]
        if not one.name or len(one.name) > NAME:
            wrong.append(fault("name", "too_long" if one.name else "missing", most=str(NAME)))
        if wrong:
            found[place] = wrong
    return found


def save_days(wanted: Sequence[Day], *, by: Person | None) -> int:
    """Set special days, all or none; return how many differ from before. TableError says what is wrong."""
    with transaction.atomic():
        if wrong := check_days(wanted):
            raise TableError(wrong)
        before = {one.date: one for one in days_of(SpecialDay.objects.all())}
        changed = [one for one in wanted if before.get(one.date) != one]
        for one in changed:
            set_special_day(one.date, one.counts_as, one.name, by=by)
    return len(changed)
