"""What a person entered; it needs evidence (S131, S134), and its rows are the pieces that were linked to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction

from django.db.models import Count, QuerySet

from yuqiao.evaluation.formulas.asked import PERCENT, Answers, Asked, Way
from yuqiao.evaluation.formulas.pieces import standing
from yuqiao.evaluation.formulas.written import Formula, FormulaError
from yuqiao.evaluation.models import Entered, Evidence
from yuqiao.evaluation.scoring import Done
from yuqiao.evaluation.sheet import NOTHING, Measured
from yuqiao.hotline.figures.definition import Part

ENTERED = "entered"


def check(formula: Formula) -> None:
    """Raise FormulaError if anything follows."""
    if formula.code or formula.options:
        raise FormulaError("'entered' stands alone")


def measure(asked: Sequence[Asked], _at: dt.datetime) -> Answers:
    """Answer all with two queries: the newest entries, and how many pieces back each."""
    keys = {one.indicator.pk for one in asked}
    newest = {one.indicator_id: one for one in Entered.objects.filter(indicator__in=keys).order_by("id")}
    proofs: dict[int, int] = dict(
        standing()
        .filter(proves__indicator__in=keys)
        .order_by()
        .values_list("proves__indicator_id")
        .annotate(Count("pk"))
    )
    return {one: answer(one, newest.get(one.indicator.pk), proofs.get(one.indicator.pk, 0)) for one in asked}


def answer(asked: Asked, entry: Entered | None, proofs: int) -> Measured:
    """Return what one entry says."""
    if entry is None:
        return NOTHING
    value = None if entry.value is None else Fraction(entry.value)
    if entry.denominator:
        scale = 100 if asked.indicator.unit == PERCENT else 1
        value = Fraction((entry.numerator or 0) * scale, entry.denominator)
    return Measured(
        ENTERED,
        value,
        entry.numerator,
        entry.denominator,
        Done(entry.done) if entry.done else None,
        entry.share,
        entry.text,
        entry.done_on,
        entry.basis,
        proofs,
    )


def rows(asked: Asked, _part: Part, _at: dt.datetime) -> QuerySet[Evidence]:
    """Return the pieces of evidence linked to the indicator."""
    return standing().filter(proves__indicator=asked.indicator)


WAY = Way(ENTERED, "人工填报（须附佐证）", check, measure, rows, lambda: [(ENTERED, "人工填报")], counts=False)
