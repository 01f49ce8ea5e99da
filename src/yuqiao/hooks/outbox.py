"""What waits to be sent: taken by one process at a time for each address, sent, written down (at least once, in order).

A process that dies between sending and writing leaves the row waiting: after `lease` another one sends it again, under
the same ``webhook-id``. Events of one subject go in their order; one that fails holds up no other subject.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from yuqiao.accounts.sealing import seal
from yuqiao.accounts.services import record
from yuqiao.hooks import schedule, signing
from yuqiao.hooks.models import DeliveryState, Hook, HookAttempt, HookDelivery, HookEvent, HookState
from yuqiao.hooks.sending import Rules, Sent, send
from yuqiao.lib.clock import now

SEALED = "webhooks"
#: How many events go to one address before others have their turn.
AT_ONCE = 20
GONE = 410
Send = Callable[[str, bytes, dict[str, str], Rules], Sent]


def rules() -> Rules:
    """Return what the settings allow."""
    return Rules(settings.HOOK_HTTP, tuple(settings.HOOK_NETWORKS), settings.HOOK_TIMEOUT_SECONDS)


def lease() -> dt.timedelta:
    """Return for how long an address is taken for one attempt."""
    return dt.timedelta(seconds=2 * settings.HOOK_TIMEOUT_SECONDS + 2)


def due(at: dt.datetime) -> list[int]:
    """Return the addresses for which something is to be sent at ``at`` and to which nobody sends."""
    waiting = HookDelivery.objects.filter(state=DeliveryState.WAITING, next_try_at__lte=at)
    hooks = Hook.objects.filter(state=HookState.ON, removed_at=None, person__is_active=True)
    free = hooks.filter(Q(taken_until=None) | Q(taken_until__lte=at), Q(resume_at=None) | Q(resume_at__lte=at))
    return list(free.filter(Exists(waiting.filter(hook=OuterRef("pk")))).values_list("pk", flat=True))


def serve(hook_id: int, send_by: Send = send) -> int:
    """Send what is due to one address unless somebody else does; returns how many attempts were made."""
    at = now()
    free = Hook.objects.filter(Q(taken_until=None) | Q(taken_until__lte=at), pk=hook_id, state=HookState.ON)
    mine = at + lease()
    if not free.update(taken_until=mine):
        return 0
    made = 0
    try:
        while made < AT_ONCE:
            hook = Hook.objects.get(pk=hook_id)
            delivery = _next(hook, now())
            if delivery is None:
                break
            mine = now() + lease()
            Hook.objects.filter(pk=hook_id).update(taken_until=mine)
            sent = _attempt(hook, delivery, send_by)
            made += 1
            if not settle(delivery, sent):
                break
    finally:
        Hook.objects.filter(pk=hook_id, taken_until=mine).update(taken_until=None)
    return made


def _next(hook: Hook, at: dt.datetime) -> HookDelivery | None:
    """Return what is to be sent next: due the longest, with nothing earlier of its subject before it."""
    if hook.state != HookState.ON or hook.removed_at or (hook.resume_at and hook.resume_at > at):
        return None
    waiting = HookDelivery.objects.filter(hook=hook, state=DeliveryState.WAITING)
    earlier = waiting.filter(event__subject=OuterRef("event__subject"), pk__lt=OuterRef("pk"))
    found = waiting.filter(next_try_at__lte=at).exclude(Exists(earlier)).select_related("event")
    return found.order_by("next_try_at", "pk").first()


def message(event: HookEvent) -> bytes:
    """Return what is said of an event."""
    return signing.body_of(event.kind, event.at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z"), event.data)


def _attempt(hook: Hook, delivery: HookDelivery, send_by: Send) -> Sent:
    body, at = message(delivery.event), now()
    secrets = [hook.secret] + ([hook.former_secret] if hook.former_until and hook.former_until > at else [])
    opened = [seal(SEALED).decrypt(one.encode()).decode() for one in secrets]
    headers = signing.headers(opened, delivery.event_id, int(at.timestamp()), body)
    said = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Yuqiao-Webhooks/1"}
    return send_by(hook.url, body, said | headers, rules())


def settle(delivery: HookDelivery, sent: Sent) -> bool:
    """Write down what came of an attempt; returns whether the receiver took it."""
    at = now()
    with transaction.atomic():
        HookAttempt.objects.create(
            delivery=delivery, at=at, status=sent.status, ms=sent.ms, error=sent.error[:20], answer=sent.answer
        )
        hook = Hook.objects.select_for_update().get(pk=delivery.hook_id)
        HookDelivery.objects.filter(pk=delivery.pk).update(attempts=F("attempts") + 1)
        if sent.taken:
            _taken(hook, delivery, at)
        else:
            _failed(hook, delivery, sent, at)
    return sent.taken


def _settled(delivery: HookDelivery, state: DeliveryState, at: dt.datetime) -> None:
    live = HookDelivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING)
    live.update(state=state, settled_at=at, next_try_at=None)


def _taken(hook: Hook, delivery: HookDelivery, at: dt.datetime) -> None:
    _settled(delivery, DeliveryState.DELIVERED, at)
    Hook.objects.filter(pk=hook.pk).update(failures=0, failing_since=None, resume_at=None)
    if hook.failures >= schedule.DOWN:  # it is back: what waits need not wait for its own time
        HookDelivery.objects.filter(hook=hook, state=DeliveryState.WAITING).update(next_try_at=at)


def _failed(hook: Hook, delivery: HookDelivery, sent: Sent, at: dt.datetime) -> None:
    since = hook.failing_since or at
    pause = schedule.pause(delivery.attempts + 1, random.random(), sent.wish)
    if pause is None or sent.status == GONE:
        _settled(delivery, DeliveryState.FAILED, at)
    else:
        HookDelivery.objects.filter(pk=delivery.pk).update(next_try_at=at + pause)
    resume = at + schedule.rest(hook.failures + 1, random.random())
    Hook.objects.filter(pk=hook.pk).update(failures=F("failures") + 1, failing_since=since, resume_at=resume)
    state = HookState.GONE if sent.status == GONE else HookState.BROKEN if schedule.given_up(since, at) else None
    if state is not None and Hook.objects.filter(pk=hook.pk, state=HookState.ON).update(state=state):
        record(None, f"hook.{state.value}", hook, {"since": since.isoformat(), "failures": hook.failures + 1})


def clean(at: dt.datetime) -> int:
    """Give up what could not be sent for too long, and forget what is kept long enough; returns how many events."""
    late = HookDelivery.objects.filter(state=DeliveryState.WAITING, event__at__lt=at - schedule.OLDEST)
    late.exclude(hook__state=HookState.ON).update(state=DeliveryState.FAILED, settled_at=at, next_try_at=None)
    kept = at - dt.timedelta(days=settings.HOOK_LOG_DAYS)
    unsettled = HookDelivery.objects.filter(event=OuterRef("pk"), state=DeliveryState.WAITING)
    old = HookEvent.objects.filter(at__lt=kept).exclude(Exists(unsettled)).exclude(deliveries__settled_at__gte=kept)
    count = old.count()
    old.delete()
    return count
