"""What the citizens' pages tell from rows: who is on duty and when, which numbers to call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from yuqiao.hotline.models import DialledNumber, Line, LineClass, WayIn
from yuqiao.hotline.registry import within
from yuqiao.languages.catalogue import BY_CODE, FOREIGN, Language
from yuqiao.web.citizen import tongues
from yuqiao.workforce import hours as service_hours
from yuqiao.workforce.calendar import DAYS, HOLIDAY
from yuqiao.workforce.coverage import HORIZON_DAYS, NONE, REMOTE, Window, next_change, tier_at


@dataclass(frozen=True, slots=True)
class Duty:
    """Whether ``language`` is covered now, said in the reader's words; ``spans``: its hours in the same words."""

    language: Language
    name: str
    tier: str
    now: str
    spans: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Emergency:
    """A number for emergencies that interpreters join: what it is for, in the reader's words."""

    number: str
    name: str


def duties(reader: Language, only: Sequence[str] = FOREIGN) -> list[Duty]:
    """Return the duty of each language of ``only`` (codes), for the moment and for the days to come."""
    moment = timezone.localtime().replace(tzinfo=None)
    first, last = moment.date() - dt.timedelta(days=1), moment.date() + dt.timedelta(days=HORIZON_DAYS)
    windows, special = service_hours.windows_valid(first, last), service_hours.special_days(first, last)
    return [_duty(code, windows, moment, special, reader) for code in only]


def _duty(
    code: str, windows: Sequence[Window], moment: dt.datetime, special: dict[dt.date, str], reader: Language
) -> Duty:
    mine = [one for one in windows if one.language == code and one.valid_from is not None]
    mine = [one for one in mine if within(moment.date(), one.valid_from, one.valid_until)]
    tier, change = tier_at(windows, code, moment, special), next_change(windows, code, moment, special)
    spans = tuple(_span(one, reader) for one in sorted(mine, key=lambda one: (one.days, one.begins)))
    return Duty(BY_CODE[code], tongues.name_of(code, reader), tier, _now(tier, change, moment, reader), spans)


def _now(tier: str, change: tuple[dt.datetime, str] | None, moment: dt.datetime, reader: Language) -> str:
    if tier == NONE:
        if change is None:
            return _("No interpreter is on duty now.")
        return _("No interpreter is on duty now. The next one starts: {time}.").format(
            time=_near(change[0], moment, reader)
        )
    if tier == REMOTE:
        return _("An interpreter can be reached now. It may take a little longer.")
    if change is None:
        return _("An interpreter is on duty now.")
    return _("An interpreter is on duty now, until {time}.").format(time=_near(change[0], moment, reader))


def _near(at: dt.datetime, moment: dt.datetime, reader: Language) -> str:
    return tongues.time_of(at, reader) if at.date() == moment.date() else tongues.moment_of(at, reader)


def _span(window: Window, reader: Language) -> str:
    days = "" if window.days == DAYS else tongues.weekdays(window.days, reader)
    if HOLIDAY in window.days and window.days != DAYS:
        days = tongues.listed([days, _("public holidays")] if days else [_("public holidays")], reader)
    when = _("24 hours a day") if window.begins == window.ends else tongues.hours(window.begins, window.ends, reader)
    said = when if window.days == DAYS else f"{days}: {when}"
    return _("{hours} (on call)").format(hours=said) if window.tier == REMOTE else said


def own_number(reader: Language) -> str:
    """Return the number a citizen dials: the one that tells us the reader's language, if there is one; else ""."""
    rows = DialledNumber.objects.filter(way_in=WayIn.DIRECT, line__line_class=LineClass.OWN)
    numbers = dict(rows.filter(language__in=("", reader.code)).order_by("-number").values_list("language", "number"))
    return numbers.get(reader.code) or numbers.get("") or ""


def plain_number() -> str:
    """Return the number of ours that says nothing of a language; "" where there is none."""
    rows = DialledNumber.objects.filter(way_in=WayIn.DIRECT, line__line_class=LineClass.OWN, language="")
    return rows.order_by("number").values_list("number", flat=True).first() or ""


def emergencies() -> list[Emergency]:
    """Return the emergency lines of the registry whose name we know in ten languages, the police first."""
    names = {"110": _("Police"), "119": _("Fire brigade"), "120": _("Ambulance"), "122": _("Traffic accident")}
    today = timezone.localdate()
    rows = Line.objects.filter(line_class=LineClass.EMERGENCY, number__in=names).order_by("number")
    return [
        Emergency(line.number, names[line.number]) for line in rows if within(today, line.valid_from, line.valid_until)
    ]
