"""Forecasts, traffic lights, gaps and deadlines: what a manager sees before the year is over."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from yuqiao.evaluation.outlook import Light, dues, forecast, lacks_reason, outlook, outlooks, working_days
from yuqiao.evaluation.schemes import BEIJING
from yuqiao.evaluation.scoring import Done
from yuqiao.evaluation.sheet import Header, Measured, Money, Row, evaluate
from yuqiao.evaluation.targets import read_target
from yuqiao.lib import clock

MIDSUMMER = dt.date(2023, 6, 30)
AFTER = dt.date(2024, 1, 10)
DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2026, 12, 31))
TARGETS = st.sampled_from(["＝2份", "≥500个", "≥3万条", "＝100%", "＝0次", "≤3次", "＞5次", "＜9次", "是"])


def row(target: str, value: str | None = None, *, of: int = 1, **more: object) -> Row:
    measured = Measured("entered", None if value is None else Fraction(value))
    fields: dict[str, object] = {"weight": Decimal(4), "measured": measured, **more}
    return Row(of, "产出指标", "数量指标", f"指标{of}", read_target(target), **fields)  # type: ignore[arg-type]


def test_a_count_goes_on_as_fast_as_it_went_by_working_days() -> None:
    """130 of the 260 working days of 2023 are over on the last of June."""
    assert (working_days(dt.date(2023, 1, 1), MIDSUMMER), working_days(dt.date(2023, 1, 1), dt.date(2023, 12, 31))) == (
        130,
        260,
    )
    assert forecast(row("≥500个", "240"), 2023, MIDSUMMER) == 480
    assert forecast(row("≥500个", "240"), 2023, AFTER) == 240


def test_a_share_stays_as_it_is() -> None:
    assert forecast(row("＝100%", "99.5"), 2023, MIDSUMMER) == Fraction("99.5")


def test_a_deadline_shortens_the_time_to_go() -> None:
    """Only July is left to make two videos when one is there at the end of June: 130 of 151 days are gone."""
    expected = forecast(row("≥2期", "1", deadline=dt.date(2023, 7, 31)), 2023, MIDSUMMER)
    assert expected == Fraction(151, 130)


def test_lights_of_counts() -> None:
    said = {value: outlook(row("≥500个", value), 2023, MIDSUMMER).light for value in ("500", "250", "220", "100", "0")}
    assert said == {
        "500": Light.GREEN,
        "250": Light.GREEN,
        "220": Light.AMBER,
        "100": Light.RED,
        "0": Light.RED,
    }
    assert outlook(row("≥500个", "499"), 2023, AFTER).light is Light.RED


def test_an_upper_limit_is_red_only_once_it_is_broken() -> None:
    assert outlook(row("＝0次", "0"), 2023, MIDSUMMER).light is Light.GREEN
    assert outlook(row("＝0次", "1"), 2023, MIDSUMMER).light is Light.RED
    assert outlook(row("≤3次", "2"), 2023, MIDSUMMER).light is Light.AMBER


def test_what_is_to_be_done_turns_amber_before_its_deadline_and_red_after_it() -> None:
    july = dt.date(2023, 7, 31)
    task = row("是", deadline=july)
    days = (dt.date(2023, 3, 1), dt.date(2023, 7, 10), dt.date(2023, 8, 1))
    assert [outlook(task, 2023, day).light for day in days] == [Light.NONE, Light.AMBER, Light.RED]
    done = row("是", measured=Measured("entered", done=Done.DONE), deadline=july)
    assert outlook(done, 2023, AFTER).light is Light.GREEN
    partly = row("是", measured=Measured("entered", done=Done.PARTLY), deadline=july)
    assert outlook(partly, 2023, AFTER).light is Light.AMBER


def test_a_compound_indicator_is_as_bad_as_its_worst_part_and_the_next_deadline_is_first() -> None:
    rows = [
        row("是", of=1),
        row("是", of=2, parent=1, measured=Measured("entered", done=Done.DONE)),
        row("是", of=3, parent=1, measured=Measured("entered", done=Done.NOT), deadline=dt.date(2023, 7, 31)),
    ]
    sheet = evaluate(
        Header("p", 2023, "语言环境", "市外办", "市外办"),
        BEIJING,
        clock.now(),
        [Money("当年财政拨款")],
        budget_weight=Decimal(10),
        rows=rows,
    )
    assert outlooks(sheet, AFTER)[1].light is Light.RED
    assert [(one.on.month, one.name) for one in dues(sheet)] == [(7, "指标3"), (12, "")]


def test_what_deviates_needs_a_reason() -> None:
    low = evaluate(
        Header("p", 2023, "语言环境", "市外办", "市外办"),
        BEIJING,
        clock.now(),
        [],
        budget_weight=Decimal(10),
        rows=[
            row("≥500个", "400", of=1),
            row("≥500个", "676", of=2),
            row("≥500个", "500", of=3),
            row("≥4期", "1", of=4, cause="取消"),
        ],
    )
    assert [lacks_reason(one, Light.RED) for one in low.rows] == [True, True, False, False]
    assert not lacks_reason(low.rows[0], Light.GREEN), "it is on course: nothing deviates yet"


@given(target=TARGETS, value=st.none() | st.integers(0, 10**6), today=DAYS, deadline=st.none() | DAYS)
def test_every_indicator_has_a_light_on_every_day(
    target: str, value: int | None, today: dt.date, deadline: dt.date | None
) -> None:
    said = outlook(row(target, None if value is None else str(value), deadline=deadline), 2023, today)
    assert said.light in Light
    assert said.reason.endswith("。")
    assert said.forecast is None or said.forecast >= (value or 0)


@given(since=DAYS, until=DAYS)
def test_working_days_are_those_one_counts_on_a_calendar(since: dt.date, until: dt.date) -> None:
    days = range((until - since).days + 1)
    assert working_days(since, until) == sum((since + dt.timedelta(day)).weekday() < 5 for day in days)
