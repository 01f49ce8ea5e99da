"""When a missed caller is called back: deadline, next attempt, giving up. Pure; times are in the city's time (S39)."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from yuqiao.lib.hours import Hours
from yuqiao.lib.phones import is_guest, line_agent

#: Numbers a phone can dial; anything else would let a caller's name choose whom we ring (RFC 3261 19.1.1).
DIALABLE = re.compile(r"\+?[0-9]{2,20}", re.ASCII)
#: Callers whose number tells nobody where to call back (RFC 3261 8.1.1.3 and common practice).
NO_NUMBER = frozenset({"", "anonymous", "unknown", "unavailable", "restricted", "private"})
#: How soon an attempt that rang nobody is made again: no interpreter was free, or she was lost.
POSTPONED = dt.timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Promise:
    """What a city promises to missed callers; ``pause`` doubles after each attempt, ``attempts`` at most."""

    within: dt.timedelta
    hours: Hours
    attempts: int
    pause: dt.timedelta

    def due(self, missed_at: dt.datetime, *, any_hour: bool) -> dt.datetime:
        """Return the deadline: only sensible hours count, unless the line calls back at any hour."""
        return missed_at + self.within if any_hour else self.hours.after(missed_at, self.within)

    def first_try(self, missed_at: dt.datetime, *, any_hour: bool) -> dt.datetime:
        """Return when the caller may be rung first."""
        return missed_at if any_hour else self.hours.next(missed_at)

    def next_try(self, attempts: int, at: dt.datetime, *, any_hour: bool) -> dt.datetime | None:
        """Return when to ring again after ``attempts`` that nobody answered; None when that is enough."""
        if attempts >= self.attempts:
            return None
        again = at + self.pause * 2 ** max(0, attempts - 1)
        return again if any_hour else self.hours.next(again)


def can_be_called_back(number: str) -> bool:
    """Whether the number a call came from says whom to call back: it was shown, and is no browser's, whose page may be
    gone by then."""
    return number.lower() not in NO_NUMBER and not is_guest(number) and line_agent(number) is None


def contact_for(pattern: str, number: str) -> str:
    """Return where ``number`` is rung by a pattern such as ``sip:{number}@host``; empty when it cannot be."""
    return pattern.replace("{number}", number) if pattern and DIALABLE.fullmatch(number) else ""
