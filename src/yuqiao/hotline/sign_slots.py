"""Appointments in sign language by video: booked on a public page, kept by a call from it, followed up when missed."""

from __future__ import annotations

import datetime as dt
import secrets
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.hotline import sign_slot_rules as rules
from yuqiao.hotline.models import Call, SignSlot
from yuqiao.hotline.pictures import OFF
from yuqiao.hotline.sign_slot_rules import SlotState
from yuqiao.hotline.wanted_callbacks import spend
from yuqiao.languages.catalogue import SIGN_LANGUAGES
from yuqiao.lib import clock
from yuqiao.lib.proof_of_work import Task
from yuqiao.workforce import hours
from yuqiao.workforce.models import InterpreterLanguage

#: The one that is served.
LANGUAGE: Final = SIGN_LANGUAGES[0].code
#: Names and addresses are kept so long after the time, for following up.
KEPT: Final = dt.timedelta(days=7)


class SlotError(ValueError):
    """It cannot be booked or changed; ``code``: ``time`` (not free any more), ``closed``, ``contact``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Kept:
    """An appointment, what became of it, and the call it was kept by, if any."""

    slot: SignSlot
    state: SlotState
    call: Call | None


def offered() -> bool:
    """Whether this site serves a sign language at all: the pilot of video is on, and an interpreter has the skill."""
    return settings.VIDEO != OFF and InterpreterLanguage.objects.filter(language=LANGUAGE).exists()


def times(now: dt.datetime) -> list[dt.datetime]:
    """Return the free times of the coming days, aware, in the city's time."""
    local = timezone.localtime(now)
    first, last = local.date() - dt.timedelta(days=1), (local + rules.AHEAD).date()
    booked = SignSlot.objects.filter(cancelled_at=None, begins_at__gt=now).values_list("begins_at", flat=True)
    taken = Counter(timezone.localtime(at).replace(tzinfo=None) for at in booked)
    free = rules.times(
        [one for one in hours.windows_valid(first, last) if one.language == LANGUAGE],
        hours.special_days(first, last),
        taken,
        InterpreterLanguage.objects.filter(language=LANGUAGE).count(),
        local.replace(tzinfo=None),
    )
    return [timezone.make_aware(at) for at in free]


def book(at: dt.datetime, name: str, contact: str, tongue: str, task: Task) -> SignSlot:
    """Book a time, and write that ``task`` was spent for it. SlotError, or ProofError for a proof that came twice."""
    now = clock.now()
    if "\x00" in name + contact or len(contact.strip()) > 120:
        raise SlotError("contact")
    with transaction.atomic():
        # Two who want the last interpreter of a time wait for each other here.
        list(InterpreterLanguage.objects.select_for_update().filter(language=LANGUAGE))
        if at not in times(now):
            raise SlotError("time")
        spend(task, now)
        SignSlot.objects.filter(begins_at__lt=now - KEPT).exclude(name="", contact="").update(name="", contact="")
        slot = SignSlot.objects.create(
            token=secrets.token_urlsafe(18),
            language=LANGUAGE,
            tongue=tongue,
            begins_at=at,
            name=name.strip()[:60],
            contact=contact.strip(),
            created_at=now,
        )
        record(None, "sign_slot.book", slot, {"language": LANGUAGE, "tongue": tongue})
    return slot


def cancel(slot: SignSlot) -> None:
    """Call it off, by who has its address; SlotError when it is over or off already."""
    now = clock.now()
    with transaction.atomic():
        open_ones = SignSlot.objects.filter(pk=slot.pk, cancelled_at=None, begins_at__gte=now - rules.LATE)
        if not open_ones.update(cancelled_at=now, name="", contact=""):
            raise SlotError("closed")
        record(None, "sign_slot.cancel", slot)


def begin(slot: SignSlot, caller: str) -> None:
    """The page calls for it, by the phone ``caller``."""
    SignSlot.objects.filter(pk=slot.pk).update(caller=caller)


def follow_up(slot: SignSlot, note: str, *, by: Person) -> None:
    """Write what was done about a missed one; its name and address are erased. SlotError unless it was missed."""
    with transaction.atomic():
        row = SignSlot.objects.select_for_update().get(pk=slot.pk)
        if row.followed_up_at is not None or kept([row], clock.now())[0].state is not SlotState.MISSED:
            raise SlotError("closed")
        row.followed_up_at, row.followed_up_by, row.note = clock.now(), by, note.strip()[:200]
        row.name = row.contact = ""
        row.save()
        record(by, "sign_slot.follow_up", row)


def kept(slots: Iterable[SignSlot], now: dt.datetime) -> list[Kept]:
    """Return what became of each."""
    rows = list(slots)
    calls: dict[str, Call] = {}
    for call in Call.objects.filter(caller_number__in=[one.caller for one in rows if one.caller]).order_by(
        "started_at"
    ):
        calls[call.caller_number] = call
    return [_kept(one, calls.get(one.caller), now) for one in rows]


def _kept(slot: SignSlot, call: Call | None, now: dt.datetime) -> Kept:
    running = call is not None and call.ended_at is None
    served = call is not None and call.interpreter_at is not None
    cancelled = slot.cancelled_at is not None
    return Kept(slot, rules.state(slot.begins_at, now, cancelled=cancelled, running=running, served=served), call)


def by_token(token: str, now: dt.datetime) -> Kept | None:
    """Return the appointment of this address; None for none."""
    slot = SignSlot.objects.filter(token=token).first()
    return None if slot is None else kept([slot], now)[0]


def soon(now: dt.datetime) -> list[SignSlot]:
    """Return those about to begin: they stand on the desks of who holds the language."""
    nearest = now + dt.timedelta(minutes=settings.SCHEDULED_REMIND_MINUTES)
    near = SignSlot.objects.filter(cancelled_at=None, begins_at__range=(now - rules.LATE, nearest))
    return [one.slot for one in kept(near[:20], now) if one.state in {SlotState.TO_COME, SlotState.OPEN}]
