"""When an order is tried, again or never, and whom outreach must leave alone. Pure; city's time (S36, S46, S72)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from yuqiao.lib.hours import Hours


@dataclass(frozen=True, slots=True)
class Tries:
    """How an order is tried: ``attempts`` at most, ``pause`` (doubled after each) apart, until ``latest``.

    ``hours``: only then (the same on every day); None: at any hour, since the person chose it.
    """

    attempts: int
    pause: dt.timedelta
    latest: dt.datetime
    hours: Hours | None = None

    def first(self, at: dt.datetime) -> dt.datetime | None:
        """Return when the person may be rung first from ``at`` on; None when that is too late."""
        begin = at if self.hours is None else self.hours.next(at)
        return begin if begin <= self.latest else None

    def again(self, attempts: int, at: dt.datetime) -> dt.datetime | None:
        """Return when to ring again after ``attempts`` that reached nobody; None when that is enough or too late."""
        if attempts >= self.attempts:
            return None
        return self.first(at + self.pause * 2 ** max(0, attempts - 1))


def tomorrow(at: dt.datetime, hours: Hours) -> dt.datetime:
    """Return when the hours begin on the day after ``at``: nobody is called by two lists on one day."""
    return dt.datetime.combine(at.date() + dt.timedelta(days=1), hours.first, at.tzinfo)


def spare(language: str, ready: Mapping[int, frozenset[str]], reserve: int) -> frozenset[int]:
    """Return which of the ``ready`` interpreters (with the languages each holds) outreach in ``language`` may take.

    Taking her must leave more than nobody for a caller: at least ``reserve`` others are ready in every language she
    holds. So outreach never takes the last one of any language, not even of another one that she alone speaks.
    """
    count: dict[str, int] = {}
    for held in ready.values():
        for code in held:
            count[code] = count.get(code, 0) + 1
    return frozenset(
        one for one, held in ready.items() if language in held and all(count[code] - 1 >= reserve for code in held)
    )
