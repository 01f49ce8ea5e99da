"""What is said without proof: entered values, what is to be done, days, and things of which only the name is known
(S9, S131, S134)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Min

from yuqiao.evaluation import evidence_kinds, formulas
from yuqiao.evaluation.formulas import ENTERED, FormulaError, pieces, standing
from yuqiao.evaluation.models import Entered, Indicator, Project
from yuqiao.evaluation.scoring import Done

WORDS = {Done.DONE.value: "是", Done.PARTLY.value: "部分完成"}
PIECES = frozenset(way.code for way in pieces.WAYS)
SENTENCES = {
    "formula": "数据来源“{what}”无法识别，请改正。",
    "no_proof": "完成值为人工填报，尚未附佐证材料。",
    "no_proof_done": "填报为“{what}”，尚未附佐证材料。",
    "undated": "填报于{what}完成，但没有当日或之前的佐证材料。",
    "no_file": "“{what}”中有{count}件没有附原件。",
}


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that lacks its proof; ``zh`` says what is to be added."""

    indicator: int
    name: str
    code: str
    zh: str


def gaps(project: Project) -> list[Gap]:
    """Return what a project says without proof, in the order of its indicators."""
    return gaps_of([project])[project.pk]


def gaps_of(projects: Iterable[Project]) -> dict[int, list[Gap]]:
    """Return the gaps of many projects by id, in a few queries."""
    wanted = {one.pk: one for one in projects}
    indicators = list(Indicator.objects.filter(project__in=wanted))
    for one in indicators:
        one.project = wanted[one.project_id]
    compound = {one.parent_id for one in indicators}
    keys = [one.pk for one in indicators if one.formula == ENTERED]
    newest = {one.indicator_id: one for one in Entered.objects.filter(indicator__in=keys).order_by("id")}
    proofs = _first_proofs(keys)
    bare = _without_file(wanted)
    found: dict[int, list[Gap]] = {pk: [] for pk in wanted}
    for one in indicators:
        if one.pk in compound:
            continue
        if one.formula == ENTERED:
            gap = _entered(one, newest.get(one.pk), proofs.get(one.pk))
        else:
            gap = _counted(one, bare[one.project_id])
        if gap is not None:
            found[one.project_id].append(gap)
    return found


def _first_proofs(indicators: Iterable[int]) -> dict[int, dt.date]:
    """Return of each indicator that has a proof the day of the first one."""
    rows = standing().filter(proves__indicator__in=indicators).order_by()
    return dict(rows.values_list("proves__indicator_id").annotate(first=Min("happened_on")))


def _without_file(projects: Iterable[int]) -> dict[int, dict[str, int]]:
    """Return by project and kind how many pieces name a thing that itself is missing."""
    kinds = [one.code for one in evidence_kinds.KINDS if one.file_needed]
    rows = standing().filter(project__in=projects, kind__in=kinds, file=None, record="").order_by()
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for project, kind, count in rows.values_list("project_id", "kind").annotate(count=Count("pk")):
        found[project][kind] = count
    return found


def _entered(indicator: Indicator, entry: Entered | None, first: dt.date | None) -> Gap | None:
    """Judge what a person entered; that nothing was done needs no proof, and what nobody entered is not said."""
    if entry is None or (indicator.amount is None and entry.done == Done.NOT):
        return None
    if first is None:
        if indicator.amount is None:
            return _gap(indicator, "no_proof_done", what=entry.text or WORDS.get(entry.done) or f"{entry.done_on}")
        return _gap(indicator, "no_proof")
    if entry.done_on is not None and first > entry.done_on:
        return _gap(indicator, "undated", what=entry.done_on.isoformat())
    return None


def _counted(indicator: Indicator, bare: dict[str, int]) -> Gap | None:
    try:
        formula = formulas.check(indicator.formula)
    except FormulaError:
        return _gap(indicator, "formula", what=indicator.formula)
    if formula.way in PIECES and (count := bare.get(formula.code, 0)):
        return _gap(indicator, "no_file", what=evidence_kinds.name_of(formula.code), count=count)
    return None


def _gap(indicator: Indicator, code: str, **fields: object) -> Gap:
    return Gap(indicator.pk, indicator.name, code, SENTENCES[code].format(**fields))
