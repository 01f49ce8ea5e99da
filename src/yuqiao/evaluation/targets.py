"""What an indicator promises for the year (年度指标值): an operator with an amount, or something that is to be done."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from yuqiao.evaluation.amounts import Amount, read_amount, tidy


class Operator(StrEnum):
    """How an actual is compared with its target; the values are as printed."""

    EQUAL = "＝"
    AT_LEAST = "≥"
    AT_MOST = "≤"
    MORE = "＞"
    LESS = "＜"
    DONE = "是"  # qualitative: done, partly done, not done


#: What people type for each, besides the sign itself.
SPELLINGS = {
    "=": Operator.EQUAL,
    ">=": Operator.AT_LEAST,
    "＞＝": Operator.AT_LEAST,
    "≧": Operator.AT_LEAST,
    "<=": Operator.AT_MOST,
    "＜＝": Operator.AT_MOST,
    "≦": Operator.AT_MOST,
    ">": Operator.MORE,
    "<": Operator.LESS,
    **{one.value: one for one in Operator if one is not Operator.DONE},
}
LONGEST_FIRST = sorted(SPELLINGS, key=len, reverse=True)
SMALLER_IS_BETTER = frozenset({Operator.AT_MOST, Operator.LESS})


class TargetError(ValueError):
    """A target cannot be read; the message says what to write instead."""


@dataclass(frozen=True, slots=True)
class Target:
    """A target; ``amount`` is None for `Operator.DONE`."""

    operator: Operator
    amount: Amount | None = None

    def __str__(self) -> str:
        return Operator.DONE.value if self.amount is None else f"{self.operator.value}{self.amount}"

    @property
    def is_zero(self) -> bool:
        """Whether nothing at all is to happen (no complaints): such a target has no ratio (S128)."""
        return self.amount is not None and self.amount.value == 0

    @property
    def smaller_is_better(self) -> bool:
        """Whether less is more: an upper limit, or none at all."""
        return self.operator in SMALLER_IS_BETTER or self.is_zero

    def met_by(self, actual: Decimal) -> bool:
        """Whether ``actual`` keeps the promise. More than an equal target keeps it too, unless less is more."""
        if self.amount is None:
            raise TargetError("a target that is done or not has no number to compare with")
        wanted = self.amount.value
        match self.operator:
            case Operator.EQUAL:
                return actual == wanted if self.is_zero else actual >= wanted
            case Operator.AT_LEAST:
                return actual >= wanted
            case Operator.MORE:
                return actual > wanted
            case Operator.AT_MOST:
                return actual <= wanted
            case Operator.LESS:
                return actual < wanted
            case Operator.DONE:
                return False


def split_operator(text: str) -> tuple[Operator | None, str]:
    """Return the operator in front of a cell's text, if any, and the rest."""
    clean = tidy(text)
    for spelling in LONGEST_FIRST:
        if clean.startswith(spelling):
            return SPELLINGS[spelling], clean[len(spelling) :]
    return None, clean


def read_target(text: str) -> Target:
    """Return the target a cell holds: ``≥500个``, ``＝100%``, ``是``; TargetError says what to mend."""
    operator, rest = split_operator(text)
    if operator is None:
        if rest in {"是", "完成", "达成"}:
            return Target(Operator.DONE)
        operator = Operator.EQUAL
    amount = read_amount(rest)
    if amount is None:
        raise TargetError(f"{text.strip()!r} is no target: write an operator with a number (≥500个), or 是")
    return Target(operator, amount)
