"""Who is rung for a request, in what order, and why; and whose request is served first. Pure.

The one place that decides: `hotline.queue` hands it rows of the database, a simulation hands it memory. The claim
itself is `workforce.services.claim`.
"""

from __future__ import annotations

from yuqiao.hotline.routing.candidates import (
    MOBILE,
    NEIGHBOUR,
    REMOTE,
    RESIDENT,
    TIERS,
    VOLUNTEER,
    Candidate,
    Cover,
    Force,
    Wanted,
)
from yuqiao.hotline.routing.choice import Choice, Considered, choose
from yuqiao.hotline.routing.policy import DEFAULTS, Policies, Policy
from yuqiao.hotline.routing.turns import match, place, queue

__all__ = [
    "DEFAULTS",
    "MOBILE",
    "NEIGHBOUR",
    "REMOTE",
    "RESIDENT",
    "TIERS",
    "VOLUNTEER",
    "Candidate",
    "Choice",
    "Considered",
    "Cover",
    "Force",
    "Policies",
    "Policy",
    "Wanted",
    "choose",
    "match",
    "place",
    "queue",
]
