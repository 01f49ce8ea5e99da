"""Indicators: added, changed, ordered, split, removed while planning; afterwards targets change with an approval."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from yuqiao.evaluation import planning
from yuqiao.evaluation.models import Indicator, Project, Stage, TargetChange
from yuqiao.evaluation.plan_rules import Approval, PlanError
from yuqiao.evaluation.planning import Part, facts_of
from yuqiao.evaluation.tests.planned import SHEETS, acts, added, begun, wen
from yuqiao.lib import clock

pytestmark = [pytest.mark.database, pytest.mark.django_db]
D = Decimal
PAPER = Approval("工作计划和宣传方式调整", "京外办〔2023〕8号", dt.date(2023, 8, 1))


@pytest.fixture
def project() -> Project:
    return begun()


def names(project: Project) -> list[tuple[int, str]]:
    return list(project.indicators.values_list("position", "name"))


def test_indicators_stand_where_they_are_put(project: Project) -> None:
    first, second = added(project, "甲"), added(project, "乙")
    planning.add(project, replace(SHEETS, name="丙"), by=wen(), position=1)
    assert names(project) == [(1, "丙"), (2, "甲"), (3, "乙")]
    third = project.indicators.get(name="丙")
    planning.reorder(project, [first.pk, third.pk, second.pk], by=wen())
    assert names(project) == [(1, "甲"), (2, "丙"), (3, "乙")]
    planning.remove(third, by=wen())
    assert names(project) == [(1, "甲"), (2, "乙")]
    for order in ([first.pk], [first.pk, first.pk, second.pk], [first.pk, third.pk or 0]):
        with pytest.raises(PlanError) as error:
            planning.reorder(project, order, by=wen())
        assert error.value.code == "order"


def test_an_indicator_is_kept_as_it_was_written(project: Project) -> None:
    row = added(project, target="≥3万条", formula="hotline:transfers")
    assert (row.operator, row.amount, row.unit) == ("≥", D(30000), "条")
    assert facts_of(row) == replace(SHEETS, target="≥30000条", formula="hotline:transfers")
    changed = planning.change(row, replace(SHEETS, target="7月底前"), by=wen())
    assert (changed.amount, changed.unit, changed.deadline) == (None, "", dt.date(2023, 7, 31))
    assert facts_of(changed).target == "2023年7月31日前"
    assert acts()[-2:] == ["indicator.add", "indicator.change"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": ""}, "text"),
        ({"name": "长" * 201}, "text"),
        ({"target": "尽快"}, "target"),
        ({"weight": D("-1")}, "weight"),
        ({"deadline": dt.date(2024, 1, 1)}, "deadline"),
        ({"formula": "hotline:nothing"}, "formula"),
        ({"formula": "guess"}, "formula"),
        ({"strand": 999}, "strand"),
        ({"name": SHEETS.name}, "duplicate"),
    ],
)
def test_what_cannot_be_is_refused(project: Project, changes: dict[str, object], code: str) -> None:
    added(project)
    with pytest.raises(PlanError) as error:
        planning.add(project, replace(SHEETS, **{"name": "另一项", **changes}), by=wen())  # type: ignore[arg-type]
    assert error.value.code == code
    assert project.indicators.count() == 1


def test_s126_a_compound_indicator_is_split_into_parts_that_weigh_as_much(project: Project) -> None:
    whole = added(project, "7月底前完成制作视频2期，完成一次线下纠错", target="是", weight=D(3))
    added(project, "后面")
    parts = [Part("制作视频2期", "≥2期", D(2)), Part("线下纠错一次", "≥1次", D(1))]
    with pytest.raises(PlanError) as error:
        planning.split(whole, [replace(parts[0], weight=D("1.5")), parts[1]], by=wen())
    assert error.value.zh == "分项分值之和2.5不等于指标分值3.00。"
    video, field = planning.split(whole, parts, by=wen())
    assert [place for place, _ in names(project)] == [1, 2, 3, 4]
    assert (video.position, field.position, project.indicators.get(name="后面").position) == (2, 3, 4)
    for again in (whole, video):
        with pytest.raises(PlanError) as error:
            planning.split(again, parts, by=wen())
        assert error.value.code == "compound"
    planning.change(field, replace(facts_of(field), weight=D("1.5")), by=wen())
    whole.refresh_from_db()
    assert whole.weight == D("3.5")
    with pytest.raises(PlanError) as error:
        planning.change(whole, replace(facts_of(whole), weight=D(4)), by=wen())
    assert error.value.code == "compound_weight"
    with pytest.raises(PlanError) as error:
        planning.remove(field, by=wen())
    assert error.value.code == "few_parts"
    planning.remove(whole, by=wen())
    assert names(project) == [(1, "后面")]


def test_what_has_data_is_not_removed(project: Project) -> None:
    row = added(project)
    row.entered.create(value=96, entered_at=clock.now())
    with pytest.raises(PlanError) as error:
        planning.remove(row, by=wen())
    assert error.value.code == "in_use"


def test_s125_after_the_plan_a_target_changes_only_with_an_approval_before_the_year_is_over(project: Project) -> None:
    row = added(project, "组织线下主题活动", target="＝1次")
    Project.objects.update(stage=Stage.RUNNING)
    with pytest.raises(PlanError) as error:
        planning.change(row, replace(facts_of(row), target="＝0次"), by=wen())
    assert error.value.code == "planned"
    with pytest.raises(PlanError) as error:
        planning.change_target(row, "＝0次", replace(PAPER, on=dt.date(2024, 1, 5)), by=wen())
    assert error.value.code == "approved_late"
    with pytest.raises(PlanError) as error:
        planning.change_target(row, "＝1次", PAPER, by=wen())
    assert error.value.code == "same_target"
    made = planning.change_target(row, "＝0次", PAPER, by=wen())
    assert (made.before, made.after) == ("＝1次", "＝0次")
    row.refresh_from_db()
    assert (row.operator, row.amount) == ("＝", D(0))
    Project.objects.update(stage=Stage.FROZEN)
    with pytest.raises(PlanError) as error:
        planning.change_target(row, "＝2次", PAPER, by=wen())
    assert error.value.code == "stage"
    assert TargetChange.objects.count() == 1


def test_a_deadline_that_moves_is_a_change_of_the_promise(project: Project) -> None:
    row = added(project, "线下纠错活动", target="≥2次", deadline=dt.date(2023, 7, 31))
    made = planning.change_target(row, "≥2次", PAPER, by=wen(), deadline=dt.date(2023, 11, 30))
    assert (made.before, made.after) == ("≥2次（2023-07-31前）", "≥2次（2023-11-30前）")


def test_where_an_actual_comes_from_may_be_said_anew_until_data_are_frozen(project: Project) -> None:
    row = added(project)
    Project.objects.update(stage=Stage.RUNNING)
    planning.set_formula(row, "entered", by=wen())
    assert Indicator.objects.get().formula == "entered"
    with pytest.raises(PlanError) as error:
        planning.set_formula(row, "magic", by=wen())
    assert error.value.code == "formula"
    assert acts()[-1] == "indicator.formula"
