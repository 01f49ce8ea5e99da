"""How long callers wait before they give up, from waits of which most end because somebody came. Pure.

A caller who was served would have waited longer, nobody knows how long: such waits are censored. E. Kaplan, P. Meier,
Nonparametric estimation from incomplete observations, JASA 53 (1958) 457-481; for exponential patience the likelihood
is highest at all time waited / number who gave up.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

#: Of 95 % of a normal distribution.
Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Wait:
    """Seconds one caller waited for an interpreter, and whether they gave up (else somebody came, or we let go)."""

    seconds: float
    gave_up: bool


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and the bounds between which it lies with 95 % confidence; ``high`` may be infinite."""

    value: float
    low: float
    high: float


def counted(count: int, per: float = 1.0) -> Interval:
    """Return a Poisson rate, ``count`` events in ``per`` units, with Byar's bounds (Rothman and Boice, 1979)."""
    if per <= 0:
        raise ValueError("a rate is counted over something above 0")
    low = 0.0 if count == 0 else count * (1 - 1 / (9 * count) - Z95 / (3 * math.sqrt(count))) ** 3
    more = count + 1
    high = more * (1 - 1 / (9 * more) + Z95 / (3 * math.sqrt(more))) ** 3
    return Interval(count / per, max(0.0, low) / per, high / per)


def mean_patience(waits: Iterable[Wait]) -> Interval | None:
    """Return the mean seconds of exponential patience (likeliest), with bounds; None if nobody gave up."""
    spent, gone = 0.0, 0
    for wait in waits:
        spent += wait.seconds
        gone += wait.gave_up
    if not gone or spent <= 0:
        return None
    rate = counted(gone, spent)
    return Interval(1 / rate.value, 1 / rate.high, 1 / rate.low if rate.low > 0 else math.inf)


@dataclass(frozen=True, slots=True)
class Survival:
    """From ``seconds`` on the share ``share`` of callers would still wait; ``low`` and ``high``: Greenwood, 95 %."""

    seconds: float
    share: float
    low: float
    high: float


def kaplan_meier(waits: Sequence[Wait]) -> list[Survival]:
    """Return the steps of the survival curve of patience, one for each moment at which somebody gave up."""
    steps: list[Survival] = []
    at_risk, share, variance = len(waits), 1.0, 0.0
    for seconds, group in groupby(sorted(waits, key=lambda wait: wait.seconds), key=lambda wait: wait.seconds):
        together = list(group)
        gone = sum(wait.gave_up for wait in together)
        if gone:
            share *= 1 - gone / at_risk
            variance += gone / (at_risk * (at_risk - gone)) if at_risk > gone else math.inf
            spread = Z95 * share * math.sqrt(variance) if share else 0.0
            steps.append(Survival(seconds, share, max(0.0, share - spread), min(1.0, share + spread)))
        at_risk -= len(together)
    return steps


def median_patience(waits: Sequence[Wait]) -> float | None:
    """Return after how many seconds half of the callers would have given up; None if the data do not reach there."""
    return next((step.seconds for step in kaplan_meier(waits) if step.share <= 0.5), None)
