"""What happens to second factors enters the journal: set, taken away, a recovery code used, a burst of wrong codes."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_used
from django.core.cache import cache
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.accounts.sign_in_rules import SECOND

#: So many wrong codes within so many seconds enter the journal once (allauth closes the door after five).
MOST_WRONG_CODES = 5
WRONG_CODES_COUNT_SECONDS = 300


def _who() -> Person | None:
    request: HttpRequest | None = context.request
    user = getattr(request, "user", None)
    return user if isinstance(user, Person) else None


def _set_up(instance: Authenticator, created: bool, **_more: Any) -> None:
    if not created:
        return
    record(_who(), "factor.add", instance.user, {"kind": instance.type})
    request: HttpRequest | None = context.request
    if request is not None and _who() == instance.user and instance.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(request, instance.user, SECOND, id=instance.pk, type=instance.type)


def _taken_away(instance: Authenticator, **_more: Any) -> None:
    record(_who(), "factor.remove", instance.user, {"kind": instance.type})


def _used(user: Person, authenticator: Authenticator, **_more: Any) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        left = len(Authenticator.objects.get(pk=authenticator.pk).wrap().get_unused_codes())
        record(user, "factor.recovery_used", user, {"left": left})


def _failed(user: Person, **_more: Any) -> None:
    key = f"wrong-codes:{user.pk}"
    cache.add(key, 0, WRONG_CODES_COUNT_SECONDS)
    if cache.incr(key) == MOST_WRONG_CODES:
        record(None, "factor.burst", user, {"failures": MOST_WRONG_CODES})


def connect() -> None:
    """Begin to listen; called once when the process starts."""
    post_save.connect(_set_up, sender=Authenticator, dispatch_uid="factor.add")
    post_delete.connect(_taken_away, sender=Authenticator, dispatch_uid="factor.remove")
    authenticator_used.connect(_used, dispatch_uid="factor.used")
    authentication_failed.connect(_failed, dispatch_uid="factor.failed")
