"""The register of violations (S45): propose, judge, appeal. A machine only proposes; every judgement is a person's.

A phone that rang while its interpreter was signed on as ready, and was neither answered nor let go by us, becomes a
proposal in the same transaction as the call's history.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.hotline.effects import Note
from yuqiao.hotline.models import Call, Recording, Violation
from yuqiao.hotline.routing import MOBILE
from yuqiao.hotline.state import CallState
from yuqiao.lib import clock
from yuqiao.workforce.models import Interpreter

#: What a call's history says of a phone that rang and was not taken -> what that may be.
NOT_TAKEN = {
    "interpreter_no_answer": Violation.Kind.MISSED_RING,
    "interpreter_refused": Violation.Kind.REFUSED,
}
State = Violation.State


class ViolationError(ValueError):
    """A step makes no sense; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def propose_from(call: CallState, notes: Iterable[Note]) -> None:
    """Propose what ``notes`` of a call show. Who is called at home off shift owes nobody an answer."""
    found = []
    for note in notes:
        leg = call.leg(note.leg) if note.kind in NOT_TAKEN else None
        if leg is None or leg.interpreter is None or leg.tier == MOBILE:
            continue
        found.append(
            Violation(
                kind=NOT_TAKEN[note.kind],
                interpreter_id=leg.interpreter,
                call_id=call.id,
                leg_id=leg.id,
                happened_at=dt.datetime.fromtimestamp(leg.created_at, dt.UTC),
                proposed_at=clock.now(),
            )
        )
    if found:
        Violation.objects.bulk_create(found, ignore_conflicts=True)


def _words(text: str, most: int = 500) -> str:
    text = text.strip()
    if not text or len(text) > most:
        raise ViolationError("words")
    return text


def enter(
    kind: str,
    interpreter: Interpreter,
    call: Call | None,
    note: str,
    *,
    by: Person,
    happened_at: dt.datetime | None = None,
    recording: Recording | None = None,
    position_ms: int | None = None,
) -> Violation:
    """Propose a case that a person saw or heard; journaled. Proof lies in the call named, if one is."""
    if kind not in Violation.Kind.values:
        raise ViolationError("kind")
    if recording is not None and (call is None or recording.call_id != call.pk):
        raise ViolationError("proof")
    moment = happened_at or (call.started_at if call is not None else None)
    if moment is None or moment > clock.now():
        raise ViolationError("moment")
    with transaction.atomic():
        case = Violation.objects.create(
            kind=kind,
            interpreter=interpreter,
            call=call,
            recording=recording,
            position_ms=position_ms if recording is not None else None,
            happened_at=moment,
            note=_words(note),
            proposed_at=clock.now(),
            proposed_by=by,
        )
        record(by, "violation.enter", case, {"kind": kind})
    return case


def confirm(case: Violation, rule: str, reason: str, *, by: Person) -> None:
    """Judge that the rule was broken; journaled. Nobody judges her own case."""
    _decide(case, State.CONFIRMED, by, rule=_words(rule, 120), reason=_words(reason))


def dismiss(case: Violation, reason: str, *, by: Person) -> None:
    """Judge that nothing was broken; journaled."""
    _decide(case, State.DISMISSED, by, reason=_words(reason))


def _decide(case: Violation, state: Violation.State, by: Person, **words: str) -> None:
    if case.interpreter.person_id == by.pk:
        raise ViolationError("own")
    with transaction.atomic():
        open_one = Violation.objects.filter(pk=case.pk, state=State.PROPOSED)
        if not open_one.update(state=state, decided_at=clock.now(), decided_by=by, **words):
            raise ViolationError("decided")
        record(by, f"violation.{'confirm' if state is State.CONFIRMED else 'dismiss'}", case)


def appeal(case: Violation, why: str, *, by: Person) -> None:
    """Contest a confirmed case, once; journaled. Only the interpreter whose case it is."""
    if case.interpreter.person_id != by.pk:
        raise ViolationError("not_yours")
    with transaction.atomic():
        contested = Violation.objects.filter(pk=case.pk, state=State.CONFIRMED, appealed_at=None)
        if not contested.update(appeal=_words(why), appealed_at=clock.now()):
            raise ViolationError("decided")
        record(by, "violation.appeal", case)


def decide_appeal(case: Violation, reason: str, *, grant: bool, by: Person) -> None:
    """Grant or reject an appeal; journaled. Somebody other than who confirmed, and never one's own."""
    if by.pk in {case.interpreter.person_id, case.decided_by_id}:
        raise ViolationError("own")
    with transaction.atomic():
        contested = Violation.objects.filter(
            pk=case.pk, state=State.CONFIRMED, appealed_at__isnull=False, appeal_decided_at=None
        )
        decided = contested.update(
            state=State.ANNULLED if grant else State.CONFIRMED,
            appeal_reason=_words(reason),
            appeal_decided_at=clock.now(),
            appeal_decided_by=by,
        )
        if not decided:
            raise ViolationError("decided")
        record(by, "violation.appeal_granted" if grant else "violation.appeal_rejected", case)
