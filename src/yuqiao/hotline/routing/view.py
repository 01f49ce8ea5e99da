"""One request's view of the candidates: who is acceptable when, in which order, and how many it rings."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from yuqiao.hotline.routing.candidates import TIERS, Candidate, Cover, Force, Wanted
from yuqiao.hotline.routing.fit import (
    REST,
    WISHES,
    Given,
    Short,
    fits_after,
    given_up,
    openings,
    order_of_tiers,
    rested_at,
    short_of,
)
from yuqiao.hotline.routing.policy import Policy

#: Verdicts besides the wishes' own names: what was decided about a candidate.
CHOSEN, RINGING, TRIED, BUSY, TIER, PROMISED, BEHIND, UNABLE, OFF_SHIFT = (
    *("chosen", "ringing", "tried", "busy", "tier"),
    *("promised", "behind", "unable", "off_shift"),
)
Key = tuple[bool, int, Short, int, float, int]


@dataclass(frozen=True, slots=True)
class Seen:
    """A candidate in the eyes of one request; ``at``: from when on she may be rung for it (infinite: never)."""

    one: Candidate
    key: Key
    at: float
    short: Short
    familiar: bool


def to_ring(wanted: Wanted, policy: Policy, now: float) -> int:
    """Return how many phones more the ring plan wants for a request now; at least one while none rings."""
    rounds = 0 if wanted.first_rung_at is None else int((now - wanted.first_rung_at) // policy.ring_every)
    plan = min(policy.ring_most, policy.ring_first + policy.ring_more * max(0, rounds)) - len(wanted.ringing)
    return max(plan, 0 if wanted.ringing else 1)


class View:
    """The eyes of one request, with all that depends on it alone worked out once."""

    def __init__(self, wanted: Wanted, policy: Policy, force: Force, cover: Cover, now: float) -> None:
        self.wanted = wanted
        self.policy = policy
        self.now = now
        self.given: Given = given_up(wanted, policy, force)
        self.opens = openings(policy, force, cover.tier)
        order = order_of_tiers(cover.tier)
        self._place = {tier: order.index(tier) for tier in TIERS}
        self._seen: dict[int, Seen] = {}
        self._alike: dict[int, Seen] = {}

    def able(self, one: Candidate) -> bool:
        """Whether what never relaxes holds: she has the languages, and was neither tried nor is she rung."""
        wanted = self.wanted
        return (
            one.level(wanted.language, wanted.target) > 0
            and one.id not in wanted.tried
            and one.id not in wanted.ringing
            and (self.policy.off_duty or not one.off)
        )

    def see(self, one: Candidate) -> Seen:
        """Look at a candidate who is able, once. The order of keys is total: her id decides last."""
        seen = self._seen.get(one.id)
        if seen is None:
            familiar = one.id in self.wanted.familiar and not one.off
            seen = self._seen[one.id] = self._look_at(one, familiar=familiar)
        return seen

    def alike(self, one: Candidate) -> Seen:
        """Look at ``one`` as at everybody of her kind: as if she had never served the caller.

        Of the answer, what is before ``idle_since`` in the key, whether she may be rung now, and what she lacks hold
        for all of the kind; ``at``, too, unless they rest.
        """
        seen = self._alike.get(one.id)
        if seen is None:
            seen = self._alike[one.id] = self._look_at(one, familiar=False)
        return seen

    def _look_at(self, one: Candidate, *, familiar: bool) -> Seen:
        wanted, policy = self.wanted, self.policy
        short = short_of(one, wanted, policy, self.now)
        tier = one.tier if one.tier in self._place else TIERS[-1]
        waits = max(fits_after(short, self.given), 0.0 if familiar else self.opens[tier])
        at = wanted.created_at + waits
        if short.rest:
            rested = max(fits_after(short._replace(rest=0), self.given), 0.0 if familiar else self.opens[tier])
            at = min(at, max(wanted.created_at + rested, rested_at(one, policy)))
        level = -one.level(wanted.language, wanted.target) if policy.prefer_level else 0
        return Seen(one, (not familiar, self._place[tier], short, level, one.idle_since, one.id), at, short, familiar)

    def to_ring(self) -> int:
        """Return how many phones more the ring plan wants now; at least one while none rings."""
        return to_ring(self.wanted, self.policy, self.now)

    def next_round(self, ringing: int) -> float | None:
        """Return when the ring plan wants more phones than the ``ringing`` ones; None: never."""
        policy, began = self.policy, self.wanted.first_rung_at
        if not ringing or ringing >= policy.ring_most or not policy.ring_more:
            return None
        if began is None:
            return self.now + policy.ring_every
        return began + (max(0, (self.now - began) // policy.ring_every) + 1) * policy.ring_every

    def given_up(self) -> tuple[str, ...]:
        """Return the wishes that hold nobody back any more, of those that the request has."""
        waited = self.now - self.wanted.created_at
        has = {
            "level": self.wanted.level > 1 or self.policy.level > 1,
            "domain": bool(self.wanted.domain),
            "gender": bool(self.wanted.gender),
        }
        return tuple(
            wish
            for wish, after in zip(WISHES, self.given, strict=True)
            if has.get(wish, wish == REST) and waited >= after
        )

    def why_not(self, seen: Seen) -> str:
        """Return why a candidate who is able is not acceptable now: the weightiest wish, or her tier."""
        waited = self.now - self.wanted.created_at
        for wish, lacks, after in zip(WISHES, seen.short, self.given, strict=True):
            if lacks and (after == inf or waited < lacks * after):
                return wish
        return TIER
