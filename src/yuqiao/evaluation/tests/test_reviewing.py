"""The mid-year review: what is kept of each indicator, and what a forecast rests on."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest

from yuqiao.accounts.models import JournalEntry, Person
from yuqiao.evaluation import reviewing
from yuqiao.evaluation.assembling import assemble
from yuqiao.evaluation.forecasting import Basis
from yuqiao.evaluation.models import Indicator, Project, Stage
from yuqiao.evaluation.outlook import Light
from yuqiao.evaluation.plan_rules import PlanError
from yuqiao.evaluation.tests.world import indicator, piece, project
from yuqiao.lib import clock

pytestmark = [pytest.mark.database, pytest.mark.django_db]
FORMULA = "count:feedback_sheet"


def year(of: Project, *months: int) -> Indicator:
    made = indicator(of, FORMULA, name="反馈表", amount=Decimal(96), unit="份", weight=Decimal(6))
    for month in months:
        piece(of, "feedback_sheet", dt.date(of.year, month, 5))
    return made


def test_a_forecast_follows_last_years_course_where_the_same_was_counted() -> None:
    before = project("p22", 2022)
    year(before, 2, 9, 10, 11)
    now = project("p23", 2023, before)
    year(now, 1, 2)
    (found,) = reviewing.standings(now, assemble(now, clock.now()), dt.date(2023, 6, 30))
    assert (found.forecast.value, found.forecast.basis) == (Fraction(8), Basis.LAST_YEAR)
    assert reviewing.forecast_text(found) == "8份（按上年进度推算）"


def test_without_a_year_before_working_days_count() -> None:
    now = project()
    year(now, 1, 2)
    (found,) = reviewing.standings(now, assemble(now, clock.now()), dt.date(2023, 6, 30))
    assert found.forecast.basis is Basis.WORKING_DAYS
    assert found.outlook.light is Light.RED
    assert found.review is None


def test_a_review_keeps_what_was_seen_and_is_journaled() -> None:
    li, now = Person.objects.create(username="li"), project()
    one = year(now, 1, 2)
    Project.objects.filter(pk=now.pk).update(stage=Stage.MID_YEAR)
    made = reviewing.review(one, " 下半年补足 ", by=li)
    assert (made.actual, made.note, made.by) == ("2份", "下半年补足", li)
    assert made.forecast == "2份（按目前数值）", "that year is over"
    (found,) = reviewing.standings(now, assemble(now, clock.now()), dt.date(2023, 6, 30))
    assert found.review == made
    assert JournalEntry.objects.get(action="evaluation.review").detail["light"] == "red"


def test_a_review_has_its_stage() -> None:
    now = project()
    one = year(now)
    with pytest.raises(PlanError):
        reviewing.review(one, "", by=Person.objects.create(username="li"))
    assert not one.reviews.exists()
