"""Service hours in rows: opened, closed, kept; special days; every change in the journal."""

from __future__ import annotations

import datetime as dt

import pytest

from yuqiao.accounts.models import JournalEntry, Person
from yuqiao.workforce.calendar import DAYS
from yuqiao.workforce.coverage import NONE, RESIDENT, tier_at
from yuqiao.workforce.hours import (
    HoursError,
    close_window,
    open_window,
    set_special_day,
    special_days,
    windows_valid,
)
from yuqiao.workforce.models import ServiceWindow

pytestmark = [pytest.mark.django_db, pytest.mark.database]

MONDAY = dt.date(2026, 3, 2)
NOON = dt.datetime.fromisoformat("2026-03-04 12:00")


@pytest.fixture
def wang() -> Person:
    return Person.objects.create(username="wang")


def test_a_window_opens_closes_and_stays_in_the_past(wang: Person) -> None:
    window = open_window("ja", "resident", DAYS, dt.time(9), dt.time(21), valid_from=MONDAY, by=wang)
    assert tier_at(windows_valid(MONDAY, NOON.date()), "ja", NOON) == RESIDENT
    close_window(window, dt.date(2026, 3, 3), by=wang)
    assert tier_at(windows_valid(NOON.date(), NOON.date()), "ja", NOON) == NONE
    yesterday = NOON - dt.timedelta(days=1)
    assert tier_at(windows_valid(yesterday.date(), yesterday.date()), "ja", yesterday) == RESIDENT
    assert list(JournalEntry.objects.values_list("action", "actor__username")) == [
        ("workforce.window_opened", "wang"),
        ("workforce.window_closed", "wang"),
    ]


def test_a_window_is_closed_once_and_can_be_shortened_only(wang: Person) -> None:
    window = open_window("ja", "resident", DAYS, dt.time(9), dt.time(21), valid_from=MONDAY, by=wang)
    close_window(window, dt.date(2026, 3, 10), by=wang)
    with pytest.raises(HoursError, match="ends on 2026-03-10 already"):
        close_window(window, dt.date(2026, 3, 11), by=wang)
    close_window(window, dt.date(2026, 3, 5), by=wang)
    assert ServiceWindow.objects.get().valid_until == dt.date(2026, 3, 5)


def test_days_are_kept_in_their_order_and_once(wang: Person) -> None:
    window = open_window("ja", "remote", "H6116", dt.time(9), dt.time(21), valid_from=MONDAY, by=wang)
    assert window.days == "16H"


@pytest.mark.parametrize(
    ("language", "tier", "days", "says"),
    [
        ("zh", "resident", DAYS, "no foreign service language"),
        ("tlh", "resident", DAYS, "no foreign service language"),
        ("ja", "none", DAYS, "no tier"),
        ("ja", "resident", "", "at least one day"),
        ("ja", "resident", "128", "at least one day"),
    ],
)
def test_nonsense_is_refused_and_nothing_written(language: str, tier: str, days: str, says: str) -> None:
    with pytest.raises(HoursError, match=says):
        open_window(language, tier, days, dt.time(9), dt.time(21), valid_from=MONDAY, by=None)
    assert not ServiceWindow.objects.exists()
    assert not JournalEntry.objects.exists()


def test_a_special_day_can_be_decided_anew(wang: Person) -> None:
    date = dt.date(2026, 3, 4)
    set_special_day(date, "H", "本市停工日", by=wang)
    set_special_day(date, "3", "本市停工日取消", by=wang)
    assert special_days(MONDAY, date) == {date: "3"}
    assert JournalEntry.objects.count() == 2


@pytest.mark.parametrize(("counts_as", "name"), [("8", "x"), ("12", "x"), ("", "x"), ("H", "  ")])
def test_a_special_day_needs_a_kind_and_a_reason(counts_as: str, name: str) -> None:
    with pytest.raises(HoursError):
        set_special_day(MONDAY, counts_as, name, by=None)
