"""Who may hear the recording of a call, and for what. Pure.

Hearing people who were told "this call is recorded" is bound to a purpose (PIPL articles 6 and 28). Whoever checks
quality, looks into complaints or audits hears any call; an interpreter hears her own only where the site allows it, for
a while, and not while somebody looks into it: then it is proof.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum


class Purpose(StrEnum):
    """What somebody hears a recording for."""

    QUALITY = "quality"
    TRAINING = "training"
    COMPLAINT = "complaint"
    DISPUTE = "dispute"  # a violation that is judged or contested
    ORDER = "order"  # a department's work order
    AUDIT = "audit"
    OWN = "own"  # an interpreter, her own call


#: Purposes that rest on a case, whose number is to be named.
WITH_REFERENCE = frozenset({Purpose.COMPLAINT, Purpose.DISPUTE, Purpose.ORDER, Purpose.AUDIT})
LONGEST_REFERENCE = 40
#: A file's number as offices write them: with a digit, without a space; no sentence, and no room for a person's name.
_REFERENCE = re.compile(rf"(?=.*\d)[\w〔〕\[\]()#/.:-]{{1,{LONGEST_REFERENCE}}}")


@dataclass(frozen=True, slots=True)
class Hearer:
    """Who asks. ``by_role``: one of her roles hears recordings; ``audits``: she is an auditor; ``interpreted``: she was
    an interpreter on this call."""

    by_role: bool
    audits: bool
    interpreted: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """The call. ``looked_into``: a complaint about it, or a violation in it, is open."""

    ended_at: dt.datetime | None
    refused: bool
    looked_into: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """For what the recording may be heard; none of it: ``why`` says why not, as a code."""

    purposes: tuple[Purpose, ...]
    why: str = ""

    def __bool__(self) -> bool:
        return bool(self.purposes)


def verdict(hearer: Hearer, call: Asked, own_days: int, now: dt.datetime) -> Verdict:
    """Decide; ``own_days``: how long an interpreter may hear her own calls, 0 where she may not.

    Codes: ``role``, ``refused``, ``running``, ``involved`` (she took part in what is being looked into), ``too_old``.
    """
    if why := _closed(hearer, call, own_days, now):
        return Verdict((), why)
    if not hearer.by_role:
        return Verdict((Purpose.OWN,))
    not_hers = {Purpose.OWN} if hearer.audits else {Purpose.OWN, Purpose.AUDIT}
    return Verdict(tuple(one for one in Purpose if one not in not_hers))


def _closed(hearer: Hearer, call: Asked, own_days: int, now: dt.datetime) -> str:
    by_right = hearer.by_role or (hearer.interpreted and own_days > 0)
    over = call.ended_at is not None
    in_time = hearer.by_role or call.ended_at is None or now - call.ended_at <= dt.timedelta(days=own_days)
    reasons = (
        ("role", not by_right),
        ("refused", call.refused),
        ("running", not over),
        ("involved", hearer.interpreted and call.looked_into),
        ("too_old", not in_time),
    )
    return next((why for why, holds in reasons if holds), "")


def fault(allowed: Verdict, purpose: str, reference: str) -> str:
    """Return what is wrong with what somebody says she listens for: ``purpose``, ``reference``, or nothing."""
    if purpose not in {one.value for one in allowed.purposes}:
        return "purpose"
    if reference and not _REFERENCE.fullmatch(reference):
        return "reference"
    return "reference" if Purpose(purpose) in WITH_REFERENCE and not reference else ""
