"""Tokens with which partners' systems sign in to the open interface: issued, checked and revoked here, journaled."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Collection
from enum import StrEnum
from typing import Final

from django.db import transaction
from django.db.models import Q

from yuqiao.accounts.models import ApiToken, Person
from yuqiao.accounts.services import record
from yuqiao.lib.clock import now
from yuqiao.lib.refusal import RefusalError

#: What our secrets begin with, so that a leaked one is recognized where somebody searches for them.
PREFIX: Final = "yuqiao_"
LONGEST: Final = dt.timedelta(days=3 * 366)
#: A token's last use is written down this often at most: a poll each second need not write each second.
_NOTED_EVERY: Final = dt.timedelta(minutes=1)


class Scope(StrEnum):
    """What a token is for. It never allows more than the person it acts for may do on the pages."""

    STATUS = "status"  # languages, who is on duty, how long one waits
    REQUEST = "request"  # ask for an interpreter, see how that went, take it back
    CASES = "cases"  # read work orders and act upon them
    FIGURES = "figures"  # the statistics
    HOOKS = "hooks"  # register addresses that are told of events
    METRICS = "metrics"  # figures of operation, for Prometheus


class TokenError(RefusalError):
    """A token cannot be issued as asked; ``code`` says why: ``name``, ``scopes``, ``days`` or ``person``."""

    sentences = {
        "name": ("请填写名称，最多 80 字。", "Say what the token is called, in 80 characters at most."),
        "scopes": ("请选择用途：{known}。", "Say what it is for, of these: {known}."),
        "days": ("有效期须为 1 至 {most} 天。", "It is valid for 1 to {most} days."),
        "person": ("该人员已停用。", "This person cannot sign in any more."),
    }


def issue(person: Person, name: str, scopes: Collection[str], days: int, *, by: Person | None) -> tuple[ApiToken, str]:
    """Issue a token for ``days`` days; return it and its secret, which is shown once and kept nowhere."""
    name, at = name.strip(), now()
    if not name or len(name) > 80:
        raise TokenError("name")
    if not scopes or not set(scopes) <= set(Scope):
        raise TokenError("scopes", known=", ".join(Scope))
    if not 0 < days <= LONGEST.days:
        raise TokenError("days", most=LONGEST.days)
    if not person.is_active:
        raise TokenError("person")
    secret = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        token = ApiToken.objects.create(
            name=name,
            person=person,
            scopes=sorted(set(scopes)),
            prefix=secret[: len(PREFIX) + 4],
            digest=_digest(secret),
            issued_at=at,
            issued_by=by,
            expires_at=at + dt.timedelta(days=days),
        )
        record(by, "token.issue", token, {"person": person.pk, "scopes": token.scopes, "days": days})
    return token, secret


def revoke(token: ApiToken, *, by: Person | None) -> None:
    """Let a token open nothing any more; harmless a second time."""
    with transaction.atomic():
        if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now()):
            record(by, "token.revoke", token, {})


def holder_of(secret: str) -> ApiToken | None:
    """Return the token of this secret where it is valid now and its person may still sign in."""
    at = now()
    valid = ApiToken.objects.select_related("person").filter(revoked_at=None, person__is_active=True)
    token = valid.filter(Q(expires_at=None) | Q(expires_at__gt=at), digest=_digest(secret)).first()
    if token is not None and (token.used_at is None or at - token.used_at > _NOTED_EVERY):
        ApiToken.objects.filter(pk=token.pk).update(used_at=at)
    return token


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
