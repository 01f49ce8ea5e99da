"""Incidents: opened, told step by step until somebody acknowledges, closed with a written report (S48, S141 f, i, j).

`open_for_call` runs within the transaction of `hotline.services`; every act of a person is journaled. The next step
fires by one conditional UPDATE, so that two call servers never tell anybody twice.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import IntegrityError, transaction

from yuqiao.accounts.models import Department, Person, Role
from yuqiao.accounts.services import record
from yuqiao.hotline import alerting
from yuqiao.hotline.models import (
    Call,
    CallCommand,
    FloorManager,
    Incident,
    IncidentKind,
    LadderStep,
    Told,
    Way,
)
from yuqiao.hotline.state import CallState
from yuqiao.lib import clock
from yuqiao.workforce.models import Interpreter

#: The longest a step may wait; a day is no ladder any more.
LONGEST_MINUTES = 24 * 60


class IncidentError(ValueError):
    """A wish for an incident makes no sense; the message says why."""


def manager_contact() -> str | None:
    """Return where the floor manager is rung who has been on duty longest; None when nobody is or none has a phone."""
    on_duty = FloorManager.objects.exclude(on_duty_since=None).exclude(contact="")
    return on_duty.order_by("on_duty_since").values_list("contact", flat=True).first()


def open_for_call(call: CallState, interpreter: int | None, command: int | None, at: dt.datetime) -> None:
    """Open the call's escalation; one that is open already goes on."""
    wish = CallCommand.objects.filter(pk=command or 0).select_related("asked_by").first()
    by = wish.asked_by if wish is not None else Person.objects.filter(interpreter=interpreter or 0).first()
    call_id = UUID(call.id)
    incident = Incident(
        kind=IncidentKind.ESCALATION,
        call_id=call_id,
        opened_at=at,
        opened_by=by,
        interpreter=Interpreter.objects.filter(person=by).first() if by is not None else None,
    )
    if Incident.objects.filter(call_id=call_id, kind=incident.kind, closed_at=None).exists():
        return
    incident.save(force_insert=True)
    _fire(incident, at)
    record(by, "incident.open", incident, {"kind": incident.kind})


def open_by_hand(kind: str, subject: str, *, by: Person, call: Call | None = None) -> Incident:
    """Open an incident that somebody learnt of; IncidentError for an unknown kind, or nothing said."""
    subject = subject.strip()
    if kind not in IncidentKind.values:
        raise IncidentError("choose what it is about")
    if not subject:
        raise IncidentError("say in a few words what it is about")
    at = clock.now()
    try:
        with transaction.atomic():
            incident = Incident.objects.create(
                kind=kind,
                call=call,
                subject=subject[:200],
                opened_at=at,
                opened_by=by,
                interpreter=Interpreter.objects.filter(person=by).first(),
            )
            _fire(incident, at)
            record(by, "incident.open", incident, {"kind": kind})
    except IntegrityError as error:
        raise IncidentError("this call has an open escalation already") from error
    return incident


def fire_due(at: dt.datetime) -> int:
    """Tell the next step of every incident that nobody acknowledged in time; returns how many."""
    due = Incident.objects.filter(acknowledged_at=None, closed_at=None, due_at__lte=at)
    fired = 0
    for incident in due.order_by("due_at")[:20]:
        with transaction.atomic():
            fired += _fire(incident, at)
    return fired


def _fire(incident: Incident, at: dt.datetime) -> bool:
    """Go to the next step of the ladder; the last one stays, and its clock shows as overdue."""
    step = LadderStep.objects.filter(level__gt=incident.level).order_by("level").first()
    unacknowledged = Incident.objects.filter(pk=incident.pk, level=incident.level, acknowledged_at=None, closed_at=None)
    if step is None:
        unacknowledged.update(due_at=None)
        return False
    due_at = at + dt.timedelta(minutes=step.minutes)
    if not unacknowledged.update(level=step.level, due_at=due_at):
        return False
    told = Told.objects.create(
        incident=incident,
        level=step.level,
        role=step.role,
        department=step.department,
        way=step.way,
        at=at,
        due_at=due_at,
    )
    if step.way == Way.RING and incident.call_id and Call.objects.filter(pk=incident.call_id, ended_at=None).exists():
        CallCommand.objects.create(call_id=incident.call_id, kind="call_manager", arguments={}, created_at=at)
    written = alerting.tell(told, at)
    record(None, "incident.step", incident, {"level": step.level, "way": step.way, "messages": written})
    return True


