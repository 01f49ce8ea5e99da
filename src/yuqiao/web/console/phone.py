"""The telephone in the page: tickets for whoever is signed in, and whether an interpreter's page is her telephone."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from yuqiao.accounts.models import Person
from yuqiao.hotline.monitor_phones import browser_name
from yuqiao.lib import phones
from yuqiao.lib.clock import now
from yuqiao.web.console.gate import person_of
from yuqiao.web.console.overhearing import may_overhear
from yuqiao.web.console.presence import desk_of
from yuqiao.workforce import desk_phones
from yuqiao.workforce.models import Interpreter

#: How long a connection may be begun with a ticket; a page fetches one right before it connects.
TICKET_SECONDS = 30.0


def name_of(person: Person, *, listens: bool = False) -> str:
    """Return what this person's phone is called: an interpreter's by her number, all others' by their row.

    ``listens``: the phone by which she listens in, where she may; it is another one than that of her desk.
    """
    if listens and may_overhear(person):
        return browser_name(person)
    interpreter = Interpreter.objects.filter(person=person).first()
    return browser_name(person) if interpreter is None else desk_phones.phone_name(interpreter.number, interpreter.pk)


@login_required
@require_POST
def ticket(request: HttpRequest) -> JsonResponse:
    """Give a ticket to be rung with, and the phone's address; it dials nobody. ``listens=1``: for listening in."""
    name = name_of(person_of(request), listens=request.POST.get("listens") == "1")
    given = phones.Ticket(name, now().timestamp() + TICKET_SECONDS)
    key = phones.key_from(settings.ARI_PASSWORD)
    return JsonResponse({"ticket": phones.issue(given, key), "address": given.address})


@login_required
@require_POST
def use(request: HttpRequest) -> HttpResponse:
    """Make the browser one's telephone (``on=1``) or no more; 404 for who is no interpreter."""
    person = person_of(request)
    interpreter = get_object_or_404(Interpreter, person=person)
    desk_phones.switch(interpreter.pk, on=request.POST.get("on") == "1", by=person)
    return redirect(desk_of(person))


@login_required
@require_POST
def here(request: HttpRequest) -> HttpResponse:
    """The page is connected (``there=1``) and says so again and again, or it is gone; 204.

    409: the browser is not her telephone (any more); the page is to disconnect.
    """
    interpreter = get_object_or_404(Interpreter, person=person_of(request))
    if request.POST.get("there") != "1":
        desk_phones.is_gone(interpreter.pk)
        return HttpResponse(status=204)
    return HttpResponse(status=204 if desk_phones.is_there(interpreter.pk, now()) else 409)
