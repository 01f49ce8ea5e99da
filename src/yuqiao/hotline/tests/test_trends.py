"""More calls than usual: the bound against exact sums, ordinary weeks that alarm nobody, and rows that do."""

from __future__ import annotations

import datetime as dt
import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.hotline.models import Call, Line, Topic, WrapUp
from yuqiao.hotline.trend_figures import trends
from yuqiao.hotline.trends import LEAST, LEVEL, counted, expected, rising, tail, upper_bound
from yuqiao.lib import clock

MEANS = st.floats(0.01, 400)


@given(mean=MEANS, count=st.integers(0, 500))
def test_the_tail_is_a_probability_that_falls(mean: float, count: int) -> None:
    assert 0 <= tail(count + 1, mean) <= tail(count, mean) + 1e-12 <= 1 + 1e-9


@given(mean=st.integers(1, 20), count=st.integers(1, 40))
def test_the_tail_equals_the_exact_sum(mean: int, count: int) -> None:
    term, below, whole = Fraction(1), Fraction(0), Fraction(0)
    for k in range(160):  # the terms of e^mean; the rest is beyond what a float shows
        below += term if k < count else 0
        whole += term
        term = term * mean / (k + 1)
    assert tail(count, mean) == pytest.approx(float(1 - below / whole), abs=1e-12)


@given(mean=MEANS)
def test_the_bound_is_the_smallest_that_keeps_the_level(mean: float) -> None:
    bound = upper_bound(mean)
    assert tail(bound + 1, mean) < LEVEL
    assert bound == 0 or tail(bound, mean) >= LEVEL


def test_ordinary_hours_alarm_seldom_and_a_wave_always() -> None:
    chance = random.Random(7)

    def hour(mean: float) -> int:
        passed, calls = chance.expovariate(mean), 0
        while passed < 1:
            calls += 1
            passed += chance.expovariate(mean)
        return calls

    tests = 2000
    alarms = sum(bool(rising({"en": hour(6)}, [{"en": hour(6)} for _ in range(4)])) for _ in range(tests))
    assert alarms / tests < 0.02, "four weeks tell the mean only roughly; still seldom"
    assert rising({"en": 30}, [{"en": 6}] * 4)


@given(now=st.dictionaries(st.sampled_from("abc"), st.integers(0, 60)), past=st.lists(st.integers(0, 60), max_size=4))
def test_nothing_below_the_least_rises_and_the_worst_comes_first(now: dict[str, int], past: list[int]) -> None:
    found = rising(now, [dict.fromkeys("abc", one) for one in past])
    assert all(one.count >= LEAST and one.count > one.bound for one in found)
    assert [one.count for one in found] == sorted((one.count for one in found), reverse=True)


def test_what_was_never_seen_is_expected_a_little() -> None:
    assert 0 < expected((0, 0, 0, 0)) < 1
    assert counted(["en", "", "en", "ja"]) == {"en": 2, "ja": 1}


@pytest.mark.database
@pytest.mark.django_db
def test_calls_of_the_last_hour_rise_against_the_same_hour_of_past_weeks() -> None:
    line = Line.objects.create(number="110", name_zh="报警", line_class="emergency")
    now = clock.now()

    def calls(number: int, weeks: int, language: str, way_in: str = "direct") -> None:
        at = now - dt.timedelta(weeks=weeks, minutes=20)
        Call.objects.bulk_create(
            Call(line=line, dialled="1", way_in=way_in, language=language, started_at=at) for _ in range(number)
        )

    for week in range(1, 5):
        calls(2, week, "ja")
        calls(9, week, "en")
    calls(9, 0, "en")
    calls(30, 0, "ja", "outreach")
    assert trends(now) == {"language": [], "line": [], "topic": []}, "what we begin ourselves is no trend"
    calls(12, 0, "ja")
    found = trends(now)
    assert [(one.key, one.count, one.past) for one in found["language"]] == [("ja", 12, (2, 2, 2, 2))]
    assert [one.key for one in found["line"]] == []
    calls(20, 0, "ja")
    assert [one.key for one in trends(now)["line"]] == ["110"]


@pytest.mark.database
@pytest.mark.django_db
def test_a_topic_that_callers_bring_up_more_than_usual_rises() -> None:
    now = clock.now()
    topic = Topic.objects.create(name_zh="签证", name_en="Visa")
    for number in range(9):
        at = now - dt.timedelta(minutes=10 + number)
        call = Call.objects.create(dialled="1", way_in="direct", language="en", started_at=at)
        WrapUp.objects.create(call=call, call_at=at, topic=topic, opened_at=now, saved_at=now)
    assert [(one.key, one.count) for one in trends(now)["topic"]] == [(str(topic.pk), 9)]
