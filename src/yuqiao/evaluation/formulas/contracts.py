"""What contracts delivered: deliverables handed in (the first hand-in counts: S80, S127), on time, accepted (S79)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from django.db.models import F, Min, Q, QuerySet
from django.utils import timezone

from yuqiao.contracts.models import Acceptance, Deliverable
from yuqiao.evaluation.formulas.asked import Answers, Asked, Way, share, span_of, when, within
from yuqiao.evaluation.formulas.written import FROM, UNTIL, Formula, FormulaError
from yuqiao.evaluation.models import ProjectContract
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
#: ``contract=own``: those that carry out the indicator's project.
OWN = "own"
Numbers = dict[Asked, tuple[str, ...] | None]
#: When a deliverable was first handed in, whatever was handed in again later (S80, S127).
FIRST = Min("hand_ins__handed_in_on", filter=Q(hand_ins__withdrawn_at=None))
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
    numbers = _numbers(asked)
    for code, one_way in ((HANDED_IN, _handed_in), (ON_TIME, _on_time), (ACCEPTANCE, _accepted)):
        if those := [one for one in asked if one.formula.code == code]:
            answers |= one_way(those, numbers, at)
    return answers


def _numbers(asked: Sequence[Asked]) -> Numbers:
    """Return the numbers of the contracts that each asks for; None for all."""
    projects = {one.project for one in asked if OWN in one.formula.many(CONTRACT)}
    own: defaultdict[int | None, list[str]] = defaultdict(list)
    if projects:
        ties = ProjectContract.objects.filter(project__in=projects).order_by("contract__number")
        for project, number in ties.values_list("project_id", "contract__number"):
            own[project].append(number)
    return {
        one: tuple(
            number
            for written in one.formula.many(CONTRACT)
            for number in (own[one.project] if written == OWN else [written])
        )
        if one.formula.many(CONTRACT)
        else None
        for one in asked
    }


def _handed_in(asked: Sequence[Asked], numbers: Numbers, _at: dt.datetime) -> Answers:
    found = _deliverables().filter(first__range=span_of(asked)).values_list("contract__number", "kind", "first")
    answers: Answers = {}
    for one in asked:
        days = [
            first for number, kind, first in found if within(one, first) and _asked_for(one, numbers[one], number, kind)
        ]
        answers[one] = Measured(
            one.formula.text,
            Fraction(len(days)),
            len(days),
            first_on=min(days, default=None),
            definition=_definition(one.formula),
            backed=len(days),
        )
    return answers


def _on_time(asked: Sequence[Asked], numbers: Numbers, at: dt.datetime) -> Answers:
    found = (
        _deliverables().filter(due_on__range=span_of(asked)).values_list("contract__number", "kind", "due_on", "first")
    )
    today = timezone.localdate(at)
    answers: Answers = {}
    for one in asked:
        due = [
            (day, first)
            for number, kind, day, first in found
            if within(one, day) and (first or day < today) and _asked_for(one, numbers[one], number, kind)
        ]
        kept = sum(1 for day, first in due if first is not None and first <= day)
        answers[one] = _share(one.formula, kept, len(due))
    return answers


def _accepted(asked: Sequence[Asked], numbers: Numbers, _at: dt.datetime) -> Answers:
    found = Acceptance.objects.filter(withdrawn_at=None, accepted_on__range=span_of(asked)).values_list(
        "contract__number", "stage", "accepted_on", "passed"
    )
    answers: Answers = {}
    for one in asked:
        items = [
            (passed, day)
            for number, stage, day, passed in found
            if within(one, day) and _among(numbers[one], number) and stage in (one.formula.many(STAGE) or (stage,))
        ]
        kept = [day for passed, day in items if passed]
        answer = _share(one.formula, len(kept), len(items))
        answers[one] = replace(answer, first_on=min(kept, default=None))  # by which a deadline is judged (S57)
    return answers


def _share(formula: Formula, part: int, whole: int) -> Measured:
    return Measured(formula.text, share(part, whole), part, whole, definition=_definition(formula), backed=whole)


def _asked_for(asked: Asked, numbers: tuple[str, ...] | None, number: str, kind: str) -> bool:
    kinds = asked.formula.many(KIND)
    return _among(numbers, number) and (not kinds or kind in kinds)


def _among(numbers: tuple[str, ...] | None, number: str) -> bool:
    return numbers is None or number in numbers


def _deliverables() -> QuerySet[Any]:
    return Deliverable.objects.annotate(first=FIRST).order_by("due_on", "id")


def _definition(formula: Formula) -> str:
    narrowed = [
        f"；只计{name}“{'、'.join('本项目' if one == OWN else one for one in formula.many(option))}”"
        for option, name in ((CONTRACT, "合同"), (KIND, "成果类别"), (STAGE, "验收阶段"))
        if formula.many(option)
    ]
    return SAID[formula.code] + "".join(narrowed) + when(formula)


def rows(asked: Asked, part: Part, at: dt.datetime) -> QuerySet[Any]:
    """Return the deliverables or the items of acceptance that were counted."""
    formula, numbers = asked.formula, _numbers([asked])[asked]
    if formula.code == ACCEPTANCE:
        items = Acceptance.objects.filter(withdrawn_at=None, accepted_on__range=asked.days)
        items = items.filter(passed=True) if part is Part.NUMERATOR else items
        items = items if numbers is None else items.filter(contract__number__in=numbers)
        return items.filter(stage__in=formula.many(STAGE)) if formula.many(STAGE) else items
    found = _deliverables()
    found = found if numbers is None else found.filter(contract__number__in=numbers)
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
