"""What subscribed calendars are told when plans change (RFC 5545, 5546). Pure.

A calendar program knows an entry by its UID and takes a change only with a higher SEQUENCE; what was told once and no
longer holds is told as cancelled, for some time, before it is left out. So what was told last is kept and compared.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

#: Kinds of entries.
SEAT, REMOTE, STANDBY, BOOKING, APPOINTMENT = "seat", "remote", "standby", "booking", "appointment"
#: How far back and ahead a calendar reaches, and how long something stays in it as cancelled.
PAST, AHEAD = dt.timedelta(days=30), dt.timedelta(days=91)
CANCELLED_STAYS = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Planned:
    """An entry as it is planned; ``key`` names it within its calendar and never changes.

    ``people``: numbers of interpreters, in a language's calendar. ``tentative``: nobody promised yet.
    """

    key: str
    kind: str
    begins: dt.datetime
    ends: dt.datetime
    languages: tuple[str, ...] = ()
    title: str = ""
    place: str = ""
    people: tuple[str, ...] = ()
    tentative: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What was told last, with its SEQUENCE."""

    entry: Planned
    sequence: int = 0
    cancelled: bool = False


def changes(told: Mapping[str, Told], planned: Iterable[Planned], now: dt.datetime) -> list[Told]:
    """Return what is to be told anew: entries that are new, different or back, and those that were called off.

    What is over stays as it was told: nobody calls off the past.
    """
    plans = {one.key: one for one in planned}
    found = []
    for key, plan in plans.items():
        known = told.get(key)
        if known is None:
            found.append(Told(plan))
        elif known.cancelled or known.entry != plan:
            found.append(Told(plan, known.sequence + 1))
    for key, known in told.items():
        if key not in plans and not known.cancelled and known.entry.ends > now:
            found.append(Told(known.entry, known.sequence + 1, cancelled=True))
    return found
