"""Service hours: windows and special days are written here and nowhere else, each change journaled."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.languages import catalogue
from yuqiao.workforce.calendar import DAYS
from yuqiao.workforce.coverage import Window
from yuqiao.workforce.models import ServiceWindow, SpecialDay, Tier


class HoursError(ValueError):
    """A window or a special day makes no sense; the message says what to mend; pages say ``code`` and ``about``."""

    def __init__(self, said: str, code: str, about: str = "") -> None:
        super().__init__(said)
        self.code, self.about = code, about


def windows_valid(first: dt.date, last: dt.date) -> list[Window]:
    """Return the windows that may begin on a day from ``first`` to ``last``."""
    rows = ServiceWindow.objects.filter(valid_from__lte=last).exclude(valid_until__lt=first)
    return [
        Window(row.language, row.tier, row.days, row.begins, row.ends, row.valid_from, row.valid_until) for row in rows
    ]


def special_days(first: dt.date, last: dt.date) -> dict[dt.date, str]:
    """Return what the city decided for days from ``first`` to ``last``: date -> letter of DAYS."""
    return dict(SpecialDay.objects.filter(date__range=(first, last)).values_list("date", "counts_as"))


def open_window(
    language: str, tier: str, days: str, begins: dt.time, ends: dt.time, *, valid_from: dt.date, by: Person | None
) -> ServiceWindow:
    """Add hours for a language from a date on. HoursError for an unknown language, tier or day, or for no day."""
    if language not in catalogue.FOREIGN and language not in catalogue.SIGNED:
        known = ", ".join(catalogue.FOREIGN)
        raise HoursError(f"{language!r} is no foreign service language; say one of {known}", "unknown_language")
    if tier not in Tier.values:
        raise HoursError(f"{tier!r} is no tier; say one of {', '.join(Tier.values)}", "unknown_tier")
    letters = "".join(letter for letter in DAYS if letter in days)
    if not letters or set(days) - set(DAYS):
        said = f"name at least one day, each a letter of {DAYS}: Monday 1 to Sunday 7, H for public holidays"
        raise HoursError(said, "not_days")
    with transaction.atomic():
        window = ServiceWindow.objects.create(
            language=language, tier=tier, days=letters, begins=begins, ends=ends, valid_from=valid_from
        )
        record(by, "workforce.window_opened", window, {"window": str(window), "from": valid_from.isoformat()})
    return window


def close_window(window: ServiceWindow, last_day: dt.date, *, by: Person | None) -> None:
    """Let a window begin for the last time on ``last_day``; before its first day: it never begins. Kept as a row."""
    with transaction.atomic():
        row = ServiceWindow.objects.select_for_update().get(pk=window.pk)
        if row.valid_until is not None and row.valid_until <= last_day:
            raise HoursError(f"it ends on {row.valid_until} already", "window_ended", row.valid_until.isoformat())
        ServiceWindow.objects.filter(pk=row.pk).update(valid_until=last_day)
        record(by, "workforce.window_closed", row, {"window": str(row), "until": last_day.isoformat()})


def set_special_day(date: dt.date, counts_as: str, name: str, *, by: Person | None) -> SpecialDay:
    """Let a day count as another kind (Monday 1 to Sunday 7, H a public holiday), with the reason as its name."""
    if len(counts_as) != 1 or counts_as not in DAYS:
        said = f"a day counts as one letter of {DAYS}: Monday 1 to Sunday 7, H for a public holiday"
        raise HoursError(said, "unknown_kind_of_day")
    if not name.strip():
        raise HoursError("say why: the name of the holiday, or of the decision", "no_name")
    with transaction.atomic():
        day, _ = SpecialDay.objects.update_or_create(
            date=date, defaults={"counts_as": counts_as, "name": name.strip()[:60]}
        )
        record(by, "workforce.special_day", day, {"date": date.isoformat(), "counts_as": counts_as})
    return day
