"""Callbacks that somebody asks for without having called: the public pages' way in (S39's promise, without a call)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from yuqiao.accounts.services import record
from yuqiao.hotline.callback_numbers import NumberError, dialable
from yuqiao.hotline.callback_rules import contact_for
from yuqiao.hotline.callbacks import promise
from yuqiao.hotline.models import Callback, DialledNumber, Line, LineClass, SpentProof
from yuqiao.languages.catalogue import FOREIGN
from yuqiao.lib import clock
from yuqiao.lib.proof_of_work import ProofError, Task

#: How far ahead a time may be wished for, and how far apart the times are that one may choose from.
AHEAD: Final = dt.timedelta(days=3)
STEP: Final = dt.timedelta(minutes=30)
#: So many wishes are taken for one number within so long, or anybody could have us ring a stranger all day.
MOST, WITHIN = 3, dt.timedelta(hours=24)


class WantedError(ValueError):
    """The wish makes no sense; ``code``: ``language``, ``time``, ``often`` (the number was called enough), or one of
    `callback_numbers.NumberError`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Wish:
    """Call ``number`` in ``language``; at ``at`` (aware), None: as soon as may be."""

    number: str
    language: str
    name: str = ""
    at: dt.datetime | None = None


def times(now: dt.datetime) -> list[dt.datetime]:
    """Return the times one may choose from, in the city's time."""
    hours, local = promise().hours, timezone.localtime(now)
    half = local.replace(minute=0 if local.minute < 30 else 30, second=0, microsecond=0) + 2 * STEP
    found = []
    while half <= local + AHEAD:
        if hours.contains(half):
            found.append(half)
        half += STEP
    return found


def want(wish: Wish, task: Task) -> Callback:
    """Write the wish, and that ``task`` was spent for it, in one transaction.

    A number that is owed a callback already keeps that one and its deadline. WantedError says what to mend,
    ProofError (``spent``) that the same proof came twice.
    """
    now = clock.now()
    number = _number(wish.number)
    if wish.language not in FOREIGN:
        raise WantedError("language")
    if wish.at is not None and not now <= wish.at <= now + AHEAD:
        raise WantedError("time")
    with transaction.atomic():
        spend(task, now)
        callback, fresh = _row(wish, number, now)
        if fresh:
            record(None, "callback.wanted", callback, {"language": wish.language, "at_once": wish.at is None})
    return callback


def _number(text: str) -> str:
    try:
        number = dialable(text, settings.COUNTRY, settings.CALLBACK_COUNTRIES)
    except NumberError as error:
        raise WantedError(error.code) from error
    if DialledNumber.objects.filter(number=number).exists() or Line.objects.filter(number=number).exists():
        raise WantedError("incomplete")  # we do not call ourselves
    return number


def _row(wish: Wish, number: str, now: dt.datetime) -> tuple[Callback, bool]:
    owed = Callback.objects.filter(number=number, done_at=None).first()
    if owed is not None:
        return owed, False
    if Callback.objects.filter(number=number, call=None, created_at__gt=now - WITHIN).count() >= MOST:
        raise WantedError("often")
    begins = timezone.localtime(wish.at or now)
    rung_by_us = contact_for(settings.OUTBOUND_CONTACT, number)
    return Callback.objects.get_or_create(
        number=number,
        done_at=None,
        defaults={
            "line": Line.objects.filter(line_class=LineClass.OWN).order_by("number").first(),
            "name": wish.name.strip()[:60],
            "language": wish.language,
            "created_at": now,
            "due_at": promise().due(begins, any_hour=False),
            "next_try_at": promise().first_try(begins, any_hour=False) if rung_by_us else None,
        },
    )


def take_proof(task: Task) -> None:
    """Write that ``task`` was spent for what needs no row of its own; ProofError (``spent``) the second time."""
    with transaction.atomic():
        spend(task, clock.now())


def spend(task: Task, now: dt.datetime) -> None:
    """Let ``task`` be good no more; ProofError (``spent``) if it is not good any more. Old ones are forgotten."""
    until = dt.datetime.fromtimestamp(task.until, dt.UTC)
    SpentProof.objects.filter(until__lt=now).delete()
    _, fresh = SpentProof.objects.get_or_create(seal=task.seal, defaults={"until": until})
    if not fresh:
        raise ProofError("spent")
