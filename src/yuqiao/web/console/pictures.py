"""The picture between an interpreter's desk and the page of who calls: for her who interprets on that call, and nobody
else (S31)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from yuqiao.accounts.models import Person
from yuqiao.hotline import pictures
from yuqiao.hotline.models import Call
from yuqiao.web.console.call_page import is_on
from yuqiao.web.console.gate import person_of


@login_required
@require_http_methods(["GET", "POST"])
def picture(request: HttpRequest, call_id: uuid.UUID) -> HttpResponse:
    """Say what is offered, or take what she does about it: ``ask`` is ``answer``, ``began``, ``again`` or ``refuse``,
    ``id`` names the offer. 409 with ``{"problem": code}`` where another offer stands by now."""
    person = person_of(request)
    call = get_object_or_404(Call, pk=call_id)
    if not is_on(person, call, now_only=True):
        raise PermissionDenied
    if request.method == "GET":
        return JsonResponse(_offered(call, person))
    try:
        return _do(request, call, person, uuid.UUID(request.POST.get("id", "")))
    except pictures.PictureError as error:
        return JsonResponse({"problem": error.code}, status=409)
    except ValueError:
        return JsonResponse({"problem": "gone"}, status=409)


def _offered(call: Call, person: Person) -> dict[str, object]:
    row = pictures.for_interpreter(call, person)
    if row is None or row.refused:
        return {"id": ""}
    fresh = not row.answer
    return {
        "id": str(row.id),
        "offer": row.offer if fresh else "",
        "answered": not fresh,
        "servers": pictures.servers() if fresh else [],
        "relay": settings.VIDEO == pictures.RELAYED,
    }


def _do(request: HttpRequest, call: Call, person: Person, offered: uuid.UUID) -> HttpResponse:
    form = request.POST
    match form.get("ask", ""):
        case "answer":
            pictures.answer(call, person, offered, form.get("answer", ""), herself=form.get("herself") == "1")
        case "again":
            pictures.again(call, person, offered)
        case "began":
            pictures.began(call, person, offered)
        case "refuse":
            pictures.refuse(call, person, offered)
        case _:
            return JsonResponse({"problem": "unknown"}, status=400)
    return HttpResponse(status=204)
