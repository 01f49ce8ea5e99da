"""What routing knows of interpreters, of requests, and of how a language is staffed. Times are UNIX seconds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

RESIDENT, REMOTE, MOBILE, VOLUNTEER, NEIGHBOUR = "resident", "remote", "mobile", "volunteer", "neighbour"
#: Nearest first: on shift, on call, off shift but reachable on her own mobile (S49), volunteers, another city.
TIERS = (RESIDENT, REMOTE, MOBILE, VOLUNTEER, NEIGHBOUR)
CHINESE = "zh"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An interpreter as she is now: ``levels`` by language held against Chinese; rung at ``contact``.

    ``idle_since`` counts from the end of her last call or from signing on; being rung in vain does not change it.
    ``lines``: numbers or classes of lines she is limited to (empty: all); ``barred``: those she is barred from.
    ``worked_since`` and ``worked_until``: beginning and end of her work without a pause, ``calls`` its number of calls.
    ``confirm``: she must press 1 (her own mobile). ``off``: she is off shift. ``busy``: on duty, but rung or on a call;
    ``count``: as how many alike she stands.
    """

    id: int
    tier: str
    idle_since: float
    levels: tuple[tuple[str, int], ...]
    number: str = ""
    contact: str = ""
    gender: str = ""
    domains: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    barred: tuple[str, ...] = ()
    worked_since: float = 0.0
    worked_until: float = 0.0
    calls: int = 0
    confirm: bool = False
    off: bool = False
    busy: bool = False
    count: int = 1

    def level(self, language: str, target: str = CHINESE) -> int:
        """Return the level at which she interprets between the two; 0 if she cannot.

        Interpreters hold languages against Chinese, so a pair of two foreign ones needs both, and counts as the lower.
        """
        found = self._held(language)
        return found if target == CHINESE or not found else min(found, self._held(target))

    def _held(self, language: str) -> int:
        for (
            code,
            level,
        ) in self.levels:  # asked of everybody for every request: a generator would cost three times as much
            if code == language:
                return level
        return 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """A request: what it needs (``language`` against ``target``), what it wishes, and its place in the queue.

    ``priority`` is the line's (0: a callback, which takes spare capacity only). ``line`` and ``line_class`` say whose
    permissions and whose policy hold. ``familiar``: who served this caller or case before. ``tried`` were rung,
    ``ringing`` are rung now. ``until``: when the request gives up. ``strict``: level, domain and gender never relax.
    """

    id: str
    language: str
    priority: int
    head: bool
    created_at: float
    tried: tuple[int, ...] = ()
    ringing: tuple[int, ...] = ()
    first_rung_at: float | None = None
    until: float | None = None
    target: str = CHINESE
    level: int = 1
    domain: str = ""
    gender: str = ""
    line: str = ""
    line_class: str = ""
    familiar: tuple[int, ...] = ()
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Cover:
    """What service windows say of a language: its tier now, until when, and which comes then. Empty: no windows."""

    tier: str = ""
    until: float | None = None
    then: str = ""


@dataclass(frozen=True, slots=True)
class Force:
    """Who is on duty for a language, rung or on a call as well as ready: a wish that none of them fulfils is idle.

    ``free``: the tiers in which somebody is ready.
    """

    tiers: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    genders: frozenset[str] = frozenset()
    level: int = 0


def force_of(candidates: Iterable[Candidate], language: str, target: str) -> Force:
    """Count who is on duty for a pair of languages."""
    tiers: set[str] = set()
    free: set[str] = set()
    domains: set[str] = set()
    genders: set[str] = set()
    top = 0
    for one in candidates:
        level = one.level(language, target)
        if not level:
            continue
        tiers.add(one.tier)
        if not one.busy:
            free.add(one.tier)
        domains.update(one.domains)
        genders.add(one.gender)
        top = max(top, level)
    return Force(frozenset(tiers), frozenset(free), frozenset(domains), frozenset(genders), top)
