"""The city's rules of routing, one policy for each class of lines; supervisors edit them, these are the defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from yuqiao.hotline.routing import candidates

#: The class of requests of our own callbacks: they take spare capacity of those on duty, one at a time.
CALLBACKS = "callback"


@dataclass(frozen=True, slots=True)
class Policy:
    """How requests of one class of lines are routed. Seconds, unless a name says otherwise; None: never.

    Ringing: ``ring_first`` at once, ``ring_more`` others after each ``ring_every`` without an answer, never more than
    ``ring_most`` together. ``patience_…``: how long a tier with somebody on duty is rung before the next one may be.
    ``…_after``: from which waiting time on a wish is given up (a level is lowered by one each time).
    ``rest_…``: who worked ``rest_work_minutes`` or ``rest_calls`` calls rests ``rest_pause_minutes`` (the published
    rule is 5 minutes after 30 to 40). ``continuity_days``: how long a caller's former interpreter is preferred.
    ``prefer_level``: the higher level first, else the longest idle. ``point_seconds``: how many seconds earlier a
    request counts as come for each point of its line's priority; ``off_duty``: whether those off shift may be rung.
    ``pass_busy``: a tier whose people are all taken costs no patience.
    """

    ring_first: int = 1
    ring_more: int = 1
    ring_every: float = 10.0
    ring_most: int = 3
    patience_resident: float = 4.0
    patience_remote: float = 6.0
    patience_mobile: float = 10.0
    patience_volunteer: float = 10.0
    level: int = 1
    level_after: float | None = 15.0
    domain_after: float | None = 10.0
    gender_after: float | None = 15.0
    rest_after: float | None = 20.0
    permission_after: float | None = None
    rest_work_minutes: float = 35.0
    rest_pause_minutes: float = 5.0
    rest_calls: int = 12
    continuity_days: int = 30
    prefer_level: bool = False
    point_seconds: float = 0.3
    off_duty: bool = True
    pass_busy: bool = False

    def patience(self, tier: str) -> float:
        """Return how long ``tier`` is rung before the next one may be."""
        match tier:
            case candidates.RESIDENT:
                return self.patience_resident
            case candidates.REMOTE:
                return self.patience_remote
            case candidates.MOBILE:
                return self.patience_mobile
            case candidates.VOLUNTEER:
                return self.patience_volunteer
        return 0.0

    def all_hands(self) -> Policy:
        """Return the policy of an emergency of the city (S32): all tiers at once, more rung, no wish delays anybody."""
        return replace(
            self,
            ring_first=max(self.ring_first, 3),
            ring_more=max(self.ring_more, 3),
            ring_every=min(self.ring_every, 5.0),
            ring_most=max(self.ring_most, 9),
            patience_resident=0.0,
            patience_remote=0.0,
            patience_mobile=0.0,
            patience_volunteer=0.0,
            level_after=0.0,
            domain_after=0.0,
            gender_after=0.0,
            rest_after=0.0,
            off_duty=True,
        )


DEFAULTS: Mapping[str, Policy] = {
    "emergency": Policy(
        ring_first=3,
        ring_more=2,
        ring_every=4.0,
        ring_most=6,
        patience_resident=2.0,
        pass_busy=True,
        patience_remote=3.0,
        patience_mobile=5.0,
        patience_volunteer=5.0,
        level_after=5.0,
        # Who has learned the domain goes first all the same; nobody in danger waits for her.
        domain_after=0.0,
        gender_after=5.0,
        rest_after=5.0,
        prefer_level=True,
    ),
    "government": Policy(),
    "public": Policy(),
    "own": Policy(),
    CALLBACKS: Policy(ring_most=1, rest_after=None, off_duty=False),
}


@dataclass(frozen=True, slots=True)
class Policies:
    """All policies; a class without one of its own has the ordinary one. ``emergency``: the city rings all hands."""

    by_class: Mapping[str, Policy] = field(default_factory=dict)
    emergency: bool = False

    def of(self, line_class: str) -> Policy:
        """Return the policy of a class of lines."""
        found = self.by_class.get(line_class) or DEFAULTS.get(line_class) or DEFAULTS["own"]
        return found.all_hands() if self.emergency and line_class != CALLBACKS else found
