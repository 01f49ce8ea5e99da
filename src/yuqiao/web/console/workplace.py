"""What an interpreter has at hand during a call: notes, hers and her predecessors', terms, phrase cards (S46)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yuqiao.accounts.models import Person
from yuqiao.hotline import notes
from yuqiao.hotline.models import Call
from yuqiao.languages.catalogue import FOREIGN, get
from yuqiao.languages.models import Domain
from yuqiao.languages.phrases import GROUPS, PHRASES
from yuqiao.lib.clock import now
from yuqiao.web.console import words
from yuqiao.web.console.call_page import is_on
from yuqiao.web.console.gate import Act, may, person_of
from yuqiao.web.console.terms import DOMAINS
from yuqiao.workforce.models import Interpreter

GROUP_WORDS: words.Words = {
    "opening": gettext_lazy("To begin"),
    "flow": gettext_lazy("So that we understand each other"),
    "urgent": gettext_lazy("In an emergency"),
    "facts": gettext_lazy("Facts about the caller"),
    "closing": gettext_lazy("To end"),
}


@dataclass(frozen=True, slots=True)
class Card:
    """A phrase to be said: what the reader reads, and the sentence with its language and direction."""

    meant: str
    meant_in: str
    said: str
    said_in: str
    direction: str


def cards(language: str) -> list[tuple[str, list[Card]]]:
    """Return the phrase cards of a foreign language by groups; beside each the sentence in the reader's language."""
    if language not in FOREIGN:
        return []
    other = "en" if not words.reads_chinese() and language != "en" else "zh"
    direction = get(language).direction
    return [
        (
            words.word(GROUP_WORDS, group),
            [
                Card(one.to(other), other, one.to(language), language, direction)
                for one in PHRASES
                if one.group == group
            ],
        )
        for group in GROUPS
    ]


def trusted(person: Person, call: Call) -> bool:
    """Tell whether ``person`` reads sensitive notes of this call: who interprets it now, and who answers for it."""
    return may(person, Act.READ_SENSITIVE) or (call.ended_at is None and is_on(person, call, now_only=True))


@login_required
def show(request: HttpRequest, call_id: uuid.UUID) -> HttpResponseBase:
    """Return the part of the page with notes and terms, to those who may see the call."""
    person = person_of(request)
    call = get_object_or_404(Call, pk=call_id)
    if not may(person, Act.WATCH) and not is_on(person, call, now_only=False):
        raise PermissionDenied
    interpreter = Interpreter.objects.filter(person=person).first()
    writes = interpreter is not None and notes.may_write(call, interpreter, now())
    own = call.notes.filter(interpreter=interpreter).first() if interpreter is not None else None
    context = {
        "call": call,
        "writes": writes,
        "own": own,
        "longest": notes.LONGEST,
        "others": notes.read(call, person, trusted=trusted(person, call)),
        "searches": may(person, Act.SEE_TERMS),
        "language": call.language,
        "language_name": words.language_name(call.language),
        "domains": [(code, words.word(DOMAINS, code)) for code in Domain.values],
        "cards": cards(call.language) if writes else [],
    }
    return render(request, "console/_workplace.html", context)


@login_required
@require_POST
def keep(request: HttpRequest, call_id: uuid.UUID) -> JsonResponse:
    """Keep her note as it stands; answers ``{"kept": "12:03:22"}`` or, with 409, ``{"error": …}``."""
    call = get_object_or_404(Call, pk=call_id)
    interpreter = get_object_or_404(Interpreter, person=person_of(request))
    sensitive = request.POST.get("sensitive") == "1"
    try:
        note = notes.keep(call, interpreter, request.POST.get("text", ""), sensitive=sensitive)
    except notes.NoteError:
        return JsonResponse({"error": _("Not kept: too long, or the call is over for half an hour.")}, status=409)
    return JsonResponse({"kept": timezone.localtime(note.changed_at).strftime("%H:%M:%S")})
