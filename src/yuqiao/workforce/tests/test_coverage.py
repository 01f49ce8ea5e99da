"""Service windows: weekdays, public holidays and worked weekends, midnight, and the next change."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.workforce.calendar import DAYS, WEEKDAYS, kind_of_day
from yuqiao.workforce.coverage import NONE, REMOTE, RESIDENT, TIERS, Window, covered, next_change, spans, tier_at

WHOLE_DAY = (dt.time(0), dt.time(0))
ENGLISH = Window("en", RESIDENT, DAYS, *WHOLE_DAY)
JAPANESE = Window("ja", RESIDENT, DAYS, dt.time(9), dt.time(21))  # Guangzhou 2021: twelve hours
RUSSIAN = Window("ru", REMOTE, DAYS, *WHOLE_DAY)
NIGHT = Window("ko", RESIDENT, "5", dt.time(21), dt.time(6))


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def test_public_holidays_and_worked_weekends_of_the_state_council() -> None:
    assert kind_of_day(dt.date(2026, 2, 17)) == "H", "Spring Festival"
    assert kind_of_day(dt.date(2026, 2, 14)) == "1", "a Saturday that is worked"
    assert kind_of_day(dt.date(2026, 3, 7)) == "6", "an ordinary Saturday"
    assert kind_of_day(dt.date(2026, 3, 4)) == "3"


def test_what_the_city_decides_goes_first_and_an_unknown_year_goes_by_weekdays() -> None:
    assert kind_of_day(dt.date(2026, 3, 4), {dt.date(2026, 3, 4): "H"}) == "H"
    assert kind_of_day(dt.date(2090, 10, 1)) == str(dt.date(2090, 10, 1).isoweekday())


def test_resident_remote_and_none() -> None:
    windows = [ENGLISH, JAPANESE, RUSSIAN]
    assert covered(windows, at("2026-03-04 08:59:59")) == {"en": RESIDENT, "ja": NONE, "ru": REMOTE}
    assert covered(windows, at("2026-03-04 09:00")) == {"en": RESIDENT, "ja": RESIDENT, "ru": REMOTE}
    assert tier_at(windows, "pt", at("2026-03-04 09:00")) == NONE


def test_the_best_of_several_tiers_counts() -> None:
    windows = [JAPANESE, Window("ja", REMOTE, DAYS, *WHOLE_DAY)]
    assert tier_at(windows, "ja", at("2026-03-04 22:00")) == REMOTE
    assert tier_at(windows, "ja", at("2026-03-04 12:00")) == RESIDENT
    assert next_change(windows, "ja", at("2026-03-04 12:00")) == (at("2026-03-04 21:00"), REMOTE)


def test_a_night_shift_ends_next_morning_whatever_day_that_is() -> None:
    assert tier_at([NIGHT], "ko", at("2026-03-06 20:59")) == NONE
    assert tier_at([NIGHT], "ko", at("2026-03-06 23:59:59")) == RESIDENT
    assert tier_at([NIGHT], "ko", at("2026-03-07 00:00")) == RESIDENT
    assert tier_at([NIGHT], "ko", at("2026-03-07 06:00")) == NONE
    assert next_change([NIGHT], "ko", at("2026-03-07 00:00")) == (at("2026-03-07 06:00"), NONE)


def test_windows_for_workdays_hold_on_worked_weekends_and_not_on_holidays() -> None:
    office = Window("fr", RESIDENT, "12345", dt.time(9), dt.time(17))
    assert tier_at([office], "fr", at("2026-02-14 10:00")) == RESIDENT
    assert tier_at([office], "fr", at("2026-02-17 10:00")) == NONE
    assert next_change([office], "fr", at("2026-02-14 17:00")) == (at("2026-02-24 09:00"), RESIDENT)


def test_a_window_holds_only_while_it_is_valid() -> None:
    pilot = Window("pt", REMOTE, DAYS, *WHOLE_DAY, dt.date(2026, 3, 2), dt.date(2026, 3, 3))
    assert tier_at([pilot], "pt", at("2026-03-01 23:59")) == NONE
    assert tier_at([pilot], "pt", at("2026-03-03 23:59")) == REMOTE
    assert tier_at([pilot], "pt", at("2026-03-04 00:00")) == NONE


def test_a_language_covered_round_the_clock_never_changes() -> None:
    assert next_change([ENGLISH], "en", at("2026-03-04 12:00")) is None


moments = st.datetimes(at("2025-01-01"), at("2026-12-01"))
windows = st.builds(
    Window,
    language=st.just("en"),
    tier=st.sampled_from([RESIDENT, REMOTE]),
    days=st.sets(st.sampled_from(DAYS), min_size=1).map(lambda days: "".join(sorted(days))),
    begins=st.times(),
    ends=st.times(),
)


@given(st.lists(windows, max_size=4), moments)
def test_nothing_changes_before_the_next_change_and_then_it_does(some: list[Window], moment: dt.datetime) -> None:
    now = tier_at(some, "en", moment)
    change = next_change(some, "en", moment)
    if change is None:
        return
    edge, tier = change
    assert edge > moment
    assert tier == tier_at(some, "en", edge) != now
    between = moment + (edge - moment) / 2
    assert tier_at(some, "en", between) == now
    assert tier_at(some, "en", edge - dt.timedelta(microseconds=1)) == now


@given(windows, moments)
def test_a_moment_is_covered_exactly_when_a_span_holds_it(window: Window, moment: dt.datetime) -> None:
    held = any(begin <= moment < end for begin, end, _ in spans([window], moment.date(), moment.date(), {}))
    assert (tier_at([window], "en", moment) == window.tier) == held
    assert tier_at([window], "en", moment) in TIERS


@pytest.mark.parametrize("day", range(7))
def test_every_weekday_has_its_letter(day: int) -> None:
    date = dt.date(2090, 1, 1) + dt.timedelta(days=day)
    assert kind_of_day(date) in WEEKDAYS
