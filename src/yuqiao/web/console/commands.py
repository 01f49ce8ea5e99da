"""What a person asks of a running call; the call server takes it up from its row."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yuqiao.accounts.models import Person
from yuqiao.hotline import wishes
from yuqiao.hotline.models import Call, Line
from yuqiao.languages.catalogue import FOREIGN
from yuqiao.web.console import during
from yuqiao.web.console.before import ASKS, is_agent_of
from yuqiao.web.console.call_page import may_steer
from yuqiao.web.console.gate import person_of


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
    try:
        if asked == "add_party":
            line = get_object_or_404(Line.objects.exclude(agent_contact=""), number=request.POST.get("line", ""))
            wishes.ask_add_party(call, line.number, by=person)
        elif asked == "drop_leg":
            leg = get_object_or_404(call.legs.filter(ended_at=None), pk=request.POST.get("leg", ""))
            wishes.ask_drop_leg(call, leg.pk, by=person)
        elif asked in wishes.STEERING:
            _steer(call, asked, request, person)
        elif asked == "end":
            wishes.ask_end(call, by=person)
        elif asked == "choose_language":
            language = request.POST.get("language", "")
            if language not in FOREIGN:
                return HttpResponse(status=400)
            wishes.ask_language(call, language, by=person)
        elif asked == "refuse_recording":
            wishes.ask_no_recording(call, by=person)
        else:
            return HttpResponse(status=400)
    except wishes.CommandError:
        messages.error(request, _("The call is over already."))
    else:
        messages.success(request, _("The call server was asked; the history shows what came of it."))
    return redirect("call", call_id)


def _steer(call: Call, asked: str, request: HttpRequest, person: Person) -> None:
    """Write a wish that moves parties within the call; 404 when it names a party that is not on it."""
    legs = during.arguments(asked, request.POST.dict(), call)
    if legs is None:
        raise Http404
    wishes.ask_steer(call, asked, by=person, **legs)
