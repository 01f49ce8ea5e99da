"""Projects begin, change and go on into the next year; the journal holds who did it and no one's telephone number."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal

import pytest

from yuqiao.accounts.models import JournalEntry
from yuqiao.evaluation import planning, projects
from yuqiao.evaluation.models import Project, Stage
from yuqiao.evaluation.plan_rules import PlanError
from yuqiao.evaluation.planning import Part
from yuqiao.evaluation.projects import StrandFacts
from yuqiao.evaluation.tests.planned import HEAD, acts, added, begun, wen

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_a_project_begins_with_the_version_of_its_scheme_and_is_journaled() -> None:
    project = begun()
    assert (project.stage, project.scheme, project.scheme_from) == (Stage.PLAN, "beijing", dt.date(2021, 1, 1))
    assert projects.facts_of(project) == HEAD
    assert acts() == ["project.begin"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": "a b"}, "code"),
        ({"code": "../x"}, "code"),
        ({"year": 1999}, "year"),
        ({"name": " "}, "text"),
        ({"department": "nobody"}, "department"),
        ({"scheme": "none"}, "scheme"),
        ({"year": 2019, "scheme": "beijing"}, "scheme"),
        ({"budget_weight": Decimal("10.001")}, "weight"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(changes: dict[str, object], code: str) -> None:
    with pytest.raises(PlanError) as error:
        begun(**changes)
    assert error.value.code == code
    assert not Project.objects.exists()


def test_a_code_belongs_to_one_project() -> None:
    begun()
    with pytest.raises(PlanError) as error:
        begun()
    assert error.value.code == "code_taken"


def test_after_the_plan_only_whom_to_ask_may_change_and_no_telephone_number_enters_the_journal() -> None:
    project = begun()
    projects.change(project, replace(HEAD, name="国际语言环境", goal="目标"), by=wen())
    Project.objects.update(stage=Stage.RUNNING)
    ask = replace(HEAD, name="国际语言环境", goal="目标", manager_name="何经理", manager_phone="555 0100")
    projects.change(project, ask, by=wen())
    with pytest.raises(PlanError) as error:
        projects.change(project, replace(ask, goal="另一个"), by=wen())
    assert error.value.code == "planned"
    Project.objects.update(stage=Stage.LOCKED)
    with pytest.raises(PlanError) as error:
        projects.change(project, replace(ask, manager_phone=""), by=wen())
    assert error.value.code == "stage"
    assert "已锁定" in error.value.zh
    written = json.dumps(list(JournalEntry.objects.values_list("detail", flat=True)), ensure_ascii=False)
    assert "manager_phone" in written
    assert "555" not in written
    assert "何经理" not in written


def test_strands_keep_what_was_achieved_when_they_are_put_in_another_order() -> None:
    project = begun()
    one, two = projects.set_strands(project, [StrandFacts("热线", "接通"), StrandFacts("标识")], by=wen())
    projects.write_achieved(project, "总体完成", by=wen(), strands={one.pk: "接通676个"})
    projects.set_strands(project, [StrandFacts("网站"), StrandFacts("电话", "接通", one.pk)], by=wen())
    assert [(row.name, row.achieved) for row in project.strands.all()] == [("网站", ""), ("电话", "接通676个")]
    with pytest.raises(PlanError) as error:
        projects.set_strands(project, [StrandFacts("标识", id=two.pk)], by=wen())
    assert error.value.code == "strand"
    project.refresh_from_db()
    assert project.achieved == "总体完成"


def test_next_year_s_project_begins_like_this_one_without_its_money_and_knows_it() -> None:
    project = begun()
    strand = projects.set_strands(project, [StrandFacts("热线")], by=wen())[0]
    first = added(project, "七月底前", target="是", strand=strand.pk, deadline=dt.date(2023, 7, 31))
    parts = [Part("视频", "是", Decimal(4)), Part("纠错", "是", Decimal(2))]
    planning.split(first, parts, by=wen())
    added(project, "反馈表")
    after = projects.begin_from(project, "language-2024", by=wen())
    rows = list(after.indicators.values_list("position", "name", "parent__name", "strand__name", "deadline"))
    assert rows == [
        (1, "七月底前", None, "热线", dt.date(2024, 7, 31)),
        (2, "视频", "七月底前", "热线", None),
        (3, "纠错", "七月底前", "热线", None),
        (4, "反馈表", None, None, None),
    ]
    assert (after.before, after.year, after.achieved) == (project, 2024, "")
    with pytest.raises(PlanError) as error:
        projects.begin_from(project, "again", by=wen(), year=2023)
    assert error.value.code == "not_later"
    assert not Project.objects.filter(code="again").exists()
