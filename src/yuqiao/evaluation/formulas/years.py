"""The year before: ``before`` (last year's indicator of the same name), ``before:FORMULA`` and ``growth:FORMULA``.

``before:hotline:calls`` counts last year's calls even if nobody kept a project then; ``before`` follows what last
year's project measured, as it was frozen if it was.
``growth`` is the change in per cent of last year's value (S37: 5187 to 6191 is 19.36 %).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from django.db.models import Q, QuerySet

from yuqiao.evaluation.formulas.asked import Answers, Asked, nothing_of
from yuqiao.evaluation.formulas.written import Formula, FormulaError, read_formula
from yuqiao.evaluation.freezing_data import from_data
from yuqiao.evaluation.models import Evidence, Frozen, Indicator
from yuqiao.evaluation.sheet import NOTHING, Measured
from yuqiao.hotline.figures.definition import Part

BEFORE, GROWTH = "before", "growth"
Measure = Callable[[Sequence[Asked], dt.datetime], Answers]
Rows = Callable[[Asked, Part, dt.datetime], QuerySet[Any]]


def inner(formula: Formula) -> Formula | None:
    """Return the formula that is asked of last year; None for plain ``before``. FormulaError for a shape of neither."""
    text = formula.text.partition(":")[2]
    if text:
        found = read_formula(text)
        if found.way in {BEFORE, GROWTH}:
            raise FormulaError("only one year back can be asked")
        return found
    if formula.way == GROWTH:
        raise FormulaError("growth wants a formula, as growth:hotline:calls")
    return None


def last_years(asked: Sequence[Asked]) -> dict[Asked, Asked]:
    """Return what each asks of last year, where there is somebody to ask."""
    named = [one for one in asked if inner(one.formula) is None]
    same = _same_names(named)
    found: dict[Asked, Asked] = {}
    for one in asked:
        wanted = inner(one.formula)
        if wanted is not None:
            found[one] = replace(one, formula=wanted, year=one.year - 1, project=one.indicator.project.before_id)
        elif (twin := same.get((one.indicator.project.before_id, one.indicator.name))) is not None:
            found[one] = twin
    return found


def _same_names(asked: Sequence[Asked]) -> dict[tuple[int | None, str], Asked]:
    """Return last year's indicators by project and name. Years only ever go down, so nobody asks in a circle."""
    if not asked:
        return {}
    wanted = Q(
        project__in={one.indicator.project.before_id for one in asked},
        name__in={one.indicator.name for one in asked},
    )
    earlier = Indicator.objects.filter(wanted).select_related("project").order_by("-position", "-id")
    years = {one.indicator.project.before_id: one.year for one in asked}
    found: dict[tuple[int | None, str], Asked] = {}
    for row in earlier:
        with suppress(FormulaError):
            if row.project.year < years[row.project_id]:
                formula = read_formula(row.formula)
                found[row.project_id, row.name] = Asked(row, formula, row.project.year, row.project_id)
    return found


def measure(asked: Sequence[Asked], at: dt.datetime, ask: Measure) -> Answers:
    """Answer all; ``ask`` measures whatever is asked of last year, and of this year for growth."""
    then = last_years(asked)
    kept = _frozen([one for one in asked if inner(one.formula) is None])
    growing = {
        one: replace(one, formula=wanted)
        for one in asked
        if one.formula.way == GROWTH and (wanted := inner(one.formula))
    }
    found = ask([*then.values(), *growing.values()], at)
    answers: Answers = {}
    for one in asked:
        before = kept.get(one) or (found[then[one]] if one in then else NOTHING)
        if one in growing:
            answers[one] = _growth(one.formula, found[growing[one]], before)
        else:
            answers[one] = replace(
                before,
                formula=one.formula.text,
                definition=f"上年（{one.year - 1}年）：{before.definition or '无数据'}",
            )
    return answers


def _frozen(asked: Sequence[Asked]) -> Answers:
    """Return what last year's newest frozen sheets say of the indicators of the same name."""
    projects = {one.indicator.project.before_id for one in asked} - {None}
    sheets = Frozen.objects.filter(project__in=projects).order_by("number") if projects else Frozen.objects.none()
    kept = {
        (project, row["name"]): row["measured"]
        for project, rows in dict(sheets.values_list("project_id", "sheet__rows")).items()
        for row in rows
    }
    return {
        one: from_data(Measured, kept[key])
        for one in asked
        if (key := (one.indicator.project.before_id, one.indicator.name)) in kept
    }


def _this_year(asked: Asked) -> Asked | None:
    wanted = inner(asked.formula) if asked.formula.way == GROWTH else None
    return None if wanted is None else replace(asked, formula=wanted)


def _growth(formula: Formula, now: Measured, before: Measured) -> Measured:
    value = None
    if now.value is not None and before.value:
        value = (now.value - before.value) * 100 / before.value
    whole = now.numerator is not None and before.numerator is not None and now.denominator is None
    return Measured(
        formula.text,
        value,
        now.numerator - before.numerator
        if whole and now.numerator is not None and before.numerator is not None
        else None,
        before.numerator if whole else None,
        definition=f"（本年－上年）÷上年；{now.definition}",
        backed=now.backed + before.backed,
    )


def rows(asked: Asked, part: Part, at: dt.datetime, ask: Rows) -> QuerySet[Any]:
    """Return last year's rows; for the numerator of growth this year's, beside which its denominator stands."""
    this, then = _this_year(asked), last_years([asked]).get(asked)
    if this is not None and part is Part.NUMERATOR:
        return ask(this, Part.NUMERATOR, at)
    if then is None:
        return nothing_of(Evidence)
    return ask(then, part if this is None else Part.NUMERATOR, at)
