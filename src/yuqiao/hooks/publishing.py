"""Telling partners' systems what happened: rows written in the transaction of what happened, so none is lost or untrue.

Whoever changes something calls `publish` beside it; ``yuqiao work`` sends what is written here (`hooks.outbox`).
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Q

from yuqiao.hooks.kinds import BY_NAME, TEST
from yuqiao.hooks.models import Hook, HookDelivery, HookEvent, HookState
from yuqiao.hooks.signing import new_id
from yuqiao.lib.clock import now

#: What a payload may hold: ids, codes and states.
Thin = Mapping[str, str | int | bool | None]


def publish(kind: str, subject: str, data: Thin, audience: Q) -> int:
    """Write down that something happened for every address that wants ``kind`` and whose person is in ``audience``.

    ``audience``: a condition upon `Hook`. ``subject``: what it happened to; events of one subject stay in order.
    Returns for how many. KeyError for a kind that is not in the list.
    """
    if kind != TEST:
        BY_NAME[kind]
    told = Hook.objects.filter(audience, state=HookState.ON, removed_at=None, person__is_active=True).distinct()
    hooks = [one.pk for one in told.only("kinds") if kind == TEST or kind in one.kinds]
    if not hooks:
        return 0
    with transaction.atomic():
        at = now()
        event = HookEvent.objects.create(id=new_id(), kind=kind, subject=subject[:60], at=at, data=dict(data))
        HookDelivery.objects.bulk_create(HookDelivery(event=event, hook_id=pk, next_try_at=at) for pk in hooks)
    return len(hooks)
