"""Service hours: which tier covers each language now, until when, today at a glance; and the form to change them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yuqiao.languages.catalogue import FOREIGN, SIGNED
from yuqiao.web.console import words
from yuqiao.web.console.gate import Act, allowed, may, person_of
from yuqiao.workforce import hours as services
from yuqiao.workforce.calendar import DAYS, HOLIDAY, kind_of_day
from yuqiao.workforce.coverage import HORIZON_DAYS, NONE, TIERS, Window, next_change, spans, tier_at
from yuqiao.workforce.models import ServiceWindow, SpecialDay, Tier

DAY_NAMES: words.Words = {
    "1": gettext_lazy("Mon"),
    "2": gettext_lazy("Tue"),
    "3": gettext_lazy("Wed"),
    "4": gettext_lazy("Thu"),
    "5": gettext_lazy("Fri"),
    "6": gettext_lazy("Sat"),
    "7": gettext_lazy("Sun"),
    HOLIDAY: gettext_lazy("holidays"),
}
#: Codes of `HoursError`.
FAULTS: words.Words = {
    "unknown_language": gettext_lazy("Choose a language of the service."),
    "unknown_tier": gettext_lazy("Choose a tier."),
    "not_days": gettext_lazy("Choose at least one day."),
    "window_ended": gettext_lazy(
        "It ends on {text} already and can only end earlier; for longer hours enter another window."
    ),
    "unknown_kind_of_day": gettext_lazy("Choose the kind of day it counts as."),
    "no_name": gettext_lazy("Say why: the name of the holiday, or of the decision."),
}
MINUTES = 24 * 60


def days_named(days: str) -> str:
    """Return letters of `workforce.calendar.DAYS` in words; "every day" when none is missing."""
    return _("every day") if days == DAYS else " ".join(words.word(DAY_NAMES, day) for day in days)


@allowed(Act.WATCH)
def show(request: HttpRequest) -> HttpResponseBase:
    """Show all languages, the windows that hold or will hold, and the special days to come."""
    moment = timezone.localtime().replace(tzinfo=None)
    today = moment.date()
    last = today + dt.timedelta(days=HORIZON_DAYS)
    special = services.special_days(today - dt.timedelta(days=1), last)
    windows = services.windows_valid(today - dt.timedelta(days=1), last)
    languages = [_language(code, windows, moment, special) for code in FOREIGN]
    context = {
        "languages": languages,
        "covered": sum(language["tier"] != NONE for language in languages),
        "moment": moment,
        "kind": words.word(DAY_NAMES, kind_of_day(today, special)),
        "rows": [_row(row) for row in _in_menu_order(today)],
        "special": [
            (day, words.word(DAY_NAMES, day.counts_as)) for day in SpecialDay.objects.filter(date__gte=today)[:40]
        ],
        "may_edit": may(person_of(request), Act.EDIT_HOURS),
        "choices": [(code, words.language_name(code)) for code in (*FOREIGN, *SIGNED)],
        "tiers": [(tier, words.word(words.TIERS, tier)) for tier in Tier.values],
        "days": [(day, words.word(DAY_NAMES, day)) for day in DAYS],
        "today": today,
    }
    return render(request, "console/hours.html", context)


def _language(code: str, windows: Sequence[Window], moment: dt.datetime, special: dict[dt.date, str]) -> dict[str, Any]:
    tier, change = tier_at(windows, code, moment, special), next_change(windows, code, moment, special)
    return {
        "name": words.language_name(code),
        "tier": tier,
        "word": words.word(words.TIERS, tier) if tier != NONE else _("Not covered"),
        "until": change[0] if change else None,
        "then": (words.word(words.TIERS, change[1]) if change[1] != NONE else _("Not covered")) if change else "",
        "bars": _bars([one for one in windows if one.language == code], moment.date(), special),
    }


def _bars(windows: Sequence[Window], date: dt.date, special: dict[dt.date, str]) -> list[dict[str, Any]]:
    """Return today's spans as minutes of the day, the best tier drawn last."""
    midnight = dt.datetime.combine(date, dt.time())
    bars = []
    for begin, end, window in spans(windows, date, date, special):
        start = max(0, int((begin - midnight).total_seconds() // 60))
        stop = min(MINUTES, int((end - midnight).total_seconds() // 60))
        if start < stop:
            bars.append({"start": start, "width": stop - start, "tier": window.tier})
    return sorted(bars, key=lambda bar: -TIERS.index(bar["tier"]))


def _in_menu_order(today: dt.date) -> list[ServiceWindow]:
    """Return the windows that hold or will hold, languages in the order callers know."""
    order = (*FOREIGN, *SIGNED)
    return sorted(ServiceWindow.objects.exclude(valid_until__lt=today), key=lambda row: order.index(row.language))


def _row(row: ServiceWindow) -> dict[str, Any]:
    whole = row.begins == row.ends
    return {
        "id": row.pk,
        "language": words.language_name(row.language),
        "tier": words.word(words.TIERS, row.tier),
        "days": days_named(row.days),
        "hours": _("round the clock") if whole else f"{row.begins:%H:%M}–{row.ends:%H:%M}",
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
    }


@allowed(Act.EDIT_HOURS)
@require_POST
def change(request: HttpRequest) -> HttpResponseBase:
    """Open or close a window, or set a special day; what makes no sense is said and nothing is written."""
    form, person = request.POST, person_of(request)
    try:
        if form.get("ask") == "open":
            services.open_window(
                form.get("language", ""),
                form.get("tier", ""),
                "".join(form.getlist("days")),
                dt.time.fromisoformat(form.get("begins", "")),
                dt.time.fromisoformat(form.get("ends", "")),
                valid_from=dt.date.fromisoformat(form.get("from", "")),
                by=person,
            )
        elif form.get("ask") == "close":
            window = get_object_or_404(ServiceWindow, pk=int(form.get("window", "0")))
            services.close_window(window, dt.date.fromisoformat(form.get("until", "")), by=person)
        elif form.get("ask") == "special":
            date = dt.date.fromisoformat(form.get("date", ""))
            services.set_special_day(date, form.get("counts_as", ""), form.get("name", ""), by=person)
        else:
            messages.error(request, _("Nothing was changed."))
    except services.HoursError as error:
        sentence = words.word(FAULTS, error.code).format(text=error.about)
        messages.error(request, _("Nothing was changed.") + " " + sentence)
    except ValueError:
        messages.error(request, _("Nothing was changed.") + " " + _("A date or a time is not complete."))
    else:
        messages.success(request, _("Saved; the journal holds who did it."))
    return redirect("hours")
