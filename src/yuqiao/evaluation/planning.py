"""Writes a plan's indicators: add, change, order, split, remove; later only targets, with an approval (S90–S116, S125).

Positions run from 1 without gaps; the parts of a compound indicator stand right behind it, and it weighs what they
weigh together (S126).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.evaluation.assembling import target_of
from yuqiao.evaluation.formulas import ENTERED, FormulaError
from yuqiao.evaluation.formulas import check as check_formula
from yuqiao.evaluation.models import Indicator, Project, Strand, TargetChange
from yuqiao.evaluation.plan_rules import (
    Approval,
    PlanError,
    check_approval,
    check_deadline,
    check_parts,
    check_short,
    check_target,
    check_text,
    check_weight,
)
from yuqiao.evaluation.process_rules import What
from yuqiao.evaluation.stages import MONEY, held
from yuqiao.evaluation.targets import Target
from yuqiao.lib import clock


@dataclass(frozen=True, slots=True)
class IndicatorFacts:
    """An indicator as it is to be. ``target`` as one writes it (``≥500个``, 是); ``strand`` is a strand's id.

    ``proof`` says what paper will prove what a person enters or judges (佐证材料).
    """

    level1: str
    level2: str
    name: str
    target: str
    weight: Decimal
    deadline: dt.date | None = None
    formula: str = ENTERED
    strand: int | None = None
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a compound indicator (S126)."""

    name: str
    target: str
    weight: Decimal
    deadline: dt.date | None = None
    formula: str = ENTERED
    proof: str = ""


def facts_of(indicator: Indicator) -> IndicatorFacts:
    """Return an indicator as it is."""
    return IndicatorFacts(
        indicator.level1,
        indicator.level2,
        indicator.name,
        str(target_of(indicator)),
        indicator.weight,
        indicator.deadline,
        indicator.formula,
        indicator.strand_id,
        indicator.proof,
    )


def add(project: Project, facts: IndicatorFacts, *, by: Person | None, position: int | None = None) -> Indicator:
    """Add an indicator, at a place among those that are no parts (1 is the first), or last."""
    with transaction.atomic():
        held(project, What.PLAN)
        made = Indicator(project=project, position=0)
        _fill(made, facts)
        made.save(force_insert=True)
        order = [one.pk for one in project.indicators.filter(parent=None) if one.pk != made.pk]
        order.insert(len(order) if position is None else max(0, position - 1), made.pk)
        _place(project, order)
        record(by, "indicator.add", made, {"project": project.code, "name": made.name})
    made.refresh_from_db()
    return made


def change(indicator: Indicator, facts: IndicatorFacts, *, by: Person | None) -> Indicator:
    """Change an indicator while the plan is being made; what a compound one weighs follows its parts."""
    with transaction.atomic():
        held(indicator.project, What.PLAN)
        row = Indicator.objects.select_related("project").get(pk=indicator.pk)
        before = asdict(facts_of(row))
        _fill(row, facts)
        if row.weight != before["weight"] and row.parts.exists():
            raise PlanError("compound_weight")
        row.save()
        if row.parent is not None:
            _weigh(row.parent)
        after = asdict(facts_of(row))
        changed = {name: [str(before[name]), str(value)] for name, value in after.items() if value != before[name]}
        if changed:
            record(by, "indicator.change", row, {"project": row.project.code, "changed": changed})
    return row


def reorder(project: Project, order: Sequence[int], *, by: Person | None) -> None:
    """Put the indicators that are no parts in this order of ids; parts move along."""
    with transaction.atomic():
        held(project, What.PLAN)
        _place(project, order)
        record(by, "indicator.order", project, {"order": list(order)})


def remove(indicator: Indicator, *, by: Person | None) -> None:
    """Remove an indicator, with its parts, that nobody has given data yet. A compound one keeps two parts or none."""
    project = indicator.project
    with transaction.atomic():
        held(project, What.PLAN)
        for one in (indicator, *indicator.parts.all()):
            if one.entered.exists() or one.proofs.exists() or one.adjustments.exists():
                raise PlanError("in_use", name=one.name)
        parent = indicator.parent
        if parent is not None and parent.parts.count() == 2:
            raise PlanError("few_parts")
        record(by, "indicator.remove", indicator, {"project": project.code, "name": indicator.name})
        indicator.delete()
        if parent is not None:
            _weigh(parent)
        _place(project, list(project.indicators.filter(parent=None).values_list("pk", flat=True)))


def split(indicator: Indicator, parts: Sequence[Part], *, by: Person | None) -> list[Indicator]:
    """Split a compound indicator into parts whose weights add up to its own (S126)."""
    project = indicator.project
    with transaction.atomic():
        held(project, What.PLAN)
        row = Indicator.objects.get(pk=indicator.pk)
        if row.parent_id is not None or row.parts.exists():
            raise PlanError("compound")
        check_parts([one.weight for one in parts], row.weight)
        made = [_made_part(row, one) for one in parts]
        _place(project, list(project.indicators.filter(parent=None).values_list("pk", flat=True)))
        record(by, "indicator.split", row, {"project": project.code, "parts": [str(one.weight) for one in made]})
    return list(row.parts.order_by("position"))


