"""Partners' addresses: registered, changed, tried, switched; events sent anew by hand. Journaled.

Secrets are shown once, when they are made; the database holds them sealed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from yuqiao.accounts.models import Person
from yuqiao.accounts.sealing import seal
from yuqiao.accounts.services import record
from yuqiao.hooks.addresses import AddressError, target_of
from yuqiao.hooks.kinds import BY_NAME, TEST
from yuqiao.hooks.models import DeliveryState, Hook, HookDelivery, HookState
from yuqiao.hooks.outbox import SEALED
from yuqiao.hooks.publishing import publish
from yuqiao.hooks.signing import new_secret
from yuqiao.lib.clock import now
from yuqiao.lib.refusal import RefusalError

#: How long a replaced secret still signs beside the new one.
OVERLAP = dt.timedelta(hours=24)
#: Each person's systems may register so many addresses.
MOST = 10


class HookError(RefusalError):
    """An address cannot be registered or changed as asked; ``code`` says why."""

    sentences = {
        "name": ("请填写名称，最多 80 字。", "Say what the address is called, in 80 characters at most."),
        "kinds": ("请至少选择一种事件：{known}。", "Choose at least one kind of event, of these: {known}."),
        "form": (
            "地址不完整；不得含空格、片段（#）或非 ASCII 字符。",
            "Write a whole address, without blanks and fragments.",
        ),
        "scheme": ("地址须以 https:// 开头。", "The address begins with https://."),
        "user": ("地址中不得含用户名或密码。", "The address holds no user name and no password."),
        "port": ("端口须为 443 或 1024 以上。", "The port is 443, or 1024 and above."),
        "inside": (
            "该地址位于内部网络，不允许推送。",
            "The address lies within our own network; nothing is sent there.",
        ),
        "many": ("每人最多登记 {most} 个地址。", "There are {most} addresses of this person already."),
        "person": ("该人员已停用。", "This person cannot sign in any more."),
        "removed": ("该地址已删除。", "The address was removed."),
        "off": ("该地址未启用，请先启用。", "The address is switched off; switch it on first."),
        "waiting": ("该事件正在等待推送。", "This event waits to be sent already."),
    }


def check(name: str, url: str, kinds: Collection[str]) -> None:
    """HookError for what cannot be registered."""
    if not name.strip() or len(name.strip()) > 80:
        raise HookError("name")
    if not kinds or not set(kinds) <= set(BY_NAME):
        raise HookError("kinds", known=", ".join(BY_NAME))
    try:
        target_of(url, http=settings.HOOK_HTTP, allowed=settings.HOOK_NETWORKS)
    except AddressError as error:
        raise HookError(error.code) from error


def register(person: Person, name: str, url: str, kinds: Collection[str], *, by: Person | None) -> tuple[Hook, str]:
    """Register an address that is told what ``person`` may see; return it and its secret, shown this once."""
    check(name, url, kinds)
    if not person.is_active:
        raise HookError("person")
    secret = new_secret()
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        if Hook.objects.filter(person=person, removed_at=None).count() >= MOST:
            raise HookError("many", most=MOST)
        hook = Hook.objects.create(
            name=name.strip(), url=url, person=person, kinds=_sorted(kinds), secret=_sealed(secret), made_at=now()
        )
        record(by, "hook.register", hook, {"person": person.pk, "kinds": hook.kinds})
    return hook, secret


def change(hook: Hook, name: str, url: str, kinds: Collection[str], *, by: Person | None) -> Hook:
    """Give an address another name, URL or choice of events."""
    check(name, url, kinds)
    with transaction.atomic():
        held = _held(hook)
        moved = held.url != url
        held.name, held.url, held.kinds = name.strip(), url, _sorted(kinds)
        held.save(update_fields=["name", "url", "kinds"])
        if moved:
            Hook.objects.filter(pk=hook.pk).update(failures=0, failing_since=None, resume_at=None)
        record(by, "hook.change", held, {"kinds": held.kinds, "moved": moved})
    return held


def switch(hook: Hook, *, on: bool, by: Person | None) -> Hook:
    """Send there, or no more; what waits is kept for `schedule.OLDEST`."""
    with transaction.atomic():
        held = _held(hook)
        held.state = HookState.ON if on else HookState.OFF
        held.failures, held.failing_since, held.resume_at = 0, None, None
        held.save(update_fields=["state", "failures", "failing_since", "resume_at"])
        if on:
            HookDelivery.objects.filter(hook=held, state=DeliveryState.WAITING).update(next_try_at=now())
        record(by, "hook.on" if on else "hook.off", held)
    return held


def rotate(hook: Hook, *, by: Person | None) -> str:
    """Make a new secret and return it, shown this once; the former one signs beside it for `OVERLAP`."""
    secret = new_secret()
    with transaction.atomic():
        held = _held(hook)
        held.former_secret, held.former_until = held.secret, now() + OVERLAP
        held.secret = _sealed(secret)
        held.save(update_fields=["secret", "former_secret", "former_until"])
        record(by, "hook.rotate", held)
    return secret


def remove(hook: Hook, *, by: Person | None) -> None:
    """Send nothing there any more; the log stays. Harmless a second time."""
    with transaction.atomic():
        if Hook.objects.filter(pk=hook.pk, removed_at=None).update(removed_at=now(), secret="", former_secret=""):
            live = HookDelivery.objects.filter(hook=hook, state=DeliveryState.WAITING)
            live.update(state=DeliveryState.FAILED, settled_at=now(), next_try_at=None)
            record(by, "hook.remove", hook)


def try_out(hook: Hook, *, by: Person | None) -> None:
    """Send a test event; HookError while the address is switched off."""
    with transaction.atomic():
        held = _held(hook)
        if held.state != HookState.ON:
            raise HookError("off")
        publish(TEST, f"hook:{held.pk}:{now().timestamp()}", {"hook": held.pk}, Q(pk=held.pk))
        Hook.objects.filter(pk=held.pk).update(resume_at=None)  # who tries wants to see at once
        record(by, "hook.test", held)


def send_again(delivery: HookDelivery, *, by: Person | None) -> None:
    """Send an event anew, taken or given up, under its own ``webhook-id``; HookError while it waits anyway."""
    with transaction.atomic():
        held = _held(delivery.hook)
        if held.state != HookState.ON:
            raise HookError("off")
        settled = HookDelivery.objects.filter(pk=delivery.pk).exclude(state=DeliveryState.WAITING)
        if not settled.update(state=DeliveryState.WAITING, attempts=0, next_try_at=now(), settled_at=None):
            raise HookError("waiting")
        record(by, "hook.again", held, {"event": delivery.event_id})


def _held(hook: Hook) -> Hook:
    held = Hook.objects.select_for_update().get(pk=hook.pk)
    if held.removed_at is not None:
        raise HookError("removed")
    return held


def _sorted(kinds: Collection[str]) -> list[str]:
    return [name for name in BY_NAME if name in kinds]


def _sealed(secret: str) -> str:
    return seal(SEALED).encrypt(secret.encode()).decode()
