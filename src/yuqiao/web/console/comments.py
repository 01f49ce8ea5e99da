"""Comments at moments of a recording: on the call's page, the open ones of all calls, and those on one's own work."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from yuqiao.accounts.models import Person
from yuqiao.hotline import comment_rules as rules
from yuqiao.hotline import comments
from yuqiao.hotline.comment_rules import Reader
from yuqiao.hotline.models import Call, CallComment
from yuqiao.web.console import words
from yuqiao.web.console.gate import Act, allowed, may, person_of
from yuqiao.workforce.models import Interpreter

MOST_ROWS = 200
KINDS: words.Words = {
    "praise": _("Well done"),
    "error": _("Error of interpretation"),
    "procedure": _("Against the procedure"),
    "discuss": _("To be discussed"),
}
FAULTS: words.Words = {
    "role": _("This comment was changed meanwhile, or it is not yours to change."),
    "kind": _("Choose what kind of comment it is."),
    "text": _("Say it in 1 to 1000 characters."),
    "moment": _("The moment lies outside the recording."),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A comment as its reader sees it, with its answers; ``second`` and ``until`` count from the call's answer."""

    row: CallComment
    kind: str
    second: float
    time: str
    open: bool
    may_answer: bool
    may_withdraw: bool
    may_settle: bool
    answers: list[Shown]


def reader_of(person: Person) -> Reader:
    """Return the reader of comments that ``person`` is."""
    return comments.reader_of(person, hears=may(person, Act.LISTEN))


def shown(rows: Iterable[CallComment], reader: Reader) -> list[Shown]:
    """Return what ``reader`` sees of ``rows`` and of the answers to them."""
    found: list[Shown] = []
    for row in rows:
        said = comments.said_by(row)
        if not rules.sees(reader, said):
            continue
        until = "" if row.until_ms is None else f" – {words.duration(row.until_ms / 1000)}"
        found.append(
            Shown(
                row=row,
                kind=words.word(KINDS, row.kind),
                second=row.at_ms / 1000,
                time=words.duration(row.at_ms / 1000) + until,
                open=row.kind in rules.TO_SETTLE and not said.settled,
                may_answer=rules.may_answer(reader, said),
                may_withdraw=rules.may_withdraw(reader, said),
                may_settle=rules.may_settle(reader, said),
                answers=[] if said.answer else shown(sorted(row.answered_by.all(), key=lambda one: one.pk), reader),
            )
        )
    return found


def of_call(call: Call, person: Person) -> dict[str, object]:
    """Return what the part "comments" of a call's page shows."""
    reader = reader_of(person)
    rows = _related(call.comments.filter(answers=None))
    return {"comments": shown(rows, reader), "comments_of": call, "comment_kinds": list(KINDS.items())}


def _related(rows: QuerySet[CallComment]) -> QuerySet[CallComment]:
    return rows.select_related("author", "about", "answers", "call__line").prefetch_related("answered_by__author")


@allowed(Act.LISTEN)
def show_list(request: HttpRequest) -> HttpResponseBase:
    """Show the comments that somebody is to look into, the oldest first; or the latest of all."""
    every = request.GET.get("which") == "all"
    rows = CallComment.objects.filter(answers=None).order_by("-made_at") if every else comments.open_ones()
    ordered = rows if every else rows.order_by("made_at")
    context = {
        "comments": shown(_related(ordered)[:MOST_ROWS], reader_of(person_of(request))),
        "every": every,
        "open_count": comments.open_ones().count(),
        "with_calls": True,
    }
    return render(request, "console/comments.html", context)


@login_required
def mine(request: HttpRequest) -> HttpResponseBase:
    """Show an interpreter the comments on her own work; 404 for who is none."""
    own = get_object_or_404(Interpreter, person=person_of(request))
    rows = _related(CallComment.objects.filter(about=own, answers=None).order_by("-made_at"))
    reader = Reader(person_of(request).pk, hears=False, interpreter=own.pk)
    return render(
        request, "console/comments_mine.html", {"comments": shown(rows[:MOST_ROWS], reader), "with_calls": True}
    )


@require_POST
@allowed(Act.LISTEN)
def add(request: HttpRequest, call_id: uuid.UUID) -> HttpResponseBase:
    """Write a comment from the player; returns the call's comments anew, or 400 with a sentence."""
    call = get_object_or_404(Call, pk=call_id, ended_at__isnull=False)
    at, until = request.POST.get("at", ""), request.POST.get("until", "")
    times = [int(one) if one.isdecimal() and len(one) < 10 else -1 for one in (at, until or "0")]

    def write(reader: Reader) -> None:
        kind, text = request.POST.get("kind", ""), request.POST.get("text", "")
        comments.add(call, kind, text, times[0], times[1] if until else None, by=reader)

    return _done(request, call, write)


VERBS: dict[str, Callable[[CallComment, str, Reader], object]] = {
    "answer": lambda row, text, by: comments.answer(row, text, by=by),
    "withdraw": lambda row, _text, by: comments.withdraw(row, by=by),
    "settle": lambda row, _text, by: comments.settle(row, by=by),
}


@require_POST
@login_required
def change(request: HttpRequest, comment_id: int) -> HttpResponseBase:
    """Answer, withdraw or settle a comment; 404 for one that the reader does not see."""
    row = get_object_or_404(CallComment.objects.select_related("call", "answers", "about"), pk=comment_id)
    verb = VERBS.get(request.POST.get("ask", ""))
    if verb is None or not rules.sees(reader_of(person_of(request)), comments.said_by(row)):
        raise Http404
    return _done(request, row.call, lambda reader: verb(row, request.POST.get("text", ""), reader))


def _done(request: HttpRequest, call: Call, act: Callable[[Reader], object]) -> HttpResponseBase:
    """Do it; a part of a page gets the call's comments back, a page is shown again."""
    reader, part = reader_of(person_of(request)), "part" in request.POST
    try:
        act(reader)
    except comments.CommentError as error:
        said = words.word(FAULTS, error.code)
        if part:
            return HttpResponse(said, status=HTTPStatus.BAD_REQUEST, content_type="text/plain; charset=utf-8")
        messages.error(request, gettext("Nothing was changed.") + " " + said)
    else:
        if part:
            return render(request, "console/_comments.html", of_call(call, person_of(request)))
        messages.success(request, gettext("Saved; the journal holds who did it."))
    return redirect("comments" if reader.hears else "comments-mine")
