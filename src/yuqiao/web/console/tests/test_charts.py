"""Charts: bars as high as their numbers, and the weekday and hour of the city's time."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.accounts.models import Role
from yuqiao.hotline.figures.by_hour import by_weekday_and_hour
from yuqiao.hotline.figures.catalogue import CALLS
from yuqiao.hotline.figures.definition import Scope
from yuqiao.hotline.figures.period import period
from yuqiao.hotline.models import Call
from yuqiao.web.console.charts import BASE, DAY_HEIGHT, LEVELS, WIDTH, course, levels, pairs
from yuqiao.web.console.tests import cast


@given(st.lists(st.tuples(st.just("2021-01"), st.integers(0, 10**6), st.integers(0, 10**6)), max_size=12))
def test_bars_stand_on_one_line_within_the_picture_and_keep_their_order(values: list[tuple[str, int, int]]) -> None:
    bars = pairs(values)
    assert len(bars) == 2 * len(values)
    assert all(bar.y + bar.height == BASE and bar.y >= 0 and 0 <= bar.x <= WIDTH - bar.width for bar in bars)
    heights = [(bar.height, int(bar.label.rpartition(" ")[2])) for bar in bars]
    assert all(one[0] <= other[0] for one in heights for other in heights if one[1] < other[1])


@given(st.dictionaries(st.tuples(st.integers(0, 6), st.integers(0, 23)), st.integers(0, 10**6)))
def test_levels_are_none_for_none_and_the_most_for_the_most(counts: dict[tuple[int, int], int]) -> None:
    cells = [cell for row in levels(counts) for cell in row]
    assert sum(count for count, _level in cells) == sum(counts.values())
    most = max(counts.values(), default=0)
    for count, level in cells:
        assert (level == 0) == (count == 0)
        assert level == LEVELS or count < most or not most


@pytest.mark.database
@pytest.mark.django_db
def test_hours_are_the_citys(client: Client) -> None:
    for moment in ("2021-03-05T23:30+00:00", "2021-03-06T00:59+00:00", "2021-03-07T15:00+00:00"):
        Call.objects.create(dialled="1", way_in="direct", started_at=dt.datetime.fromisoformat(moment))
    year = period("2021")
    # Saturday at seven and at eight, Sunday at eleven in the evening.
    assert by_weekday_and_hour(CALLS, Scope(year.since, year.until)) == {(5, 7): 1, (5, 8): 1, (6, 23): 1}
    client.force_login(cast.person("auditor", Role.AUDITOR))
    text = client.get("/statistics/?period=2021", headers={"accept-language": "en"}).content.decode()
    sunday = re.search(r"<th scope=\"row\">Sun</th>(.*?)</tr>", text)
    assert sunday is not None
    assert re.findall(r">(\d+)</td>", sunday[1]) == ["0"] * 23 + ["1"]
    assert 'id="months"' in text


@given(
    st.lists(st.tuples(st.integers(0, 500), st.floats(0, 1), st.none() | st.floats(0, 300)), min_size=96, max_size=96),
    st.floats(0, 1),
)
def test_a_days_bars_stay_within_the_picture_and_their_good_part_within_the_bar(
    told: list[tuple[int, float, float | None]], now: float
) -> None:
    drawn = course([(calls, int(calls * share), usual) for calls, share, usual in told], now)
    assert [bar.calls for bar in drawn.bars] == [calls for calls, _share, _usual in told if calls]
    for bar in drawn.bars:
        assert 0 <= bar.top <= bar.good_top <= DAY_HEIGHT
        assert (bar.good == bar.height) or bar.in_time < bar.calls
    heights = [float(point.split(",")[1]) for point in drawn.line.split()]
    assert all(0 <= height <= DAY_HEIGHT for height in heights)
    assert 0 <= drawn.now <= 960


def test_a_days_bar_says_when_it_was_and_a_day_without_history_has_no_line() -> None:
    quarters: list[tuple[int, int, float | None]] = [(0, 0, None)] * 96
    quarters[33] = (4, 3, None)
    drawn = course(quarters, 0.5)
    (bar,) = drawn.bars
    assert (bar.clock, bar.calls, bar.in_time, drawn.line, drawn.expected, drawn.now) == ("08:15", 4, 3, "", None, 480)
