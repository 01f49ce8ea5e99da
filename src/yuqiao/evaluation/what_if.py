"""What a project would score under another scheme (S121). Pure: nothing is written, nothing is printed from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from yuqiao.evaluation.amounts import Rounding, rounded
from yuqiao.evaluation.schemes import BUDGET, Scheme
from yuqiao.evaluation.sheet import Row, Sheet, evaluate

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Compared:
    """One indicator under both schemes; None where it has no score."""

    row: Row
    other: Row

    @property
    def difference(self) -> Decimal | None:
        """Points more, or fewer, under the other scheme; weights may differ as well."""
        if self.row.score.value is None or self.other.score.value is None:
            return None
        return self.other.score.value - self.row.score.value


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A sheet, and the same facts under another scheme."""

    now: Sheet
    other: Sheet

    @property
    def rows(self) -> tuple[Compared, ...]:
        """Every indicator that is no part of another one, under both."""
        return tuple(Compared(*pair) for pair in zip(self.now.leading, self.other.leading, strict=True))

    @property
    def difference(self) -> Decimal:
        """How many points more, or fewer, the other scheme gives altogether."""
        return self.other.total - self.now.total


def what_if(sheet: Sheet, scheme: Scheme, *, scaled: bool = True) -> WhatIf:
    """Return a sheet beside itself under ``scheme``.

    ``scaled`` shares out each category's points as the scheme wants, in the proportion of the plan's weights; otherwise
    the plan's weights stay and only the rules of scoring change. A category the plan has nothing in stays empty.
    """
    weights = rescaled(sheet, scheme) if scaled else {}
    budget = Decimal(scheme.weights[BUDGET]) if scaled and BUDGET in scheme.weights else sheet.budget_weight
    other = evaluate(
        sheet.header,
        scheme,
        sheet.at,
        sheet.money[1:],
        budget_weight=budget,
        rows=[replace(row, weight=weights.get(row.id, row.weight)) for row in sheet.rows],
        goal=sheet.goal,
        achieved=sheet.achieved,
        strands=sheet.strands,
    )
    return WhatIf(sheet, other)


def rescaled(sheet: Sheet, scheme: Scheme) -> dict[int, Decimal]:
    """Return weights by row, so that each category weighs what the scheme says, exactly, in hundredths of a point."""
    found: dict[int, Decimal] = {}
    for category, points in scheme.weights.items():
        mine = [row for row in sheet.leading if row.level1 == category]
        found |= shared({row.id: row.weight for row in mine}, Decimal(points))
    for row in sheet.leading:
        parts = sheet.parts(row.id)
        if parts and row.id in found:
            found |= shared({one.id: one.weight for one in parts}, found[row.id])
    return found


def shared(weights: Mapping[int, Decimal], points: Decimal) -> dict[int, Decimal]:
    """Share out points in the proportion of weights, in hundredths; the largest remainders get what is left."""
    whole = sum(map(Fraction, weights.values()), Fraction(0))
    if whole <= 0:
        return {}
    exact = {key: Fraction(weight) / whole * Fraction(points) for key, weight in weights.items()}
    cut = {key: rounded(share, 2, Rounding.TRUNCATE) for key, share in exact.items()}
    left = int((points - sum(cut.values(), Decimal(0))) / CENT)
    for key in sorted(exact, key=lambda one: (Fraction(cut[one]) - exact[one], one))[:left]:
        cut[key] += CENT
    return cut
