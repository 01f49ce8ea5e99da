"""Counts and shares of pieces of evidence: ``count:KIND``, ``share:KIND`` (passed), ``failed:KIND``."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import partial

from django.db.models import Count, Min, Q, QuerySet, Value

from yuqiao.evaluation import evidence_kinds
from yuqiao.evaluation.formulas.asked import Answers, Asked, Way, share, when
from yuqiao.evaluation.formulas.written import FROM, UNTIL, Formula, FormulaError
from yuqiao.evaluation.models import Evidence, EvidenceResult, Project
from yuqiao.evaluation.sheet import Measured
from yuqiao.hotline.figures.definition import Part

PASSED, FAILED = EvidenceResult.PASSED, EvidenceResult.FAILED
#: Way -> the result whose share it is; None counts all.
RESULTS: dict[str, EvidenceResult | None] = {"count": None, "share": PASSED, "failed": FAILED}
#: All, passed, failed; the first day one was handed in.
Counts = tuple[int, int, int, dt.date | None]
NONE: Counts = (0, 0, 0, None)
SAID = {
    "count": "本年度登记且未撤回的“{kind}”件数",
    "share": "本年度“{kind}”中合格件数÷有检查结论的件数",
    "failed": "本年度“{kind}”中不合格件数÷有检查结论的件数",
}


def standing() -> QuerySet[Evidence]:
    """Return the evidence that counts: not withdrawn, of each piece its newest version."""
    return Evidence.objects.filter(withdrawn_at=None, replaced_at=None)


def counted(project: Project, kind: str) -> QuerySet[Evidence]:
    """Return the evidence of one kind that counts for the project's year."""
    days = (dt.date(project.year, 1, 1), dt.date(project.year, 12, 31))
    return standing().filter(project=project, kind=kind, happened_on__range=days)


def check(formula: Formula) -> None:
    """Raise FormulaError for a kind nobody knows or an option that does not belong here."""
    if formula.code not in evidence_kinds.BY_CODE:
        raise FormulaError(f"there is no evidence of kind {formula.code!r}")
    if formula.way != "count" and not evidence_kinds.BY_CODE[formula.code].judged:
        raise FormulaError(f"evidence of kind {formula.code!r} has no result, so it has no share")
    if extra := set(formula.options) - {FROM, UNTIL}:
        raise FormulaError(f"evidence has no option {sorted(extra)[0]!r}")


def measure(asked: Sequence[Asked], _at: dt.datetime) -> Answers:
    """Answer all, with one grouped query for each span of days."""
    spans: defaultdict[tuple[dt.date, dt.date], list[Asked]] = defaultdict(list)
    for one in asked:
        spans[one.days].append(one)
    return {one: answer for days, those in spans.items() for one, answer in _within(days, those).items()}


def _within(days: tuple[dt.date, dt.date], asked: Sequence[Asked]) -> Answers:
    found = (
        standing()
        .filter(
            project__in={one.project for one in asked if one.project is not None},
            kind__in={one.formula.code for one in asked},
            happened_on__range=days,
        )
        .order_by()
        .values_list("project_id", "kind")
        .annotate(
            every=Count("*"),
            passed=Count(Value(1), filter=Q(result=PASSED)),
            failed=Count(Value(1), filter=Q(result=FAILED)),
            first=Min("received_on"),
        )
    )
    counts = {(project, kind): (every, passed, failed, first) for project, kind, every, passed, failed, first in found}
    return {one: _answer(one.formula, counts.get((one.project, one.formula.code), NONE)) for one in asked}


def _answer(formula: Formula, counts: Counts) -> Measured:
    every, passed, failed, first = counts
    kind = evidence_kinds.name_of(formula.code)
    definition = SAID[formula.way].format(kind=kind) + when(formula)
    if formula.way == "count":
        return Measured(formula.text, Fraction(every), every, first_on=first, definition=definition, backed=every)
    part, whole = (passed if formula.way == "share" else failed), passed + failed
    return Measured(formula.text, share(part, whole), part, whole, first_on=first, definition=definition, backed=whole)


def rows(asked: Asked, part: Part, _at: dt.datetime) -> QuerySet[Evidence]:
    """Return the pieces that were counted."""
    found = standing().filter(project=asked.project, kind=asked.formula.code, happened_on__range=asked.days)
    wanted = RESULTS[asked.formula.way]
    if wanted is None:
        return found
    return found.filter(result=wanted) if part is Part.NUMERATOR else found.filter(result__in=[PASSED, FAILED])


def choices(way: str, said: Callable[[str], str]) -> Iterable[tuple[str, str]]:
    """Return one formula for each kind."""
    return [(f"{way}:{one.code}", said(one.name)) for one in evidence_kinds.KINDS if way == "count" or one.judged]


WAYS = tuple(
    Way(way, name, check, measure, rows, partial(choices, way, said.format))
    for way, name, said in (
        ("count", "佐证材料件数", "{}件数"),
        ("share", "佐证材料合格率", "{}合格率"),
        ("failed", "佐证材料不合格率", "{}不合格率"),
    )
)
