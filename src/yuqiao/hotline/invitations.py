"""Links by which callers rate a call: whom we may write to, sending with retries, and the rating by link (S44).

A message leaves at most once for each call, within sensible hours, and only to a number that agreed or whose line's
policy allows it. Its row tells what became of it.
"""

from __future__ import annotations

import datetime as dt
import secrets
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.hotline import ratings
from yuqiao.hotline.jobs import send_invitation
from yuqiao.hotline.models import (
    Call,
    DeliveryState,
    Invitation,
    Line,
    LineClass,
    MessageConsent,
    Rating,
    RatingWay,
    SurveyPolicy,
)
from yuqiao.hotline.script import DEFAULT_LANGUAGE
from yuqiao.hotline.senders import sender_for
from yuqiao.hotline.state import CallState
from yuqiao.languages.catalogue import BY_CODE
from yuqiao.lib import clock

#: How long a rating by link may be changed.
CHANGEABLE = dt.timedelta(hours=24)


class LinkClosedError(ValueError):
    """A link cannot rate any more: it expired, was used a day ago, or the call was rated another way."""


def policy_of(line: Line | None) -> str:
    """Return whether callers of ``line`` may be written to; without a word of the line: those who agreed."""
    policy: SurveyPolicy | None = getattr(line, "survey_policy", None)
    if policy is not None:
        return policy.link
    never = line is None or line.line_class == LineClass.EMERGENCY
    return SurveyPolicy.Link.NEVER if never else SurveyPolicy.Link.CONSENTED


def invite(call: CallState, now: dt.datetime) -> Invitation | None:
    """Write a link for a caller who left without rating, where that is allowed; None where it is not."""
    if not settings.MESSAGE_SENDERS:
        return None
    line = Line.objects.select_related("survey_policy").filter(number=call.line).first()
    return _write(UUID(call.id), line, call.caller_number, call.language, now)


def _write(call_id: UUID, line: Line | None, number: str, language: str, now: dt.datetime) -> Invitation | None:
    policy = policy_of(line)
    consent = MessageConsent.objects.filter(number=number).first()
    agreed = consent is not None and consent.allowed
    refused = consent is not None and not consent.allowed
    if policy == SurveyPolicy.Link.NEVER or refused or (policy == SurveyPolicy.Link.CONSENTED and not agreed):
        return None
    address = (consent.address if consent is not None else "") or number
    sender = sender_for(address)
    if not sender:
        return None
    at = settings.MESSAGE_HOURS.next(timezone.localtime(now))
    invitation, fresh = Invitation.objects.get_or_create(
        call_id=call_id,
        defaults={
            "address": address,
            "sender": sender,
            "language": language if language in BY_CODE else DEFAULT_LANGUAGE,
            "token": secrets.token_urlsafe(16),
            "created_at": now,
            "next_try_at": at,
            "expires_at": now + dt.timedelta(days=settings.SURVEY_LINK_DAYS),
        },
    )
    if not fresh:
        return None
    send_invitation.using(run_after=at if at > now else None).enqueue(invitation.pk)
    return invitation


def link_on_page(call: Call) -> Invitation:
    """Return the link by which a call made from our own page is rated there; no message leaves for it."""
    now = clock.now()
    return Invitation.objects.get_or_create(
        call=call,
        defaults={
            "address": "",
            "sender": "page",
            "language": call.language if call.language in BY_CODE else DEFAULT_LANGUAGE,
            "token": secrets.token_urlsafe(16),
            "state": DeliveryState.SENT,
            "created_at": now,
            "sent_at": now,
            "expires_at": now + dt.timedelta(days=settings.SURVEY_LINK_DAYS),
        },
    )[0]


def say_consent(number: str, *, allowed: bool, address: str = "", by: Person | None) -> MessageConsent:
    """Keep what the caller at ``number`` said about messages; journaled without the number."""
    with transaction.atomic():
        consent, _ = MessageConsent.objects.update_or_create(
            number=number[:64],
            defaults={"allowed": allowed, "address": address[:200], "said_at": clock.now(), "entered_by": by},
        )
        record(by, "message.agree" if allowed else "message.refuse", consent)
    return consent


