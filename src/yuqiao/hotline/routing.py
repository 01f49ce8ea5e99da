"""Who is rung for a request, and whose request is served first. Pure; the claim itself is `workforce.services.claim`.

Version 1: resident before remote (S28), then the higher level, then the longest idle. Requests: replacements first,
then the line's priority, then the oldest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

TIERS = {"resident": 0, "remote": 1}


@dataclass(frozen=True, slots=True)
class Candidate:
    """An interpreter who is ready: ``levels`` by language; ``idle_since`` in UNIX seconds; rung at ``contact``."""

    id: int
    tier: str
    idle_since: float
    levels: tuple[tuple[str, int], ...]
    number: str = ""
    contact: str = ""

    def level(self, language: str) -> int:
        """Return the level at which she holds ``language``, 0 if she does not."""
        return next((level for code, level in self.levels if code == language), 0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A request that waits: what decides its place in the queue."""

    id: str
    language: str
    priority: int
    head: bool
    created_at: float
    tried: tuple[int, ...] = ()


def rank(wanted: Wanted, candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return those who may be rung for ``wanted``, best first; the order is total, so it does not depend on chance."""
    able = [one for one in candidates if one.level(wanted.language) and one.id not in wanted.tried]
    return sorted(
        able,
        key=lambda one: (TIERS.get(one.tier, len(TIERS)), -one.level(wanted.language), one.idle_since, one.id),
    )


def queue(requests: Iterable[Wanted]) -> list[Wanted]:
    """Return the requests in the order in which they are served."""
    return sorted(requests, key=lambda one: (not one.head, -one.priority, one.created_at, one.id))


def match(requests: Iterable[Wanted], candidates: Sequence[Candidate]) -> dict[str, Candidate]:
    """Return which candidate serves which request (by request id): each at most once, the queue's order first."""
    free = list(candidates)
    matched: dict[str, Candidate] = {}
    for wanted in queue(requests):
        best = next(iter(rank(wanted, free)), None)
        if best is not None:
            matched[wanted.id] = best
            free.remove(best)
    return matched
