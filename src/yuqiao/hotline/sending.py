"""One attempt to send a message: taken by one UPDATE, sent without any transaction open, written down, tried again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.conf import settings
from django.db import transaction

from yuqiao.hotline import invitations
from yuqiao.hotline.models import Invitation
from yuqiao.hotline.rating_words import MESSAGE, SUBJECT
from yuqiao.hotline.senders import SENDERS, Message, SendingError
from yuqiao.lib import clock


def link_of(invitation: Invitation) -> str:
    """Return the address of the page that a link opens."""
    return f"{settings.PUBLIC_URL.rstrip('/')}/r/{invitation.token}/"


def message_of(invitation: Invitation) -> Message:
    """Return the message in the caller's language."""
    text = MESSAGE[invitation.language].replace("{link}", link_of(invitation))
    return Message(invitation.address, SUBJECT[invitation.language], text, f"rating-{invitation.call_id}")


def attempt(invitation_id: int, again: Callable[[dt.datetime], object]) -> str:
    """Send one message; ``again`` is told within the same transaction when another attempt is due.

    Returns ``sent``, ``put_off`` (outside sensible hours), ``again``, ``failed`` or ``nothing_to_do``.
    """
    now = clock.now()
    with transaction.atomic():
        later = invitations.put_off(invitation_id, now)
        if later is not None:
            again(later)
            return "put_off"
        invitation = invitations.take(invitation_id, now)
    if invitation is None:
        return "nothing_to_do"
    try:
        SENDERS[invitation.sender]().send(message_of(invitation))
    except SendingError as error:
        with transaction.atomic():
            later = invitations.not_sent(invitation, error.code, clock.now(), again=error.again)
            if later is not None:
                again(later)
        return "failed" if later is None else "again"
    invitations.sent(invitation, clock.now())
    return "sent"
