"""Partners' systems are told how their requests go, and what of the platform is away.

Each function runs in the transaction of what it tells; what is written is ids and states (`hooks.publishing`).
"""

from __future__ import annotations

from enum import StrEnum

from django.db.models import Q

from yuqiao.hooks.publishing import publish
from yuqiao.hotline.models import Order, OrderOutcome, Outage, PartnerRequest


class Standing(StrEnum):
    """Where a request is, as its partner sees it."""

    WAITING = "waiting"  # nobody is called yet: no interpreter was free, or it is for later
    CALLING = "calling"  # the caller's or the interpreter's phone rings
    TALKING = "talking"
    DONE = "done"


#: What a request's events are called, and where it stands then.
EVENTS = {
    "queued": Standing.WAITING,
    "ringing": Standing.CALLING,
    "answered": Standing.TALKING,
    "ended": Standing.DONE,
    "failed": Standing.DONE,
}
#: Outcomes with which a request did not fail.
WELL = frozenset({OrderOutcome.ANSWERED, OrderOutcome.CANCELLED})


def standing(order: Order) -> Standing:
    """Return where it is; an order counts as done as soon as both talk, its request when the call is over."""
    if order.running is None:
        return Standing.WAITING if order.done_at is None else Standing.DONE
    return Standing.CALLING if order.running.interpreter_at is None else Standing.TALKING


def request_is(order_id: int, event: str, outcome: str = "") -> None:
    """Tell whose system asked for this order, if one did."""
    asked = PartnerRequest.objects.filter(order=order_id).values_list("pk", "token__person").first()
    if asked is not None:
        request, person = asked
        data = {"id": request, "state": EVENTS[event].value, "outcome": outcome}
        publish(f"request.{event}", f"request:{request}", data, Q(person=person))


def attempt_is_over(order_id: int) -> None:
    """Tell how a request stands after a call for it ended: it waits for the next one, is over, or was given up."""
    done_at, outcome = Order.objects.values_list("done_at", "outcome").get(pk=order_id)
    if done_at is None:
        request_is(order_id, "queued")
    else:
        request_is(order_id, "ended" if outcome in WELL else "failed", outcome)


def service_is(outage: Outage, *, up: bool) -> None:
    """Tell that a part of the platform is away, or there again."""
    data = {"service": str(outage.service), "line": outage.line.number if outage.line else ""}
    publish(f"service.{'up' if up else 'down'}", f"service:{outage.service}:{outage.line_id or ''}", data, Q())
