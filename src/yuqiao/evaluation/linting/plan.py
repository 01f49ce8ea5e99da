"""A plan as checks see it, and what they find."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from yuqiao.evaluation.schemes import Scheme
from yuqiao.evaluation.targets import Target

ENTERED = "entered"
PERCENT = "%"


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "错误"  # the plan contradicts itself or its scheme
    DOUBT = "疑问"  # a reviewer will ask
    NOTE = "提示"  # good to know; nothing to mend


@dataclass(frozen=True, slots=True)
class Concern:
    """One finding: ``rule`` is a code that does not change, ``where`` a name, ``advice`` what to do about it.

    ``indicator`` is the id of the indicator's row, None for the plan as a whole.
    """

    severity: Severity
    rule: str
    where: str
    sentence: str
    advice: str
    indicator: int | None = None


class Yield(StrEnum):
    """What a formula gives: a number of things, per cent, seconds, or what nobody can tell before."""

    COUNT = "count"
    RATE = "rate"
    TIME = "time"
    SAID = "said"


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator of a plan. ``proof`` says in words what will prove it; ``proofs`` how much is there already.

    ``last`` is what the same indicator reached a year before, ``reached`` what it has reached by now, ``expected`` what
    the groundwork says it will reach (S139), all in its unit.
    """

    id: int
    level1: str
    level2: str
    name: str
    target: Target
    weight: Decimal
    deadline: dt.date | None = None
    formula: str = ENTERED
    yields: Yield = Yield.SAID
    proof: str = ""
    proofs: int = 0
    parent: int | None = None
    strand: int | None = None
    last: Fraction | None = None
    reached: Fraction | None = None
    expected: Fraction | None = None

    @property
    def counted(self) -> bool:
        """Whether its actual is a number."""
        return self.target.amount is not None

    @property
    def unit(self) -> str:
        """The unit of its target, empty for none."""
        return self.target.amount.unit if self.target.amount else ""

    @property
    def wanted(self) -> Fraction | None:
        """The amount of its target."""
        return Fraction(self.target.amount.value) if self.target.amount else None


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole plan. ``register`` holds names as they stand in registers: units, last year's indicators (S135)."""

    name: str
    year: int
    scheme: Scheme
    budget_weight: Decimal
    lines: tuple[Line, ...]
    goal: str = ""
    initial_fen: int | None = None
    strands: tuple[tuple[int, str], ...] = ()
    register: tuple[str, ...] = ()

    @property
    def leading(self) -> tuple[Line, ...]:
        """The indicators that are no parts of others: those whose weights add up."""
        return tuple(one for one in self.lines if one.parent is None)

    @property
    def judged(self) -> tuple[Line, ...]:
        """The indicators that are judged themselves: simple ones, and parts of compound ones (S126)."""
        whole = {one.parent for one in self.lines}
        return tuple(one for one in self.lines if one.id not in whole)

    def parts(self, of: int) -> tuple[Line, ...]:
        """Return the parts of a compound indicator."""
        return tuple(one for one in self.lines if one.parent == of)


def about(line: Line, severity: Severity, rule: str, sentence: str, advice: str) -> Concern:
    """Return a finding on one indicator."""
    return Concern(severity, rule, line.name, sentence, advice, line.id)


def bare(name: str) -> str:
    """Return a name without punctuation and white space, as two people would write it alike."""
    return re.sub(r"[\W_]+", "", name)


def quoted(names: list[str]) -> str:
    """Return some names in quotes; many are cut short."""
    shown = "、".join(f"“{one}”" for one in names[:3])
    return shown if len(names) <= 3 else f"{shown}等{len(names)}项"


def doubled(names: list[str]) -> list[str]:
    """Return what stands more than once, in order."""
    return [name for name, times in Counter(names).items() if times > 1]
