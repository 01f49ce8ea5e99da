"""Pauses: they grow, end after three days, heed the receiver's wish, and leave a failing address in peace."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from yuqiao.hooks.schedule import (
    ATTEMPTS,
    GIVEN_UP_AFTER,
    JITTER,
    LONGEST_REST,
    LONGEST_WISH,
    PAUSES,
    given_up,
    pause,
    rest,
)

CHANCE = st.floats(0, 1)


@given(st.integers(1, ATTEMPTS - 1), CHANCE, st.none() | st.floats(0, 1e6))
def test_each_pause_lies_about_its_place_and_is_never_shorter_than_wished(
    attempts: int, chance: float, wish: float | None
) -> None:
    found = pause(attempts, chance, wish)
    assert found is not None
    usual = PAUSES[attempts - 1]
    assert found >= usual * (1 - JITTER)
    assert found <= max(usual * (1 + JITTER), LONGEST_WISH)
    if wish is not None:
        assert found >= min(dt.timedelta(seconds=wish), LONGEST_WISH)


@given(st.integers(ATTEMPTS, 1000), CHANCE)
def test_after_the_last_attempt_nothing_follows(attempts: int, chance: float) -> None:
    assert pause(attempts, chance) is None


@given(st.lists(CHANCE, min_size=ATTEMPTS - 1, max_size=ATTEMPTS - 1))
def test_all_together_they_take_two_and_a_half_to_four_days(chances: list[float]) -> None:
    pauses = [pause(number, chance) for number, chance in enumerate(chances, 1)]
    whole = sum((one for one in pauses if one is not None), dt.timedelta())
    assert GIVEN_UP_AFTER < whole < dt.timedelta(days=4), "who takes nothing of it is switched off"


@given(st.integers(1, 100), CHANCE)
def test_a_failing_address_rests_ever_longer_up_to_an_hour(failures: int, chance: float) -> None:
    assert dt.timedelta(seconds=4) <= rest(failures, chance) <= LONGEST_REST * (1 + JITTER)
    assert rest(failures + 1, chance) >= rest(failures, chance)


@given(st.timedeltas(dt.timedelta(0), dt.timedelta(days=10)))
def test_it_is_given_up_after_two_and_a_half_days(lasted: dt.timedelta) -> None:
    now = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    assert given_up(now - lasted, now) is (lasted >= dt.timedelta(days=2.5))
