"""A project's rows as a plan, and what the checks say of it. Reads only."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from django.db.models import Count
from django.utils import timezone

from yuqiao.evaluation.assembling import rows_of, scheme_of, target_of
from yuqiao.evaluation.budget import execution_of
from yuqiao.evaluation.formulas import FormulaError
from yuqiao.evaluation.formulas.contracts import HANDED_IN
from yuqiao.evaluation.formulas.money import EXECUTION, EXECUTION_INITIAL
from yuqiao.evaluation.formulas.written import read_formula
from yuqiao.evaluation.linting.lint import lint
from yuqiao.evaluation.linting.plan import Concern, Line, Plan, Yield, bare
from yuqiao.evaluation.models import Project
from yuqiao.evaluation.preparing import forecasts
from yuqiao.hotline.figures.catalogue import BY_CODE
from yuqiao.hotline.figures.definition import Unit

#: What ways and single formulas give; amounts of money have several units.
_WAYS = {
    **dict.fromkeys(("share", "failed", "growth", "contracts"), Yield.RATE),
    **dict.fromkeys(("count", "outreach", "lines"), Yield.COUNT),
    f"contracts:{HANDED_IN}": Yield.COUNT,
    **dict.fromkeys((f"money:{EXECUTION}", f"money:{EXECUTION_INITIAL}"), Yield.RATE),
}
_UNITS = {Unit.SHARE: Yield.RATE, Unit.SPAN: Yield.RATE, Unit.TIME: Yield.TIME}


def findings(project: Project, at: dt.datetime) -> list[Concern]:
    """Return what is to be mended in a project's plan, the gravest first."""
    return lint(plan_of(project, at))


def plan_of(project: Project, at: dt.datetime) -> Plan:
    """Return a project as a plan, with what was reached a year before and, while its year runs, by now."""
    before = project.before
    last = {} if before is None else {bare(one.name): one.measured.value for one in rows_of(before, at)}
    running = timezone.localdate(at).year <= project.year
    reached = {one.id: one.measured.value for one in rows_of(project, at)} if running else {}
    expected = forecasts(project)
    rows = project.indicators.annotate(proof_count=Count("proofs"))
    return Plan(
        name=project.name,
        year=project.year,
        scheme=scheme_of(project),
        budget_weight=project.budget_weight,
        lines=tuple(
            Line(
                one.pk,
                one.level1,
                one.level2,
                one.name,
                target_of(one),
                one.weight,
                one.deadline,
                one.formula,
                yields_of(one.formula),
                one.proof,
                one.proof_count,
                one.parent_id,
                one.strand_id,
                last.get(bare(one.name)),
                _unless_nothing(reached.get(one.pk)),
                Fraction(expected[one.pk]) if one.pk in expected else None,
            )
            for one in rows
        ),
        goal=project.goal,
        initial_fen=execution_of(project).initial,
        strands=tuple(project.strands.values_list("pk", "name")),
        register=_register(project),
    )


def yields_of(text: str) -> Yield:
    """Return what a formula gives, as far as its words tell."""
    try:
        formula = read_formula(text)
    except FormulaError:
        return Yield.SAID
    if formula.way == "hotline" and formula.code in BY_CODE:
        return _UNITS.get(BY_CODE[formula.code].unit, Yield.COUNT)
    if formula.way == "before" and ":" in text:
        return yields_of(text.partition(":")[2])
    return _WAYS.get(f"{formula.way}:{formula.code}", _WAYS.get(formula.way, Yield.SAID))


def _register(project: Project) -> tuple[str, ...]:
    """Names as they stand elsewhere: the same project and its indicators a year before."""
    before = project.before
    if before is None:
        return ()
    return (before.name, *before.indicators.values_list("name", flat=True))


def _unless_nothing(value: Fraction | None) -> Fraction | None:
    return value or None
