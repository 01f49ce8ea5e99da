"""How the project's own money was used: share executed, amount paid, amount saved (S84, S89, S116, S120)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Count, QuerySet, Sum

from yuqiao.evaluation.formulas.asked import Answers, Asked, Way, share
from yuqiao.evaluation.formulas.written import Formula, FormulaError
from yuqiao.evaluation.models import Adjustment, BudgetLine, Payment
from yuqiao.evaluation.sheet import Measured
from yuqiao.hotline.figures.definition import Part

EXECUTION, EXECUTION_INITIAL, PAID, SAVED = "execution", "execution_initial", "paid", "saved"
NAMES = {
    EXECUTION: "预算执行率（调整后）",
    EXECUTION_INITIAL: "预算执行率（年初预算）",
    PAID: "实际支付金额",
    SAVED: "节约金额",
}
SAID = {
    EXECUTION: "全年执行数÷全年预算数（调整后）",
    EXECUTION_INITIAL: "全年执行数÷年初预算数",
    PAID: "全年执行数，即全部支付之和",
    SAVED: "全年预算数（调整后）减全年执行数",
}
#: Fen in the units in which amounts are promised.
UNITS = {"万元": 1_000_000, "元": 100, "分": 1}


@dataclass(frozen=True, slots=True)
class _Funds:
    """One project's money in fen."""

    initial: int = 0
    adjusted: int = 0
    paid: int = 0
    payments: int = 0


def check(formula: Formula) -> None:
    """Raise FormulaError for what money does not tell."""
    if formula.code not in NAMES:
        raise FormulaError(f"money does not tell {formula.code!r}")
    if formula.options:
        raise FormulaError("formulas of money have no options")


def measure(asked: Sequence[Asked], _at: dt.datetime) -> Answers:
    """Answer all with three grouped queries."""
    projects = {one.project for one in asked if one.project is not None}
    initial = _sums(BudgetLine.objects.filter(project__in=projects), "initial_fen")
    changed = _sums(Adjustment.objects.filter(project__in=projects), "amount_fen")
    paid = _sums(Payment.objects.filter(project__in=projects), "amount_fen")
    funds = {
        pk: _Funds(initial.get(pk, (0, 0))[0], initial.get(pk, (0, 0))[0] + changed.get(pk, (0, 0))[0], *found)
        for pk in projects
        for found in [paid.get(pk, (0, 0))]
    }
    return {one: _answer(one, funds.get(one.project or 0, _Funds())) for one in asked}


def _sums(rows: QuerySet[Any], column: str) -> dict[int, tuple[int, int]]:
    grouped: Iterable[Any] = rows.order_by().values_list("project_id").annotate(added=Sum(column), count=Count("pk"))
    return {pk: (added, count) for pk, added, count in grouped}


def _answer(asked: Asked, funds: _Funds) -> Measured:
    code, text, definition = asked.formula.code, asked.formula.text, SAID[asked.formula.code]
    if code in {EXECUTION, EXECUTION_INITIAL}:
        base = funds.adjusted if code == EXECUTION else funds.initial
        return Measured(text, share(funds.paid, base), funds.paid, base, definition=definition, backed=funds.payments)
    fen = funds.paid if code == PAID else funds.adjusted - funds.paid
    value = Fraction(fen, UNITS.get(asked.indicator.unit, UNITS["万元"]))
    return Measured(text, value, fen, definition=definition, backed=funds.payments)


def rows(asked: Asked, part: Part, _at: dt.datetime) -> QuerySet[Any]:
    """Return the payments; for the denominator what was budgeted at the year's beginning."""
    if part is Part.NUMERATOR:
        return Payment.objects.filter(project=asked.project)
    return BudgetLine.objects.filter(project=asked.project)


WAY = Way(
    "money",
    "资金使用",
    check,
    measure,
    rows,
    lambda: [(f"money:{code}", name) for code, name in NAMES.items()],
    counts=False,
)
