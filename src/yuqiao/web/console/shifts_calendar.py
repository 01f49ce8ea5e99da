"""Calendars of shifts that programs subscribe to: each interpreter's own, and a language's for who plans."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from yuqiao.accounts.models import Person
from yuqiao.hotline import calendars
from yuqiao.hotline.models import CalendarFeed
from yuqiao.languages.catalogue import FOREIGN
from yuqiao.web.console import words
from yuqiao.web.console.gate import Act, may, person_of
from yuqiao.web.console.shifts_ical import calendar
from yuqiao.workforce.models import Interpreter

CONTENT_TYPE = "text/calendar; charset=utf-8"


def _address(feed: CalendarFeed) -> str:
    return settings.PUBLIC_URL.rstrip("/") + reverse("shifts-feed", args=[calendars.token_of(feed)])


def _row(language: str, feed: CalendarFeed | None) -> dict[str, object]:
    address = "" if feed is None else _address(feed)
    return {
        "language": language,
        "name": words.language_name(language) if language else _("My own shifts"),
        "feed": feed,
        "address": address,
        "webcal": "webcal://" + address.partition("://")[2] if address else "",
    }


def choices(person: Person) -> list[str]:
    """Return what this person may subscribe to: empty for the own shifts, codes of languages."""
    own = [""] if Interpreter.objects.filter(person=person).exists() else []
    return own + (list(FOREIGN) if may(person, Act.ARRANGE) else [])


@login_required
@never_cache
@require_safe
def show(request: HttpRequest) -> HttpResponseBase:
    """Show one's addresses, and what else one may subscribe to; 404 for who may subscribe to nothing."""
    person = person_of(request)
    may_have = choices(person)
    if not may_have:
        raise Http404
    feeds = {one.language: one for one in CalendarFeed.objects.filter(person=person, revoked_at=None)}
    return render(request, "console/calendars.html", {"rows": [_row(one, feeds.get(one)) for one in may_have]})


@login_required
@require_POST
def change(request: HttpRequest) -> HttpResponseBase:
    """Make an address, or let it open nothing any more."""
    person, language = person_of(request), request.POST.get("language", "")
    if language not in choices(person):
        raise Http404
    if request.POST.get("ask") == "revoke":
        calendars.revoke(person, language)
        messages.success(request, _("This address opens nothing any more."))
    else:
        calendars.make(person, language)
        messages.success(request, _("Saved; the journal holds who did it."))
    return redirect("calendars")


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """Give a calendar to who knows its address; 304 when nothing changed since (RFC 9110 13.1.2)."""
    found = calendars.opened_by(token)
    if found is None or found.language not in choices(found.person):
        raise Http404
    with translation.override(found.person.interface_language):
        name = _("Yuqiao: my shifts") if not found.language else _("Yuqiao: shifts in %(language)s")
        said = calendar(name % {"language": words.language_name(found.language)}, calendars.entries(found))
    etag = f'"{hashlib.sha256(said).hexdigest()}"'
    answer = HttpResponse(said, content_type=CONTENT_TYPE)
    answer["Content-Disposition"] = 'inline; filename="shifts.ics"'
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-cache"
    answer["X-Robots-Tag"] = "noindex"
    return get_conditional_response(request, etag=etag, response=answer) or answer
