"""Shifts as an iCalendar object (RFC 5545) in the reader's language; the library writes, folds and escapes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_lazy
from icalendar import Calendar, Event

from yuqiao.hotline.calendar_rules import APPOINTMENT
from yuqiao.hotline.models import CalendarEntry
from yuqiao.web.console import words

KINDS: words.Words = {
    "seat": gettext_lazy("On duty"),
    "remote": gettext_lazy("Remote hours"),
    "standby": gettext_lazy("Stands by"),
    "booking": gettext_lazy("Booking"),
    "appointment": gettext_lazy("Appointment"),
}
#: How often programs should ask (RFC 7986 5.7).
REFRESH = dt.timedelta(hours=1)
#: From when on the zone's rules are told.
ZONE_SINCE = dt.date(2020, 1, 1)


def calendar(name: str, entries: Iterable[CalendarEntry]) -> bytes:
    """Return the octets of a calendar; the same as long as nothing changed."""
    made = Calendar()
    made.add("prodid", "-//Yuqiao//Shifts 1//ZH")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("name", name)
    made.add("x-wr-calname", name)
    made.add("x-wr-timezone", settings.TIME_ZONE)
    made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    for one in entries:
        made.add_component(_event(one))
    made.add_missing_timezones(first_date=ZONE_SINCE)
    return bytes(made.to_ical())


def _event(entry: CalendarEntry) -> Event:
    zone = ZoneInfo(settings.TIME_ZONE)
    made = Event()
    made.add("uid", f"{entry.key}.{entry.calendar.replace(':', '-')}@{urlsplit(settings.PUBLIC_URL).hostname}")
    made.add("dtstamp", entry.told_at)
    made.add("last-modified", entry.told_at)
    made.add("sequence", entry.sequence)
    made.add("dtstart", entry.begins_at.astimezone(zone))
    made.add("dtend", entry.ends_at.astimezone(zone))
    made.add("summary", _summary(entry))
    kind = words.word(KINDS, entry.kind)
    made.add("categories", [kind])
    if entry.place:
        made.add("location", entry.place)
    made.add("status", "CANCELLED" if entry.cancelled else "TENTATIVE" if entry.tentative else "CONFIRMED")
    # Several may be called for one appointment: it blocks nobody's time.
    made.add("transp", "TRANSPARENT" if entry.cancelled or entry.kind == APPOINTMENT else "OPAQUE")
    made.add("class", "PRIVATE")
    return made


def _summary(entry: CalendarEntry) -> str:
    comma = "、" if words.reads_chinese() else ", "
    languages = comma.join(words.language_name(code) for code in entry.languages)
    parts = [entry.title or words.word(KINDS, entry.kind), languages, comma.join(entry.people)]
    return " · ".join(part for part in parts if part)
