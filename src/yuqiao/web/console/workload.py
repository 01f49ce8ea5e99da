"""Workload: a day's occupancy by half hour and language, and a month's overtime as a list to take away (S49)."""

from __future__ import annotations

import csv
import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yuqiao.hotline.figures import overtime
from yuqiao.hotline.figures.definition import Scope
from yuqiao.hotline.figures.exact import percent
from yuqiao.hotline.figures.occupancy import by_half_hour, measure
from yuqiao.hotline.figures.period import Period, period
from yuqiao.languages import catalogue
from yuqiao.lib.clock import now
from yuqiao.web.console import words
from yuqiao.web.console.gate import Act, allowed
from yuqiao.web.console.statistics_rows import line_of

DAY = dt.timedelta(days=1)


@require_GET
@allowed(Act.REPORT)
def show(request: HttpRequest) -> HttpResponseBase:
    """Show one day's occupancy and one month's overtime; today and this month where nothing is asked."""
    today = timezone.localtime(now()).date()
    try:
        day = dt.date.fromisoformat(request.GET.get("day") or today.isoformat())
        month = period(request.GET.get("month") or f"{today:%Y-%m}")
    except ValueError as error:
        raise Http404 from error
    midnight = dt.datetime.combine(day, dt.time(), timezone.get_default_timezone())
    codes = [None, *catalogue.CODES]
    scopes = [Scope(midnight, midnight + DAY, language=code) for code in codes]
    found = [(code, scope, by_half_hour(scope)) for code, scope in zip(codes, scopes, strict=True)]
    shown = [one for one in found if one[0] is None or any(slot.worked or slot.signed_on for slot in one[2])]
    legs = list(overtime.rows(month.since, month.until))
    context = {
        "day": day,
        "before": day - DAY,
        "after": day + DAY,
        "columns": [_("All") if code is None else words.language_name(code) for code, _scope, _slots in shown],
        "whole": [_share(*measure(scope)) for _code, scope, _slots in shown],
        "rows": [
            {"at": slots[0].begins, "shares": [_share(slot.worked, slot.signed_on) for slot in slots]}
            for slots in zip(*(slots for _code, _scope, slots in shown), strict=True)
        ],
        "month": month.code,
        "overtime": [
            {
                "leg": leg,
                "line": line_of(leg.call.line),
                "language": words.language_name(leg.call.language),
                "lasted": words.duration(overtime.lasted(leg) / 1000),
            }
            for leg in legs
        ],
        "sums": [(one.number, one.calls, words.duration(one.lasted / 1000)) for one in overtime.totals(legs)],
    }
    return render(request, "console/workload.html", context)


def _share(worked: int, signed_on: int) -> dict[str, object]:
    share = percent(worked, signed_on, places=1)
    full = 0 if not signed_on else min(10, worked * 10 // signed_on)
    return {"text": words.NONE if share is None else f"{share}%", "level": full if signed_on else ""}


@require_GET
@allowed(Act.REPORT)
def overtime_csv(request: HttpRequest) -> HttpResponse:
    """Give a month's overtime as CSV: who, when, for how long, in which call."""
    try:
        month: Period = period(request.GET.get("month", ""))
    except ValueError as error:
        raise Http404 from error
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="overtime-{month.code}.csv"'
    response.write("\ufeff")
    sheet = csv.writer(response)
    sheet.writerow(["interpreter", "from", "to", "seconds", "language", "call"])
    for leg in overtime.rows(month.since, month.until):
        if leg.answered_at is not None and leg.ended_at is not None:
            begin, end = timezone.localtime(leg.answered_at), timezone.localtime(leg.ended_at)
            seconds = words.seconds(overtime.lasted(leg))
            sheet.writerow([leg.interpreter, f"{begin:%F %T}", f"{end:%F %T}", seconds, leg.call.language, leg.call_id])
    return response