def acknowledge(incident: Incident, by: Person) -> None:
    """Somebody takes it over: the ladder stops. IncidentError when somebody else did, or it is closed."""
    with transaction.atomic():
        waiting = Incident.objects.filter(pk=incident.pk, acknowledged_at=None, closed_at=None)
        if not waiting.update(acknowledged_at=clock.now(), acknowledged_by=by, due_at=None):
            raise IncidentError("somebody took it over already, or it is closed")
        record(by, "incident.acknowledge", incident, {"level": incident.level})


def write_report(incident: Incident, happened: str, handled: str, plan: str, *, by: Person, close: bool) -> None:
    """Keep the report; ``close`` closes the incident, which needs all three parts. IncidentError without them."""
    parts = {"happened": happened.strip(), "handled": handled.strip(), "plan": plan.strip()}
    if close and not all(parts.values()):
        raise IncidentError("an incident is closed with its report: what happened, how it was handled, the work plan")
    with transaction.atomic():
        still_open = Incident.objects.filter(pk=incident.pk, closed_at=None)
        at = clock.now()
        ended = {"closed_at": at, "closed_by": by, "due_at": None} if close else {}
        if not still_open.update(**parts, **ended):
            raise IncidentError("it is closed already")
        if close:
            still_unknown = Incident.objects.filter(pk=incident.pk, acknowledged_at=None)
            still_unknown.update(acknowledged_at=at, acknowledged_by=by)
        record(by, "incident.close" if close else "incident.report", incident, {})


def set_step(
    level: int, told: str, way: str, minutes: int, *, by: Person, department: Department | None = None
) -> LadderStep:
    """Write one step of the ladder; ``told`` is a role, or empty for ``department``. IncidentError if senseless."""
    if bool(told) == (department is not None) or (told and told not in Role.values):
        raise IncidentError("a step tells a role or a department")
    if way not in Way.values or not 1 <= minutes <= LONGEST_MINUTES or not 1 <= level <= 20:
        raise IncidentError("a step needs a level from 1 to 20, a way, and 1 to 1440 minutes")
    with transaction.atomic():
        values = {"role": told, "department": department, "way": way, "minutes": minutes}
        step, _ = LadderStep.objects.update_or_create(level=level, defaults=values)
        detail = {"level": level, "role": told, "way": way, "minutes": minutes}
        record(by, "ladder.set", step, detail | {"department": department.code if department else ""})
    return step


def drop_step(level: int, *, by: Person) -> None:
    """Take a step off the ladder; IncidentError when there is none."""
    with transaction.atomic():
        step = LadderStep.objects.filter(level=level).first()
        if step is None:
            raise IncidentError("there is no such step")
        record(by, "ladder.drop", step, {"level": level})
        step.delete()


def set_duty(person: Person, contact: str, *, on: bool, by: Person) -> None:
    """A supervisor begins or ends as floor manager on duty; ``contact`` (SIP URI) may be empty."""
    contact = contact.strip()
    if contact and not contact.startswith(("sip:", "sips:")):
        raise IncidentError("a phone is named by a SIP URI such as sip:9001@exchange.example")
    with transaction.atomic():
        since = clock.now() if on else None
        manager, _ = FloorManager.objects.update_or_create(
            person=person, defaults={"contact": contact[:200], "on_duty_since": since}
        )
        record(by, "floor.duty", manager, {"on": on, "phone": bool(contact)})
