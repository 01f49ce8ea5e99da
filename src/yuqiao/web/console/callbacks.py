"""Callbacks: the promise as a figure, each number with its rows, every attempt, and what a supervisor may do (S39)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yuqiao.accounts.models import Person
from yuqiao.hotline import callbacks
from yuqiao.hotline.callback_figures import PARTS, callbacks_returned, rows
from yuqiao.hotline.models import Call, Callback
from yuqiao.lib.clock import now
from yuqiao.web.console import words
from yuqiao.web.console.gate import Act, allowed, may, person_of

MOST_ROWS = 200
PART_NAMES: words.Words = {
    "due": gettext_lazy("Due"),
    "in_time": gettext_lazy("Returned in time"),
    "late": gettext_lazy("Returned late"),
    "not_reached": gettext_lazy("Not reached"),
    "overdue": gettext_lazy("Open and overdue"),
    "open": gettext_lazy("Open, not due yet"),
}
CLOSED: words.Words = {
    "answered": gettext_lazy("Called back"),
    "called_in": gettext_lazy("Caller called again and was served"),
    "by_hand": gettext_lazy("Called back by hand"),
    "not_reached": gettext_lazy("Not reached"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One callback in words; ``tries`` are its calls with their outcomes; ``number`` whole only for who must dial."""

    callback: Callback
    language: str
    number: str
    line: str
    state: str
    late: bool
    tries: list[tuple[Call, str]]


def row_of(callback: Callback, at: dt.datetime, *, whole_number: bool) -> Row:
    """Return a callback as the page shows it."""
    late = (callback.done_at or at) > callback.due_at
    if callback.done_at:
        state = words.word(CLOSED, callback.outcome)
    elif callback.running_id:
        state = _("Being called")
    else:
        state = _("Open and overdue") if late else _("Open")
    return Row(
        callback=callback,
        language=words.language_name(callback.language),
        number=callback.number if whole_number and not callback.done_at else words.masked(callback.number),
        line="" if callback.line is None else callback.line.number,
        state=state,
        late=late,
        tries=[
            (one, words.word(words.OUTCOMES, one.outcome) if one.ended_at else words.word(words.PHASES, one.phase))
            for one in callback.tries.all()
        ],
    )


def with_tries() -> Prefetch[str]:
    """Return what `row_of` reads of a callback's calls."""
    return Prefetch("tries", Call.objects.order_by("started_at"))


@allowed(Act.WATCH)
def show(request: HttpRequest) -> HttpResponseBase:
    """Show the figure of the chosen days, and the callbacks that are open or that the chosen number counts."""
    at = now()
    asked = request.GET.get("days", "")
    days = int(asked) if asked in words.PERIODS else 30
    part = request.GET.get("part", "")
    since = at - dt.timedelta(days=days)
    figure = callbacks_returned(since, at + dt.timedelta(seconds=1), at)
    if part in PARTS:
        shown = rows(since, at + dt.timedelta(seconds=1), part, at)
    else:
        part, shown = "", Callback.objects.filter(done_at=None)
    shown = shown.select_related("line", "call", "done_by").prefetch_related(with_tries()).order_by("due_at")
    steers = may(person_of(request), Act.STEER)
    context = {
        "rows": [row_of(one, at, whole_number=steers) for one in shown[:MOST_ROWS]],
        "figure": figure,
        "share": "" if figure.share is None else f"{float(figure.share * 100):.1f} %",
        "parts": [(one, words.word(PART_NAMES, one), getattr(figure, one)) for one in PARTS],
        "part": part,
        "part_name": words.word(PART_NAMES, part),
        "days": days,
        "periods": [(int(one), name) for one, name in words.PERIODS.items()],
        "steers": steers,
        "most": MOST_ROWS,
    }
    return render(request, "console/callbacks.html", context)


@allowed(Act.STEER)
@require_POST
def call_now(request: HttpRequest, callback_id: int) -> HttpResponse:
    """Make a callback due at once."""
    said = _("The caller is rung as soon as an interpreter is free.")
    return _do(request, callback_id, said, callbacks.take_back_now)


@allowed(Act.STEER)
@require_POST
def close(request: HttpRequest, callback_id: int) -> HttpResponse:
    """Close a callback that was made by hand."""
    note = request.POST.get("note", "")
    return _do(request, callback_id, _("Closed."), lambda one, by: callbacks.close_by_hand(one, by, note))


def _do(request: HttpRequest, callback_id: int, said: str, verb: Callable[[Callback, Person], None]) -> HttpResponse:
    try:
        verb(get_object_or_404(Callback, pk=callback_id), person_of(request))
    except callbacks.CallbackError:
        messages.error(
            request,
            _("Not done: it is closed, being called, cannot be dialled from here, or a word is missing."),
        )
    else:
        messages.success(request, said)
    return redirect("callbacks")
