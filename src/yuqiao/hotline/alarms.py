"""What a supervisor must see at once: parts that are away, waits above their limit, languages nobody covers. Pure.

Limits of waiting: 120 promises 10 s (an emergency line's caller cannot be kept longer), the contract's norm for
telephone interpreting is 30 s; service windows say when a language is to be covered (S29, S31, S40, S42).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

#: Seconds a request may wait, by class of line; the others' is ``USUAL``.
LIMITS: Mapping[str, float] = {"emergency": 10.0}
USUAL = 30.0


class AlarmKind(Enum):
    """Kinds of alarms, the most pressing first."""

    CALLS = "calls"  # no call server at work
    MEDIA = "media"
    TRUNK = "trunk"
    LINE = "line"
    RECORD = "record"
    WEB = "web"
    WAIT = "wait"  # somebody waits longer than the limit
    NOBODY = "nobody"  # within service hours, and nobody of the language is on duty
    HOOK = "hook"  # a partner's system takes no events any more
    SHORT = "short"  # more wait than can be served now


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm: about which line's number or language code (empty: everything), how many, since when (UNIX)."""

    kind: AlarmKind
    about: str = ""
    count: int = 0
    since: float | None = None


@dataclass(frozen=True, slots=True)
class Waits:
    """A request that looks for an interpreter since ``since`` (UNIX seconds); ``ringing``: somebody is being rung.

    ``limit``: the seconds it may wait.
    """

    language: str
    limit: float
    since: float
    ringing: bool = False


@dataclass(frozen=True, slots=True)
class Staff:
    """How many of a language are ready and on duty now; ``due``: its service hours want resident interpreters."""

    ready: int
    on_duty: int
    due: bool


def limit_of(line_class: str) -> float:
    """Return the seconds that a request of this class of line may wait."""
    return LIMITS.get(line_class, USUAL)


def alarms(
    away: Iterable[Alarm], waiting: Iterable[Waits], staff: Mapping[str, Staff], now: float
) -> tuple[Alarm, ...]:
    """Return what is wrong at ``now`` (UNIX seconds), the most pressing first: ``away`` and what follows from rows."""
    by_language: dict[str, list[Waits]] = {}
    for one in waiting:
        by_language.setdefault(one.language, []).append(one)
    found = list(away)
    for language, rows in by_language.items():
        late = [one for one in rows if now - one.since > one.limit]
        if late:
            found.append(Alarm(AlarmKind.WAIT, language, len(late), min(one.since for one in late)))
        unserved = [one for one in rows if not one.ringing]
        ready = staff[language].ready if language in staff else 0
        if len(unserved) > ready and not (language in staff and _nobody(staff[language])):
            found.append(Alarm(AlarmKind.SHORT, language, len(unserved) - ready))
    found += [Alarm(AlarmKind.NOBODY, language) for language, one in staff.items() if _nobody(one)]
    rank = {kind: place for place, kind in enumerate(AlarmKind)}
    return tuple(sorted(found, key=lambda one: (rank[one.kind], one.since or now, one.about)))


def _nobody(staff: Staff) -> bool:
    return staff.due and not staff.on_duty
