"""Groundwork before a plan (S139), the register of risks (S140): filed, looked at again, never deleted."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.evaluation import preparing
from yuqiao.evaluation.models import Groundwork, Project, Risk, RiskState, Stage
from yuqiao.evaluation.plan_rules import PlanError
from yuqiao.evaluation.preparing import Look, Paper, Threat, register
from yuqiao.evaluation.risk_rules import Level, level, may_become, overdue
from yuqiao.evaluation.tests.planned import acts, added, begun, wen

pytestmark = [pytest.mark.database, pytest.mark.django_db]
DAY = dt.date(2022, 11, 1)
LEAVES = Threat(
    "译员突然离职", 3, 3, "短期内人数不达标", "调整班次，高峰期转接休息译员手机", "现场主管", dt.date(2023, 9, 1)
)


@pytest.fixture
def project() -> Project:
    return begun()


def test_s139_a_project_keeps_what_it_rests_on_and_what_its_indicators_were_expected_to_reach(project: Project) -> None:
    calls = added(project, "转接外语电话", target="≥500个", formula="hotline:transfers")
    preparing.file_paper(project, Paper("basis", "条例及三定规定", DAY, "依据"), by=wen())
    first = Paper("forecast", "来电量预测", DAY, "按前三年趋势", calls, Decimal(620))
    old = preparing.file_paper(project, first, by=wen())
    preparing.file_paper(project, replace(first, expected=Decimal(650), made_on=DAY + dt.timedelta(9)), by=wen())
    assert preparing.forecasts(project) == {calls.pk: Decimal(650)}
    newest = Groundwork.objects.get(expected=650)
    preparing.withdraw_paper(newest, "口径有误", by=wen())
    assert preparing.forecasts(project) == {calls.pk: Decimal(620)}
    with pytest.raises(PlanError) as error:
        preparing.withdraw_paper(newest, "再次", by=wen())
    assert error.value.code == "withdrawn"
    assert Groundwork.objects.count() == 3
    assert old.entered_by == wen()
    assert acts()[-1] == "groundwork.withdraw"


def test_a_paper_that_cannot_be_is_refused(project: Project) -> None:
    counted = added(project)
    deed = added(project, "半年总结", target="是", formula="entered")
    other = added(begun(code="other"))
    sound = Paper("forecast", "预测", DAY, indicator=counted, expected=Decimal(96))
    for paper, code in (
        (replace(sound, kind="rumour"), "kind"),
        (replace(sound, title=" "), "text"),
        (replace(sound, made_on=dt.date(2999, 1, 1)), "future"),
        (replace(sound, indicator=deed), "expected"),
        (replace(sound, indicator=None), "expected"),
        (replace(sound, expected=Decimal("0.00001")), "target_size"),
        (replace(sound, indicator=other), "other_project"),
    ):
        with pytest.raises(PlanError) as error:
            preparing.file_paper(project, paper, by=wen())
        assert error.value.code == code
    Project.objects.update(stage=Stage.FROZEN)
    with pytest.raises(PlanError) as error:
        preparing.file_paper(project, sound, by=wen())
    assert error.value.code == "stage"
    assert not Groundwork.objects.exists()


def test_s140_a_risk_is_watched_occurs_and_is_over_and_every_look_stays(project: Project) -> None:
    risk = preparing.enter_risk(project, LEAVES, by=wen())
    slight = preparing.enter_risk(project, replace(LEAVES, title="译员素质", likelihood=1, impact=2), by=wen())
    assert [(one.risk, one.level, one.overdue) for one in register(project, dt.date(2023, 9, 2))] == [
        (risk, Level.MIDDLING, True),
        (slight, Level.SLIGHT, True),
    ]
    preparing.look_again(risk, Look("一名译员九月离职", "occurred", 5, 4, dt.date(2023, 10, 31)), by=wen())
    first = register(project, dt.date(2023, 9, 20))[0]
    assert (first.risk.state, first.level, first.overdue) == (RiskState.OCCURRED, Level.GRAVE, False)
    with pytest.raises(PlanError) as error:
        preparing.look_again(risk, Look("还没有", "open", 1, 1), by=wen())
    assert error.value.code == "risk_state"
    preparing.look_again(risk, Look("补招到岗", "closed", 2, 3), by=wen())
    assert [one.risk for one in register(project, dt.date(2023, 12, 1))] == [slight, risk]
    assert [note.note for note in risk.notes.all()] == ["一名译员九月离职", "补招到岗"]
    assert acts()[-1] == "risk.look"


def test_a_grave_risk_needs_a_measure_and_an_owner(project: Project) -> None:
    for threat, code in (
        (replace(LEAVES, likelihood=5, impact=3, owner=""), "grave"),
        (replace(LEAVES, likelihood=5, impact=3, measure=" "), "grave"),
        (replace(LEAVES, likelihood=0), "risk_level"),
        (replace(LEAVES, impact=6), "risk_level"),
        (replace(LEAVES, title=""), "text"),
        (replace(LEAVES, indicator=added(begun(code="other"))), "other_project"),
    ):
        with pytest.raises(PlanError) as error:
            preparing.enter_risk(project, threat, by=wen())
        assert error.value.code == code
    assert not Risk.objects.exists()


@given(st.integers(1, 5), st.integers(1, 5))
def test_more_likely_or_worse_is_never_less_grave(likelihood: int, impact: int) -> None:
    order = list(Level)
    here = order.index(level(likelihood, impact))
    assert order.index(level(min(5, likelihood + 1), impact)) <= here
    assert order.index(level(likelihood, min(5, impact + 1))) <= here
    assert level(1, 5) is not Level.SLIGHT


def test_what_is_over_is_never_overdue_and_opens_only_again() -> None:
    assert not overdue("closed", dt.date(2023, 1, 1), dt.date(2024, 1, 1))
    assert not overdue("open", None, dt.date(2024, 1, 1))
    assert may_become("closed", "open")
    assert not may_become("closed", "occurred")
    assert not may_become("gone", "open")
