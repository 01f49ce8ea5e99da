"""Occupancy from legs and presence: exact at the edges of a period, and its half hours make the whole."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from yuqiao.hotline.figures import overtime
from yuqiao.hotline.figures.definition import Scope
from yuqiao.hotline.figures.occupancy import by_half_hour, measure
from yuqiao.hotline.models import Call, Leg
from yuqiao.hotline.tests.rows import interpreter
from yuqiao.workforce.models import Interpreter, PresenceSpan

NOON = dt.datetime(2026, 3, 5, 4, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
HOUR = Scope(NOON, NOON + 60 * MINUTE, at=NOON + 200 * MINUTE)


def call(**more: object) -> Call:
    return Call.objects.create(dialled="1", language="en", started_at=NOON, **more)


def leg(of: Call, who: Interpreter, begin: float, end: float | None, tier: str = "resident") -> Leg:
    """Write that she was rung and talked from and to so many minutes after noon."""
    return Leg.objects.create(
        id=str(uuid.uuid4()),
        call=of,
        role="interpreter",
        interpreter=who,
        tier=tier,
        created_at=NOON + begin * MINUTE,
        answered_at=NOON + begin * MINUTE,
        ended_at=None if end is None else NOON + end * MINUTE,
        lasted=None if end is None else (end - begin) * MINUTE,
    )


def span(who: Interpreter, kind: str, begin: float, end: float | None) -> PresenceSpan:
    return PresenceSpan.objects.create(
        interpreter=who,
        kind=kind,
        began_at=NOON + begin * MINUTE,
        ended_at=None if end is None else NOON + end * MINUTE,
        lasted=None if end is None else (end - begin) * MINUTE,
    )


def minutes(scope: Scope = HOUR) -> tuple[float, float]:
    worked, on = measure(scope)
    return worked / 60_000, on / 60_000


@pytest.mark.database
@pytest.mark.django_db
def test_what_reaches_over_the_edges_is_cut() -> None:
    li = interpreter("1", en=2)
    over = call(ended_at=NOON)
    for begin, end in ((-10, 5), (20, 30), (55, 70), (60, 65), (-20, 0)):
        leg(over, li, begin, end)
    span(li, "wrap_up", 58, 62)
    span(li, "on", -2000, 40)
    span(li, "break", 40, 50)
    span(li, "on", 50, 100)
    assert minutes() == (5 + 10 + 5 + 2, 40 + 10)


@pytest.mark.database
@pytest.mark.django_db
def test_what_still_runs_counts_up_to_now() -> None:
    li = interpreter("1", en=2)
    leg(call(), li, 10, None)
    leg(call(ended_at=NOON), li, 5, None)  # its end was lost with its call
    span(li, "on", -5, None)
    assert minutes(Scope(NOON, NOON + 60 * MINUTE, at=NOON + 25 * MINUTE)) == (15, 25)


@pytest.mark.database
@pytest.mark.django_db
def test_of_a_language_are_those_who_hold_it_and_off_shift_is_overtime() -> None:
    li, wang = interpreter("1", en=2), interpreter("2", ja=2)
    over = call(ended_at=NOON)
    leg(over, li, 0, 6)
    leg(over, wang, 0, 3)
    night = leg(over, wang, 30, 50, "mobile")
    span(li, "on", 0, 60)
    span(wang, "on", 0, 10)
    assert minutes() == (9, 70)
    assert minutes(Scope(HOUR.since, HOUR.until, language="ja", at=HOUR.at)) == (3, 10)
    rows = list(overtime.rows(HOUR.since, HOUR.until))
    assert rows == [night]
    assert [(one.number, one.calls, one.lasted) for one in overtime.totals(rows)] == [("2", 1, 20 * 60_000)]
    again = leg(over, wang, 52, 54, "mobile")  # rung again after a fault of ours: neither another call nor the gap
    assert [(one.calls, one.lasted) for one in overtime.totals([night, again])] == [(1, 22 * 60_000)]


SPANS = st.lists(st.tuples(st.integers(-300, 100), st.integers(0, 200)), max_size=6)


class HalfHours(TestCase):
    """Whatever began and ended when: a scope's half hours add up to the scope."""

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(legs=SPANS, wraps=SPANS, on=SPANS)
    def test_half_hours_make_the_whole(
        self, legs: list[tuple[int, int]], wraps: list[tuple[int, int]], on: list[tuple[int, int]]
    ) -> None:
        li = interpreter("1", en=2)
        over = call(ended_at=NOON)
        for begin, lasts in legs:
            leg(over, li, begin, begin + lasts)
        for kind, found in (("wrap_up", wraps), ("on", on)):
            for begin, lasts in found:
                span(li, kind, begin, begin + lasts)
        slots = by_half_hour(HOUR)
        assert (sum(one.worked for one in slots), sum(one.signed_on for one in slots)) == measure(HOUR)
        worked = sum(max(0, min(begin + lasts, 60) - max(begin, 0)) for begin, lasts in (*legs, *wraps))
        assert measure(HOUR)[0] == worked * 60_000
