"""What subscribed calendars are told: each change with a higher SEQUENCE, nothing twice; the past is not called off."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from yuqiao.hotline.calendar_rules import SEAT, Planned, Told, changes

NOW = dt.datetime(2026, 11, 22, 8, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
planned = st.builds(
    lambda key, begins, lasts, languages, tentative: Planned(
        key, SEAT, NOW + begins * HOUR, NOW + (begins + lasts) * HOUR, tuple(sorted(languages)), tentative=tentative
    ),
    st.sampled_from("abcdef"),
    st.integers(-48, 48),
    st.integers(1, 12),
    st.sets(st.sampled_from(["ar", "en"])),
    st.booleans(),
)
plans = st.lists(planned, unique_by=lambda one: one.key)


@given(st.lists(plans, max_size=6))
def test_after_each_telling_the_calendar_holds_the_plan_and_is_told_nothing_more(history: list[list[Planned]]) -> None:
    told: dict[str, Told] = {}
    for plan in history:
        before = dict(told)
        for one in changes(told, plan, NOW):
            known = told.get(one.entry.key)
            assert one.sequence == (0 if known is None else known.sequence + 1)
            told[one.entry.key] = one
        assert changes(told, plan, NOW) == []
        held = {key: one.entry for key, one in told.items() if not one.cancelled}
        assert held.items() >= {one.key: one for one in plan}.items()
        for key in held.keys() - {one.key for one in plan}:
            assert told[key].entry.ends <= NOW, "only what is over stays without a plan"
        for key, one in told.items():
            assert one.sequence >= (before[key].sequence if key in before else 0)


def test_moved_called_off_and_back() -> None:
    seat = Planned("a", SEAT, NOW + HOUR, NOW + 9 * HOUR, ("ar",))
    told = {"a": Told(seat)}
    moved = replace(seat, begins=NOW + 2 * HOUR)
    assert changes(told, [moved], NOW) == [Told(moved, 1)]
    assert changes(told, [], NOW) == [Told(seat, 1, cancelled=True)]
    off = {"a": Told(seat, 1, cancelled=True)}
    assert changes(off, [], NOW) == []
    assert changes(off, [seat], NOW) == [Told(seat, 2)]
    assert changes(told, [], NOW + 9 * HOUR) == []
