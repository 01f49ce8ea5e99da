"""The picture of who calls from the page: its offer, and what the page is told of the answer (S31)."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from yuqiao.hotline import pictures
from yuqiao.hotline.models import Call
from yuqiao.languages.catalogue import Language
from yuqiao.web.citizen import limits, seats
from yuqiao.web.citizen.page import in_its_language

#: Offers of one seat within `limits.SECONDS`: each break of the network is one, a flood is more.
MOST: Final = 60


def told(call: Call) -> dict[str, object]:
    """Return what the page is told with the state of its call; nothing where there can be no picture."""
    if not pictures.possible(call):
        return {}
    now = pictures.told(call)
    return {
        "picture": {
            "may": now.may,
            "id": now.id,
            "answer": now.answer,
            "refused": now.refused,
            "again": now.again,
        }
    }


@require_POST
@in_its_language
def change(request: HttpRequest, _tongue: Language) -> HttpResponse:
    """Take an offer (``offer``: SDP) and answer ``{"id": …}``; end the picture (``stop=1``); without either, lend what
    is needed to reach the other page. 422 with ``{"problem": code}`` where there can be no picture (now)."""
    form = request.POST
    call = seats.call_of(form.get("seat", ""))
    if call is None or not pictures.possible(call):
        return JsonResponse({"problem": "nobody"}, status=422)
    if form.get("stop") == "1":
        pictures.withdraw(call)
        return HttpResponse(status=204)
    if not form.get("offer"):
        return JsonResponse({"servers": pictures.servers(), "relay": settings.VIDEO == pictures.RELAYED})
    if limits.reached("picture", call.caller_number, MOST):
        return JsonResponse({"problem": "often"}, status=429)
    limits.count("picture", call.caller_number)
    try:
        return JsonResponse({"id": str(pictures.offer(call, form["offer"]).id)})
    except pictures.PictureError as error:
        return JsonResponse({"problem": error.code}, status=422)
