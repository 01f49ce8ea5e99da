"""What a line's agent does with her request: a ticket for her page's telephone, end, add, note, rate."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yuqiao.hotline import line_requests
from yuqiao.hotline.line_requests import LineRequestError
from yuqiao.hotline.models import LineRequest, RequestWay
from yuqiao.lib import phones
from yuqiao.lib.clock import now
from yuqiao.web.console import words
from yuqiao.web.console.agent_desk import own
from yuqiao.web.console.agent_words import PROBLEMS
from yuqiao.web.console.gate import Act, allowed, person_of
from yuqiao.web.console.phone import TICKET_SECONDS


@require_POST
@allowed(Act.REQUEST)
def ticket(request: HttpRequest) -> JsonResponse:
    """Give her page's telephone a ticket: it dials her line for the request that waits for its call, else nobody."""
    person, at = person_of(request), now()
    current = line_requests.current(person, at)
    begins = current is not None and current.way == RequestWay.BROWSER and current.call_id is None
    dials = current.line.number if current is not None and begins else ""
    name = f"{phones.LINE_AGENT}{person.pk}"
    given = phones.Ticket(name, at.timestamp() + TICKET_SECONDS, dials, current.language if current and begins else "")
    key = phones.key_from(settings.ARI_PASSWORD)
    return JsonResponse({"ticket": phones.issue(given, key), "address": given.address, "dials": dials})


@require_POST
@allowed(Act.REQUEST)
def act(request: HttpRequest, request_id: int) -> HttpResponse:
    """Take a request back or end its call (``ask=cancel``), or have somebody rung into it (``ask=add``)."""
    one, person = own(request, request_id), person_of(request)
    asked = request.POST.get("ask", "")
    try:
        if asked == "cancel":
            line_requests.cancel(one, by=person)
        elif asked == "add":
            line_requests.add_party(one, request.POST.get("number", ""), by=person)
            messages.success(request, _("The party is being rung."))
        else:
            return HttpResponse(status=400)
    except LineRequestError as error:
        messages.error(request, words.word(PROBLEMS, error.code))
    return redirect("agent")


@allowed(Act.REQUEST)
def note(request: HttpRequest, request_id: int) -> HttpResponseBase:
    """Return the part of the page with her notes; by POST keep them: ``{"kept": "12:03:22"}`` or 409."""
    one = own(request, request_id)
    if request.method != "POST":
        longest = {"note": line_requests.LONGEST_NOTE, "reference": line_requests.LONGEST_REFERENCE}
        return render(request, "console/agent/_note.html", {"one": one, "longest": longest})
    try:
        line_requests.keep(one, request.POST.get("note", ""), request.POST.get("reference", ""), by=person_of(request))
    except LineRequestError as error:
        return JsonResponse({"error": words.word(PROBLEMS, error.code)}, status=409)
    return JsonResponse({"kept": timezone.localtime(now()).strftime("%H:%M:%S")})


@require_POST
@allowed(Act.REQUEST)
def rate(request: HttpRequest, request_id: int) -> HttpResponse:
    """Rate a call that is over; what is missing is said, and what was written stays in the form."""
    one: LineRequest = own(request, request_id)
    score = request.POST.get("score", "")
    try:
        line_requests.rate(
            one,
            int(score) if score in {"1", "2", "3", "4", "5"} else 0,
            request.POST.get("words", ""),
            problem=request.POST.get("problem") == "1",
            by=person_of(request),
        )
    except LineRequestError as error:
        context = {
            "row": {"one": one, "language": words.language_name(one.language)},
            "score": score,
            "words": request.POST.get("words", ""),
            "wrong": request.POST.get("problem") == "1",
            "rating_problem": words.word(PROBLEMS, error.code),
        }
        return render(request, "console/agent/rate.html", context, status=422)
    messages.success(request, _("Thank you. Your rating is kept."))
    return redirect("agent")
