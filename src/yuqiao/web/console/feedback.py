"""What callers say of us: low ratings to look into, complaints with their states, and which lines ask (S44)."""

from __future__ import annotations

import datetime as dt
import uuid

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yuqiao.hotline import complaints, ratings
from yuqiao.hotline.figures.catalogue import BY_CODE
from yuqiao.hotline.figures.definition import Scope
from yuqiao.hotline.figures.printed import value_of
from yuqiao.hotline.figures.report import totals
from yuqiao.hotline.models import (
    Call,
    Complaint,
    ComplaintSource,
    ComplaintState,
    DeliveryState,
    Invitation,
    Line,
    LineRequest,
    Rating,
    RatingReview,
    RatingWay,
    SurveyPolicy,
)
from yuqiao.lib.clock import now
from yuqiao.web.console import words
from yuqiao.web.console.after_words import COMPLAINT_STATES, SOURCES
from yuqiao.web.console.gate import Act, allowed, may, person_of

DAYS, MOST_ROWS = 30, 100
WAYS: words.Words = {
    RatingWay.KEY: gettext_lazy("by key"),
    RatingWay.LINK: gettext_lazy("by link"),
    RatingWay.DESK: gettext_lazy("told to a person"),
}
DELIVERY: words.Words = {
    DeliveryState.WAITING: gettext_lazy("to be sent"),
    DeliveryState.SENDING: gettext_lazy("being sent"),
    DeliveryState.SENT: gettext_lazy("sent"),
    DeliveryState.FAILED: gettext_lazy("not sent"),
}
LINKS: words.Words = {
    SurveyPolicy.Link.NEVER: gettext_lazy("never"),
    SurveyPolicy.Link.CONSENTED: gettext_lazy("those who agreed"),
    SurveyPolicy.Link.ALWAYS: gettext_lazy("everybody who did not refuse"),
}


def _rated(rating: Rating) -> dict[str, object]:
    return {
        "of": rating,
        "line": "" if rating.line is None else f"{rating.line.number} {words.line_name(rating.line)}",
        "language": words.language_name(rating.language),
        "way": words.word(WAYS, rating.way),
    }


def _told_by_agent(one: LineRequest) -> dict[str, object]:
    return {
        "of": one,
        "line": f"{one.line.number} {words.line_name(one.line)}",
        "language": words.language_name(one.language),
    }


def _complained(complaint: Complaint) -> dict[str, object]:
    return {
        "of": complaint,
        "line": "" if complaint.line is None else f"{complaint.line.number} {words.line_name(complaint.line)}",
        "source": words.word(SOURCES, complaint.source),
        "state": words.word(COMPLAINT_STATES, complaint.state),
        "open": complaint.state in complaints.OPEN,
    }


@allowed(Act.REPORT)
def show(request: HttpRequest) -> HttpResponseBase:
    """Show the figures of a month, what is open, and what was said last."""
    at = now()
    since = at - dt.timedelta(days=DAYS)
    figures = totals(Scope(since, at), [BY_CODE["satisfaction"], BY_CODE["complaints"], BY_CODE["complaint_rate"]])
    reviews = RatingReview.objects.filter(settled_at=None).select_related("rating__line", "rating__call")
    sent = Invitation.objects.filter(created_at__gte=since).order_by().values_list("state").annotate(n=Count("pk"))
    open_ones = Complaint.objects.filter(state__in=complaints.OPEN)
    closed = Complaint.objects.filter(state__in=complaints.CLOSED, made_at__gte=since)
    context = {
        "days": DAYS,
        "satisfaction": figures["satisfaction"],
        "satisfied": value_of(figures["satisfaction"]),
        "complaint_rate": value_of(figures["complaint_rate"]),
        "complaints_made": figures["complaints"].numerator,
        "reviews": [{"review": one, **_rated(one.rating)} for one in reviews[:MOST_ROWS]],
        "complaints": [
            _complained(one)
            for rows in (open_ones.order_by("made_at"), closed)
            for one in rows.select_related("line", "settled_by")[:MOST_ROWS]
        ],
        "ratings": [
            _rated(one) for one in Rating.objects.filter(given_at__gte=since).select_related("line")[:MOST_ROWS]
        ],
        "of_lines": [
            _told_by_agent(one)
            for one in LineRequest.objects.filter(rated_at__gte=since)
            .select_related("line")
            .order_by("-rated_at")[:MOST_ROWS]
        ],
        "sent": [(words.word(DELIVERY, state), n) for state, n in sent],
        "lines": [(line, words.line_name(line)) for line in Line.objects.order_by("number")],
        "policies": [
            (one.line.number, one.by_key, words.word(LINKS, one.link))
            for one in SurveyPolicy.objects.select_related("line").order_by("line__number")
        ],
        "links": list(LINKS.items()),
        "steers": may(person_of(request), Act.STEER),
    }
    return render(request, "console/feedback.html", context)


