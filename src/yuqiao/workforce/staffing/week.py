"""The table of a week: how many calls each half hour brings, how many interpreters that needs, how many are planned.

Days are those of `workforce.calendar.DAYS`: Monday 1 to Sunday 7, H a public holiday. Few calls say little: where a
language has less than `ENOUGH_CALLS` on a kind of day, its whole week shapes the day, and where it has few at all,
everybody's. What is uncertain is shown as an interval. Pure.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from yuqiao.workforce.calendar import DAYS
from yuqiao.workforce.staffing.erlang import Load, Service, needed, service
from yuqiao.workforce.staffing.patience import Interval, counted

HALF_HOURS = 48
SECONDS = 1800.0
#: Calls of one kind of day from which on its own half hours are believed: about eight in each.
ENOUGH_CALLS = 400
Slot = tuple[str, int]  # kind of day, half hour


@dataclass(frozen=True, slots=True)
class Promise:
    """So many of the callers (a share) within so many seconds, of which the phone's own ringing takes ``ringing``.

    ``volume`` multiplies the calls expected: what if there were half as many again?
    """

    level: float = 0.9
    within: float = 10.0
    ringing: float = 4.0
    volume: float = 1.0


@dataclass(frozen=True, slots=True)
class History:
    """What a language's calls were: how many began in each slot, how many days of each kind were counted."""

    calls: Mapping[Slot, int]
    days: Mapping[str, int]
    handling: float
    patience: float


@dataclass(frozen=True, slots=True)
class Half:
    """One half hour of one kind of day: expected calls, interpreters needed (``least`` and ``most`` if the calls lie at
    their bounds), how many are ``planned`` (None: unknown), and what those would give."""

    expected: Interval
    needed: int
    least: int
    most: int
    planned: float | None
    service: Service | None

    @property
    def gap(self) -> float | None:
        """How many more are planned than needed; below 0: too few."""
        return None if self.planned is None else self.planned - self.needed


def expected(history: History, everybody: Mapping[Slot, int]) -> dict[Slot, Interval]:
    """Return calls to be expected in each slot of one day, with the bounds of what was counted.

    ``everybody``: calls of all languages by slot, whose shape is borrowed where there are too few.
    """
    own = Counter(dict.fromkeys(range(HALF_HOURS), 0))
    all_languages = Counter(own)
    for (_, half), count in history.calls.items():
        own[half] += count
    for (_, half), count in everybody.items():
        all_languages[half] += count
    shape = own if own.total() >= ENOUGH_CALLS else all_languages
    found = {}
    for day in DAYS:
        days = history.days.get(day, 0)
        total = sum(history.calls.get((day, half), 0) for half in range(HALF_HOURS))
        for half in range(HALF_HOURS):
            if not days:
                found[day, half] = Interval(0.0, 0.0, 0.0)
            elif total >= ENOUGH_CALLS or not shape.total():
                found[day, half] = counted(history.calls.get((day, half), 0), days)
            else:
                share, day_long = shape[half] / shape.total(), counted(total, days)
                found[day, half] = Interval(*(share * one for one in (day_long.value, day_long.low, day_long.high)))
    return found


def week(
    history: History, everybody: Mapping[Slot, int], planned: Mapping[Slot, float], promise: Promise
) -> dict[Slot, Half]:
    """Return the table; ValueError for a promise that nobody can keep."""
    within = max(0.0, promise.within - promise.ringing)
    found = {}
    for slot, calls in expected(history, everybody).items():
        volume = Interval(*(promise.volume * one for one in (calls.value, calls.low, calls.high)))
        loads = [
            Load(one / SECONDS, history.handling, history.patience) for one in (volume.value, volume.low, volume.high)
        ]
        value, least, most = (needed(load, within, promise.level) for load in loads)
        plan = planned.get(slot)
        gives = None if plan is None else service(loads[0], math.floor(plan + 0.5), within)
        found[slot] = Half(volume, value, least, most, plan, gives)
    return found
