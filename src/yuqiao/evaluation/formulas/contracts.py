"""What contracts delivered: deliverables handed in (the first hand-in counts: S80, S127), on time, accepted (S79)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from django.db.models import F, Min, QuerySet
from django.utils import timezone

from yuqiao.contracts.models import Acceptance, Deliverable
from yuqiao.evaluation.formulas.asked import Answers, Asked, Way, share, span_of, when, within
from yuqiao.evaluation.formulas.written import FROM, UNTIL, Formula, FormulaError
from yuqiao.evaluation.sheet import Measured
from yuqiao.hotline.figures.definition import Part

KIND, CONTRACT, STAGE = "kind", "contract", "stage"
HANDED_IN, ON_TIME, ACCEPTANCE = "handed_in", "on_time", "acceptance"
OPTIONS = {
    HANDED_IN: {KIND, CONTRACT},
    ON_TIME: {KIND, CONTRACT},
    ACCEPTANCE: {CONTRACT, STAGE},
}
NAMES = {
    HANDED_IN: "提交成果件数",
    ON_TIME: "成果按期提交率",
    ACCEPTANCE: "分期验收合格率",
}
SAID = {
    HANDED_IN: "本年度首次提交的合同成果件数，修改后再次提交的不重复计算，提交日期以首次为准",
    ON_TIME: "本年度到期的合同成果中按期首次提交的件数÷到期件数",
    ACCEPTANCE: "本年度分期验收合格项数÷验收项数",
}


def check(formula: Formula) -> None:
    """Raise FormulaError for what contracts do not tell."""
    if formula.code not in OPTIONS:
        raise FormulaError(f"contracts do not tell {formula.code!r}")
    if extra := set(formula.options) - {FROM, UNTIL} - OPTIONS[formula.code]:
        raise FormulaError(f"contracts:{formula.code} has no option {sorted(extra)[0]!r}")


def measure(asked: Sequence[Asked], at: dt.datetime) -> Answers:
    """Answer all with three queries: contracts, deliverables and items of acceptance are few."""
    answers: Answers = {}
    for code, one_way in ((HANDED_IN, _handed_in), (ON_TIME, _on_time), (ACCEPTANCE, _accepted)):
        if those := [one for one in asked if one.formula.code == code]:
            answers |= one_way(those, at)
    return answers


def _handed_in(asked: Sequence[Asked], _at: dt.datetime) -> Answers:
    found = _deliverables().filter(first__range=span_of(asked)).values_list("contract__number", "kind", "first")
    answers: Answers = {}
    for one in asked:
        days = [first for number, kind, first in found if within(one, first) and _asked_for(one, number, kind)]
        answers[one] = Measured(
            one.formula.text,
            Fraction(len(days)),
            len(days),
            first_on=min(days, default=None),
            definition=_definition(one.formula),
            backed=len(days),
        )
    return answers


def _on_time(asked: Sequence[Asked], at: dt.datetime) -> Answers:
    found = (
        _deliverables().filter(due_on__range=span_of(asked)).values_list("contract__number", "kind", "due_on", "first")
    )
    today = timezone.localdate(at)
    answers: Answers = {}
    for one in asked:
        due = [
            (day, first)
            for number, kind, day, first in found
            if within(one, day) and (first or day < today) and _asked_for(one, number, kind)
        ]
        kept = sum(1 for day, first in due if first is not None and first <= day)
        answers[one] = _share(one.formula, kept, len(due))
    return answers


def _accepted(asked: Sequence[Asked], _at: dt.datetime) -> Answers:
    found = Acceptance.objects.filter(accepted_on__range=span_of(asked)).values_list(
        "contract__number", "stage", "accepted_on", "passed"
    )
    answers: Answers = {}
    for one in asked:
        items = [
            (passed, day)
            for number, stage, day, passed in found
            if within(one, day)
            and number in (one.formula.many(CONTRACT) or (number,))
            and stage in (one.formula.many(STAGE) or (stage,))
        ]
        kept = [day for passed, day in items if passed]
        answer = _share(one.formula, len(kept), len(items))
        answers[one] = replace(answer, first_on=min(kept, default=None))  # by which a deadline is judged (S57)
    return answers


def _share(formula: Formula, part: int, whole: int) -> Measured:
    return Measured(formula.text, share(part, whole), part, whole, definition=_definition(formula), backed=whole)


def _asked_for(asked: Asked, number: str, kind: str) -> bool:
    numbers, kinds = asked.formula.many(CONTRACT), asked.formula.many(KIND)
    return (not numbers or number in numbers) and (not kinds or kind in kinds)


def _deliverables() -> QuerySet[Any]:
    return Deliverable.objects.annotate(first=Min("hand_ins__handed_in_on")).order_by("due_on", "id")


def _definition(formula: Formula) -> str:
    narrowed = [
        f"；只计{name}“{'、'.join(formula.many(option))}”"
        for option, name in ((CONTRACT, "合同"), (KIND, "成果类别"), (STAGE, "验收阶段"))
        if formula.many(option)
    ]
    return SAID[formula.code] + "".join(narrowed) + when(formula)


def rows(asked: Asked, part: Part, at: dt.datetime) -> QuerySet[Any]:
    """Return the deliverables or the items of acceptance that were counted."""
    formula = asked.formula
    if formula.code == ACCEPTANCE:
        items = Acceptance.objects.filter(accepted_on__range=asked.days)
        items = items.filter(passed=True) if part is Part.NUMERATOR else items
        items = items.filter(contract__number__in=formula.many(CONTRACT)) if formula.many(CONTRACT) else items
        return items.filter(stage__in=formula.many(STAGE)) if formula.many(STAGE) else items
    found = _deliverables()
    found = found.filter(contract__number__in=formula.many(CONTRACT)) if formula.many(CONTRACT) else found
    found = found.filter(kind__in=formula.many(KIND)) if formula.many(KIND) else found
    if formula.code == HANDED_IN:
        return found.filter(first__range=asked.days)
    due = found.filter(due_on__range=asked.days)
    if part is Part.NUMERATOR:
        return due.filter(first__lte=F("due_on"))
    return due.exclude(first=None, due_on__gte=timezone.localdate(at))


WAY = Way(
    "contracts",
    "合同履行",
    check,
    measure,
    rows,
    lambda: [(f"contracts:{code}", name) for code, name in NAMES.items()],
)
