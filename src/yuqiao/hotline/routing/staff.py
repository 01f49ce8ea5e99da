"""The candidates sorted out once, however many requests ask: by pair of languages, then into kinds. Pure.

Those of one kind differ in nothing that a request looks at but how long they are idle (and whether they served the
caller before), so what is true of the first is true of all, and the first who is not taken is the best of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from operator import attrgetter

from yuqiao.hotline.routing.candidates import Candidate, Force, Wanted, force_of
from yuqiao.hotline.routing.fit import rested_at
from yuqiao.hotline.routing.policy import Policy

Kind = list[Candidate]
_in_turn = attrgetter("idle_since", "id")


class Staff:
    """The candidates as the requests of one moment see them; ``now`` in UNIX seconds."""

    def __init__(self, candidates: Iterable[Candidate], now: float) -> None:
        self._everybody = list(candidates)
        self._now = now
        self._able: dict[tuple[str, str], list[Candidate]] = {}
        self._traits: dict[tuple[str, str], list[Kind]] = {}
        self._kinds: dict[Hashable, list[Kind]] = {}

    def able(self, wanted: Wanted) -> list[Candidate]:
        """Return those who have the request's languages, busy ones as well, in the order handed in."""
        pair = wanted.language, wanted.target
        found = self._able.get(pair)
        if found is None:
            found = self._able[pair] = [one for one in self._everybody if one.level(*pair)]
        return found

    def kinds(self, wanted: Wanted, policy: Policy) -> list[Kind]:
        """Return those of `able` who are not busy, kind by kind, the longest idle first."""
        pair = wanted.language, wanted.target
        rules = *pair, policy.rest_calls, policy.rest_work_minutes, policy.rest_pause_minutes
        found = self._kinds.get(rules)
        if found is None:
            found = []
            for kind in self._alike(wanted):
                if not kind[0].busy:
                    rested = [one for one in kind if rested_at(one, policy) <= self._now]
                    resting = [one for one in kind if rested_at(one, policy) > self._now]
                    found += [part for part in (rested, resting) if part]
            self._kinds[rules] = found
        return found

    def force(self, wanted: Wanted) -> Force:
        """Return who is on duty for a request, except those tried already: `force_of`, counted kind by kind."""
        firsts = (next((one for one in kind if one.id not in wanted.tried), None) for kind in self._alike(wanted))
        return force_of((one for one in firsts if one is not None), wanted.language, wanted.target)

    def _alike(self, wanted: Wanted) -> list[Kind]:
        """Return `able` by all that a request looks at but rest, busy ones apart; each the longest idle first."""
        pair = wanted.language, wanted.target
        found = self._traits.get(pair)
        if found is None:
            kinds: defaultdict[Hashable, Kind] = defaultdict(list)
            for one in self.able(wanted):
                traits = (one.tier, one.off, one.busy, one.gender, one.domains, one.lines, one.barred)
                kinds[(*traits, one.level(*pair))].append(one)
            for kind in kinds.values():
                kind.sort(key=_in_turn)
            found = self._traits[pair] = list(kinds.values())
        return found
