"""The outage log: availability of the last days, what was away and why, maintenance to come (S42, S113)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yuqiao.accounts.models import Person
from yuqiao.hotline import outages
from yuqiao.hotline.figures.availability import availability
from yuqiao.hotline.figures.definition import Scope
from yuqiao.hotline.figures.exact import Rounding, percent
from yuqiao.hotline.models import Line, Outage, Service
from yuqiao.lib.clock import now
from yuqiao.web.console import words
from yuqiao.web.console.gate import Act, allowed, may, person_of
from yuqiao.web.console.statistics_rows import line_of

MOST_ROWS = 200
FAULTS: words.Words = {
    "words": gettext_lazy("Say the cause in at most 200 characters."),
    "past": gettext_lazy("It must have begun already, and cannot end before it began or in the future."),
    "future": gettext_lazy("Maintenance is announced before it begins, and ends after it began."),
    "service": gettext_lazy("Choose what is away; name a line only for a partner line."),
    "closed": gettext_lazy("It is closed or withdrawn already, or the end is before its beginning."),
}


@allowed(Act.WATCH)
def show(request: HttpRequest) -> HttpResponseBase:
    """Show availability and the log of the chosen days; announced maintenance that is to come always."""
    at = now()
    asked = request.GET.get("days", "")
    days = int(asked) if asked in words.PERIODS else 30
    since = at - dt.timedelta(days=days)
    found = availability(Scope(since, at, at=at))
    log = Outage.objects.select_related("line", "entered_by", "withdrawn_by")
    past = log.filter(began_at__gte=since, began_at__lte=at) | log.filter(ended_at__gt=since, began_at__lt=since)
    share = percent(found.up, found.scheduled, Rounding.TRUNCATE, 3)
    context = {
        "share": words.NONE if share is None else f"{share}%",
        "down": words.duration(found.down / 1000),
        "scheduled": words.duration(found.scheduled / 1000),
        "missing": found.down > 0,
        "away_since": outages.away_since(at),
        "rows": [_row(one, at) for one in (past | log.filter(ended_at=None, began_at__lte=at))[:MOST_ROWS]],
        "to_come": [_row(one, at) for one in log.filter(began_at__gt=at, withdrawn_at=None).order_by("began_at")],
        "days": days,
        "periods": [(int(code), name) for code, name in words.PERIODS.items()],
        "keeps": may(person_of(request), Act.KEEP_OUTAGES),
        "services": [(code, words.word(words.SERVICES, code)) for code in Service.values],
        "lines": [(line.number, words.line_name(line)) for line in Line.objects.order_by("number")],
        "moment": timezone.localtime(at),
        "most": MOST_ROWS,
    }
    return render(request, "console/outages.html", context)


def _row(row: Outage, at: dt.datetime) -> dict[str, object]:
    return {
        "outage": row,
        "service": words.word(words.SERVICES, row.service),
        "line": "" if row.line is None else line_of(row.line),
        "cause": words.word(words.CAUSES, row.cause),
        "lasted": words.duration(((row.ended_at or at) - row.began_at).total_seconds()),
        "lasting": row.ended_at is None,
        "counts": not row.planned and not row.withdrawn_at and row.service != Service.RECORD,
    }


def _moment(text: str) -> dt.datetime:
    """Return a form's date and time, which are the city's; ValueError unless it is complete."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=timezone.get_default_timezone())


def _line(form: QueryDict) -> Line | None:
    number = form.get("line", "")
    return get_object_or_404(Line, number=number) if number and form.get("service") == Service.LINE else None


def _enter(form: QueryDict, by: Person) -> None:
    end = form.get("end", "")
    outages.enter(
        form.get("service", ""),
        _moment(form.get("begin", "")),
        _moment(end) if end else None,
        form.get("cause", ""),
        by=by,
        line=_line(form),
    )


def _announce(form: QueryDict, by: Person) -> None:
    begin, end = _moment(form.get("begin", "")), _moment(form.get("end", ""))
    outages.announce(form.get("service", ""), begin, end, form.get("cause", ""), by=by, line=_line(form))


def _outage(form: QueryDict) -> Outage:
    return get_object_or_404(Outage, pk=int(form.get("outage", "0")))


def _explain(form: QueryDict, by: Person) -> None:
    outages.explain(_outage(form), form.get("cause", ""), by=by)


def _close(form: QueryDict, by: Person) -> None:
    outages.close(_outage(form), _moment(form.get("end", "")), by=by)


def _withdraw(form: QueryDict, by: Person) -> None:
    outages.withdraw(_outage(form), form.get("reason", ""), by=by)


VERBS: dict[str, Callable[[QueryDict, Person], None]] = {
    "enter": _enter,
    "announce": _announce,
    "explain": _explain,
    "close": _close,
    "withdraw": _withdraw,
}


@allowed(Act.KEEP_OUTAGES)
@require_POST
def change(request: HttpRequest) -> HttpResponseBase:
    """Enter, announce, explain, close or withdraw; what makes no sense is said and nothing is written."""
    verb = VERBS.get(request.POST.get("ask", ""))
    try:
        if verb is None:
            raise ValueError  # noqa: TRY301 (said as any other incomplete form)
        verb(request.POST, person_of(request))
    except outages.OutageError as error:
        messages.error(request, _("Nothing was changed.") + " " + words.word(FAULTS, error.code))
    except ValueError:
        messages.error(request, _("Nothing was changed.") + " " + _("A date or a time is not complete."))
    else:
        messages.success(request, _("Saved; the journal holds who did it."))
    return redirect("outages")
