"""Begins projects and changes what their head says: names, units, goals and strands. Each verb is journaled (S2, S138).

The journal says which fields changed; the manager's name and telephone number never enter it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from yuqiao.accounts.models import Department, Person
from yuqiao.accounts.services import record
from yuqiao.evaluation.models import Indicator, Project, Strand
from yuqiao.evaluation.plan_rules import (
    PlanError,
    check_code,
    check_short,
    check_text,
    check_weight,
    check_year,
    year_later,
)
from yuqiao.evaluation.process_rules import What
from yuqiao.evaluation.scheme_versions import pinned
from yuqiao.evaluation.stages import held
from yuqiao.lib import clock

#: Fields that may change as long as texts may: whom to ask, not what was promised.
CONTACT = frozenset({"manager_name", "manager_phone", "phone_public"})
LONGEST_GOAL = 20_000


@dataclass(frozen=True, slots=True)
class Facts:
    """A project's head as it is to be; ``department`` (主管部门) and ``unit`` (实施单位) are codes of departments."""

    code: str
    year: int
    name: str
    department: str
    unit: str
    unit_is_itself: bool = True
    manager_name: str = ""
    manager_phone: str = ""
    phone_public: bool = False
    scheme: str = "national"
    budget_weight: Decimal = Decimal(10)
    goal: str = ""


@dataclass(frozen=True, slots=True)
class StrandFacts:
    """One strand of the goal as it is to be; ``id`` None for a new one."""

    name: str
    goal: str = ""
    id: int | None = None


def facts_of(project: Project) -> Facts:
    """Return a project's head as it is."""
    return Facts(
        project.code,
        project.year,
        project.name,
        project.department.code,
        project.unit.code,
        project.unit_is_itself,
        project.manager_name,
        project.manager_phone,
        project.phone_public,
        project.scheme,
        project.budget_weight,
        project.goal,
    )


def begin(facts: Facts, *, by: Person | None, before: Project | None = None) -> Project:
    """Begin a project in its planning stage; it keeps the version of its scheme that holds now (S121)."""
    check_code(facts.code)
    check_year(facts.year)
    if before is not None and before.year >= facts.year:
        raise PlanError("not_later", year=before.year)
    with transaction.atomic():
        project = Project(code=facts.code, year=facts.year, before=before, created_at=clock.now(), created_by=by)
        _fill(project, facts)
        project.scheme_from = pinned(facts.scheme, _day_of_plan(facts.year))
        try:
            with transaction.atomic():
                project.save(force_insert=True)
        except IntegrityError as error:  # somebody else took the code meanwhile
            raise PlanError("code_taken", code=facts.code) from error
        record(by, "project.begin", project, {"code": facts.code, "year": facts.year, "scheme": facts.scheme})
    return project


def begin_from(before: Project, code: str, *, by: Person | None, year: int | None = None) -> Project:
    """Begin next year's project like the one before: head, goals, strands, indicators with their parts; no money.

    Deadlines move with the year. The new project knows the one before, whose actuals the linter compares with.
    """
    old = facts_of(before)
    wanted = before.year + 1 if year is None else year
    with transaction.atomic():
        project = begin(Facts(**{**asdict(old), "code": code, "year": wanted}), by=by, before=before)
        strands = {one.pk: _copied_strand(one, project) for one in before.strands.all()}
        copies: dict[int, Indicator] = {}
        for one in before.indicators.order_by("parent_id", "position"):
            if one.parent_id is None:
                copies[one.pk] = _copied(one, project, strands.get(one.strand_id or 0), None)
        for one in before.indicators.filter(parent__isnull=False):
            _copied(one, project, strands.get(one.strand_id or 0), copies[one.parent_id or 0])
        record(by, "project.copy", project, {"from": before.code, "indicators": project.indicators.count()})
    return project


