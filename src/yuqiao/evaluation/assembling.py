"""A project's rows become a `Sheet`. Reads only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import product
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from yuqiao.evaluation.amounts import Amount
from yuqiao.evaluation.formulas import measure_all
from yuqiao.evaluation.models import (
    Adjustment,
    BudgetLine,
    Deviation,
    EvidenceFor,
    Indicator,
    MoneySource,
    Payment,
    Project,
    TargetChange,
)
from yuqiao.evaluation.models import Strand as StrandRow
from yuqiao.evaluation.scheme_versions import scheme_of
from yuqiao.evaluation.schemes import Scheme
from yuqiao.evaluation.sheet import Header, Money, Row, Sheet, Strand, evaluate
from yuqiao.evaluation.targets import Operator, Target

__all__ = ["assemble", "assemble_all", "header_of", "money_of", "rows_of", "scheme_of", "target_of"]

ITSELF = "（本级）"
#: Proofs that were neither withdrawn nor replaced.
STANDING = Q(evidence__withdrawn_at=None, evidence__replaced_at=None)


def assemble(project: Project, at: dt.datetime) -> Sheet:
    """Return a project's self-evaluation from its rows, as of ``at``."""
    return assemble_all([project], at)[0]


def assemble_all(projects: Sequence[Project], at: dt.datetime) -> list[Sheet]:
    """Return many projects' self-evaluations, in their order, by as many queries as one of them takes.

    Read them with ``select_related("department", "unit")``.
    """
    keys = [one.pk for one in projects]
    money, rows, strands = _money(keys), _rows(projects, at), _strands(keys)
    schemes: dict[tuple[str, dt.date | None, int], Scheme] = {}
    return [
        evaluate(
            header_of(one),
            _scheme(one, schemes),
            at,
            money[one.pk],
            budget_weight=one.budget_weight,
            rows=rows[one.pk],
            goal=one.goal,
            achieved=one.achieved,
            strands=[Strand(strand.name, strand.goal, strand.achieved) for strand in strands[one.pk]],
        )
        for one in projects
    ]


def _scheme(project: Project, known: dict[tuple[str, dt.date | None, int], Scheme]) -> Scheme:
    """Return a project's scheme; those of one code, version and year are looked up once."""
    key = (project.scheme, project.scheme_from, project.year)
    if key not in known:
        known[key] = scheme_of(project)
    return known[key]


def _strands(keys: Sequence[int]) -> dict[int, list[StrandRow]]:
    found: dict[int, list[StrandRow]] = {key: [] for key in keys}
    for one in StrandRow.objects.filter(project__in=keys):
        found[one.project_id].append(one)
    return found


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
    return _money([project.pk])[project.pk]


def _money(keys: Sequence[int]) -> dict[int, list[Money]]:
    rows = BudgetLine.objects.filter(project__in=keys).values_list("project_id", "source", "initial_fen")
    initial = {(key, source): fen for key, source, fen in rows}
    changed, paid = (_sums(model, keys) for model in (Adjustment, Payment))
    found: dict[int, list[Money]] = {key: [] for key in keys}
    for key, source in product(keys, MoneySource):
        one = (key, source.value)
        if not any(one in amounts for amounts in (initial, changed, paid)):
            found[key].append(Money(source.label))
            continue
        begun = initial.get(one, 0)
        found[key].append(Money(source.label, begun, begun + changed.get(one, 0), paid.get(one, 0)))
    return found


def _sums(model: type[Adjustment | Payment], keys: Sequence[int]) -> dict[tuple[int, str], int]:
    """Return what each project's sources add up to."""
    rows = model._default_manager.filter(project__in=keys).order_by().values_list("project_id", "source")
    return {(key, source): fen for key, source, fen in rows.annotate(Sum("amount_fen"))}


def target_of(indicator: Indicator) -> Target:
    """Return an indicator's target as rules know it."""
    amount = None if indicator.amount is None else Amount(indicator.amount.normalize(), indicator.unit)
    operator = Operator(indicator.operator)
    return Target(operator, amount, indicator.deadline if operator is Operator.BY else None)


def rows_of(project: Project, at: dt.datetime) -> list[Row]:
    """Return every indicator with its actual, in the form's order."""
    return _rows([project], at)[project.pk]


def _rows(projects: Sequence[Project], at: dt.datetime) -> dict[int, list[Row]]:
    known = {one.pk: one for one in projects}
    keys = list(known)
    indicators = list(Indicator.objects.filter(project__in=keys))
    for one in indicators:
        one.project = known[one.project_id]  # many indicators, few projects: none is read twice
    mine = {"indicator__project__in": keys}
    proofs = _counts(EvidenceFor.objects.filter(STANDING, **mine))
    changes = _counts(TargetChange.objects.filter(**mine))
    deviations = {one.indicator_id: one for one in Deviation.objects.filter(**mine).order_by("id")}
    places = {one.pk: place for of in _strands(keys).values() for place, one in enumerate(of)}
    actuals = measure_all(indicators, at)
    found: dict[int, list[Row]] = {key: [] for key in keys}
    for one in indicators:
        said = deviations.get(one.pk)
        row = Row(
            one.pk,
            one.level1,
            one.level2,
            one.name,
            target_of(one),
            one.weight,
            actuals[one.pk],
            one.deadline,
            one.parent_id,
            None if one.strand_id is None else places[one.strand_id],
            said.cause if said else "",
            said.remedy if said else "",
            proofs.get(one.pk, 0),
            changes.get(one.pk, 0),
        )
        found[one.project_id].append(row)
    return found


def _counts(rows: QuerySet[Any]) -> dict[int, int]:
    """Return how many rows each indicator has, by its id."""
    found: dict[int, int] = dict(rows.order_by().values_list("indicator_id").annotate(Count("pk")))
    return found
