"""Emergency mode: the switch, how callers fare since it began, what the roster did; trends; past ones (S32, S48)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yuqiao.hotline import emergencies
from yuqiao.hotline.models import Emergency, Line, Standby, Topic
from yuqiao.hotline.trend_figures import recent
from yuqiao.hotline.trends import Trend
from yuqiao.languages.catalogue import FOREIGN
from yuqiao.lib.clock import now
from yuqiao.web.console import words
from yuqiao.web.console.gate import Act, allowed, may, person_of
from yuqiao.web.console.hours import DAY_NAMES, days_named
from yuqiao.web.console.plan import carry_out
from yuqiao.workforce.calendar import DAYS
from yuqiao.workforce.models import Interpreter

PAST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Rise:
    """A trend in words."""

    about: str
    count: int
    bound: int
    past: str


def rises(at: dt.datetime) -> list[Rise]:
    """Return what callers ask for more than usual, in the reader's language."""
    found = recent(at)
    lines = Line.objects.in_bulk([one.key for one in found["line"]], field_name="number") if found["line"] else {}
    topics = Topic.objects.in_bulk([int(one.key) for one in found["topic"]]) if found["topic"] else {}

    def rise(trend: Trend, about: str) -> Rise:
        return Rise(about, trend.count, trend.bound, " ".join(str(one) for one in trend.past))

    about = [rise(one, words.language_name(one.key)) for one in found["language"]]
    about += [rise(one, f"{one.key} {words.line_name(lines.get(one.key))}") for one in found["line"]]
    return about + [rise(one, _topic_name(topics.get(int(one.key)))) for one in found["topic"]]


def _topic_name(topic: Topic | None) -> str:
    if topic is None:
        return ""
    return topic.name_zh if words.reads_chinese() else topic.name_en


def report(emergency: Emergency, at: dt.datetime) -> dict[str, Any]:
    """Return how callers fared and what the roster did, for the page."""
    languages = emergencies.by_language(emergency, at)
    return {
        "emergency": emergency,
        "concerned": [words.language_name(code) for code in emergency.languages],
        "languages": [
            (words.language_name(one.language), one, _seconds(one.p50), _seconds(one.p95)) for one in languages
        ],
        "calls": sum(one.calls for one in languages),
        "served": sum(one.served for one in languages),
        "waiting": sum(one.waiting for one in languages),
        "roster": [
            (one, [words.language_name(code) for code in one.languages]) for one in emergencies.roster(emergency, at)
        ],
        "overdue": emergency.ended_at is None and emergency.remind_at <= at,
    }


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f} {_('s')}"


@allowed(Act.WATCH)
def show(request: HttpRequest) -> HttpResponseBase:
    """Show the emergency that lasts or how to switch it on, the roster, and past ones."""
    at, person = now(), person_of(request)
    current = emergencies.current()
    today = timezone.localdate()
    standby = Standby.objects.exclude(valid_until__lt=today).select_related("interpreter")
    on = emergencies.on_standby(at)
    context = {
        "report": report(current, at) if current else None,
        "rises": rises(at),
        "standby": [
            (
                row,
                words.language_name(row.language),
                days_named(row.days),
                row.language in on.get(row.interpreter_id, set()),
                bool(getattr(row.interpreter, "mobile", "")),
            )
            for row in standby
        ],
        "past": Emergency.objects.exclude(ended_at=None)[:PAST_SHOWN],
        "switches": may(person, Act.STEER),
        "plans": may(person, Act.EDIT_HOURS),
        "choices": [(code, words.language_name(code)) for code in FOREIGN],
        "days": [(day, words.word(DAY_NAMES, day)) for day in DAYS],
        "today": today,
    }
    return render(request, "console/emergency.html", context)


@allowed(Act.WATCH)
def show_past(request: HttpRequest, emergency_id: int) -> HttpResponseBase:
    """Show the report of an emergency."""
    found = get_object_or_404(Emergency.objects.select_related("began_by", "ended_by"), pk=emergency_id)
    return render(request, "console/emergency_report.html", {"report": report(found, now())})


@allowed(Act.STEER)
@require_POST
def switch(request: HttpRequest) -> HttpResponseBase:
    """Switch emergency mode on or off, or put off the reminder to end it."""
    form, person = request.POST, person_of(request)
    ask = form.get("ask", "")

    def do() -> None:
        if ask == "begin":
            hours = int(form.get("hours", ""))
            emergencies.begin(form.get("reason", ""), form.getlist("languages"), hours, by=person)
            return
        lasting = get_object_or_404(Emergency, pk=int(form.get("emergency", "0")))
        if ask == "end":
            emergencies.end(lasting, by=person)
        else:
            emergencies.prolong(lasting, int(form.get("hours", "")), by=person)

    return carry_out(request, do, _("Saved; the journal holds who did it."), "emergency")


@allowed(Act.EDIT_HOURS)
@require_POST
def roster(request: HttpRequest) -> HttpResponseBase:
    """Put an interpreter on the standby roster, or close a row of it."""
    form, person = request.POST, person_of(request)

    def do() -> None:
        if form.get("ask") == "close":
            row = get_object_or_404(Standby, pk=int(form.get("standby", "0")))
            emergencies.stand_down(row, dt.date.fromisoformat(form.get("until", "")), by=person)
            return
        emergencies.stand_by(
            get_object_or_404(Interpreter, number=form.get("interpreter", "").strip()),
            form.get("language", ""),
            "".join(form.getlist("days")),
            dt.time.fromisoformat(form.get("begins", "")),
            dt.time.fromisoformat(form.get("ends", "")),
            valid_from=dt.date.fromisoformat(form.get("from", "")),
            by=person,
        )

    return carry_out(request, do, _("Saved; the journal holds who did it."), "emergency")
