"""Shares and changes without floating point: whole numbers in, Decimal out, the rounding rule said each time. Pure.

One printed report rounded 1004/5187 half up (19.36 %) and cut 347.15/350 (99.18 %), so the rule is a parameter.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum


class Rounding(Enum):
    """How the last printed digit comes about; both work on the magnitude, so that -x prints as x does."""

    HALF_UP = "half_up"
    TRUNCATE = "truncate"


def percent(numerator: int, denominator: int, rule: Rounding = Rounding.HALF_UP, places: int = 2) -> Decimal | None:
    """Return ``numerator / denominator`` in per cent with ``places`` digits; None for a denominator of 0."""
    if denominator == 0:
        return None
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    scaled, whole = abs(numerator) * 100 * 10**places, abs(denominator)
    digits = (2 * scaled + whole) // (2 * whole) if rule is Rounding.HALF_UP else scaled // whole
    return Decimal(sign * digits).scaleb(-places)


@dataclass(frozen=True, slots=True)
class Change:
    """From ``before`` to ``now``, two whole numbers of the same unit (S37: 5187 to 6191 is +1004, +19.36 %)."""

    now: int
    before: int

    @property
    def difference(self) -> int:
        """The signed difference."""
        return self.now - self.before

    def percent(self, rule: Rounding = Rounding.HALF_UP, places: int = 2) -> Decimal | None:
        """Return the difference in per cent of ``before``; None when there was nothing before."""
        return percent(self.difference, self.before, rule, places)
