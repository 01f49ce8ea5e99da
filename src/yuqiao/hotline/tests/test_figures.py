"""Time to interpreter: counted from rows, by the definition in the docstring."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.hotline.figures import TimeToInterpreter, percentile, time_to_interpreter
from yuqiao.hotline.models import Call
from yuqiao.hotline.tests.rows import line
from yuqiao.lib import clock


@pytest.mark.database
@pytest.mark.django_db
def test_by_line_and_language_of_calls_that_began_in_the_period() -> None:
    own, now = line(), clock.now()
    second = dt.timedelta(seconds=1)

    def call(language: str, seconds: float | None, *, started_at: dt.datetime = now) -> None:
        joined = None if seconds is None else started_at + seconds * second
        Call.objects.create(line=own, dialled="1", language=language, started_at=started_at, interpreter_at=joined)

    for seconds in range(1, 21):
        call("en", seconds)
    call("en", None)
    call("ja", None)
    call("", None)
    call("en", 500, started_at=now - 3600 * second)
    call("en", 500, started_at=now + second)
    assert time_to_interpreter(now, now + second) == [
        TimeToInterpreter("960169", "en", asked=21, calls=20, p50_ms=10_000, p95_ms=19_000),
        TimeToInterpreter("960169", "ja", asked=1, calls=0, p50_ms=0, p95_ms=0),
    ]


@given(st.lists(st.integers(0, 100_000), min_size=1), st.floats(1, 100))
def test_so_many_per_cent_did_not_wait_longer(times: list[int], percent: float) -> None:
    value = percentile(times, percent)
    assert value in times
    assert sum(one <= value for one in times) >= len(times) * percent / 100 - 1e-9
    assert sum(one < value for one in times) < len(times) * percent / 100 + 1e-9
