"""The table of a week: what is expected where there are many calls and where there are few, and what that needs."""

from __future__ import annotations

import pytest

from yuqiao.workforce.calendar import DAYS
from yuqiao.workforce.staffing.week import ENOUGH_CALLS, HALF_HOURS, History, Promise, Slot, expected, week

YEAR = dict.fromkeys(DAYS, 52)


def calls(per_half: int, days: str = DAYS) -> dict[Slot, int]:
    return {(day, half): per_half for day in days for half in range(HALF_HOURS)}


def test_many_calls_speak_for_themselves() -> None:
    mine = calls(20) | {("1", 20): 520}
    found = expected(History(mine, YEAR, 260, 120), calls(1))
    assert found["1", 20].value == 10
    assert found["2", 20].value == pytest.approx(20 / 52)
    assert found["1", 20].low < 10 < found["1", 20].high


def test_few_calls_borrow_the_shape_of_the_day_from_everybody() -> None:
    few: dict[Slot, int] = {("1", 3): 10, ("2", 40): 4}
    everybody = {(day, half): 300 if half == 20 else 0 for day in DAYS for half in range(HALF_HOURS)}
    found = expected(History(few, YEAR, 260, 120), everybody)
    assert found["1", 20].value == pytest.approx(10 / 52)
    assert found["1", 3].value == 0
    assert found["3", 20].value == 0
    assert found["3", 20].high > 0, "none in a year does not say that none will come"


def test_its_own_week_shapes_a_day_of_a_language_that_has_calls_enough() -> None:
    mine = calls(0) | {("1", 3): ENOUGH_CALLS, ("2", 5): 10}
    found = expected(History(mine, YEAR, 260, 120), calls(50))
    assert found["2", 3].value == pytest.approx(10 / 52 * ENOUGH_CALLS / (ENOUGH_CALLS + 10))
    assert found["2", 20].value == 0


def test_more_is_needed_for_more_calls_and_the_gap_says_what_is_missing() -> None:
    history = History(calls(200), YEAR, 260, 120)
    planned = {("1", 20): 1.0, ("2", 20): 6.0}
    table, double = (week(history, calls(200), planned, Promise(volume=volume)) for volume in (1.0, 4.0))
    monday, tuesday, wednesday = (table[day, 20] for day in "123")
    assert monday.least <= monday.needed <= monday.most
    assert double["1", 20].needed > monday.needed
    assert monday.gap is not None
    assert monday.gap < 0
    assert tuesday.gap is not None
    assert tuesday.gap > 0
    assert wednesday.gap is None
    assert monday.service is not None
    assert tuesday.service is not None
    assert monday.service.level < 0.9 <= tuesday.service.level


def test_a_kind_of_day_that_never_was_expects_nothing() -> None:
    table = week(History({}, {"1": 4}, 260, 120), {}, {}, Promise())
    assert all(half.needed == 0 for half in table.values())
    assert len(table) == len(DAYS) * HALF_HOURS
