"""What is reminded of on which day, until it is done."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.evaluation.process_rules import Stage
from yuqiao.evaluation.reminder_rules import Ending, Matter, Wanted, Wave, reminders_due, sentence
from yuqiao.evaluation.scoring import Done
from yuqiao.evaluation.sheet import Sheet
from yuqiao.evaluation.tests.sheets import row, sheet

JULY = dt.date(2023, 7, 31)


def summary(done: Done | None) -> Sheet:
    return sheet([row(7, "半年总结", "是", done, "3", deadline=JULY)])


def kinds(today: dt.date, done: Done | None = None, stage: Stage = Stage.RUNNING, **more: object) -> list[str]:
    found = reminders_due(summary(done), stage, today, **{"reviewed": True, **more})  # type: ignore[arg-type]
    return [one.kind for one in found]


@pytest.mark.parametrize(
    ("today", "wanted"),
    [
        (dt.date(2023, 6, 30), []),
        (dt.date(2023, 7, 1), ["deadline:early"]),
        (dt.date(2023, 7, 24), ["deadline:soon"]),
        (JULY, ["deadline:soon"]),
        (dt.date(2023, 8, 1), ["deadline:late"]),
        (dt.date(2023, 8, 7), ["deadline:raised"]),
    ],
)
def test_a_deadline_comes_nearer(today: dt.date, wanted: list[str]) -> None:
    assert kinds(today) == wanted
    assert kinds(today, Done.DONE) == []
    assert kinds(today, None, Stage.FROZEN) == [], "data cannot change any more"


def test_the_years_own_days() -> None:
    assert kinds(dt.date(2023, 7, 24), Done.DONE, reviewed=False) == ["mid_year:soon"]
    assert kinds(dt.date(2023, 12, 24), Done.DONE, gaps=["验收"]) == ["proof:soon", "freeze:early"]
    assert kinds(dt.date(2024, 1, 16), Done.DONE) == ["freeze:late"]
    assert kinds(dt.date(2024, 1, 30), Done.DONE, Stage.DRAFT) == ["sign:early"]
    assert kinds(dt.date(2024, 3, 8), Done.DONE, Stage.SIGNING) == ["sign:raised"]
    assert kinds(dt.date(2024, 3, 8), Done.DONE, Stage.LOCKED) == []


def test_s75_a_contract_that_ends_is_told_until_its_last_day() -> None:
    ending = [Ending("C1", dt.date(2023, 3, 31))]
    assert kinds(dt.date(2023, 3, 1), Done.DONE, contracts=ending) == ["contract:early"]
    assert kinds(dt.date(2023, 3, 31), Done.DONE, contracts=ending) == ["contract:soon"]
    assert kinds(dt.date(2023, 4, 1), Done.DONE, contracts=ending) == []


def test_it_says_what_is_due_and_that_it_is_overdue() -> None:
    early, late = (Wanted(Matter.DEADLINE, wave, JULY, "半年总结") for wave in (Wave.EARLY, Wave.LATE))
    assert early.sentence == "指标“半年总结”须于2023年7月31日前完成。"
    assert late.sentence == "指标“半年总结”须于2023年7月31日前完成，已逾期。"
    assert sentence("contract:soon", JULY, "C1") == "合同C1将于2023年7月31日到期。"


@given(st.dates(dt.date(2022, 6, 1), dt.date(2025, 6, 1)), st.sampled_from(Stage), st.booleans())
def test_each_matter_is_reminded_of_once_and_waves_only_grow(today: dt.date, stage: Stage, reviewed: bool) -> None:
    order = list(Wave)
    found = reminders_due(summary(None), stage, today, reviewed=reviewed, gaps=["验收"])
    assert len({(one.matter, one.indicator) for one in found}) == len(found)
    tomorrow = reminders_due(summary(None), stage, today + dt.timedelta(1), reviewed=reviewed, gaps=["验收"])
    later = {one.matter: order.index(one.wave) for one in tomorrow}
    assert all(later[one.matter] >= order.index(one.wave) for one in found)
    assert all(len(one.kind) <= 20 for one in found)
