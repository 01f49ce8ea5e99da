"""Rows of callbacks: opened for a missed call, taken for an attempt, closed with proof (S39).

What a call brings about runs within the transaction of `hotline.services`; `take_back_now` and `close_by_hand` are a
supervisor's and are journaled.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.hotline import ratings
from yuqiao.hotline.callback_rules import DIALABLE, NO_NUMBER, POSTPONED, Promise, contact_for
from yuqiao.hotline.calling_back import MACHINE, Outbound
from yuqiao.hotline.models import (
    Call,
    Callback,
    CallbackOutcome,
    CallCommand,
    Consent,
    Line,
    LineClass,
    LineRequest,
)
from yuqiao.hotline.rows import instant
from yuqiao.hotline.script import DEFAULT_LANGUAGE
from yuqiao.hotline.state import CALLBACK, CALLER, OUTREACH, CallState
from yuqiao.lib import clock
from yuqiao.lib.phones import is_guest

#: How many due callbacks are looked at in one go.
LOOK_AT = 50


class CallbackError(ValueError):
    """A wish for a callback makes no sense; the message says why."""


def promise() -> Promise:
    """Return what the settings promise."""
    return Promise(
        dt.timedelta(minutes=settings.CALLBACK_WITHIN_MINUTES),
        settings.CALLBACK_HOURS,
        settings.CALLBACK_ATTEMPTS,
        dt.timedelta(seconds=settings.CALLBACK_PAUSE_SECONDS),
    )


def any_hour(line: Line | None) -> bool:
    """Whether callers of this line are called back at any hour."""
    return line is not None and line.line_class == LineClass.EMERGENCY


def open_for(call: CallState, now: dt.datetime) -> None:
    """One open callback per number: a second missed call keeps the first one's deadline."""
    if call.caller_number.lower() in NO_NUMBER or is_guest(call.caller_number) or call.way_in == OUTREACH:
        return  # a browser cannot be rung once its page is gone (the page offers a callback); a list tries by itself
    own = LineRequest.objects.filter(call_id=call.id).values_list("number", flat=True).first()
    if own is not None and (not own or call.outcome != "callback"):
        return  # a line's agent who changed her mind, or who told us no number, asks again on her page
    line = Line.objects.filter(number=call.line).first()
    local, number = timezone.localtime(now), (own or call.caller_number)[:64]
    callback = Callback(
        call_id=UUID(call.id),
        line=line,
        number=number,
        language=call.language,
        created_at=now,
        due_at=promise().due(local, any_hour=any_hour(line)),
        next_try_at=promise().first_try(local, any_hour=any_hour(line)) if DIALABLE.fullmatch(number) else None,
    )
    # The call's own row may be written only at the end of this transaction; its foreign key is checked at commit.
    Callback.objects.bulk_create([callback], ignore_conflicts=True)


def served(call: CallState, at: float) -> None:
    """Caller and interpreter hear each other: close what the caller was owed; nobody is called twice."""
    owed = Callback.objects.filter(done_at=None)
    if call.way_in == CALLBACK:
        owed.filter(pk=call.callback or 0).update(
            done_at=instant(at), outcome=CallbackOutcome.ANSWERED, proof_id=UUID(call.id)
        )
        return
    if call.caller_number.lower() in NO_NUMBER:
        return
    mine = owed.filter(number=call.caller_number[:64])
    running = list(mine.exclude(running=None).values_list("running_id", flat=True))
    mine.update(done_at=instant(at), outcome=CallbackOutcome.CALLED_IN, proof_id=UUID(call.id))
    CallCommand.objects.bulk_create(
        CallCommand(call_id=attempt, kind="end", created_at=instant(at)) for attempt in running
    )


def attempt_over(call: CallState, now: dt.datetime) -> None:
    """An attempt ended: free the callback; unless it is done, set the next attempt or give the callback up."""
    callback = Callback.objects.select_related("line").filter(pk=call.callback or 0, running_id=UUID(call.id)).first()
    if callback is None:
        return
    rung = [leg for leg in call.legs if leg.role == CALLER]
    Callback.objects.filter(pk=callback.pk).update(running=None, attempts=F("attempts") + int(bool(rung)))
    still_open = Callback.objects.filter(pk=callback.pk, done_at=None)
    if call.outcome == MACHINE:
        _not_served(callback, UUID(call.id))
    elif not rung or any(leg.answered_at is not None for leg in rung):
        # No interpreter, or the caller picked up and she was lost meanwhile: that is our fault, so soon again.
        still_open.update(next_try_at=now + POSTPONED)
        return
    again = promise().next_try(callback.attempts + 1, timezone.localtime(now), any_hour=any_hour(callback.line))
    if again is None:
        still_open.update(done_at=now, outcome=CallbackOutcome.NOT_REACHED)
    else:
        still_open.update(next_try_at=again, asked_now=False)


