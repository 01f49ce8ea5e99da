"""Rows of the calls that we begin: what is due, taken for an attempt, reached or not (S36, S39, S46, S72).

Callbacks have rows of their own (`hotline.callbacks`); here are the orders, scheduled or of a list, and which of all
three is begun first. What a call brings about runs within the transaction of `hotline.services`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from yuqiao.hotline import callbacks, hooks, queue
from yuqiao.hotline.callback_rules import POSTPONED, contact_for
from yuqiao.hotline.calling_back import MACHINE, Outbound
from yuqiao.hotline.events import InterpretersClaimed, MustWait, NobodyThere
from yuqiao.hotline.models import (
    Call,
    Callback,
    Campaign,
    CampaignState,
    Consent,
    InterpreterRequest,
    NoCallNumber,
    Order,
    OrderAttempt,
    OrderKind,
    OrderOutcome,
)
from yuqiao.hotline.outbound_rules import Tries, spare, tomorrow
from yuqiao.hotline.rows import instant
from yuqiao.hotline.script import DEFAULT_LANGUAGE
from yuqiao.hotline.state import CALLER, OUTREACH, CallState
from yuqiao.lib.hours import Hours
from yuqiao.workforce.models import InterpreterLanguage, PresenceState

#: How many due orders are looked at in one go.
LOOK_AT = 50
Owed = Callback | Order


def tries_of(order: Order) -> Tries:
    """Return how an order is tried: by its campaign, or as the settings say for appointments."""
    if order.campaign is None:
        pause = dt.timedelta(seconds=settings.SCHEDULED_PAUSE_SECONDS)
        return Tries(settings.SCHEDULED_ATTEMPTS, pause, order.latest_at)
    campaign = order.campaign
    pause = dt.timedelta(minutes=campaign.pause_minutes)
    return Tries(campaign.attempts, pause, order.latest_at, Hours(campaign.first_hour, campaign.last_hour))


def ready_now() -> dict[int, frozenset[str]]:
    """Return who is ready and free now, with the languages each holds."""
    held = InterpreterLanguage.objects.filter(interpreter__state=PresenceState.READY, interpreter__held_by="")
    ready: dict[int, set[str]] = {}
    for pk, language in held.values_list("interpreter_id", "language"):
        ready.setdefault(pk, set()).add(language)
    return {pk: frozenset(languages) for pk, languages in ready.items()}


def due(now: dt.datetime) -> Iterator[Owed]:
    """Yield what to begin now: appointments, then missed callers, then lists; at most one for each language.

    Only in a language in which somebody is ready and no caller waits, and to numbers that are not on a call with us.
    """
    waiting = Order.objects.filter(done_at=None, running=None, next_try_at__lte=now)
    orders = list(
        waiting.exclude(campaign__isnull=False, campaign__state__in=[CampaignState.PAUSED, CampaignState.STOPPED])
        .select_related("campaign", "line")
        .order_by("-kind", "next_try_at")[:LOOK_AT]
    )
    orders = [order for order in orders if not _too_late(order, now)]
    if not orders and not callbacks.any_due(now):
        return
    ready = ready_now()
    free = {code for held in ready.values() for code in held}
    free -= set(InterpreterRequest.objects.filter(state="waiting").values_list("language", flat=True))
    numbers = {one.number for one in orders}
    on_the_line = set(
        Call.objects.filter(ended_at=None, caller_number__in=numbers).values_list("caller_number", flat=True)
    )
    lists = []
    for order in orders:
        if order.language not in free or order.number in on_the_line:
            continue
        if order.kind == OrderKind.OUTREACH:
            lists.append(order)
            continue
        free.discard(order.language)
        yield order
    for callback in callbacks.due(now, free):
        free.discard(callback.language or DEFAULT_LANGUAGE)
        yield callback
    for order in lists:
        reserve = order.campaign.reserve if order.campaign else 1
        if order.language in free and spare(order.language, ready, reserve) and _list_may_call(order, now):
            free.discard(order.language)
            yield order


def _too_late(order: Order, now: dt.datetime) -> bool:
    """Close an order whose last moment passed: somebody who was never rung was missed by us."""
    if order.latest_at >= now:
        return False
    outcome = OrderOutcome.NOT_REACHED if order.attempts else OrderOutcome.MISSED
    with transaction.atomic():
        if _open(order.pk).filter(running=None).update(done_at=now, outcome=outcome):
            hooks.request_is(order.pk, "failed", outcome)
    return True


def _open(pk: int) -> QuerySet[Order]:
    return Order.objects.filter(pk=pk, done_at=None)


def _list_may_call(order: Order, now: dt.datetime) -> bool:
    """Whether a list may ring this number now: its hours, the person's own wish, and no other list today."""
    local, tries = timezone.localtime(now), tries_of(order)
    if NoCallNumber.objects.filter(number=order.number).exists():
        _open(order.pk).filter(running=None).update(done_at=now, outcome=OrderOutcome.REFUSED)
        return False
    begin = tries.first(local)
    if begin == local:
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        others = OrderAttempt.objects.filter(order__number=order.number, order__kind=OrderKind.OUTREACH)
        if not others.filter(call__started_at__gte=midnight).exclude(order=order).exists():
            return True
        begin = tomorrow(local, tries.hours) if tries.hours else None
    _open(order.pk).filter(running=None).update(next_try_at=begin or order.latest_at + POSTPONED)
    return False


