"""Rows of wrap-ups: drafts saved while she types, finished ones, missing ones, and a supervisor's corrections (S46)."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.hotline.models import Call, Leg, RequestType, Sensitive, Topic, WrapUp, WrapUpOutcome
from yuqiao.lib import clock
from yuqiao.workforce import services as workforce
from yuqiao.workforce.models import Interpreter

LONGEST_NOTE = 1000


class WrapUpError(ValueError):
    """A wrap-up cannot be saved as asked; the message says why."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the form holds; empty where nothing was chosen yet. ``topic`` is a topic's id."""

    request_type: str = ""
    topic_id: int | None = None
    outcome: str = ""
    sensitive: str = Sensitive.NONE
    note: str = ""

    def checked(self) -> Said:
        """Return the same with a shortened note; WrapUpError for codes and topics that do not exist."""
        if self.request_type not in {"", *RequestType.values} or self.outcome not in {"", *WrapUpOutcome.values}:
            raise WrapUpError("no such kind of request or outcome")
        if self.sensitive not in Sensitive.values:
            raise WrapUpError("no such class of sensitive data")
        if self.topic_id is not None and not Topic.objects.filter(pk=self.topic_id).exists():
            raise WrapUpError("no such topic")
        return Said(self.request_type, self.topic_id, self.outcome, self.sensitive, self.note.strip()[:LONGEST_NOTE])

    @property
    def complete(self) -> bool:
        """Whether it can be finished: the note and the topic's finer levels may be empty."""
        return bool(self.request_type and self.topic_id and self.outcome)


def last_interpreter(call: Call) -> Interpreter | None:
    """Return who was on the call last."""
    legs = call.legs.filter(interpreter__isnull=False, answered_at__isnull=False).select_related("interpreter")
    leg = legs.order_by("-answered_at").first()
    return None if leg is None else leg.interpreter


def pending(interpreter: Interpreter, since: dt.datetime) -> Call | None:
    """Return the newest call since then whose wrap-up is hers and not finished."""
    left = Leg.objects.filter(
        interpreter=interpreter, answered_at__isnull=False, ended_at__isnull=False, call__started_at__gte=since
    )
    calls = Call.objects.filter(pk__in=left.values("call_id")).filter(
        Q(wrap_up=None) | Q(wrap_up__finished_at=None, wrap_up__interpreter=interpreter)
    )
    for call in calls.select_related("line").order_by("-started_at")[:3]:
        if last_interpreter(call) == interpreter and not _still_on(call, interpreter):
            return call
    return None


def _still_on(call: Call, interpreter: Interpreter) -> bool:
    return call.legs.filter(interpreter=interpreter, ended_at=None).exists()


def save(call: Call, interpreter: Interpreter, said: Said, *, finish: bool) -> WrapUp:
    """Save a draft, or finish it; while she saves she stays in wrap-up. WrapUpError when finished or incomplete."""
    said, now = said.checked(), clock.now()
    if finish and not said.complete:
        raise WrapUpError("choose what was wanted, a topic and an outcome")
    with transaction.atomic():
        wrap_up, _ = WrapUp.objects.get_or_create(
            call=call,
            defaults={
                "interpreter": interpreter,
                "call_at": call.started_at,
                "line": call.line,
                "language": call.language,
                "opened_at": now,
                "saved_at": now,
            },
        )
        changed = {**asdict(said), "interpreter": interpreter, "saved_at": now, "finished_at": now if finish else None}
        if not WrapUp.objects.filter(pk=wrap_up.pk, finished_at=None).update(**changed):
            raise WrapUpError("this wrap-up is finished; a supervisor can correct it")
        if finish:
            record(interpreter.person, "wrap_up.finish", call, {"type": said.request_type, "topic": said.topic_id})
        else:
            workforce.hold_wrap_up(interpreter.pk, now, settings.WRAP_UP_LIMIT_SECONDS)
    wrap_up.refresh_from_db()
    return wrap_up


def correct(call: Call, said: Said, *, by: Person) -> WrapUp:
    """Write or mend a wrap-up in the place of the interpreter; journaled with what was changed, without the note."""
    said, now = said.checked(), clock.now()
    if not said.complete:
        raise WrapUpError("choose what was wanted, a topic and an outcome")
    with transaction.atomic():
        wrap_up, _ = WrapUp.objects.get_or_create(
            call=call,
            defaults={
                "interpreter": last_interpreter(call),
                "call_at": call.started_at,
                "line": call.line,
                "language": call.language,
                "opened_at": now,
                "saved_at": now,
            },
        )
        before = {name: getattr(wrap_up, name) for name in ("request_type", "topic_id", "outcome", "sensitive")}
        after = asdict(said)
        changed = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
        WrapUp.objects.filter(pk=wrap_up.pk).update(
            **after, saved_at=now, finished_at=wrap_up.finished_at or now, corrected_at=now, corrected_by=by
        )
        record(by, "wrap_up.correct", call, {**changed, "note": said.note != wrap_up.note})
    wrap_up.refresh_from_db()
    return wrap_up


def missing(since: dt.datetime, until: dt.datetime) -> QuerySet[Call]:
    """Return the served calls of that time that are over and have no finished wrap-up, newest first."""
    served = Call.objects.filter(
        started_at__gte=since, started_at__lt=until, interpreter_at__isnull=False, ended_at__isnull=False
    )
    return served.exclude(wrap_up__finished_at__isnull=False).select_related("line").order_by("-started_at")
