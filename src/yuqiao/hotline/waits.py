"""How long somebody would wait for an interpreter who asked now: said before it is asked. Pure; times in seconds.

Who is free is on after as long as phones took lately. Where all are taken, conversations end one after the other:
their lengths are nearly exponential, so among n interpreters the k-th end from now on comes after an Erlang time of k
steps at the rate n / (mean length), whoever of them began when (Kleinrock, Queueing Systems I, 3.5: M/M/m). Where
nobody is on shift no time is made up: then it is said who may be called at home, or when the next shift begins.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

#: What is said: the time within which half of all are served, and nine of ten.
HALF, MOST = 0.5, 0.9
#: Beyond so many before us nobody counts any more, and no sum of so many terms is needed.
FURTHEST = 200


class Outlook(StrEnum):
    """What to expect."""

    FREE = "free"  # somebody is ready and nobody waits before us
    QUEUE = "queue"  # all are taken, or will be by those before us
    AT_HOME = "at_home"  # nobody is on shift; somebody may be called on her own telephone
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Staff:
    """Who holds a language now: ``free``, ``busy`` (ringing, talking, wrapping up), or to be called ``at_home``."""

    free: int = 0
    busy: int = 0
    at_home: int = 0


@dataclass(frozen=True, slots=True)
class Habits:
    """What the last weeks were like: from asking to an interpreter on where somebody was free (``half`` of all within,
    ``most``: nine of ten), and how long a conversation with its wrap-up takes up an interpreter (``handling``, mean).
    ``cases``: how many requests say so; 0: nothing is known, and the figures are assumptions."""

    half: float = 12.0
    most: float = 25.0
    handling: float = 300.0
    cases: int = 0


@dataclass(frozen=True, slots=True)
class Expected:
    """``half`` of all are served within so many seconds, nine of ten within ``most``; None: no honest number.

    ``known``: the numbers rest on what was; else on what is usual elsewhere, which nobody should be told as ours.
    """

    outlook: Outlook
    half: float | None = None
    most: float | None = None
    known: bool = False


def expected(staff: Staff, ahead: int, habits: Habits) -> Expected:
    """Return what somebody is to expect before whom ``ahead`` others wait for the same language."""
    if staff.free > ahead:
        return Expected(Outlook.FREE, habits.half, max(habits.half, habits.most), habits.cases > 0)
    on_shift = staff.free + staff.busy
    if on_shift:
        ends = min(ahead - staff.free + 1, FURTHEST)
        step = habits.handling / on_shift
        return Expected(
            Outlook.QUEUE,
            habits.half + erlang(ends, HALF) * step,
            max(habits.half, habits.most) + erlang(ends, MOST) * step,
            habits.cases > 0,
        )
    return Expected(Outlook.AT_HOME if staff.at_home else Outlook.NOBODY)


def erlang(shape: int, share: float) -> float:
    """Return the time within which ``shape`` steps of mean 1 are over in ``share`` (0 < share < 1) of all cases.

    By bisection: the steps are over by x with the chance that a Poisson count of mean x reaches ``shape``.
    """
    low, high = 0.0, shape + 12.0 * math.sqrt(shape) + 12.0
    for _ in range(60):
        middle = (low + high) / 2
        if _reached(shape, middle) < share:
            low = middle
        else:
            high = middle
    return high


def _reached(shape: int, mean: float) -> float:
    term, below = math.exp(-mean), 0.0
    for count in range(shape):
        below += term
        term *= mean / (count + 1)
    return 1.0 - below
