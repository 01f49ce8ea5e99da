"""Violations: a phone that rang in vain is proposed, a person judges, another one decides the appeal."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable

import pytest

from yuqiao.accounts.models import JournalEntry, Person
from yuqiao.engines.events import LegControlled, LegEnded, LegRinging
from yuqiao.hotline import violations
from yuqiao.hotline.figures.catalogue import BY_CODE
from yuqiao.hotline.figures.definition import Scope
from yuqiao.hotline.figures.report import totals
from yuqiao.hotline.models import Call, Recording, Violation
from yuqiao.hotline.tests.rows import OneCall, interpreter, line
from yuqiao.lib import clock
from yuqiao.workforce.models import Interpreter

pytestmark = [pytest.mark.database, pytest.mark.django_db]

SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def li(db: None) -> Interpreter:
    return interpreter("1001", en=3)


@pytest.fixture
def mei(db: None) -> Person:
    return Person.objects.create(username="mei")


def ring_in_vain(cause: int, *, rings: bool = True) -> OneCall:
    """Let a call ring her phone, which ends with this cause; it ``rings`` or gives no sign."""
    line()
    one = OneCall()
    one.tell(LegControlled("leg-1", time.time()))
    leg = next(leg for leg in one.call.legs if leg.interpreter is not None)
    if rings:
        one.tell(LegRinging(leg.id, time.time()))
    one.tell(LegEnded(leg.id, cause, time.time()))
    return one


def counted() -> int:
    now = clock.now()
    scope = Scope(now - 3600 * SECOND, now + SECOND)
    return totals(scope, [BY_CODE["violations"]])["violations"].numerator


@pytest.mark.parametrize(("cause", "kind"), [(19, "missed_ring"), (17, "refused"), (21, "refused")])
def test_a_phone_that_rang_in_vain_is_proposed_and_does_not_count(li: Interpreter, cause: int, kind: str) -> None:
    one = ring_in_vain(cause)
    case = Violation.objects.get()
    assert (case.kind, case.state, case.interpreter, case.proposed_by) == (kind, "proposed", li, None)
    assert str(case.call_id) == one.call.id
    assert counted() == 0


def test_a_dead_phone_is_nobodys_fault(li: Interpreter) -> None:
    ring_in_vain(27, rings=False)
    assert not Violation.objects.exists()
    assert Interpreter.objects.get(pk=li.pk).state == "off"


def case(li: Interpreter) -> Violation:
    return Violation.objects.create(
        kind="missed_ring", interpreter=li, happened_at=clock.now() - SECOND, proposed_at=clock.now()
    )


def test_confirmed_appealed_and_annulled(li: Interpreter, mei: Person) -> None:
    one, chief = case(li), Person.objects.create(username="chief")
    violations.confirm(one, "服务规范 3.2", "twenty seconds, no answer", by=mei)
    assert counted() == 1
    violations.appeal(one, "the phone was broken", by=li.person)
    one.refresh_from_db()
    with pytest.raises(violations.ViolationError, match="own"):
        violations.decide_appeal(one, "no", grant=True, by=mei)
    violations.decide_appeal(one, "repair order seen", grant=True, by=chief)
    assert counted() == 0
    one.refresh_from_db()
    assert (one.state, one.rule, one.decided_by, one.appeal_decided_by) == ("annulled", "服务规范 3.2", mei, chief)
    acts = ["violation.confirm", "violation.appeal", "violation.appeal_granted"]
    assert list(JournalEntry.objects.values_list("action", flat=True)) == acts


def test_a_rejected_appeal_leaves_it_standing_and_each_step_happens_once(li: Interpreter, mei: Person) -> None:
    one, chief = case(li), Person.objects.create(username="chief")
    too_early: tuple[Callable[[], None], ...] = (
        lambda: violations.appeal(one, "why", by=li.person),
        lambda: violations.decide_appeal(one, "why", grant=True, by=chief),
        lambda: violations.confirm(one, "rule", "own case", by=li.person),
        lambda: violations.confirm(one, " ", "no rule", by=mei),
    )
    for wrong in too_early:
        with pytest.raises(violations.ViolationError):
            wrong()
    violations.confirm(one, "rule", "reason", by=mei)
    one.refresh_from_db()
    violations.appeal(one, "why", by=li.person)
    violations.decide_appeal(one, "still", grant=False, by=chief)
    too_late: tuple[Callable[[], None], ...] = (
        lambda: violations.dismiss(one, "again", by=mei),
        lambda: violations.appeal(one, "again", by=li.person),
        lambda: violations.decide_appeal(one, "again", grant=True, by=chief),
    )
    for again in too_late:
        with pytest.raises(violations.ViolationError):
            again()
    assert counted() == 1


def test_dismissed_never_counts(li: Interpreter, mei: Person) -> None:
    violations.dismiss(case(li), "she was on the stairs with a caller's child", by=mei)
    assert counted() == 0


def test_a_person_enters_one_with_its_proof(li: Interpreter, mei: Person) -> None:
    line()
    calls = [OneCall("leg-1"), OneCall("leg-2")]
    first, second = (one.call.id for one in calls)
    call = Call.objects.get(pk=first)
    proof = Recording.objects.create(call=call, kind="mix", name="mix", created_at=clock.now())
    made = violations.enter("rude", li, call, "shouted", by=mei, recording=proof, position_ms=61_000)
    assert (made.recording, made.position_ms, made.happened_at) == (proof, 61_000, call.started_at)
    for code, wrong in {
        "kind": ("nonsense", call, proof, None),
        "moment": ("late", None, None, None),
        "proof": ("late", Call.objects.get(pk=second), proof, None),
    }.items():
        kind, of, recording, moment = wrong
        with pytest.raises(violations.ViolationError, match=code):
            violations.enter(kind, li, of, "note", by=mei, recording=recording, happened_at=moment)
    with pytest.raises(violations.ViolationError, match="moment"):
        violations.enter("late", li, None, "note", by=mei, happened_at=clock.now() + 60 * SECOND)
