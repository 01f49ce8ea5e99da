"""Which new rows of a growing table have not been seen yet, although ids may be committed out of order. Pure.

PostgreSQL hands out an id when a row is inserted, and shows the row when its transaction commits; so a lower id may
appear after a higher one. A follower therefore remembers the ids it has skipped, and asks for them again for a while
(a transaction that was rolled back leaves its ids unused for ever).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

#: Longer than any transaction of ours is open.
PATIENCE_SECONDS = 15.0
#: More skipped ids than this at once are no open transactions, but a sequence that was set forward.
MOST_MISSING = 2_000


@dataclass(slots=True)
class Follower:
    """Follows ids from ``newest`` on. Ask the table for ``id > newest OR id IN missing``; ``take`` what it gives."""

    newest: int
    _missing: dict[int, float] = field(default_factory=dict)

    @property
    def missing(self) -> list[int]:
        """Ids below ``newest`` that may still appear, rising."""
        return sorted(self._missing)

    def take(self, ids: Iterable[int], at: float) -> list[int]:
        """Note the ids that the table holds at second ``at``, and return those not returned before, rising."""
        fresh = sorted(one for one in set(ids) if one > self.newest or one in self._missing)
        for one in fresh:
            self._missing.pop(one, None)
        if fresh and fresh[-1] > self.newest:
            first = max(self.newest + 1, fresh[-1] - MOST_MISSING)
            found = set(fresh)
            self._missing |= {one: at + PATIENCE_SECONDS for one in range(first, fresh[-1]) if one not in found}
            self.newest = fresh[-1]
        self._missing = {one: until for one, until in self._missing.items() if until > at}
        return fresh
