"""Staffing: how many interpreters each half hour of a week needs for a promise, how many are planned, and what if."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from io import BytesIO

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from openpyxl import Workbook
from openpyxl.styles import Font

from yuqiao.hotline import demand
from yuqiao.languages.catalogue import FOREIGN
from yuqiao.web.console import words
from yuqiao.web.console.gate import Act, allowed
from yuqiao.web.console.hours import DAY_NAMES
from yuqiao.workforce.calendar import DAYS
from yuqiao.workforce.staffing.week import HALF_HOURS, Half, History, Promise, Slot, week

#: Weeks of history, and the bounds of what may be asked: percent, seconds, percent of the calls.
WEEKS = (4, 13, 26, 52)
LEVELS, WITHIN, VOLUMES = (50.0, 99.0), (0.0, 120.0), (10.0, 10_000.0)
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader asks: a language, how many weeks to look back on, and the promise."""

    language: str
    weeks: int
    promise: Promise


@dataclass(frozen=True, slots=True)
class Found:
    """The table of one language with what it was made from."""

    half: dict[Slot, Half]
    handling: demand.Estimate
    patience: demand.Estimate


def _asked(request: HttpRequest) -> Asked:
    language = request.GET.get("language", FOREIGN[0])
    if language not in FOREIGN:
        raise Http404
    try:
        weeks = int(request.GET.get("weeks", WEEKS[-1]))
    except ValueError as error:
        raise Http404 from error
    if weeks not in WEEKS:
        raise Http404
    level, within = _number(request, "level", 90.0, LEVELS), _number(request, "within", 10.0, WITHIN)
    volume = _number(request, "volume", 100.0, VOLUMES)
    return Asked(language, weeks, Promise(level / 100, within, volume=volume / 100))


def _number(request: HttpRequest, name: str, usual: float, bounds: tuple[float, float]) -> float:
    """Return a number of the address, kept within its bounds; 404 for what is none."""
    try:
        number = float(request.GET.get(name) or usual)
    except ValueError as error:
        raise Http404 from error
    if not math.isfinite(number):
        raise Http404
    return min(max(number, bounds[0]), bounds[1])


def _find(language: str, asked: Asked, counted: demand.Demand, today: dt.date) -> Found:
    handling, patience = demand.handling(language, counted), demand.patience(language, counted)
    history = History(counted.calls.get(language, {}), counted.days, handling.seconds.value, patience.seconds.value)
    plan = demand.planned(language, today)
    return Found(week(history, counted.everybody, plan, asked.promise), handling, patience)


@require_GET
@allowed(Act.REPORT)
def show(request: HttpRequest) -> HttpResponseBase:
    """Show the week of one language."""
    asked, today = _asked(request), timezone.localdate()
    counted = demand.demand(today, asked.weeks)
    found = _find(asked.language, asked, counted, today)
    context = {
        "asked": asked,
        "level": round(asked.promise.level * 100, 1),
        "volume": round(asked.promise.volume * 100, 1),
        "languages": [(code, words.language_name(code)) for code in FOREIGN],
        "weeks": WEEKS,
        "name": words.language_name(asked.language),
        "first": counted.first,
        "last": counted.last,
        "calls": sum(counted.calls.get(asked.language, {}).values()),
        "handling": _estimate(found.handling),
        "patience": _estimate(found.patience),
        "days": [words.word(DAY_NAMES, day) for day in DAYS],
        "rows": [
            {"at": _clock(half), "cells": [_cell(found.half[day, half]) for day in DAYS]} for half in range(HALF_HOURS)
        ],
        "hours": sum(found.half[day, half].needed for day in DAYS[:7] for half in range(HALF_HOURS)) / 2,
        "short": sum((found.half[day, half].gap or 0) < -0.5 for day in DAYS for half in range(HALF_HOURS)),
        "query": request.GET.urlencode(),
    }
    return render(request, "console/staffing.html", context)


def _clock(half: int) -> str:
    return f"{half // 2:02}:{half % 2 * 30:02}"


def _estimate(found: demand.Estimate) -> str:
    bounds = found.seconds
    if found.assumed:
        return _("%(seconds)s s (assumed: the history does not tell)") % {"seconds": round(bounds.value)}
    high = "∞" if math.isinf(bounds.high) else str(round(bounds.high))
    told = {"seconds": round(bounds.value), "low": round(bounds.low), "high": high, "cases": found.cases}
    if found.pooled:
        return _("%(seconds)s s (%(low)s to %(high)s; all languages together, %(cases)s cases)") % told
    return _("%(seconds)s s (%(low)s to %(high)s; %(cases)s cases)") % told


def _cell(half: Half) -> dict[str, object]:
    gap = half.gap
    tone = "unknown" if gap is None else "short" if gap < -0.5 else "even" if gap < 0.5 else "spare"
    told = {
        "low": f"{half.expected.low:.2f}",
        "high": f"{half.expected.high:.2f}",
        "least": half.least,
        "most": half.most,
    }
    title = _("Expected calls %(low)s to %(high)s; needed %(least)s to %(most)s") % told
    if half.service is not None and half.expected.value:
        served = {"level": f"{half.service.level:.0%}", "wait": f"{half.service.wait:.1f}"}
        title += " · " + _("as planned %(level)s in time, mean wait %(wait)s s") % served
    return {
        "needed": half.needed,
        "expected": f"{half.expected.value:.1f}",
        "planned": "–" if half.planned is None else f"{half.planned:.1f}".removesuffix(".0"),
        "plan": "" if half.planned is None else f"{half.planned:.2f}",
        "tone": tone,
        "depth": 0 if gap is None else min(4, math.ceil(abs(gap))),
        "title": title,
    }


@require_GET
@allowed(Act.REPORT)
def download(request: HttpRequest) -> HttpResponse:
    """Give the weeks of all languages as a workbook, one sheet each."""
    asked, today = _asked(request), timezone.localdate()
    counted = demand.demand(today, asked.weeks)
    book = Workbook()
    book.remove(book.worksheets[0])
    heads = [_("Day"), _("From"), _("Expected calls"), _("at least"), _("at most")]
    heads += [_("Needed"), _("at least"), _("at most"), _("Planned"), _("Gap")]
    for code in FOREIGN:
        sheet = book.create_sheet(words.language_name(code)[:31])
        sheet.append(heads)
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        for (day, slot), half in _find(code, asked, counted, today).half.items():
            calls = [round(one, 3) for one in (half.expected.value, half.expected.low, half.expected.high)]
            plan = None if half.planned is None else round(half.planned, 2)
            gap = None if half.gap is None else round(half.gap, 2)
            row = [str(words.word(DAY_NAMES, day)), _clock(slot), *calls, half.needed, half.least, half.most, plan, gap]
            sheet.append(row)
        sheet.freeze_panes = "C2"
    content = BytesIO()
    book.save(content)
    response = HttpResponse(content.getvalue(), content_type=SPREADSHEET)
    response["Content-Disposition"] = 'attachment; filename="staffing.xlsx"'
    return response
