"""How well a candidate fits a request, and from when on she may be rung for it. Pure arithmetic, no ranking.

Requirements that never relax: the languages, not to be tried twice. The others are wishes, each given up after its
time; one that nobody on duty fulfils costs no waiting at all, and neither does a tier in which nobody is on duty.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import NamedTuple

from yuqiao.hotline.routing.candidates import TIERS, Candidate, Force, Wanted
from yuqiao.hotline.routing.policy import Policy

PERMISSION, REST, LEVEL, DOMAIN, GENDER = WISHES = ("permission", "rest", "level", "domain", "gender")


class Short(NamedTuple):
    """What a candidate lacks, the weightiest first: 0 nothing; ``level`` counts the levels, the others are 1."""

    permission: int
    rest: int
    level: int
    domain: int
    gender: int


class Given(NamedTuple):
    """From which waiting time on each wish is given up, in seconds: 0 at once, infinite never."""

    permission: float
    rest: float
    level: float
    domain: float
    gender: float


def _after(seconds: float | None, *, idle: bool = False) -> float:
    return 0.0 if idle else inf if seconds is None else seconds


def given_up(wanted: Wanted, policy: Policy, force: Force) -> Given:
    """Return when each wish of the request is given up; at once, where nobody on duty fulfils it.

    Never, where nobody else will do.
    """
    if wanted.strict:
        return Given(_after(policy.permission_after), _after(policy.rest_after), inf, inf, inf)
    return Given(
        _after(policy.permission_after),
        _after(policy.rest_after),
        _after(policy.level_after, idle=force.level < needed_level(wanted, policy)),
        _after(policy.domain_after, idle=wanted.domain not in force.domains),
        _after(policy.gender_after, idle=wanted.gender not in force.genders),
    )


def needed_level(wanted: Wanted, policy: Policy) -> int:
    """Return the level asked for at first."""
    return max(wanted.level, policy.level)


def rested_at(one: Candidate, policy: Policy) -> float:
    """Return from when on she has rested: 0 if she need not rest."""
    tired = one.calls >= policy.rest_calls or one.worked_until - one.worked_since >= policy.rest_work_minutes * 60
    return one.worked_until + policy.rest_pause_minutes * 60 if tired else 0.0


def may_serve(one: Candidate, wanted: Wanted) -> bool:
    """Whether her permissions allow the request's line."""
    if not one.barred and not one.lines:
        return True
    names = (wanted.line, wanted.line_class)
    if one.barred and any(name in one.barred for name in names):
        return False
    return not one.lines or any(name in one.lines for name in names)


def short_of(one: Candidate, wanted: Wanted, policy: Policy, now: float) -> Short:
    """Return what she lacks for the request at ``now``."""
    below = needed_level(wanted, policy) - one.level(wanted.language, wanted.target)
    return Short(
        0 if may_serve(one, wanted) else 1,
        1 if now < rested_at(one, policy) else 0,
        below if below > 0 else 0,
        1 if wanted.domain and wanted.domain not in one.domains else 0,
        1 if wanted.gender and wanted.gender != one.gender else 0,
    )


def fits_after(short: Short, given: Given) -> float:
    """Return from which waiting time on a candidate is acceptable in spite of what she lacks; infinite: never."""
    if not any(short):
        return 0.0
    return max(lacks * after if after else 0.0 for lacks, after in zip(short, given, strict=True) if lacks)


def order_of_tiers(cover: str) -> tuple[str, ...]:
    """Return the tiers in the order of ringing while ``cover`` is the tier on duty: it comes first, so that at a
    change-over those whose shift begins are rung before those whose shift is over."""
    return (cover, *(tier for tier in TIERS if tier != cover)) if cover in TIERS else TIERS


def openings(policy: Policy, force: Force, cover: str) -> Mapping[str, float]:
    """Return from which waiting time on each tier may be rung; an empty tier costs nothing.

    Nor does one whose people are all taken, where the policy passes them.
    """
    opens: dict[str, float] = {}
    waited = 0.0
    rung = force.free if policy.pass_busy else force.tiers
    for tier in order_of_tiers(cover):
        opens[tier] = waited
        if tier in rung:
            waited += policy.patience(tier)
    return opens
