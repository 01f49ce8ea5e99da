"""Calls by appointment: asked for and called off by a person, journaled; reminders; what is to come (S36, S72)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.hotline import hooks
from yuqiao.hotline.callback_rules import DIALABLE
from yuqiao.hotline.models import Line, Order, OrderKind, OrderOutcome
from yuqiao.languages.catalogue import FOREIGN
from yuqiao.lib import clock

#: How far ahead an appointment may lie.
FURTHEST = dt.timedelta(days=366)


class OrderError(ValueError):
    """An appointment makes no sense; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Wanted:
    """Call ``number`` at ``begins_at`` in ``language``; with the agents of ``line`` (a number; empty: no line)."""

    number: str
    language: str
    begins_at: dt.datetime
    name: str = ""
    line: str = ""
    with_agent: bool = False
    note: str = ""


def arrange(wanted: Wanted, *, by: Person) -> Order:
    """Write an appointment; OrderError says what to mend."""
    now = clock.now()
    line = Line.objects.filter(number=wanted.line).first() if wanted.line else None
    if not DIALABLE.fullmatch(wanted.number):
        raise OrderError("number")
    if wanted.language not in FOREIGN:
        raise OrderError("language")
    if not now - dt.timedelta(minutes=1) <= wanted.begins_at <= now + FURTHEST:
        raise OrderError("time")
    if wanted.line and line is None:
        raise OrderError("line")
    if wanted.with_agent and (line is None or not line.agent_contact):
        raise OrderError("no_agent")
    remind = wanted.begins_at - dt.timedelta(minutes=settings.SCHEDULED_REMIND_MINUTES)
    with transaction.atomic():
        order = Order.objects.create(
            kind=OrderKind.SCHEDULED,
            line=line,
            number=wanted.number,
            name=wanted.name.strip()[:80],
            language=wanted.language,
            with_agent=wanted.with_agent,
            note=wanted.note.strip()[:300],
            begins_at=wanted.begins_at,
            next_try_at=wanted.begins_at,
            latest_at=wanted.begins_at + dt.timedelta(minutes=settings.SCHEDULED_LATEST_MINUTES),
            remind_at=remind if remind > now else None,
            created_at=now,
            asked_by=by,
        )
        record(by, "order.arrange", order, {"language": order.language, "line": wanted.line})
        return order


def cancel(order: Order, *, by: Person) -> None:
    """Call an appointment off; OrderError when it is closed or being made."""
    with transaction.atomic():
        unrung = Order.objects.filter(pk=order.pk, done_at=None, running=None)
        if not unrung.update(done_at=clock.now(), outcome=OrderOutcome.CANCELLED):
            raise OrderError("closed")
        hooks.request_is(order.pk, "ended", OrderOutcome.CANCELLED)
        record(by, "order.cancel", order, {})


def soon(now: dt.datetime) -> list[Order]:
    """Return the open appointments whose reminder is due, the nearest first: they stand on board and desks."""
    waiting = Order.objects.filter(done_at=None, kind=OrderKind.SCHEDULED).select_related("line", "asked_by")
    nearest = now + dt.timedelta(minutes=settings.SCHEDULED_REMIND_MINUTES)
    return list(waiting.filter(begins_at__lte=nearest).order_by("begins_at")[:20])
