"""Versions of schemes in the database: entered, followed, never changed; a project keeps the one it was begun with."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from yuqiao.evaluation import projects, scheme_versions
from yuqiao.evaluation.assembling import assemble
from yuqiao.evaluation.models import Project, SchemeVersion, Stage
from yuqiao.evaluation.plan_rules import PlanError
from yuqiao.evaluation.scheme_data import SchemeError, as_data
from yuqiao.evaluation.scheme_versions import copy_of, enter, every, follow, names_on, pinned, scheme_of
from yuqiao.evaluation.schemes import BEIJING, Grade
from yuqiao.evaluation.tests.planned import HEAD, acts, added, begun, wen
from yuqiao.lib import clock

pytestmark = [pytest.mark.database, pytest.mark.django_db]
SPRING = dt.date(2023, 4, 1)
NEWER = replace(BEIJING, valid_from=SPRING, grades=(Grade("优", 95), *BEIJING.grades[1:]), over_achieved=Decimal("1.5"))


def test_s121_a_version_is_kept_exactly_and_holds_from_its_day_on() -> None:
    assert enter(as_data(NEWER), by=wen()) == NEWER
    assert NEWER in every()
    assert pinned("beijing", dt.date(2023, 3, 31)) == BEIJING.valid_from
    assert pinned("beijing", SPRING) == SPRING
    assert acts() == ["scheme.enter"]


def test_a_project_keeps_the_version_it_was_begun_with_and_follows_a_newer_one_only_while_planning() -> None:
    project = begun()
    enter(as_data(NEWER), by=wen())
    assert scheme_of(project) == BEIJING
    assert scheme_of(begun(code="younger")) == NEWER
    followed = follow(project, NEWER, by=wen())
    assert assemble(followed, clock.now()).scheme == NEWER
    Project.objects.update(stage=Stage.RUNNING)
    with pytest.raises(PlanError) as error:
        follow(project, BEIJING, by=wen())
    assert error.value.code == "planned"
    with pytest.raises(PlanError) as error:
        follow(project, replace(NEWER, name="没有登记"), by=wen())
    assert error.value.code == "scheme"


def test_a_scheme_begins_as_a_copy_of_another_one() -> None:
    own = copy_of(BEIJING, "office", "市外办内部考核", dt.date(2022, 1, 1))
    own["weights"] = {"预算执行": 20, "产出指标": 50, "效益指标": 20, "满意度指标": 10}
    made = enter(own, by=wen())
    assert names_on(dt.date(2023, 1, 1))["office"] == "市外办内部考核"
    assert "office" not in names_on(dt.date(2021, 12, 31))
    project = begun(scheme="office", budget_weight=Decimal(20))
    assert (scheme_of(project), project.scheme_from) == (made, dt.date(2022, 1, 1))


def test_what_is_taken_or_cannot_score_is_refused_and_leaves_nothing() -> None:
    with pytest.raises(PlanError) as error:
        enter(as_data(BEIJING), by=wen())
    assert error.value.code == "scheme_taken"
    for data, code in (
        (copy_of(BEIJING, "a b", "名", SPRING), "code"),
        (copy_of(BEIJING, "a" * 41, "名", SPRING), "text"),
    ):
        with pytest.raises(PlanError) as error:
            enter(data, by=wen())
        assert error.value.code == code
    with pytest.raises(SchemeError, match="weights"):
        enter(as_data(NEWER) | {"weights": {"产出指标": 99}}, by=wen())
    assert not SchemeVersion.objects.exists()


def test_changing_to_another_scheme_pins_the_version_that_holds_and_rows_without_one_still_find_theirs() -> None:
    project = projects.change(begun(), replace(HEAD, scheme="national"), by=wen())
    assert project.scheme_from == dt.date(2020, 2, 25)
    added(project)
    Project.objects.update(scheme="beijing", scheme_from=None, year=2020)
    project.refresh_from_db()
    assert scheme_of(project) == BEIJING
    Project.objects.update(scheme="gone")
    project.refresh_from_db()
    with pytest.raises(PlanError) as error:
        scheme_versions.scheme_of(project)
    assert error.value.code == "scheme"
