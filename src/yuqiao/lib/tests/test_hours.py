"""Hours of the day: within, next, and time that counts only within them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.lib.environment import contact_pattern
from yuqiao.lib.hours import Hours

ZONE = dt.timezone(dt.timedelta(hours=8))
MOMENTS = st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2030, 1, 1), timezones=st.just(ZONE))  # noqa: DTZ001
HOURS = (
    st.tuples(st.times(), st.times()).filter(lambda pair: pair[0] < pair[1]).map(lambda pair: Hours(pair[0], pair[1]))
)


@given(HOURS, MOMENTS)
def test_next_is_the_first_moment_within(hours: Hours, at: dt.datetime) -> None:
    begins = hours.next(at)
    assert hours.contains(begins)
    assert begins == at if hours.contains(at) else at < begins <= at + dt.timedelta(days=1)


def test_only_time_within_counts() -> None:
    hours = Hours.parse("08:00-21:00")
    at = dt.datetime(2026, 5, 4, 20, 50, tzinfo=ZONE)
    assert hours.after(at, dt.timedelta(minutes=10)) == at.replace(hour=21, minute=0)
    assert hours.after(at, dt.timedelta(minutes=30)) == dt.datetime(2026, 5, 5, 8, 20, tzinfo=ZONE)
    assert hours.after(at, dt.timedelta(hours=13, minutes=11)) == dt.datetime(2026, 5, 6, 8, 1, tzinfo=ZONE)


@pytest.mark.parametrize("raw", ["", "8-21", "21:00-08:00", "08:00-08:00", "25:00-26:00", "08:00"])
def test_other_writing_is_refused(raw: str) -> None:
    with pytest.raises(ValueError, match="hour"):
        Hours.parse(raw)


@pytest.mark.parametrize("raw", ["sip:x@y", "{number}", "sip:{number}{number}@x", "sip:{number}@{host}"])
def test_a_contact_needs_one_number(raw: str) -> None:
    with pytest.raises(ValueError, match="number"):
        contact_pattern(raw)


def test_a_contact_with_a_number_is_kept() -> None:
    assert contact_pattern("sip:{number}@trunk.example") == "sip:{number}@trunk.example"