def change(project: Project, facts: Facts, *, by: Person | None) -> Project:
    """Change a project's head: everything but its year while planning, later only whom to ask."""
    if facts.year != project.year:
        raise PlanError("year_fixed")
    with transaction.atomic():
        locked = held(project, What.TEXT)
        before = asdict(facts_of(locked))
        changed = sorted(name for name, value in asdict(facts).items() if value != before[name])
        if not changed:
            return locked
        if set(changed) - CONTACT:
            held(project, What.PLAN)
        if "code" in changed and Project.objects.filter(code=check_code(facts.code)).exists():
            raise PlanError("code_taken", code=facts.code)
        locked.code = facts.code
        if "scheme" in changed:
            locked.scheme_from = pinned(facts.scheme, _day_of_plan(facts.year))
        _fill(locked, facts)
        locked.save()
        record(by, "project.change", locked, {"fields": changed})
    return locked


def set_strands(project: Project, strands: Sequence[StrandFacts], *, by: Person | None) -> list[Strand]:
    """Make the goal's strands those given, in this order; one that is left out is removed, what was achieved stays."""
    with transaction.atomic():
        held(project, What.PLAN)
        known = {one.pk: one for one in project.strands.all()}
        if {one.id for one in strands if one.id is not None} - set(known):
            raise PlanError("strand")
        kept: list[Strand] = []
        for place, facts in enumerate(strands, 1):
            row = known.get(facts.id or 0) or Strand(project=project)
            row.position = place
            row.name = check_text(facts.name, "目标名称", 120)
            row.goal = check_short(facts.goal, "目标", LONGEST_GOAL)
            row.save()
            kept.append(row)
        project.strands.exclude(pk__in=[one.pk for one in kept]).delete()
        record(by, "project.strands", project, {"strands": len(kept)})
    return kept


def write_achieved(project: Project, text: str, *, by: Person | None, strands: dict[int, str] | None = None) -> None:
    """Write what came of the goal (实际完成情况), as a whole and by strand; texts may change until signing."""
    with transaction.atomic():
        locked = held(project, What.TEXT)
        locked.achieved = check_short(text, "实际完成情况", LONGEST_GOAL)
        locked.save(update_fields=["achieved"])
        for pk, words in (strands or {}).items():
            if not project.strands.filter(pk=pk).update(achieved=check_short(words, "实际完成情况", LONGEST_GOAL)):
                raise PlanError("strand")
        record(by, "project.achieved", project, {"strands": sorted(strands or {})})
    project.achieved = locked.achieved


def _fill(project: Project, facts: Facts) -> None:
    project.name = check_text(facts.name, "项目名称")
    project.department = _department(facts.department)
    project.unit = _department(facts.unit)
    if facts.unit_is_itself and project.unit != project.department:
        raise PlanError("unit_itself")
    project.unit_is_itself = facts.unit_is_itself
    project.manager_name = check_short(facts.manager_name, "项目负责人", 60)
    project.manager_phone = check_short(facts.manager_phone, "联系电话", 40)
    project.phone_public = facts.phone_public
    project.scheme = facts.scheme
    project.budget_weight = check_weight(facts.budget_weight)
    project.goal = check_short(facts.goal, "目标", LONGEST_GOAL)


def _department(code: str) -> Department:
    found = Department.objects.filter(code=code).first()
    if found is None:
        raise PlanError("department", code=code)
    return found


def _day_of_plan(year: int) -> dt.date:
    """The day whose scheme a project of ``year`` follows: today, but never after its year."""
    return min(timezone.localdate(), dt.date(year, 12, 31))


def _copied_strand(one: Strand, project: Project) -> Strand:
    return Strand.objects.create(project=project, position=one.position, name=one.name, goal=one.goal)


def _copied(one: Indicator, project: Project, strand: Strand | None, parent: Indicator | None) -> Indicator:
    return Indicator.objects.create(
        project=project,
        position=one.position,
        parent=parent,
        level1=one.level1,
        level2=one.level2,
        name=one.name,
        strand=strand,
        operator=one.operator,
        amount=one.amount,
        unit=one.unit,
        deadline=year_later(one.deadline, project.year - one.project.year),
        weight=one.weight,
        formula=one.formula,
        proof=one.proof,
    )
