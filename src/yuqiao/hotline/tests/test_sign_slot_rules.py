"""Times for sign language: within its hours, not all taken, not too soon; what becomes of an appointment."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from yuqiao.hotline.sign_slot_rules import AHEAD, EARLY, LATE, LENGTH, NOTICE, SlotState, state, times
from yuqiao.workforce.calendar import DAYS
from yuqiao.workforce.coverage import Window, tier_at

NOW = dt.datetime.fromisoformat("2026-11-23 08:10")  # a Monday
MOMENTS = st.datetimes(NOW - dt.timedelta(days=200), NOW + dt.timedelta(days=200))
TIMES = st.times().map(lambda one: one.replace(second=0, microsecond=0))


def window(begins: dt.time, ends: dt.time, days: str = DAYS) -> Window:
    return Window("csl", "resident", days, begins, ends)


def test_half_hours_of_its_hours_from_half_an_hour_ahead() -> None:
    found = times([window(dt.time(9), dt.time(10, 30), "1")], {}, {}, 1, NOW)
    today = [NOW.replace(hour=9, minute=0), NOW.replace(hour=9, minute=30), NOW.replace(hour=10, minute=0)]
    assert found == today
    assert times([window(dt.time(9), dt.time(10, 30), "1")], {}, {today[0]: 1}, 1, NOW) == today[1:]
    assert times([window(dt.time(9), dt.time(10, 30), "1")], {}, {today[0]: 1}, 2, NOW) == today
    assert times([], {}, {}, 1, NOW) == []
    assert times([window(dt.time(9), dt.time(10, 30))], {}, {}, 0, NOW) == []


@given(MOMENTS, TIMES, TIMES, st.dictionaries(MOMENTS, st.integers(0, 3), max_size=3), st.integers(0, 3))
def test_whatever_is_offered_can_be_kept(
    now: dt.datetime, begins: dt.time, ends: dt.time, taken: dict[dt.datetime, int], interpreters: int
) -> None:
    windows = [window(begins, ends)]
    found = times(windows, {}, taken, interpreters, now)
    assert found == sorted(set(found))
    for at in found:
        assert NOTICE <= at - now <= AHEAD
        assert at.minute in {0, 30}
        assert tier_at(windows, "csl", at) == "resident"
        assert tier_at(windows, "csl", at + LENGTH - dt.timedelta(minutes=1)) == "resident"
        assert taken.get(at, 0) < interpreters


@given(st.integers(-600, 600), st.booleans(), st.booleans(), st.booleans())
def test_an_appointment_has_one_state_at_any_time(minutes: int, cancelled: bool, running: bool, served: bool) -> None:
    now = NOW + dt.timedelta(minutes=minutes)
    found = state(NOW, now, cancelled=cancelled, running=running, served=served)
    if running:
        assert found is SlotState.OPEN, "nobody is shut out of a call that goes on"
    elif cancelled:
        assert found is SlotState.CANCELLED
    elif now < NOW - EARLY:
        assert found is SlotState.TO_COME
    elif now <= NOW + LATE:
        assert found is SlotState.OPEN
    else:
        assert found is (SlotState.SERVED if served else SlotState.MISSED)
