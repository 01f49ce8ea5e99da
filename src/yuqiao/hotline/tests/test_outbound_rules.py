"""When an order is tried and whom a list may take: for any hours, pauses, interpreters and languages."""

from __future__ import annotations

import datetime as dt
import itertools

from hypothesis import given
from hypothesis import strategies as st

from yuqiao.hotline.outbound_rules import Tries, spare, tomorrow
from yuqiao.lib.hours import Hours

ZONE = dt.timezone(dt.timedelta(hours=8))
FIRST = dt.datetime(2026, 1, 1, tzinfo=ZONE)
TIMES = st.timedeltas(dt.timedelta(0), dt.timedelta(days=364)).map(lambda passed: FIRST + passed)
PAUSES = st.timedeltas(dt.timedelta(seconds=1), dt.timedelta(hours=8))
DAY = Hours(dt.time(9), dt.time(20))
LANGUAGES = st.sampled_from(["en", "ja", "ko"])


@given(at=TIMES, within=st.timedeltas(dt.timedelta(0), dt.timedelta(days=9)), pause=PAUSES, attempts=st.integers(1, 5))
def test_attempts_are_bounded_apart_within_hours_and_before_the_last_moment(
    at: dt.datetime, within: dt.timedelta, pause: dt.timedelta, attempts: int
) -> None:
    tries = Tries(attempts, pause, at + within, DAY)
    made: list[dt.datetime] = []
    begin = tries.first(at)
    while begin is not None:
        made.append(begin)
        assert len(made) <= attempts
        begin = tries.again(len(made), begin)
    assert all(DAY.contains(one) and at <= one <= tries.latest for one in made)
    assert all(later - earlier >= pause for earlier, later in itertools.pairwise(made))


@given(at=TIMES, pause=PAUSES)
def test_an_appointment_knows_no_hours_but_its_last_moment(at: dt.datetime, pause: dt.timedelta) -> None:
    tries = Tries(3, pause, at + pause)
    assert tries.first(at) == at
    assert tries.again(1, at) == at + pause
    assert tries.again(2, at + pause) is None, "too late"


@given(at=TIMES)
def test_tomorrow_is_another_day_within_hours(at: dt.datetime) -> None:
    assert tomorrow(at, DAY).date() == at.date() + dt.timedelta(days=1)
    assert DAY.contains(tomorrow(at, DAY))


@given(
    ready=st.dictionaries(st.integers(1, 9), st.frozensets(LANGUAGES, min_size=1), max_size=9),
    language=LANGUAGES,
    reserve=st.integers(1, 3),
)
def test_a_list_never_takes_the_last_one_of_any_language(
    ready: dict[int, frozenset[str]], language: str, reserve: int
) -> None:
    may = spare(language, ready, reserve)
    for taken in may:
        assert language in ready[taken]
        for code in ready[taken]:
            others = [one for one, held in ready.items() if one != taken and code in held]
            assert len(others) >= reserve
    for one, held in ready.items():
        if language in held and one not in may:
            assert any(sum(code in other for other in ready.values()) <= reserve for code in held), "kept for nothing"
