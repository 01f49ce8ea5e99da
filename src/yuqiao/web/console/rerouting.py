"""A supervisor re-routes a call that waits: to a certain interpreter first, or in another language."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Case, IntegerField, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yuqiao.hotline import wishes
from yuqiao.hotline.models import Call
from yuqiao.languages.catalogue import FOREIGN
from yuqiao.web.console import words
from yuqiao.web.console.gate import Act, allowed, person_of
from yuqiao.workforce.models import Interpreter, PresenceState


@dataclass(frozen=True, slots=True)
class Choice:
    """An interpreter to whom a request can be offered; ``languages``: codes, parted by spaces."""

    number: str
    state: str
    languages: str


def people() -> list[Choice]:
    """Return the interpreters, those who are ready first."""
    rank = Case(
        When(state=PresenceState.READY, then=Value(0)),
        When(state=PresenceState.OFF, then=Value(2)),
        default=Value(1),
        output_field=IntegerField(),
    )
    found = Interpreter.objects.prefetch_related("languages").annotate(rank=rank).order_by("rank", "number")
    return [
        Choice(one.number, words.word(words.STATES, one.state), " ".join(held.language for held in one.languages.all()))
        for one in found
    ]


@require_POST
@allowed(Act.STEER)
def reroute(request: HttpRequest, call_id: uuid.UUID) -> HttpResponse:
    """Seek anew for a waiting call; 400 for a language that is not served, 404 for a person nobody knows."""
    call = get_object_or_404(Call, pk=call_id)
    language, number = request.POST.get("language", ""), request.POST.get("interpreter", "")
    if language not in FOREIGN:
        return HttpResponse(status=400)
    first = get_object_or_404(Interpreter, number=number) if number else None
    person = person_of(request)
    try:
        if language != call.language:
            wishes.ask_language(call, language, by=person)
        if first is not None or language == call.language:
            wishes.ask_reroute(call, first, by=person)
    except wishes.CommandError:
        messages.error(request, _("The call is over already."))
        return redirect("board")
    messages.success(request, _("The call server was asked; the history shows what came of it."))
    return redirect("board")
