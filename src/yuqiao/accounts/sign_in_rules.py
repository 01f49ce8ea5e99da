"""Who must hold a second factor, and when a proof of identity is fresh enough: decided without Django."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

#: What counts as a second factor (a code of an app, a recovery code, a passkey), and what proves identity otherwise.
SECOND = "mfa"
FIRST = frozenset({"password", "socialaccount", SECOND})


@dataclass(frozen=True, slots=True)
class Proof:
    """Somebody proved by ``method`` who they are, at ``at`` (seconds since 1970)."""

    method: str
    at: float


def must_hold_factor(roles: Iterable[str], policy: Collection[str]) -> bool:
    """Tell whether one of ``roles`` obliges its holder to a second factor (NIST SP 800-63B-4, 2.2: AAL2)."""
    return any(role in policy for role in roles)


def fresh(proofs: Iterable[Proof], *, holds_factor: bool, at: float, within: float) -> bool:
    """Tell whether identity was proved within the last ``within`` seconds before ``at``.

    Whoever holds a second factor proves it by that: a password alone would let in the one who has stolen it. A proof
    from the future (the clock was set back) proves nothing.
    """
    counted = {SECOND} if holds_factor else FIRST
    return any(proof.method in counted and 0 <= at - proof.at < within for proof in proofs)
