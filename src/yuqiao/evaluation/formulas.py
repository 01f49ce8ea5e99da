"""Where an indicator's actual comes from: a figure of another context, a count of evidence, or what was entered.

A formula is written ``entered``, ``count:KIND`` (pieces of evidence), ``share:KIND`` (per cent that passed of those
checked), ``failed:KIND`` (per cent that failed) or ``hotline:CODE`` (`hotline.figures.catalogue`).
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from django.db.models import Count, Q, QuerySet

from yuqiao.evaluation.models import Evidence, EvidenceResult, Indicator, Project
from yuqiao.evaluation.scoring import Done
from yuqiao.evaluation.sheet import NOTHING, Measured
from yuqiao.hotline.figures.catalogue import BY_CODE
from yuqiao.hotline.figures.definition import Scope, Unit
from yuqiao.hotline.figures.period import period
from yuqiao.hotline.figures.report import totals

ENTERED = "entered"


class FormulaError(ValueError):
    """A formula names nothing that is counted; the message says what can be written."""


def measure(indicator: Indicator, at: dt.datetime) -> Measured:
    """Return an indicator's actual for its project's year, as of ``at``; FormulaError if it names nothing."""
    if indicator.formula == ENTERED:
        return _entered(indicator)
    way, _, code = indicator.formula.partition(":")
    if way == "hotline":
        return _hotline(indicator, code, at)
    if way in {"count", "share", "failed"}:
        return _evidence(indicator, way, code)
    raise FormulaError(f"{indicator.formula!r} names nothing: write entered, count:KIND, share:KIND or hotline:CODE")


def counted(project: Project, kind: str) -> QuerySet[Evidence]:
    """Return the evidence of one kind that counts for the project's year: not withdrawn, first versions only."""
    return Evidence.objects.filter(
        project=project, kind=kind, happened_on__year=project.year, withdrawn_at=None, replaces=None
    )


def _entered(indicator: Indicator) -> Measured:
    last = indicator.entered.order_by("-id").first()
    if last is None:
        return NOTHING
    value = None if last.value is None else Fraction(last.value)
    if last.denominator:
        value = Fraction(last.numerator or 0, last.denominator) * (100 if indicator.unit == "%" else 1)
    return Measured(
        ENTERED,
        value,
        last.numerator,
        last.denominator,
        Done(last.done) if last.done else None,
        last.share,
        last.text,
        last.done_on,
        last.basis,
        indicator.proofs.count(),
    )


def _evidence(indicator: Indicator, way: str, kind: str) -> Measured:
    found = counted(indicator.project, kind).aggregate(
        every=Count("pk"),
        passed=Count("pk", filter=Q(result=EvidenceResult.PASSED)),
        failed=Count("pk", filter=Q(result=EvidenceResult.FAILED)),
    )
    every, passed, failed = found["every"], found["passed"], found["failed"]
    if way == "count":
        return Measured(indicator.formula, Fraction(every), every, backed=every, definition="登记的佐证材料件数")
    part, whole = (passed if way == "share" else failed), passed + failed
    value = Fraction(part * 100, whole) if whole else None
    return Measured(indicator.formula, value, part, whole, backed=whole, definition="合格件数占检查件数的比例")


def _hotline(indicator: Indicator, code: str, at: dt.datetime) -> Measured:
    if code not in BY_CODE:
        raise FormulaError(f"the hotline has no figure {code!r}")
    figure, year = BY_CODE[code], period(str(indicator.project.year))
    found = totals(Scope(year.since, year.until, at=at), [figure])[code]
    value: Fraction | None = Fraction(found.numerator)
    if figure.unit in {Unit.SHARE, Unit.SPAN}:
        value = Fraction(found.numerator * 100, found.denominator) if found.denominator else None
    elif figure.unit is Unit.TIME:
        value = None if found.time_ms is None else Fraction(found.time_ms, 1000)
    return Measured(
        indicator.formula,
        value,
        found.numerator,
        found.denominator,
        definition=figure.definition_zh,
        backed=found.sample,
    )
