"""A project's rows become a `Sheet`. Reads only."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.db.models import Count, Q, Sum

from yuqiao.evaluation.amounts import Amount
from yuqiao.evaluation.formulas import measure_all
from yuqiao.evaluation.models import Deviation, Indicator, MoneySource, Project
from yuqiao.evaluation.scheme_versions import scheme_of
from yuqiao.evaluation.sheet import Header, Money, Row, Sheet, Strand, evaluate
from yuqiao.evaluation.targets import Operator, Target

__all__ = ["assemble", "header_of", "money_of", "rows_of", "scheme_of", "target_of"]

ITSELF = "（本级）"
#: Proofs that were neither withdrawn nor replaced.
STANDING = Q(proofs__evidence__withdrawn_at=None, proofs__evidence__replaced_at=None)


def assemble(project: Project, at: dt.datetime) -> Sheet:
    """Return a project's self-evaluation from its rows, as of ``at``."""
    return evaluate(
        header_of(project),
        scheme_of(project),
        at,
        money_of(project),
        budget_weight=project.budget_weight,
        rows=rows_of(project, at),
        goal=project.goal,
        achieved=project.achieved,
        strands=[Strand(one.name, one.goal, one.achieved) for one in project.strands.all()],
    )


def header_of(project: Project) -> Header:
    """Return who and what; the unit carries 本级 where it is the department itself (S2)."""
    return Header(
        project.code,
        project.year,
        project.name,
        project.department.name_zh,
        project.unit.name_zh + (ITSELF if project.unit_is_itself else ""),
        project.manager_name,
        project.manager_phone,
        project.phone_public,
    )


def money_of(project: Project) -> list[Money]:
    """Return every source's money; a source that gives none has no amounts."""
    initial = dict(project.budget.values_list("source", "initial_fen"))
    changed: defaultdict[str, int] = defaultdict(int)
    for source, amount in project.adjustments.values_list("source").annotate(Sum("amount_fen")):
        changed[source] = amount
    paid = dict(project.payments.values_list("source").annotate(Sum("amount_fen")).order_by("source"))
    found = []
    for source in MoneySource:
        if not {source.value} & {*initial, *changed, *paid}:
            found.append(Money(source.label))
            continue
        begun = initial.get(source.value, 0)
        found.append(Money(source.label, begun, begun + changed[source.value], paid.get(source.value, 0)))
    return found


def target_of(indicator: Indicator) -> Target:
    """Return an indicator's target as rules know it."""
    amount = None if indicator.amount is None else Amount(indicator.amount.normalize(), indicator.unit)
    operator = Operator(indicator.operator)
    return Target(operator, amount, indicator.deadline if operator is Operator.BY else None)


def rows_of(project: Project, at: dt.datetime) -> list[Row]:
    """Return every indicator with its actual, in the form's order."""
    indicators = project.indicators.select_related("project").annotate(
        proof_count=Count("proofs", filter=STANDING, distinct=True), change_count=Count("changes", distinct=True)
    )
    strands = {pk: place for place, pk in enumerate(project.strands.values_list("pk", flat=True))}
    deviations = {one.indicator_id: one for one in Deviation.objects.filter(indicator__project=project).order_by("id")}
    actuals = measure_all(indicators, at)
    found = []
    for one in indicators:
        said = deviations.get(one.pk)
        found.append(
            Row(
                one.pk,
                one.level1,
                one.level2,
                one.name,
                target_of(one),
                one.weight,
                actuals[one.pk],
                one.deadline,
                one.parent_id,
                None if one.strand_id is None else strands[one.strand_id],
                said.cause if said else "",
                said.remedy if said else "",
                one.proof_count,
                one.change_count,
            )
        )
    return found
