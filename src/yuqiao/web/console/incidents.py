"""Incidents: what must not wait, with its countdown; who is told; the report that closes (S141 f, i, j)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yuqiao.accounts.models import Department, Person, Role
from yuqiao.hotline import alerting, incidents
from yuqiao.hotline.models import AlertNumber, Call, FloorManager, Incident, LadderStep, Told
from yuqiao.lib.clock import now
from yuqiao.web.console import words
from yuqiao.web.console.gate import Act, allowed, may, person_of

KINDS: words.Words = {
    "escalation": gettext_lazy("Call for help by one key"),
    "medical": gettext_lazy("Medical emergency"),
    "safety": gettext_lazy("Personal safety"),
    "crime": gettext_lazy("Crime, police involved"),
    "epidemic": gettext_lazy("Epidemic, public health"),
    "group": gettext_lazy("Requests of a group"),
    "consular": gettext_lazy("Consular matter"),
    "complaint": gettext_lazy("Serious complaint"),
    "other": gettext_lazy("Other"),
}
WAYS: words.Words = {
    "board": gettext_lazy("alarm on the board"),
    "ring": gettext_lazy("rung into the call"),
    "phone": gettext_lazy("telephoned by a person"),
    "message": gettext_lazy("messages alone"),
}
MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One incident in words; ``due`` in epoch milliseconds while a clock runs."""

    incident: Incident
    kind: str
    state: str
    level: str
    due: int | None
    told: str


def row_of(incident: Incident, told: Told | None, at: dt.datetime) -> Row:
    """Return an incident as list and board show it; ``told`` is its newest step."""
    if incident.closed_at:
        state, level = _("Closed"), "closed"
    elif incident.acknowledged_at:
        state, level = _("Being handled"), "handled"
    elif incident.due_at is None or incident.due_at < at:
        state, level = _("Nobody has acknowledged it"), "late"
    else:
        state, level = _("To be acknowledged"), "open"
    return Row(
        incident,
        words.word(KINDS, incident.kind),
        state,
        level,
        None if incident.due_at is None else words.epoch_ms(incident.due_at),
        "" if told is None else whom(told),
    )


def whom(step: Told | LadderStep) -> str:
    """Return who a step tells."""
    return str(step.department) if step.department else words.word(words.ROLES, step.role)


def unacknowledged(at: dt.datetime) -> list[Row]:
    """Return the incidents that nobody took over yet, the most pressing first; for the live board."""
    waiting = Incident.objects.filter(closed_at=None, acknowledged_at=None).order_by("due_at", "opened_at")
    return [
        row_of(one, _newest(one), at)
        for one in waiting.select_related("call__line").prefetch_related("told__department")[:6]
    ]


def of_call(call: Call, person: Person, at: dt.datetime) -> dict[str, object]:
    """Return what the page of a call shows of its incidents, to those who may see them."""
    if not may(person, Act.SEE_INCIDENTS):
        return {}
    found = call.incidents.prefetch_related("told__department")
    return {
        "incidents": [row_of(one, _newest(one), at) for one in found],
        "incident_kinds": [(code, words.word(KINDS, code)) for code in KINDS if code != "escalation"],
        "enters_incidents": may(person, Act.HANDLE_INCIDENTS),
    }


def _newest(incident: Incident) -> Told | None:
    return max(incident.told.all(), key=lambda one: one.level, default=None)


@allowed(Act.SEE_INCIDENTS)
def show(request: HttpRequest) -> HttpResponseBase:
    """Show the incidents that are open, or all; the ladder; who is floor manager on duty."""
    person, at = person_of(request), now()
    every, kind = request.GET.get("all") == "1", request.GET.get("kind", "")
    found = Incident.objects.select_related("call__line", "opened_by", "interpreter", "acknowledged_by")
    found = found if every else found.filter(closed_at=None)
    found = found.filter(kind=kind) if kind in KINDS else found
    context = {
        "rows": [row_of(one, _newest(one), at) for one in found.prefetch_related("told__department")[:MOST_ROWS]],
        "every": every,
        "kind": kind,
        "kinds": [(code, words.word(KINDS, code)) for code in KINDS],
        "now": words.epoch_ms(at),
        "handles": may(person, Act.HANDLE_INCIDENTS),
        "steps": [
            (one, whom(one), words.word(WAYS, one.way)) for one in LadderStep.objects.select_related("department")
        ],
        "ways": [(code, words.word(WAYS, code)) for code in WAYS],
        "roles": [(code, words.word(words.ROLES, code)) for code in Role.values],
        "departments": Department.objects.order_by("code"),
        "managers": FloorManager.objects.exclude(on_duty_since=None).select_related("person").order_by("on_duty_since"),
        "my_number": AlertNumber.objects.filter(person=person).values_list("number", flat=True).first() or "",
        "sends": bool(settings.MESSAGE_SENDERS),
        "mine": FloorManager.objects.filter(person=person).first(),
    }
    return render(request, "console/incidents.html", context)


