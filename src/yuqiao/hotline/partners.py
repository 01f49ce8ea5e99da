"""Requests for interpreters by partners' systems: asked for at once, called off, and where each of them stands."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

from django.db import IntegrityError, transaction

from yuqiao.accounts.models import ApiToken
from yuqiao.hotline import hooks, orders
from yuqiao.hotline.models import Order, OrderOutcome, PartnerRequest


class KeyTakenError(ValueError):
    """The key was used for something else."""


def ask(token: ApiToken, key: str, wanted: orders.Wanted) -> tuple[PartnerRequest, bool]:
    """Ask for an interpreter, or find what was asked under ``key`` before; return it and whether it is new.

    `orders.OrderError` says what to mend; `KeyTakenError` where ``key`` stands for other wishes.
    """
    digest = _digest(wanted)
    try:
        with transaction.atomic():
            order = orders.arrange(wanted, by=token.person)
            made = PartnerRequest.objects.create(token=token, key=key, digest=digest, order=order)
            hooks.request_is(order.pk, "queued")
            return made, True
    except IntegrityError:
        found = PartnerRequest.objects.select_related("order").get(token=token, key=key)
    if found.digest != digest:
        raise KeyTakenError(key)
    return found, False


def call_off(order: Order, token: ApiToken) -> None:
    """Take a request back; `orders.OrderError` when it is over or the phone rings. Harmless a second time."""
    if order.outcome != OrderOutcome.CANCELLED:
        orders.cancel(order, by=token.person)


def _digest(wanted: orders.Wanted) -> str:
    said = {name: value for name, value in asdict(wanted).items() if name != "begins_at"}  # "at once" is ever later
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