def add_part(indicator: Indicator, part: Part, *, by: Person | None) -> Indicator:
    """Add a part to an indicator that was split already; the whole weighs more by it."""
    project = indicator.project
    with transaction.atomic():
        held(project, What.PLAN)
        row = Indicator.objects.get(pk=indicator.pk)
        if not row.parts.exists():
            raise PlanError("not_compound")
        made = _made_part(row, part)
        _weigh(row)
        _place(project, list(project.indicators.filter(parent=None).values_list("pk", flat=True)))
        record(by, "indicator.part", made, {"project": project.code, "name": made.name})
    made.refresh_from_db()
    return made


def change_target(
    indicator: Indicator,
    target: str,
    approval: Approval,
    *,
    by: Person | None,
    deadline: dt.date | None = None,
) -> TargetChange:
    """Change what was promised, with its approval, before the year is over and before data are frozen (S125).

    ``deadline`` None leaves the deadline as it is.
    """
    project = indicator.project
    given = check_approval(approval, year=project.year, today=timezone.localdate())
    wanted = check_target(target, project.year)
    with transaction.atomic():
        held(project, *MONEY)
        row = Indicator.objects.select_related("project").get(pk=indicator.pk)
        before = promised(row)
        row.deadline = check_deadline(deadline, project.year) or row.deadline
        _promise(row, wanted)
        after = promised(row)
        if before == after:
            raise PlanError("same_target")
        row.save(update_fields=["operator", "amount", "unit", "deadline"])
        made = TargetChange.objects.create(
            indicator=row,
            before=before,
            after=after,
            reason=given.reason,
            approval=given.paper,
            approved_on=given.on,
            entered_at=clock.now(),
            entered_by=by,
        )
        record(by, "indicator.target", row, {"before": before, "after": after, "approval": given.paper})
    return made


def set_formula(indicator: Indicator, formula: str, *, by: Person | None) -> None:
    """Say anew where an indicator's actual comes from; the promise stays, so this needs no approval."""
    if not known(formula):
        raise PlanError("formula", formula=formula)
    with transaction.atomic():
        held(indicator.project, *MONEY)
        before = Indicator.objects.values_list("formula", flat=True).get(pk=indicator.pk)
        if before != formula:
            Indicator.objects.filter(pk=indicator.pk).update(formula=formula)
            record(by, "indicator.formula", indicator, {"before": before, "after": formula})
    indicator.formula = formula


def known(formula: str) -> bool:
    """Whether a formula names something that is counted."""
    try:
        check_formula(formula)
    except FormulaError:
        return False
    return True


def promised(indicator: Indicator) -> str:
    """Return the target with its deadline, as a change of it is kept."""
    text = str(target_of(indicator))
    return text if indicator.deadline is None else f"{text}（{indicator.deadline.isoformat()}前）"


def _fill(row: Indicator, facts: IndicatorFacts) -> None:
    project = row.project
    row.level1 = check_text(facts.level1, "一级指标", 40)
    row.level2 = check_text(facts.level2, "二级指标", 40)
    row.name = check_text(facts.name, "三级指标")
    same = project.indicators.filter(name=row.name, level2=row.level2, parent=row.parent).exclude(pk=row.pk)
    if same.exists():
        raise PlanError("duplicate", name=row.name)
    row.deadline = check_deadline(facts.deadline, project.year)
    _promise(row, check_target(facts.target, project.year))
    row.weight = check_weight(facts.weight)
    if not known(facts.formula):
        raise PlanError("formula", formula=facts.formula)
    row.formula = facts.formula
    row.proof = check_short(facts.proof, "佐证材料", 200)
    if facts.strand is not None and not Strand.objects.filter(pk=facts.strand, project=project).exists():
        raise PlanError("strand")
    row.strand_id = facts.strand


def _made_part(whole: Indicator, part: Part) -> Indicator:
    made = Indicator(project=whole.project, parent=whole, position=0)
    _fill(made, IndicatorFacts(whole.level1, whole.level2, **asdict(part), strand=whole.strand_id))
    made.save(force_insert=True)
    return made


def _promise(row: Indicator, target: Target) -> None:
    """Write a target to its row; one that is a day brings its own deadline."""
    row.operator = target.operator.value
    row.amount = None if target.amount is None else target.amount.value
    row.unit = "" if target.amount is None else target.amount.unit
    if target.deadline is not None:
        row.deadline = target.deadline


def _weigh(parent: Indicator) -> None:
    """Let a compound indicator weigh what its parts weigh."""
    parent.weight = sum((one.weight for one in parent.parts.all()), Decimal(0))
    parent.save(update_fields=["weight"])


def _place(project: Project, order: Sequence[int]) -> None:
    """Number the indicators from 1 in this order, parts behind the one they belong to."""
    rows = list(project.indicators.all())
    leading = {one.pk: one for one in rows if one.parent_id is None}
    if len(order) != len(leading) or set(order) != set(leading):
        raise PlanError("order")
    placed: list[Indicator] = []
    for pk in order:
        placed.append(leading[pk])
        placed += sorted((one for one in rows if one.parent_id == pk), key=lambda one: (one.position or 9999, one.pk))
    for place, one in enumerate(placed, 1):
        one.position = place
    Indicator.objects.bulk_update(placed, ["position"])
