"""The one place that writes work orders: each verb is one transaction and journaled without the caller's words."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from yuqiao.accounts.models import Department, Person
from yuqiao.accounts.services import record
from yuqiao.cases.hooks import tell
from yuqiao.cases.models import OrderClass, WorkOrder, WorkOrderEvent
from yuqiao.cases.rules import NEEDS_WORDS, Act, Side, State, after, due
from yuqiao.lib import clock

LONGEST = 2000


class OrderError(ValueError):
    """A work order cannot be opened or changed as asked; the message says why."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Which call an order comes from: the ids of the call and its line, the line's number, the language."""

    call: UUID | None = None
    line: int | None = None
    line_number: str = ""
    language: str = ""


def open_order(
    department: Department, order_class: str, subject: str, text: str, origin: Origin, *, by: Person
) -> WorkOrder:
    """Open an order; OrderError without a subject and a text, or for a class that does not exist."""
    subject, text = subject.strip()[:120], text.strip()[:LONGEST]
    if not subject or not text:
        raise OrderError("say what it is about, and what is wanted")
    if order_class not in OrderClass.values:
        raise OrderError("no such class")
    now = clock.now()
    with transaction.atomic():
        order = WorkOrder.objects.create(
            call=origin.call,
            line=origin.line,
            line_number=origin.line_number,
            language=origin.language,
            department=department,
            order_class=order_class,
            subject=subject,
            text=text,
            opened_at=now,
            opened_by=by,
            due_at=due(order_class, now),
        )
        WorkOrderEvent.objects.create(order=order, at=now, by=by, act="open", text=department.name_zh)
        tell(order, "assigned")
        record(by, "order.open", order, {"department": department.code, "class": order_class})
    return order


def do(
    order: WorkOrder, act: str, text: str, *, side: Side, by: Person, department: Department | None = None
) -> WorkOrder:
    """Do one act by one conditional UPDATE; OrderError when it is not possible now, or says too little."""
    if act not in set(Act):
        raise OrderError("no such act")
    wanted, text, now = Act(act), text.strip()[:LONGEST], clock.now()
    if wanted in NEEDS_WORDS and not text:
        raise OrderError("say something to it")
    if wanted is Act.REASSIGN and department is None:
        raise OrderError("say to whom it goes now")
    with transaction.atomic():
        held = WorkOrder.objects.select_for_update().get(pk=order.pk)
        to = after(State(held.state), wanted, side)
        if to is None:
            raise OrderError("this is not possible now")
        held.state, before = to.value, held.department_id
        if wanted is Act.REASSIGN and department is not None:
            held.department, text = department, f"{department.name_zh} {text}".strip()
        if wanted is Act.ANSWER and held.answered_at is None:
            held.answered_at = now
        if wanted is Act.CLOSE:
            held.closed_at = now
        held.save(update_fields=["state", "department", "answered_at", "closed_at"])
        WorkOrderEvent.objects.create(order=held, at=now, by=by, act=wanted.value, text=text)
        told = {Act.REASSIGN: "assigned", Act.CLOSE: "closed"}.get(wanted, "changed")
        tell(held, told, before)
        record(by, f"order.{wanted.value}", held, {"to": to.value})
    return held
