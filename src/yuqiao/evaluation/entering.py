"""Enters actuals that no row can tell; the newest counts, earlier ones stay, and each is journaled (S131, S134)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.evaluation.evidence_rules import EvidenceError
from yuqiao.evaluation.formulas import ENTERED
from yuqiao.evaluation.models import Entered, Indicator
from yuqiao.evaluation.process_rules import What
from yuqiao.evaluation.scoring import Done
from yuqiao.evaluation.stages import held
from yuqiao.lib import clock

#: What the database keeps: 14 digits before the point, 4 behind it.
LARGEST, PLACES = Decimal(10) ** 14, 4
LONGEST_TEXT, LONGEST_BASIS = 200, 500


@dataclass(frozen=True, slots=True)
class Actual:
    """What a person says was done: a number, or ``numerator`` of ``denominator``, or ``done`` with its share.

    ``share`` (0 to 100) is given for what was partly done; ``done_on`` is the day it was first done; ``basis`` says
    what the number rests on, besides the evidence that is linked.
    """

    value: Decimal | None = None
    numerator: int | None = None
    denominator: int | None = None
    done: Done | None = None
    share: Decimal | None = None
    text: str = ""
    done_on: dt.date | None = None
    basis: str = ""


def enter(indicator: Indicator, actual: Actual, *, by: Person | None) -> Entered:
    """Enter an actual; EvidenceError says what to mend, PlanError that the project's stage allows none."""
    if indicator.formula != ENTERED:
        raise EvidenceError("counted")
    check(actual, rate=indicator.unit == "%", counted=indicator.amount is not None, today=timezone.localdate())
    with transaction.atomic():
        held(indicator.project, What.EVIDENCE)
        made = Entered.objects.create(
            indicator=indicator,
            value=actual.value,
            numerator=actual.numerator,
            denominator=actual.denominator,
            done="" if actual.done is None else actual.done.value,
            share=actual.share,
            text=actual.text.strip(),
            done_on=actual.done_on,
            basis=actual.basis.strip(),
            entered_at=clock.now(),
            entered_by=by,
        )
        record(
            by,
            "actual.enter",
            indicator,
            {
                "value": None if actual.value is None else str(actual.value),
                "numerator": actual.numerator,
                "denominator": actual.denominator,
                "done": made.done,
                "done_on": None if actual.done_on is None else actual.done_on.isoformat(),
            },
        )
    return made


def check(actual: Actual, *, rate: bool, counted: bool, today: dt.date) -> None:
    """Refuse what cannot be an actual: of a ``rate`` the part is no more than the whole. EvidenceError."""
    if len(actual.text.strip()) > LONGEST_TEXT or len(actual.basis.strip()) > LONGEST_BASIS:
        raise EvidenceError("reason")
    if actual.done_on is not None and actual.done_on > today:
        raise EvidenceError("future", day=actual.done_on.isoformat())
    if counted:
        _check_number(actual, rate=rate)
    else:
        _check_done(actual)


def _check_number(actual: Actual, *, rate: bool) -> None:
    part, whole = actual.numerator, actual.denominator
    if actual.value is None and part is None and whole is None:
        raise EvidenceError("value")
    if actual.value is not None and (part is not None or whole is not None):
        raise EvidenceError("both")
    if actual.value is not None:
        exponent = actual.value.normalize().as_tuple().exponent if actual.value.is_finite() else "F"
        if not isinstance(exponent, int) or -exponent > PLACES or abs(actual.value) >= LARGEST:
            raise EvidenceError("size")
        return
    if part is None or whole is None or part < 0 or whole <= 0 or (rate and part > whole):
        raise EvidenceError("fraction")
    if max(part, whole) >= LARGEST:
        raise EvidenceError("size")


def _check_done(actual: Actual) -> None:
    if actual.done is None and actual.done_on is None:
        raise EvidenceError("done")
    if actual.share is None:
        return
    if not actual.share.is_finite() or not 0 <= actual.share <= 100 or actual.done is None:
        raise EvidenceError("share")
