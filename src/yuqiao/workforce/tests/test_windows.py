"""Service hours as a table: out and in again changes nothing, ended never reopened, all or nothing, journaled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yuqiao.accounts.models import JournalEntry, Person
from yuqiao.languages.catalogue import FOREIGN, SIGNED
from yuqiao.lib.tables import RowFault, TableError, compare, fault, read_one, rows_of
from yuqiao.workforce.calendar import DAYS
from yuqiao.workforce.coverage import Window
from yuqiao.workforce.hours import HoursError, close_window, open_window
from yuqiao.workforce.models import ServiceWindow, Tier
from yuqiao.workforce.windows import WINDOWS, check_windows, save_windows, windows_of

pytestmark = [pytest.mark.django_db, pytest.mark.database]

MONDAY = dt.date(2026, 3, 2)
NINE, SIX = dt.time(9), dt.time(18)
ENGLISH = Window("en", "resident", DAYS, NINE, SIX, MONDAY)

DATES = st.dates(MONDAY, MONDAY + dt.timedelta(days=5))
ROWS = st.builds(
    Window,
    language=st.sampled_from([*FOREIGN, *SIGNED]),
    tier=st.sampled_from(Tier.values),
    days=st.sets(st.sampled_from(DAYS), min_size=1).map(lambda found: "".join(sorted(found, key=DAYS.index))),
    begins=st.times(),
    ends=st.times(),
    valid_from=st.dates(),
    valid_until=st.none() | st.dates(),
)
#: Few enough that the same windows come twice.
ALIKE = st.builds(replace, st.just(ENGLISH), days=st.sampled_from(["1", "H"]), valid_until=st.none() | DATES)
SHARED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture
def wang() -> Person:
    return Person.objects.create(username="wang")


def keep(windows: Sequence[Window]) -> None:
    names = ("language", "tier", "days", "begins", "ends", "valid_from", "valid_until")
    ServiceWindow.objects.bulk_create(ServiceWindow(**{name: getattr(one, name) for name in names}) for one in windows)


def kept() -> list[Window]:
    return windows_of(ServiceWindow.objects.all())


def journal() -> list[tuple[str, object]]:
    return list(JournalEntry.objects.order_by("id").values_list("action", "detail"))


@SHARED
@given(st.lists(ROWS, max_size=4) | st.lists(ALIKE, max_size=6))
def test_what_is_given_out_and_taken_in_again_changes_nothing(windows: list[Window]) -> None:
    with transaction.atomic():
        keep(windows)
        for data in (WINDOWS.to_xlsx(kept()), WINDOWS.to_csv(kept())):
            found, faults = read_one(WINDOWS, data)
            assert [one.fault.code for one in faults] == ([] if windows else ["empty_file"])
            assert compare(WINDOWS, kept(), found) == []
            assert save_windows([row for _number, row in found], by=None) == 0
        assert (ServiceWindow.objects.count(), JournalEntry.objects.count()) == (len(windows), 0)
        transaction.set_rollback(True)


@SHARED
@given(st.lists(ALIKE, max_size=4), st.lists(ALIKE, max_size=2, unique_by=WINDOWS.key_of))
def test_a_table_holds_afterwards_or_changed_nothing(windows: list[Window], wanted: list[Window]) -> None:
    with transaction.atomic():
        keep(windows)
        before = kept()
        named = {WINDOWS.key_of(one) for one in wanted}
        others = [one for one in before if WINDOWS.key_of(one) not in named]
        try:
            save_windows(wanted, by=None)
        except TableError:
            assert (kept(), journal()) == (before, [])
        else:
            assert sorted(kept(), key=str) == sorted([*others, *wanted], key=str)
        transaction.set_rollback(True)


@SHARED
@given(
    st.sampled_from(["en", "csl", "zh", "tlh", ""]),
    st.sampled_from([*Tier.values, "none", ""]),
    st.text("127H89x", max_size=3),
)
def test_a_table_refuses_to_open_exactly_what_the_page_refuses(language: str, tier: str, days: str) -> None:
    wrong = check_windows([Window(language, tier, days, NINE, SIX, MONDAY)])
    with transaction.atomic():
        try:
            open_window(language, tier, days, NINE, SIX, valid_from=MONDAY, by=None)
        except HoursError:
            assert wrong
        else:
            assert not wrong
        transaction.set_rollback(True)


@SHARED
@given(st.none() | DATES, DATES)
def test_a_table_refuses_to_end_exactly_what_the_page_refuses(ended: dt.date | None, until: dt.date) -> None:
    with transaction.atomic():
        keep([replace(ENGLISH, valid_until=ended)])
        wrong = check_windows([replace(ENGLISH, valid_until=until)])
        try:
            close_window(ServiceWindow.objects.get(), until, by=None)
        except HoursError:
            assert wrong or ended == until, "as it stands already"
        else:
            assert not wrong
        transaction.set_rollback(True)


def test_two_windows_are_opened_and_one_ended_as_the_page_does_it(wang: Person) -> None:
    open_window("en", "resident", DAYS, NINE, SIX, valid_from=MONDAY, by=wang)
    begun = JournalEntry.objects.count()
    friday = MONDAY + dt.timedelta(days=4)
    night = Window("en", "remote", "67H", SIX, NINE, MONDAY)
    week = Window("ja", "resident", "12345", NINE, SIX, MONDAY, friday)
    assert save_windows([replace(ENGLISH, valid_until=friday), night, week], by=wang) == 3
    assert sorted(kept(), key=str) == sorted([replace(ENGLISH, valid_until=friday), night, week], key=str)
    assert journal()[begun:] == [
        ("workforce.window_closed", {"window": f"en resident {DAYS} 09:00-18:00", "until": "2026-03-06"}),
        ("workforce.window_opened", {"window": "en remote 67H 18:00-09:00", "from": "2026-03-02"}),
        ("workforce.window_opened", {"window": "ja resident 12345 09:00-18:00", "from": "2026-03-02"}),
        ("workforce.window_closed", {"window": "ja resident 12345 09:00-18:00", "until": "2026-03-06"}),
    ]
    assert {entry.actor for entry in JournalEntry.objects.all()} == {wang}


@pytest.mark.parametrize("until", [MONDAY + dt.timedelta(days=9), None])
def test_an_ended_window_is_not_prolonged_and_nothing_else_is_written(wang: Person, until: dt.date | None) -> None:
    keep([replace(ENGLISH, valid_until=MONDAY)])
    fresh = Window("ja", "resident", "12345", NINE, SIX, MONDAY)
    with pytest.raises(TableError) as refused:
        save_windows([fresh, replace(ENGLISH, valid_until=until)], by=wang)
    assert refused.value.faults == {1: [fault("valid_until", "window_ended", text="2026-03-02")]}
    assert (kept(), journal()) == ([replace(ENGLISH, valid_until=MONDAY)], [])


def test_windows_that_are_alike_are_ended_together(wang: Person) -> None:
    keep([replace(ENGLISH, valid_until=MONDAY), ENGLISH, ENGLISH])
    friday = MONDAY + dt.timedelta(days=4)
    save_windows([replace(ENGLISH, valid_until=friday)], by=wang)
    assert [row.valid_until for row in ServiceWindow.objects.order_by("id")] == [MONDAY, friday, friday]
    assert [action for action, _detail in journal()] == ["workforce.window_closed"] * 2


def test_a_kept_window_may_be_ended_before_it_ever_begins_but_none_is_entered_so() -> None:
    before = MONDAY - dt.timedelta(days=1)
    assert check_windows([replace(ENGLISH, valid_until=before)]) == {0: [fault("valid_until", "ends_before_it_begins")]}
    keep([ENGLISH])
    assert check_windows([replace(ENGLISH, valid_until=before)]) == {}


def test_a_window_without_a_first_day_is_refused() -> None:
    wrong = {0: [fault("valid_from", "missing")]}
    assert check_windows([replace(ENGLISH, valid_from=None)]) == wrong
    with pytest.raises(TableError):
        save_windows([replace(ENGLISH, valid_from=None)], by=None)


GOOD = {
    "语种": "en",
    "覆盖层级": "常驻",
    "值守日": "12345",
    "开始": "8:30",
    "结束": "18:00",
    "生效日期": "2026/3/2",
    "截止日期": "",
}


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        ({}, ("12345", dt.time(8, 30), SIX)),
        ({"值守日": "h6116"}, ("16H", dt.time(8, 30), SIX)),
        ({"开始": "08：30：00", "结束": "24:00"}, ("12345", dt.time(8, 30), dt.time())),
        ({"开始": "00:00", "结束": "24:00:00"}, ("12345", dt.time(), dt.time())),
    ],
)
def test_people_write_days_and_times_in_several_ways(
    cells: dict[str, str], wanted: tuple[str, dt.time, dt.time]
) -> None:
    filled = GOOD | cells
    faults: list[RowFault] = []
    [(number, row)] = rows_of(WINDOWS, [list(filled), list(filled.values())], faults)
    assert (number, faults, row.valid_from) == (2, [], MONDAY)
    assert (row.days, row.begins, row.ends) == wanted


@pytest.mark.parametrize(
    ("cells", "field", "code"),
    [
        ({"开始": ""}, "begins", "not_a_time"),
        ({"开始": "24:00"}, "begins", "not_a_time"),
        ({"开始": "8:60"}, "begins", "not_a_time"),
        ({"结束": ""}, "ends", "not_a_time"),
        ({"结束": "24:01"}, "ends", "not_a_time"),
        ({"结束": "18:00+08:00"}, "ends", "not_a_time"),
        ({"生效日期": ""}, "valid_from", "not_a_day"),
        ({"截止日期": "下周"}, "valid_until", "not_a_day"),
        ({"语种": "zh"}, "language", "unknown_language"),
        ({"覆盖层级": "志愿者"}, "tier", "unknown_tier"),
        ({"值守日": "每天"}, "days", "not_days"),
        ({"值守日": ""}, "days", "not_days"),
        ({"截止日期": "2026-03-01"}, "valid_until", "ends_before_it_begins"),
    ],
)
def test_what_is_wrong_is_said_of_its_cell(cells: dict[str, str], field: str, code: str) -> None:
    filled = GOOD | cells
    found, faults = read_one(WINDOWS, WINDOWS.to_csv([]) + (",".join(filled.values()) + "\r\n").encode())
    wrong = check_windows([row for _number, row in found]).get(0, []) + [one.fault for one in faults]
    assert [(one.field, one.code) for one in wrong] == [(field, code)]