def agree(call: Call, address: str, *, by: Person) -> Invitation | None:
    """The caller of ``call`` agreed to a message; if the call is over and not rated, it is sent now."""
    with transaction.atomic():
        say_consent(call.caller_number, allowed=True, address=address, by=by)
        unrated = not Rating.objects.filter(call=call).exists()
        if call.ended_at is None or call.interpreter_at is None or not unrated or not settings.MESSAGE_SENDERS:
            return None
        return _write(call.pk, call.line, call.caller_number, call.language, clock.now())


def take(invitation_id: int, now: dt.datetime) -> Invitation | None:
    """Take an invitation for one attempt by one conditional UPDATE; None when it is not to be sent now, or ever."""
    due = Invitation.objects.filter(pk=invitation_id, state=DeliveryState.WAITING, next_try_at__lte=now)
    rated = Rating.objects.filter(call__invitation=invitation_id).exists()
    refused = MessageConsent.objects.filter(
        number__in=Call.objects.filter(invitation=invitation_id).values("caller_number"), allowed=False
    )
    if rated or refused.exists():
        due.update(state=DeliveryState.FAILED, error="not_wanted", next_try_at=None)
        return None
    if not due.update(state=DeliveryState.SENDING, attempts=F("attempts") + 1, next_try_at=None):
        return None
    return Invitation.objects.get(pk=invitation_id)


def sent(invitation: Invitation, now: dt.datetime) -> None:
    """The message left."""
    Invitation.objects.filter(pk=invitation.pk).update(state=DeliveryState.SENT, sent_at=now, error="")


def not_sent(invitation: Invitation, code: str, now: dt.datetime, *, again: bool) -> dt.datetime | None:
    """The message did not leave; return when it is tried again, with pauses that double, None if it is given up."""
    pause = dt.timedelta(seconds=settings.MESSAGE_PAUSE_SECONDS) * 2 ** (invitation.attempts - 1)
    at = settings.MESSAGE_HOURS.next(timezone.localtime(now + pause))
    give_up = not again or invitation.attempts >= settings.MESSAGE_ATTEMPTS or at >= invitation.expires_at
    Invitation.objects.filter(pk=invitation.pk).update(
        state=DeliveryState.FAILED if give_up else DeliveryState.WAITING,
        error=code[:60],
        next_try_at=None if give_up else at,
    )
    return None if give_up else at


def put_off(invitation_id: int, now: dt.datetime) -> dt.datetime | None:
    """Return when a message that is due outside sensible hours may leave, and write that down; None within them."""
    local = timezone.localtime(now)
    at: dt.datetime = settings.MESSAGE_HOURS.next(local)
    if at == local:
        return None
    Invitation.objects.filter(pk=invitation_id, state=DeliveryState.WAITING).update(next_try_at=at)
    return at


def is_open(invitation: Invitation, now: dt.datetime) -> bool:
    """Whether the link can still rate."""
    if now >= invitation.expires_at or (invitation.used_at is not None and now >= invitation.used_at + CHANGEABLE):
        return False
    return not Rating.objects.filter(call_id=invitation.call_id).exclude(way=RatingWay.LINK).exists()


def rate(invitation: Invitation, score: int, words: str) -> Rating:
    """Rate by link, or change such a rating within a day. LinkClosedError, or RatingError for no score of 1 to 5."""
    if score not in range(1, 6):
        raise ratings.RatingError("a rating is 1 to 5")
    now = clock.now()
    with transaction.atomic():
        held = Invitation.objects.select_for_update().select_related("call").get(pk=invitation.pk)
        if not is_open(held, now):
            raise LinkClosedError("this link cannot rate any more")
        said = {"score": score, "words": words.strip()[:1000]}
        rating, fresh = Rating.objects.get_or_create(
            call_id=held.call_id,
            defaults={
                **said,
                "line_id": held.call.line_id,
                "language": held.call.language,
                "way": RatingWay.LINK,
                "given_at": now,
            },
        )
        if not fresh:
            Rating.objects.filter(pk=rating.pk).update(**said, changed_at=now)
            rating.refresh_from_db()
        Invitation.objects.filter(pk=held.pk, used_at=None).update(used_at=now)
        ratings.look_into(rating, now)
    return rating
