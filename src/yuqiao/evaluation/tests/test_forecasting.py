"""Forecasts for the year's end: by last year's course, by China's working days, or as it is."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.evaluation.forecasting import Basis, Forecast, forecast, workdays
from yuqiao.evaluation.scoring import Done
from yuqiao.evaluation.tests.sheets import row

CALLS = row(1, "转接外语电话", "≥500个", "300", "4")


def test_working_days_follow_the_national_calendar_and_the_citys_own() -> None:
    golden_week = (dt.date(2023, 10, 1), dt.date(2023, 10, 8))
    assert workdays(*golden_week) == 2, "7 and 8 October were worked, to make up"
    assert workdays(*golden_week, {dt.date(2023, 10, 7): "H"}) == 1
    assert workdays(dt.date(2023, 2, 1), dt.date(2023, 1, 1)) == 0
    assert 245 < workdays(dt.date(2023, 1, 1), dt.date(2023, 12, 31)) < 252


def test_a_count_goes_on_by_working_days() -> None:
    found = forecast(CALLS, 2023, dt.date(2023, 6, 30))
    gone, left = (
        workdays(dt.date(2023, 1, 1), dt.date(2023, 6, 30)),
        workdays(dt.date(2023, 7, 1), dt.date(2023, 12, 31)),
    )
    assert found == Forecast(Fraction(300 * (gone + left), gone), Basis.WORKING_DAYS)


def test_last_years_course_tells_more_than_days_do() -> None:
    found = forecast(CALLS, 2023, dt.date(2023, 6, 30), before=(Fraction(100), Fraction(500)))
    assert found == Forecast(Fraction(1500), Basis.LAST_YEAR)
    nothing_then = forecast(CALLS, 2023, dt.date(2023, 6, 30), before=(Fraction(0), Fraction(500)))
    assert nothing_then.basis is Basis.WORKING_DAYS


@pytest.mark.parametrize(
    ("of", "today", "wanted"),
    [
        (row(1, "响应率", "≥98%", "97", "4"), dt.date(2023, 6, 30), Fraction(97)),
        (CALLS, dt.date(2023, 12, 31), Fraction(300)),
        (CALLS, dt.date(2024, 2, 1), Fraction(300)),
        (row(1, "半年视频", "≥2期", "1", "3", deadline=dt.date(2023, 7, 31)), dt.date(2023, 8, 1), Fraction(1)),
        (row(1, "半年总结", "是", Done.DONE, "3"), dt.date(2023, 6, 30), None),
        (row(1, "视频", "≥2期", None, "3"), dt.date(2023, 6, 30), None),
    ],
)
def test_rates_and_what_has_ended_stay_as_they_are(of: object, today: dt.date, wanted: Fraction | None) -> None:
    assert forecast(of, 2023, today) == Forecast(wanted)  # type: ignore[arg-type]


@given(st.integers(0, 10_000), st.dates(dt.date(2022, 1, 1), dt.date(2024, 12, 31)))
def test_a_forecast_never_falls_below_what_was_done(done: int, today: dt.date) -> None:
    found = forecast(row(1, "视频", "≥4期", str(done), "3"), 2023, today).value
    assert found is not None
    assert found >= done