def take(owed: Owed, call_id: str) -> Outbound | None:
    """Take a row for an attempt; None when another call server was faster, or nobody can be rung."""
    if isinstance(owed, Callback):
        return callbacks.take(owed, call_id)
    contact = contact_for(settings.OUTBOUND_CONTACT, owed.number)
    if not contact:
        return None
    if not _open(owed.pk).filter(running=None).update(running_id=UUID(call_id)):
        return None
    OrderAttempt.objects.create(order=owed, call_id=UUID(call_id))
    hooks.request_is(owed.pk, "ringing")
    line = owed.line
    refused = OrderAttempt.objects.filter(order=owed, call__consent=Consent.REFUSED).exists()
    return Outbound(
        owed.kind,
        owed.pk,
        contact,
        owed.number,
        owed.language,
        line="" if line is None else line.number,
        record=(line is None or line.record) and not refused,
        refusable=line is None or line.refusable,
        agent_contact=line.agent_contact if line is not None and owed.with_agent else "",
        excludes=() if line is None else tuple(line.excludes),
    )


def reached(call: CallState, at: float) -> None:
    """Person and interpreter hear each other: the order, or whatever callback the caller was owed, is done."""
    if call.order is None:
        callbacks.served(call, at)
        return
    if _open(call.order).update(done_at=instant(at), outcome=OrderOutcome.ANSWERED, proof_id=UUID(call.id)):
        hooks.request_is(call.order, "answered")


def attempt_over(call: CallState, now: dt.datetime) -> None:
    """An attempt ended: free its row; unless it is done, set the next attempt or give it up."""
    if call.order is None:
        callbacks.attempt_over(call, now)
        return
    order = Order.objects.select_related("campaign").filter(pk=call.order, running_id=UUID(call.id)).first()
    if order is None:
        return
    _freed(order, call, now)
    hooks.attempt_is_over(order.pk)


def _freed(order: Order, call: CallState, now: dt.datetime) -> None:
    rung = [leg for leg in call.legs if leg.role == CALLER]
    Order.objects.filter(pk=order.pk).update(running=None, attempts=F("attempts") + int(bool(rung)))
    if call.outcome == MACHINE:  # nobody heard us: what `reached` wrote does not hold
        Order.objects.filter(pk=order.pk, proof_id=UUID(call.id)).update(done_at=None, outcome="", proof=None)
    elif not rung or any(leg.answered_at is not None for leg in rung):
        # No interpreter, or the person picked up and she was lost meanwhile: that is our fault, so soon again.
        _open(order.pk).update(next_try_at=now + POSTPONED)
        return
    again = tries_of(order).again(order.attempts + 1, timezone.localtime(now))
    if again is None:
        _open(order.pk).update(done_at=now, outcome=OrderOutcome.NOT_REACHED)
    else:
        _open(order.pk).update(next_try_at=again)


def no_more(call: CallState, now: dt.datetime) -> None:
    """No list calls this number again: noted, and every open order of a list to it is closed."""
    number = call.caller_number[:64]
    NoCallNumber.objects.bulk_create(
        [NoCallNumber(number=number, since=now, call_id=UUID(call.id))], ignore_conflicts=True
    )
    others = Order.objects.filter(number=number, kind=OrderKind.OUTREACH, done_at=None, running=None)
    others.update(done_at=now, outcome=OrderOutcome.REFUSED)


Sought = InterpretersClaimed | MustWait | NobodyThere | None


def seek(call: CallState, request_id: str, now: dt.datetime) -> Sought:
    """Seek an interpreter; for a call of a list only among those whom no caller is likely to miss."""
    if call.way_in != OUTREACH:
        return queue.seek(call, request_id, now)
    request = call.request(request_id)
    if request is None:
        return None
    campaign = Campaign.objects.filter(orders=call.order or 0).first()
    ready = ready_now()
    may = spare(request.language, ready, campaign.reserve if campaign else 1)
    if not may:
        return NobodyThere(request_id, now.timestamp(), "reserved")
    kept = tuple(one for one in ready if one not in may)
    return queue.seek(call.with_request(replace(request, tried=(*request.tried, *kept))), request_id, now)
