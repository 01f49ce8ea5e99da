"""After a call: what was wanted, about what, what came of it; by digits alone, saved while she types (S46).

The form stands on the interpreter's own page and on a page of its own, where supervisors correct it. What is missing
is listed; nobody is locked out for it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from yuqiao.accounts.models import Department, Person
from yuqiao.cases.models import WorkOrder
from yuqiao.hotline import complaints, invitations, wrap_ups
from yuqiao.hotline.models import Call, ComplaintSource, Sensitive, Topic, WrapUp
from yuqiao.hotline.topics import Branch, tree
from yuqiao.hotline.wrap_ups import Said
from yuqiao.lib.clock import now
from yuqiao.web.console import words
from yuqiao.web.console.after_words import ORDER_CLASSES, SENSITIVE, TYPES, WRAP_OUTCOMES
from yuqiao.web.console.gate import Act, allowed, may, person_of
from yuqiao.web.console.presence import desk_of
from yuqiao.workforce.models import Interpreter

LIST_DAYS, MOST_ROWS = 7, 200


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: what is sent, what it is called, the digit that chooses it ("" beyond nine), and those below it."""

    value: str
    name: str
    digit: str
    below: tuple[Option, ...] = ()


def _options(choices: words.Words) -> list[Option]:
    return [Option(code, str(name), str(n) if n < 10 else "") for n, (code, name) in enumerate(choices.items(), 1)]


def topic_name(topic: Topic | None) -> str:
    """Return a topic's name in the reader's language."""
    if topic is None:
        return ""
    return topic.name_zh if words.reads_chinese() else topic.name_en


def _topics(branches: tuple[Branch, ...]) -> tuple[Option, ...]:
    return tuple(
        Option(str(one.topic.pk), topic_name(one.topic), str(n) if n < 10 else "", _topics(one.below))
        for n, one in enumerate(branches, 1)
    )


def departments() -> list[tuple[int, str]]:
    """Return every department by its name in the reader's language."""
    zh = words.reads_chinese()
    return [(one.pk, one.name_zh if zh else one.name_en or one.name_zh) for one in Department.objects.order_by("code")]


def form_of(call: Call, *, by_supervisor: bool = False) -> dict[str, object]:
    """Return what the form needs to be shown."""
    draft = WrapUp.objects.filter(call=call).select_related("topic").first() or WrapUp(call=call)
    return {
        "wrap_call": call,
        "draft": draft,
        "chosen_topic": str(draft.topic_id or ""),
        "types": _options(TYPES),
        "topics": _topics(tree()),
        "wrap_outcomes": _options(WRAP_OUTCOMES),
        "sensitive": _options(SENSITIVE),
        "by_supervisor": by_supervisor,
        "departments": departments(),
        "order_classes": list(ORDER_CLASSES.items()),
        "orders": list(WorkOrder.objects.filter(call=call.pk)),
        "wrap_line": "" if call.line is None else f"{call.line.number} {words.line_name(call.line)}",
        "wrap_language": words.language_name(call.language),
    }


def _said(data: QueryDict) -> Said:
    topic = data.get("topic", "")
    return Said(
        data.get("request_type", ""),
        int(topic) if topic.isascii() and topic.isdigit() and len(topic) < 10 else None,
        data.get("outcome", ""),
        data.get("sensitive", "") or Sensitive.NONE,
        data.get("note", ""),
    )


def interpreter_of(person: Person, call: Call) -> Interpreter | None:
    """Return this person as the interpreter whose wrap-up it is: she was on the call."""
    return Interpreter.objects.filter(person=person, legs__call=call, legs__answered_at__isnull=False).first()


@login_required
def one(request: HttpRequest, call_id: uuid.UUID) -> HttpResponseBase:
    """Show one call's form, save a draft (204 without ``finish``), finish it, or correct it as a supervisor."""
    person = person_of(request)
    call = get_object_or_404(Call.objects.select_related("line"), pk=call_id)
    interpreter, supervises = interpreter_of(person, call), may(person, Act.STEER)
    if interpreter is None and not supervises:
        raise PermissionDenied
    if request.method != "POST":
        return render(request, "console/wrap_up.html", form_of(call, by_supervisor=interpreter is None))
    finish = "finish" in request.POST
    try:
        if interpreter is None:
            wrap_ups.correct(call, _said(request.POST), by=person)
        else:
            wrap_ups.save(call, interpreter, _said(request.POST), finish=finish)
    except wrap_ups.WrapUpError:
        if not finish and interpreter is not None:
            return HttpResponse(status=409)
        messages.error(request, _("Not saved: choose what was wanted, a topic and an outcome; or it is finished."))
        return redirect("wrap-up", call_id)
    if not finish and interpreter is not None:
        return HttpResponse(status=204)
    _also(request.POST, call, person)
    messages.success(request, _("Wrap-up saved."))
    return redirect("wrap-up", call_id) if interpreter is None else redirect(desk_of(person))


def _also(data: QueryDict, call: Call, person: Person) -> None:
    """What else the form may hold: consent to a message, a complaint about our service."""
    if "agrees" in data and call.caller_number:
        invitations.agree(call, data.get("address", "").strip(), by=person)
    complaint = data.get("complaint", "").strip()
    if complaint:
        complaints.enter(complaint, by=person, source=ComplaintSource.DESK, call=call)


@allowed(Act.REPORT)
def show_list(request: HttpRequest) -> HttpResponseBase:
    """List what is missing in the last days, newest first, with who was on; and the newest finished ones."""
    at = now()
    since = at - dt.timedelta(days=LIST_DAYS)
    lost = list(wrap_ups.missing(since, at).prefetch_related("legs__interpreter")[:MOST_ROWS])
    finished = (
        WrapUp.objects.filter(finished_at__isnull=False, call_at__gte=since)
        .select_related("topic", "interpreter", "line", "corrected_by")
        .order_by("-call_at")
    )
    context = {
        "days": LIST_DAYS,
        "missing": [
            {
                "call": call,
                "line": words.line_name(call.line),
                "language": words.language_name(call.language),
                "who": next((leg.interpreter for leg in reversed(call.legs.all()) if leg.interpreter), None),
            }
            for call in lost
        ],
        "finished": [
            {
                "of": row,
                "type": words.word(TYPES, row.request_type),
                "topic": topic_name(row.topic),
                "outcome": words.word(WRAP_OUTCOMES, row.outcome),
                "sensitive": "" if row.sensitive == Sensitive.NONE else words.word(SENSITIVE, row.sensitive),
                "language": words.language_name(row.language),
            }
            for row in finished[:MOST_ROWS]
        ],
        "steers": may(person_of(request), Act.STEER),
    }
    return render(request, "console/wrap_ups.html", context)


def used(since: dt.datetime) -> dict[int, int]:
    """Return how often each topic was used since then, by its id."""
    counted = Topic.objects.annotate(
        used=Count("wrap_ups", filter=Q(wrap_ups__finished_at__isnull=False, wrap_ups__call_at__gte=since))
    )
    return dict(counted.values_list("pk", "used"))