@allowed(Act.STEER)
@require_POST
def settle(request: HttpRequest, review_id: int) -> HttpResponse:
    """Close a review with a word on what came of it."""
    review = get_object_or_404(RatingReview, pk=review_id)
    try:
        ratings.settle(review, request.POST.get("note", ""), by=person_of(request))
    except ratings.RatingError:
        messages.error(request, _("Not done: it is closed already, or a word is missing."))
    else:
        messages.success(request, _("Closed."))
    return redirect("feedback")


@allowed(Act.STEER)
@require_POST
def move(request: HttpRequest, complaint_id: int) -> HttpResponse:
    """Take a complaint up, or close it; 400 for a state that does not exist."""
    complaint = get_object_or_404(Complaint, pk=complaint_id)
    state = request.POST.get("state", "")
    if state not in ComplaintState.values:
        return HttpResponse(status=400)
    try:
        complaints.move(complaint, state, request.POST.get("answer", ""), by=person_of(request))
    except complaints.ComplaintError:
        messages.error(request, _("Not done: it is closed already, or a word is missing."))
    else:
        messages.success(request, _("Changed."))
    return redirect("feedback")


@allowed(Act.STEER)
@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Type in a complaint that came another way."""
    line = Line.objects.filter(number=request.POST.get("line", "")).first()
    try:
        complaints.enter(request.POST.get("text", ""), by=person_of(request), source=ComplaintSource.TYPED, line=line)
    except complaints.ComplaintError:
        messages.error(request, _("Not done: it is closed already, or a word is missing."))
    else:
        messages.success(request, _("Complaint entered."))
    return redirect("feedback")


@allowed(Act.STEER)
@require_POST
def policy(request: HttpRequest) -> HttpResponse:
    """Say whether a line asks by key, and to whom links go."""
    line = get_object_or_404(Line, number=request.POST.get("line", ""))
    link = request.POST.get("link", "")
    if link not in SurveyPolicy.Link.values:
        return HttpResponse(status=400)
    ratings.set_policy(line, by_key="by_key" in request.POST, link=link, by=person_of(request))
    messages.success(request, _("Changed."))
    return redirect("feedback")


@allowed(Act.STEER)
@require_POST
def rate(request: HttpRequest, call_id: uuid.UUID) -> HttpResponse:
    """Write what a caller told a person."""
    call = get_object_or_404(Call.objects.select_related("line"), pk=call_id)
    score = request.POST.get("score", "")
    try:
        number = int(score) if score in {"1", "2", "3", "4", "5"} else 0
        ratings.rate_at_desk(call, number, request.POST.get("words", ""), by=person_of(request))
    except ratings.RatingError:
        messages.error(request, _("Not entered: choose 1 to 5; a call is rated once, and only if somebody was served."))
    else:
        messages.success(request, _("Rating entered."))
    return redirect("call", call_id)
