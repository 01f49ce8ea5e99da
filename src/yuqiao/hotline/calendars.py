"""Secret addresses of calendars: made, revoked and looked up; and what they tell, kept so that changes can be told.

Making and revoking is journaled. Reading one writes what was told now, and nothing when nothing changed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from django.db import transaction
from django.db.models import Q, QuerySet

from yuqiao.accounts.models import Person
from yuqiao.accounts.sealing import seal
from yuqiao.accounts.services import record
from yuqiao.hotline import shifts
from yuqiao.hotline.calendar_rules import AHEAD, CANCELLED_STAYS, PAST, Planned, Told, changes
from yuqiao.hotline.models import CalendarEntry, CalendarFeed
from yuqiao.languages.catalogue import FOREIGN
from yuqiao.lib import clock
from yuqiao.workforce.models import Interpreter

SEALED = "calendars"
#: A calendar's last use is written down this often at most.
_NOTED_EVERY = dt.timedelta(hours=1)


class CalendarError(ValueError):
    """Such a calendar does not exist; ``code`` says why: ``language`` or ``interpreter``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def make(person: Person, language: str = "") -> CalendarFeed:
    """Make an address of one's own shifts, or of a language's; a former one is revoked by it.

    CalendarError where ``person`` is no interpreter, or the language none of ours. Who may read a language's shifts is
    asked where it is read (`web.console.shifts_calendar`).
    """
    if language and language not in FOREIGN:
        raise CalendarError("language")
    interpreter = None if language else Interpreter.objects.filter(person=person).first()
    if not language and interpreter is None:
        raise CalendarError("interpreter")
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        _valid(person, language).update(revoked_at=clock.now())
        feed = CalendarFeed.objects.create(
            person=person,
            interpreter=interpreter,
            language=language,
            token=seal(SEALED).encrypt(token.encode()).decode(),
            digest=_digest(token),
            made_at=clock.now(),
        )
        record(person, "calendar.make", feed, {"language": language})
    return feed


def revoke(person: Person, language: str = "") -> bool:
    """Let one's address open nothing any more; returns whether there was one."""
    with transaction.atomic():
        feed = _valid(person, language).first()
        if feed is None:
            return False
        CalendarFeed.objects.filter(pk=feed.pk).update(revoked_at=clock.now(), token="")
        record(person, "calendar.revoke", feed, {"language": language})
    return True


def _valid(person: Person, language: str) -> QuerySet[CalendarFeed]:
    return CalendarFeed.objects.filter(person=person, language=language, revoked_at=None)


def token_of(feed: CalendarFeed) -> str:
    """Return the secret part of an address; InvalidToken where the site's key is another."""
    return seal(SEALED).decrypt(feed.token.encode()).decode()


def opened_by(token: str) -> CalendarFeed | None:
    """Return the calendar of this address where it is valid and its person may still sign in."""
    valid = CalendarFeed.objects.select_related("person", "interpreter").filter(revoked_at=None, person__is_active=True)
    feed = valid.filter(digest=_digest(token)).first()
    at = clock.now()
    if feed is not None and (feed.used_at is None or at - feed.used_at > _NOTED_EVERY):
        CalendarFeed.objects.filter(pk=feed.pk).update(used_at=at)
    return feed


def entries(feed: CalendarFeed) -> list[CalendarEntry]:
    """Return everything a calendar tells now, cancelled entries included, each with its SEQUENCE."""
    at = clock.now()
    first, last = at - PAST, at + AHEAD
    if feed.interpreter is not None:
        calendar = f"interpreter:{feed.interpreter_id}"
        planned = shifts.of_interpreter(feed.interpreter, first, last)
    else:
        calendar = f"language:{feed.language}"
        planned = shifts.of_language(feed.language, first, last)
    with transaction.atomic():
        rows = CalendarEntry.objects.select_for_update().filter(calendar=calendar)
        over = Q(ends_at__lt=first) | Q(cancelled=True, told_at__lt=at - CANCELLED_STAYS)
        kept = {row.key: row for row in rows}
        fresh = changes({key: _told(row) for key, row in kept.items()}, planned, at)
        for one in fresh:
            _write(calendar, one, at)
        if any(row.ends_at < first or (row.cancelled and row.told_at < at - CANCELLED_STAYS) for row in kept.values()):
            rows.filter(over).exclude(key__in=[one.key for one in planned]).delete()
    return list(CalendarEntry.objects.filter(calendar=calendar))


def _told(row: CalendarEntry) -> Told:
    entry = Planned(
        row.key,
        row.kind,
        row.begins_at,
        row.ends_at,
        tuple(row.languages),
        row.title,
        row.place,
        tuple(row.people),
        row.tentative,
    )
    return Told(entry, row.sequence, row.cancelled)


def _write(calendar: str, told: Told, at: dt.datetime) -> None:
    entry = told.entry
    CalendarEntry.objects.update_or_create(
        calendar=calendar,
        key=entry.key,
        defaults={
            "kind": entry.kind,
            "begins_at": entry.begins,
            "ends_at": entry.ends,
            "languages": list(entry.languages),
            "title": entry.title,
            "place": entry.place,
            "people": list(entry.people),
            "tentative": entry.tentative,
            "sequence": told.sequence,
            "told_at": at,
            "cancelled": told.cancelled,
        },
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