def _not_served(callback: Callback, call_id: UUID) -> None:
    """A machine picked up, so nobody was served: the callback is open again, unless a newer one owes that call."""
    if Callback.objects.filter(number=callback.number, done_at=None).exclude(pk=callback.pk).exists():
        Callback.objects.filter(pk=callback.pk, proof_id=call_id).update(
            outcome=CallbackOutcome.NOT_REACHED, proof=None
        )
    else:
        Callback.objects.filter(pk=callback.pk, proof_id=call_id).update(done_at=None, outcome="", proof=None)


def any_due(now: dt.datetime) -> bool:
    """Whether there is a callback to look at."""
    return Callback.objects.filter(done_at=None, running=None, next_try_at__lte=now).exists()


def due(now: dt.datetime, free: Collection[str]) -> list[Callback]:
    """Return the callbacks to make now, most pressing first, at most one for each language that is ``free``.

    Only to numbers that are not on a call with us.
    """
    waiting = Callback.objects.filter(done_at=None, running=None, next_try_at__lte=now).select_related("line", "call")
    candidates = list(waiting.order_by(F("line__priority").desc(nulls_last=True), "due_at")[:LOOK_AT])
    if not candidates:
        return []
    left = set(free)
    numbers = {one.number for one in candidates}
    on_the_line = set(
        Call.objects.filter(ended_at=None, caller_number__in=numbers).values_list("caller_number", flat=True)
    )
    chosen = []
    for callback in candidates:
        language = callback.language or DEFAULT_LANGUAGE
        if not _hour_allows(callback, now) or language not in left or callback.number in on_the_line:
            continue
        left.discard(language)
        chosen.append(callback)
    return chosen


def _hour_allows(callback: Callback, now: dt.datetime) -> bool:
    """Whether the caller may be rung at this hour; if not, the row says from when on."""
    if callback.asked_now or any_hour(callback.line):
        return True
    local = timezone.localtime(now)
    begin = promise().hours.next(local)
    if begin == local:
        return True
    Callback.objects.filter(pk=callback.pk, running=None, done_at=None).update(next_try_at=begin)
    return False


def take(callback: Callback, call_id: str) -> Outbound | None:
    """Take a callback for an attempt; None when another call server was faster, or nobody can be rung."""
    contact = contact_for(settings.OUTBOUND_CONTACT, callback.number)
    if not contact:
        return None
    untaken = Callback.objects.filter(pk=callback.pk, done_at=None, running=None)
    if not untaken.update(running_id=UUID(call_id)):
        return None
    line = callback.line
    return Outbound(
        CALLBACK,
        callback.pk,
        contact,
        callback.number,
        callback.language,
        "" if line is None else line.number,
        "" if callback.call is None else callback.call.dialled,
        _may_record(callback),
        ratings.asks(line),
        True if line is None else line.refusable,
        excludes=() if line is None else tuple(line.excludes),
    )


def _may_record(callback: Callback) -> bool:
    """Whether the call back may be recorded: never one whose caller refused it in the missed call or an attempt."""
    if callback.line is not None and not callback.line.record:
        return False
    its_calls = Q(returns=callback) if callback.call_id is None else Q(pk=callback.call_id) | Q(returns=callback)
    return not Call.objects.filter(its_calls, consent=Consent.REFUSED).exists()


def take_back_now(callback: Callback, by: Person) -> None:
    """Make a callback due at once, at any hour; CallbackError when it is closed or cannot be dialled."""
    if not contact_for(settings.OUTBOUND_CONTACT, callback.number):
        raise CallbackError("this number cannot be dialled from here")
    with transaction.atomic():
        unrung = Callback.objects.filter(pk=callback.pk, done_at=None, running=None)
        if not unrung.update(next_try_at=clock.now(), asked_now=True):
            raise CallbackError("the callback is closed or being made")
        record(by, "callback.now", callback, {})


def close_by_hand(callback: Callback, by: Person, note: str) -> None:
    """Close a callback that a person made; ``note`` says how. CallbackError when it is closed or being made."""
    note = note.strip()
    if not note:
        raise CallbackError("say how the caller was called back")
    with transaction.atomic():
        unrung = Callback.objects.filter(pk=callback.pk, done_at=None, running=None)
        closed = {"done_at": clock.now(), "outcome": CallbackOutcome.BY_HAND, "done_by": by, "note": note[:300]}
        if not unrung.update(**closed):
            raise CallbackError("the callback is closed or being made")
        record(by, "callback.by_hand", callback, {})
