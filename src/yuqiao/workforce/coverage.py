"""Which tier covers a language at a moment (S26, S28), and when that changes next. Pure.

A window is a span of one kind of day in the city's own time. One that ends at or before its beginning reaches into
the next day (09:00-09:00 is a whole day), whatever kind of day that is: who began a night shift finishes it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from yuqiao.workforce.calendar import kind_of_day

RESIDENT, REMOTE, NONE = "resident", "remote", "none"
#: Best first.
TIERS = (RESIDENT, REMOTE, NONE)
#: How far ahead a change is looked for: beyond the longest holidays.
HORIZON_DAYS = 16
Special = Mapping[dt.date, str]


@dataclass(frozen=True, slots=True)
class Window:
    """Hours in which ``tier`` covers ``language`` on the ``days`` (letters of calendar.DAYS) that it is valid for.

    ``valid_from`` and ``valid_until`` are the first and last day on which it begins; None: no limit.
    """

    language: str
    tier: str
    days: str
    begins: dt.time
    ends: dt.time
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None

    def begins_on(self, date: dt.date, special: Special) -> bool:
        """Whether the window begins on this date."""
        if (self.valid_from and date < self.valid_from) or (self.valid_until and date > self.valid_until):
            return False
        return kind_of_day(date, special) in self.days

    def span(self, date: dt.date) -> tuple[dt.datetime, dt.datetime]:
        """Return when it begins on ``date`` and when it ends, naive local times."""
        begin = dt.datetime.combine(date, self.begins)
        end = dt.datetime.combine(date, self.ends)
        return begin, end if end > begin else end + dt.timedelta(days=1)


def spans(
    windows: Iterable[Window], first: dt.date, last: dt.date, special: Special
) -> list[tuple[dt.datetime, dt.datetime, Window]]:
    """Return the spans that touch the days from ``first`` to ``last``, by their beginning."""
    found = []
    for window in windows:
        date = first - dt.timedelta(days=1)  # last night's may reach into the first day
        while date <= last:
            if window.begins_on(date, special):
                begin, end = window.span(date)
                if end > dt.datetime.combine(first, dt.time()):
                    found.append((begin, end, window))
            date += dt.timedelta(days=1)
    return sorted(found, key=lambda span: (span[0], span[1]))


def tier_at(windows: Iterable[Window], language: str, moment: dt.datetime, special: Special | None = None) -> str:
    """Return the best tier that covers ``language`` at ``moment`` (naive, the city's own time); NONE if none does."""
    mine = [window for window in windows if window.language == language]
    today = spans(mine, moment.date(), moment.date(), special or {})
    return min((window.tier for begin, end, window in today if begin <= moment < end), key=TIERS.index, default=NONE)


def next_change(
    windows: Sequence[Window], language: str, moment: dt.datetime, special: Special | None = None
) -> tuple[dt.datetime, str] | None:
    """Return when after ``moment`` the language's tier changes, and to which; None within `HORIZON_DAYS`."""
    mine = [window for window in windows if window.language == language]
    last = moment.date() + dt.timedelta(days=HORIZON_DAYS)
    found = spans(mine, moment.date(), last, special or {})
    now = tier_at(mine, language, moment, special)
    for edge in sorted({edge for begin, end, _ in found for edge in (begin, end) if edge > moment}):
        if edge.date() > last:
            break
        tier = min((one.tier for begin, end, one in found if begin <= edge < end), key=TIERS.index, default=NONE)
        if tier != now:
            return edge, tier
    return None


def covered(windows: Sequence[Window], moment: dt.datetime, special: Special | None = None) -> dict[str, str]:
    """Return the tier of each language that a window names; count the languages here, never by hand (S29)."""
    return {one: tier_at(windows, one, moment, special) for one in sorted({window.language for window in windows})}
