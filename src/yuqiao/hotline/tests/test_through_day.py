"""A day's calls in quarter hours, and what the same weekday brought before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.utils import timezone

from yuqiao.hotline.figures.through_day import QUARTERS, WEEKS, through_day
from yuqiao.hotline.models import Call

pytestmark = [pytest.mark.database, pytest.mark.django_db]
MIDNIGHT = dt.datetime(2026, 3, 4, tzinfo=timezone.get_fixed_timezone(480))
HOUR, SECOND = dt.timedelta(hours=1), dt.timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def call(began: dt.datetime, answered: int = 5) -> None:
    Call.objects.create(
        dialled="1",
        way_in="transferred",
        language="en",
        started_at=began,
        ended_at=began + HOUR,
        answered_at=began + answered * SECOND,
        time_to_answer=answered * SECOND,
        time_to_interpreter=20 * SECOND,
        outcome="served",
        phase="ended",
    )


def test_calls_fall_into_the_quarter_hour_in_which_they_began() -> None:
    call(MIDNIGHT)
    call(MIDNIGHT + 8 * HOUR + 14 * SECOND)
    call(MIDNIGHT + 8 * HOUR + 899 * SECOND, answered=90)
    call(MIDNIGHT - SECOND)  # the day before
    day = through_day(MIDNIGHT, MIDNIGHT + 9 * HOUR)
    assert len(day) == QUARTERS
    assert {place: (one.calls, one.in_time) for place, one in enumerate(day) if one.calls} == {0: (1, 1), 32: (2, 1)}
    assert {one.expected for one in day} == {None}, "one day before is no history of this weekday"


def test_what_is_usual_is_the_average_of_the_same_weekday() -> None:
    for week in range(1, WEEKS + 1):
        for _call in range(2 if week % 2 else 1):
            call(MIDNIGHT - week * dt.timedelta(weeks=1) + 10 * HOUR)
        call(MIDNIGHT - week * dt.timedelta(weeks=1) + 34 * HOUR)  # another weekday
    call(MIDNIGHT - (WEEKS + 1) * dt.timedelta(weeks=1) + 10 * HOUR)  # too long ago
    day = through_day(MIDNIGHT, MIDNIGHT + HOUR)
    assert {place: one.expected for place, one in enumerate(day) if one.expected} == {40: 1.5}


def test_a_young_hotline_is_not_measured_by_weeks_before_it_began() -> None:
    call(MIDNIGHT - dt.timedelta(weeks=1) + 10 * HOUR)
    assert through_day(MIDNIGHT, MIDNIGHT)[40].expected == 1
