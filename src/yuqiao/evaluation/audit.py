"""The arithmetic of somebody's self-evaluation form, checked: ratios, scores, the total; and what an auditor asks.

Each check is one small function in one visible list (`CHECKS`); it yields findings and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from yuqiao.evaluation.amounts import plain
from yuqiao.evaluation.checks import judging, money, points, writing
from yuqiao.evaluation.findings import Check, Finding, Weight, actual_of, number, target_of
from yuqiao.evaluation.form import Form
from yuqiao.evaluation.schemes import NATIONAL, SCHEMES, Scheme

__all__ = ["CHECKS", "Check", "Finding", "Weight", "actual_of", "audit", "guess", "number", "target_of"]

CHECKS: tuple[Check, ...] = (
    points.understood,
    money.execution,
    money.sources,
    points.weights,
    points.points,
    points.addition,
    money.base,
    judging.late,
    judging.admitted,
    judging.remarks,
    judging.compound,
    judging.evidence,
    judging.categories,
    writing.operators,
    writing.rates,
    writing.units,
    writing.quotes,
    writing.decimal_places,
    writing.slips,
    writing.same_names,
)


def audit(form: Form, scheme: Scheme) -> list[Finding]:
    """Return all findings, in the order of the checks."""
    return [finding for check in CHECKS for finding in check(form, scheme)]


def guess(form: Form, schemes: Iterable[Scheme] = SCHEMES) -> tuple[Scheme, str]:
    """Return the scheme whose weights are nearest to a form's, and a Chinese sentence that says how it was told."""
    has = points.category_weights(form)
    known = [scheme for scheme in schemes if scheme.weights]
    if not any(has.values()) or not known:
        return NATIONAL, "表中没有分值，按通用方案核对"

    def distance(scheme: Scheme) -> Decimal:
        return sum((abs(has.get(one, Decimal(0)) - wanted) for one, wanted in scheme.weights.items()), Decimal(0))

    nearest = min(known, key=distance)
    shares = "/".join(plain(has.get(one, Decimal(0))) for one in nearest.weights)
    if distance(nearest) == 0:
        return nearest, f"按分值{shares}推断"
    return nearest, f"分值{shares}与已知方案都不完全相同，取最接近的"
