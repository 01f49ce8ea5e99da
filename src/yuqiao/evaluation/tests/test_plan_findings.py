"""A project's rows as a plan: what was reached a year before and by now, days, proofs, names of last year."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from yuqiao.evaluation import budget, projects
from yuqiao.evaluation.linting.plan import Yield
from yuqiao.evaluation.models import Indicator, MoneySource, Project
from yuqiao.evaluation.plan_findings import findings, plan_of, yields_of
from yuqiao.evaluation.preparing import Paper, file_paper
from yuqiao.evaluation.tests.planned import HEAD, added, begun, wen
from yuqiao.lib import clock

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def project() -> Project:
    last = begun(goal="2023年提供服务。")
    added(last, "采集外语标识", target="≥100条", formula="entered", proof="采集清单")
    added(last, "服务对接方整体满意度", target="≥95%", formula="share:partner_rating")
    last.indicators.get(name="采集外语标识").entered.create(value=200, entered_at=clock.now())
    return projects.begin_from(last, "language-2024", by=wen())


def rules(project: Project) -> dict[str, str]:
    return {one.rule: one.where for one in findings(project, clock.now())}


def test_a_target_far_below_what_was_reached_last_year_is_too_easy(project: Project) -> None:
    assert rules(project)["easy"] == "采集外语标识"
    said = next(one.sentence for one in findings(project, clock.now()) if one.rule == "easy")
    assert said == "指标值“≥100条”比上年实际完成的200条宽松很多。"
    Indicator.objects.filter(project=project, name="采集外语标识").update(amount=180)
    assert "easy" not in rules(project)


def test_what_was_reached_already_shows_that_a_target_was_low_as_long_as_the_year_runs(project: Project) -> None:
    project.indicators.get(name="采集外语标识").entered.create(value=130, entered_at=clock.now())
    summer, later = (dt.datetime(year, 7, 1, tzinfo=dt.UTC) for year in (2024, 2025))
    assert "reached" in {one.rule for one in findings(project, summer)}
    assert "reached" not in {one.rule for one in findings(project, later)}


def test_s139_a_target_far_below_the_forecast_is_too_easy(project: Project) -> None:
    signs = project.indicators.get(name="采集外语标识")
    assert "easy-forecast" not in rules(project)
    paper = Paper("forecast", "按上年采集能力", dt.date(2023, 12, 1), indicator=signs, expected=Decimal(210))
    file_paper(project, paper, by=wen())
    assert rules(project)["easy-forecast"] == "采集外语标识"


def test_goals_and_money_of_last_year_are_not_this_year_s(project: Project) -> None:
    assert {"old-goal", "no-budget"} <= set(rules(project))
    budget.set_initial(project, MoneySource.CURRENT, 5, by=wen())
    project = projects.change(project, replace(projects.facts_of(project), goal="2024年继续。"), by=wen())
    assert {"old-goal", "no-budget"} & set(rules(project)) == set()


def test_a_slip_of_the_pen_in_a_name_is_seen_beside_last_year_s(project: Project) -> None:
    assert "near-name" not in rules(project)
    Indicator.objects.filter(project=project, name="服务对接方整体满意度").update(name="服务对接方整理满意度")
    assert rules(project)["near-name"] == "服务对接方整理满意度"


def test_a_plan_holds_each_row_once_with_its_day_and_proof(project: Project) -> None:
    Indicator.objects.filter(name="采集外语标识").update(deadline=dt.date(2024, 7, 31))
    plan = plan_of(project, clock.now())
    assert [(one.weight, one.yields, one.proof) for one in plan.lines] == [
        (Decimal(6), Yield.SAID, "采集清单"),
        (Decimal(6), Yield.RATE, ""),
    ]
    assert plan.lines[0].deadline == dt.date(2024, 7, 31)
    assert (plan.scheme.code, plan.year) == (HEAD.scheme, 2024)


@pytest.mark.parametrize(
    ("formula", "gives"),
    [
        ("entered", Yield.SAID),
        ("count:feedback_sheet", Yield.COUNT),
        ("failed:quality_sample", Yield.RATE),
        ("hotline:transfers", Yield.COUNT),
        ("hotline:response_rate", Yield.RATE),
        ("hotline:availability", Yield.RATE),
        ("hotline:answer_p50", Yield.TIME),
        ("outreach:videos", Yield.COUNT),
        ("contracts:handed_in?kind=work_summary", Yield.COUNT),
        ("contracts:acceptance", Yield.RATE),
        ("money:execution", Yield.RATE),
        ("money:paid", Yield.SAID),
        ("growth:hotline:calls", Yield.RATE),
        ("before:hotline:calls", Yield.COUNT),
        ("before", Yield.SAID),
        ("?", Yield.SAID),
    ],
)
def test_a_formula_gives_a_number_a_rate_or_seconds(formula: str, gives: Yield) -> None:
    assert yields_of(formula) is gives
