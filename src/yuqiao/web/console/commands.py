"""What a person asks of a running call; the call server takes it up from its row."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yuqiao.accounts.models import Person
from yuqiao.hotline import wishes
from yuqiao.hotline.announcements import ANNOUNCEMENTS
from yuqiao.hotline.models import Call
from yuqiao.languages.catalogue import FOREIGN
from yuqiao.web.console import directory, during
from yuqiao.web.console.before import ASKS, is_agent_of
from yuqiao.web.console.call_page import may_steer
from yuqiao.web.console.gate import person_of

LEVELS = frozenset(str(level) for level in wishes.LEVELS)


@login_required
@require_POST
def ask(request: HttpRequest, call_id: uuid.UUID) -> HttpResponse:
    """Write one command. Only lines that are in our list can be added: a free address would ring the whole world."""
    call = get_object_or_404(Call, pk=call_id)
    person = person_of(request)
    if call.ended_at is not None:
        messages.error(request, _("The call is over already."))
        return redirect("call", call_id)
    asked = request.POST.get("ask", "")
    if not may_steer(person, call) and not (asked in ASKS and is_agent_of(person, call)):
        raise PermissionDenied
    write = _steer if asked in wishes.STEERING else ASKED.get(asked)
    if write is None:
        return HttpResponse(status=400)
    try:
        refused = write(call, request, person)
    except wishes.CommandError:
        messages.error(request, _("The call is over already."))
        return redirect("call", call_id)
    if refused is not None:
        return refused
    messages.success(request, _("The call server was asked; the history shows what came of it."))
    return redirect("call", call_id)


def _add_party(call: Call, request: HttpRequest, person: Person) -> HttpResponse | None:
    line = directory.find(request.POST.get("line", ""))
    if line is None:
        messages.error(
            request, _("Nobody was added: no line, or more than one, is called so. Choose one by its number.")
        )
        return redirect("call", call.pk)
    wishes.ask_add_party(call, line.number, by=person)
    return None


def _drop_leg(call: Call, request: HttpRequest, person: Person) -> None:
    leg = get_object_or_404(call.legs.filter(ended_at=None), pk=request.POST.get("leg", ""))
    wishes.ask_drop_leg(call, leg.pk, by=person)


def _announce(call: Call, request: HttpRequest, person: Person) -> HttpResponse | None:
    prompt, leg = request.POST.get("prompt", ""), request.POST.get("leg", "")
    if prompt not in ANNOUNCEMENTS:
        return HttpResponse(status=400)
    if leg:
        get_object_or_404(call.legs.filter(ended_at=None), pk=leg)
    wishes.ask_announce(call, prompt, leg, by=person)
    return None


def _end(call: Call, _request: HttpRequest, person: Person) -> None:
    wishes.ask_end(call, by=person)


def _language(call: Call, request: HttpRequest, person: Person) -> HttpResponse | None:
    language = request.POST.get("language", "")
    if language not in FOREIGN:
        return HttpResponse(status=400)
    wishes.ask_language(call, language, by=person)
    return None


def _another(call: Call, request: HttpRequest, person: Person) -> HttpResponse | None:
    level = request.POST.get("level", "1")
    wish = {name: request.POST.get(name, "") for name in ("domain", "gender")}
    if level not in LEVELS or not any((*wish.values(), level != "1")):
        messages.error(request, _("Say what the other interpreter should be: gender, level or domain."))
        return redirect("call", call.pk)
    wishes.ask_another(call, level=int(level), **wish, by=person)
    return None


def _excluded(call: Call, request: HttpRequest, person: Person) -> HttpResponse | None:
    matter = request.POST.get("matter", "")
    if call.line is None or matter not in call.line.excludes:
        return HttpResponse(status=400)
    wishes.ask_excluded(call, matter, by=person)
    return None


def _no_recording(call: Call, _request: HttpRequest, person: Person) -> None:
    wishes.ask_no_recording(call, by=person)


def _steer(call: Call, request: HttpRequest, person: Person) -> None:
    """Write a wish that moves parties within the call; 404 when it names a party that is not on it."""
    asked = request.POST["ask"]
    legs = during.arguments(asked, request.POST.dict(), call)
    if legs is None:
        raise Http404
    wishes.ask_steer(call, asked, by=person, **legs)


#: What is asked -> what writes it; an answer of its own says that nothing was written.
ASKED: dict[str, Callable[[Call, HttpRequest, Person], HttpResponse | None]] = {
    "add_party": _add_party,
    "drop_leg": _drop_leg,
    "announce": _announce,
    "end": _end,
    "choose_language": _language,
    "another": _another,
    "excluded": _excluded,
    "refuse_recording": _no_recording,
}
