"""A finding of an audit, and how a printed cell becomes the number it means."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from yuqiao.evaluation.amounts import Amount, read_amount
from yuqiao.evaluation.form import Form, IndicatorRow
from yuqiao.evaluation.schemes import Scheme
from yuqiao.evaluation.targets import Target, TargetError, read_target, split_operator


class Weight(StrEnum):
    """How much a finding weighs."""

    ERROR = "错误"  # contradicts itself or the scheme
    DOUBT = "疑问"  # needs a reason or evidence
    FORM = "格式"  # should be written otherwise


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, where, and what should stand there. ``rule`` is a code that does not change.

    ``where`` names the row, ``place`` says where that is in the file (第12行); ``printed`` is the cell as it stands and
    ``should`` what belongs there, as far as that can be told.
    """

    weight: Weight
    rule: str
    where: str
    sentence: str
    place: str = ""
    printed: str = ""
    should: str = ""


Check = Callable[[Form, Scheme], Iterator[Finding]]


def of_row(
    row: IndicatorRow, weight: Weight, rule: str, sentence: str, *, printed: str = "", should: str = ""
) -> Finding:
    """Return a finding about one indicator."""
    return Finding(weight, rule, row.name, sentence, row.where, printed.strip(), should)


def number(text: str) -> Decimal | None:
    """Return the number a printed cell holds, without its unit; None for a dash or no number."""
    amount = read_amount(text)
    return None if amount is None else amount.value


def year_of(form: Form) -> int | None:
    """Return the form's year, None if it prints none."""
    return int(form.year) if form.year.isdecimal() else None


def target_of(row: IndicatorRow, year: int | None = None) -> Target | None:
    """Return the row's target, None if it cannot be read."""
    try:
        return read_target(row.target, year)
    except TargetError:
        return None


def actual_of(row: IndicatorRow) -> Amount | None:
    """Return the row's actual as a number, whatever operator somebody put before it."""
    return read_amount(split_operator(row.actual)[1])


def measured(target: Target, actual: Amount) -> Decimal | Fraction:
    """Return an actual in the target's unit: a spreadsheet's bare 0.98 is 98 where per cent are promised."""
    bare_share = target.amount is not None and target.amount.unit == "%" and not actual.unit
    return actual.value * 100 if bare_share and 0 < actual.value <= 1 < _promised(target) else actual.value


def _promised(target: Target) -> Decimal:
    return Decimal(0) if target.amount is None else target.amount.value
