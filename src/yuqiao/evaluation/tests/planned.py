"""A project that tests begin with: the office of foreign affairs in 2023, its manager Wen, whoever acts."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from yuqiao.accounts.models import Department, JournalEntry, Person
from yuqiao.evaluation import planning, projects
from yuqiao.evaluation.models import Indicator, Project
from yuqiao.evaluation.planning import IndicatorFacts
from yuqiao.evaluation.projects import Facts

HEAD = Facts("language-2023", 2023, "语言环境", "fao", "fao", manager_name="文经理", scheme="beijing")
SHEETS = IndicatorFacts(
    "产出指标", "数量指标", "提交译文质量反馈表", "＝96份", Decimal(6), formula="count:feedback_sheet"
)


def wen() -> Person:
    return Person.objects.get_or_create(username="wen")[0]


def begun(**changes: object) -> Project:
    Department.objects.get_or_create(code="fao", defaults={"name_zh": "市外办", "name_en": "FAO"})
    return projects.begin(replace(HEAD, **changes), by=wen())  # type: ignore[arg-type]


def added(project: Project, name: str = SHEETS.name, **changes: object) -> Indicator:
    return planning.add(project, replace(SHEETS, name=name, **changes), by=wen())  # type: ignore[arg-type]


def acts() -> list[str]:
    return list(JournalEntry.objects.order_by("id").values_list("action", flat=True))