@allowed(Act.SEE_INCIDENTS)
def one(request: HttpRequest, incident_id: int) -> HttpResponseBase:
    """Show one incident: its clock, who was told when, the report."""
    found = Incident.objects.select_related("call__line", "opened_by", "interpreter", "acknowledged_by", "closed_by")
    incident = get_object_or_404(found, pk=incident_id)
    steps = list(incident.told.select_related("department").prefetch_related("alerts"))
    context = {
        "row": row_of(incident, steps[-1] if steps else None, now()),
        "incident": incident,
        "steps": [(step, whom(step), words.word(WAYS, step.way), _messages(step)) for step in steps],
        "now": words.epoch_ms(now()),
        "handles": may(person_of(request), Act.HANDLE_INCIDENTS),
        "parts": [
            ("happened", _("What happened"), incident.happened),
            ("handled", _("How it was handled"), incident.handled),
            ("plan", _("How the work goes on"), incident.plan),
        ],
    }
    return render(request, "console/incident.html", context)


def _messages(step: Told) -> str:
    """Return how many messages of a step left, are under way, and failed."""
    states = Counter(alert.state for alert in step.alerts.all())
    if not states:
        return ""
    under_way = states["waiting"] + states["sending"]
    return _("%(sent)d messages sent, %(under_way)d under way, %(failed)d not sent") % {
        "sent": states["sent"],
        "under_way": under_way,
        "failed": states["failed"],
    }


@allowed(Act.SEE_INCIDENTS)
@require_POST
def number(request: HttpRequest) -> HttpResponse:
    """Keep the number at which one gets the ladder's messages."""
    try:
        alerting.set_number(person_of(request), request.POST.get("number", ""))
    except alerting.AlertNumberError:
        messages.error(request, _("This is no telephone number: digits only, with + and the country first if abroad."))
    else:
        messages.success(request, _("Kept. Messages go to this number and to the e-mail address of your account."))
    return redirect("incidents")


@allowed(Act.HANDLE_INCIDENTS)
@require_POST
def open_one(request: HttpRequest) -> HttpResponse:
    """Enter an incident somebody learnt of, perhaps of a call."""
    number = request.POST.get("call", "")
    try:
        call = get_object_or_404(Call, pk=uuid.UUID(number)) if number else None
    except ValueError:
        raise Http404 from None
    kind, subject = request.POST.get("kind", ""), request.POST.get("subject", "")

    def verb() -> None:
        incidents.open_by_hand(kind, subject, by=person_of(request), call=call)

    return _do(request, _("The incident is open and its clock runs."), verb, "incidents")


@allowed(Act.HANDLE_INCIDENTS)
@require_POST
def acknowledge(request: HttpRequest, incident_id: int) -> HttpResponse:
    """Take an incident over: its ladder stops."""
    incident = get_object_or_404(Incident, pk=incident_id)
    return _do(
        request,
        _("You have taken it over; the ladder stops."),
        lambda: incidents.acknowledge(incident, person_of(request)),
        "incident",
        incident.pk,
    )


@allowed(Act.HANDLE_INCIDENTS)
@require_POST
def report(request: HttpRequest, incident_id: int) -> HttpResponse:
    """Keep the report, or close the incident with it."""
    incident = get_object_or_404(Incident, pk=incident_id)
    happened, handled, plan = (request.POST.get(name, "") for name in ("happened", "handled", "plan"))
    close = request.POST.get("close") == "1"

    def verb() -> None:
        incidents.write_report(incident, happened, handled, plan, by=person_of(request), close=close)

    return _do(request, _("Closed with its report.") if close else _("Kept."), verb, "incident", incident.pk)


@allowed(Act.HANDLE_INCIDENTS)
@require_POST
def set_step(request: HttpRequest) -> HttpResponse:
    """Write a step of the ladder, or take it off."""
    form = request.POST
    level, minutes = _whole(form.get("level", "")), _whole(form.get("minutes", ""))
    told, person = form.get("told", ""), person_of(request)

    def verb() -> None:
        if form.get("drop") == "1":
            incidents.drop_step(level, by=person)
            return
        kind, _colon, code = told.partition(":")
        department = Department.objects.filter(code=code).first() if kind == "department" else None
        role = code if kind == "role" else ""
        incidents.set_step(level, role, form.get("way", ""), minutes, by=person, department=department)

    return _do(request, _("The ladder is changed."), verb, "incidents")


@allowed(Act.HANDLE_INCIDENTS)
@require_POST
def duty(request: HttpRequest) -> HttpResponse:
    """Begin or end as floor manager on duty."""
    person = person_of(request)
    if not may(person, Act.STEER):
        raise PermissionDenied
    on = request.POST.get("on") == "1"
    contact = request.POST.get("contact", "")
    said = _("You are floor manager on duty.") if on else _("You are off duty.")
    return _do(request, said, lambda: incidents.set_duty(person, contact, on=on, by=person), "incidents")


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _do(request: HttpRequest, said: str, verb: Callable[[], None], then: str, *arguments: int) -> HttpResponse:
    try:
        verb()
    except incidents.IncidentError:
        messages.error(
            request,
            _("Not done: a part is missing or makes no sense, or somebody was faster. Closing needs all three parts."),
        )
    else:
        messages.success(request, said)
    return redirect(then, *arguments)
