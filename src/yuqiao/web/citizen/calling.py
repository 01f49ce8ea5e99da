"""Calling from the page: a ticket for the browser's telephone, what happens on the call meanwhile, the way to rate it.

No account: a proof of work opens one call to our own number and nothing else (`lib.phones`). The page then holds a
seat, a signed name by which it gets further tickets for the same call after a break of the network, and asks how far
the call is. Nobody can make one or guess another's. Once its call has ended a seat opens no other.
"""

from __future__ import annotations

import secrets
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from yuqiao.hotline import invitations, sign_slots
from yuqiao.hotline.models import Call, InterpreterRequest, RequestState
from yuqiao.hotline.pictures import OFF
from yuqiao.hotline.sign_slot_rules import SlotState
from yuqiao.hotline.state import Phase
from yuqiao.hotline.wanted_callbacks import take_proof
from yuqiao.languages.catalogue import Language
from yuqiao.lib import phones
from yuqiao.lib.clock import now
from yuqiao.lib.proof_of_work import ProofError
from yuqiao.web.citizen import facts, limits, pictures, proofs, seats
from yuqiao.web.citizen.page import in_its_language, page
from yuqiao.web.headers import WITH_CAMERA, WITH_MICROPHONE

AIM: Final = "call"
#: Calls begun from one address within `limits.SECONDS`; how long a connection may be begun.
MOST: Final = 10
TICKET_SECONDS: Final = 30.0
#: What a ticket is asked for by who signs and has no appointment.
NOW: Final = "now"
KEYS: Final = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#")


@require_safe
@in_its_language
def show(request: HttpRequest, tongue: Language) -> HttpResponse:
    """Show the telephone, and the number for those whose browser has no microphone."""
    duty = next(iter(facts.duties(tongue, [tongue.code])), None) if tongue.digit else None
    return telephone(request, tongue, number=facts.own_number(tongue), duty=duty)


def telephone(request: HttpRequest, tongue: Language, **more: object) -> HttpResponse:
    """Return the page with the telephone; ``sign``: for a call in sign language (see `ticket`)."""
    response = page(
        request,
        tongue,
        "call",
        200,
        task=proofs.give(AIM, request),
        keys=KEYS,
        ticket_url=reverse("citizen-ticket", args=[tongue]),
        state_url=reverse("citizen-call-state", args=[tongue]),
        picture_url=reverse("citizen-picture", args=[tongue]) if settings.VIDEO != OFF else "",
        **more,
    )
    response["Permissions-Policy"] = WITH_MICROPHONE if settings.VIDEO == OFF else WITH_CAMERA
    return response


@require_POST
@in_its_language
def ticket(request: HttpRequest, tongue: Language) -> HttpResponse:
    """Give a ticket for a proof of work, or one more for a seat; 422 with a code where neither is good.

    A seat whose call has ended stands for no proof; alone it gets a ticket that dials nobody, by which a page that was
    away learns that its call is over. ``sign``: the call is to be in sign language; `NOW`, or the address of an
    appointment whose time has come.
    """
    address, sign = request.META.get("REMOTE_ADDR", ""), request.POST.get("sign", "")
    number, language, kept = facts.own_number(tongue), tongue.code, None
    if sign:
        kept = sign_slots.by_token(sign, now())
        ready = sign_slots.offered() and (sign == NOW or (kept is not None and kept.state is SlotState.OPEN))
        number, language = facts.plain_number() if ready else "", sign_slots.LANGUAGE
    if not number:
        return JsonResponse({"problem": "closed"}, status=422)
    seat = request.POST.get("seat", "")
    name = seats.name_of(seat)
    if seats.is_over(seat):
        if "task" in request.POST:
            name = ""
        else:
            number = ""
    if not name:
        if limits.reached("call", address, MOST):
            return JsonResponse({"problem": "often"}, status=429)
        limits.count("call", address)
        try:
            task = proofs.read(request.POST.get("task", ""), AIM)
            proofs.check(task, request.POST.get("proof", ""))
            take_proof(task)
        except ProofError as error:
            return JsonResponse({"problem": error.code}, status=422)
        name = phones.GUEST + secrets.token_hex(8)
    if kept is not None and number:
        sign_slots.begin(kept.slot, name)
    given = phones.Ticket(name, now().timestamp() + TICKET_SECONDS, number, language)
    return JsonResponse(
        {
            "ticket": phones.issue(given, phones.key_from(settings.ARI_PASSWORD)),
            "address": given.address,
            "dials": number,
            "seat": seats.give(name),
        }
    )


@require_POST
@in_its_language
def state(request: HttpRequest, tongue: Language) -> HttpResponse:
    """Say how far the seat's call is; ``rate``: where it may be rated once it is over, or "";
    ``picture``: see `pictures.told`."""
    call = seats.call_of(request.POST.get("seat", ""))
    if call is None:
        return JsonResponse({"words": "", "over": False, "rate": ""})
    rate = ""
    if call.ended_at is not None and call.interpreter_at is not None:
        rate = reverse("rate", args=[invitations.link_on_page(call).token])
    said = {"words": _words(call), "over": call.ended_at is not None, "rate": rate}
    return JsonResponse(said | pictures.told(call))


def _words(call: Call) -> str:
    match call.phase:
        case _ if call.ended_at is not None:
            return _("The call is over.")
        case Phase.TALKING | Phase.CLOSING:
            return _("The interpreter is on the line.")
        case Phase.CHOOSING | Phase.ARRIVING:
            return _("Listen to the voice, and press the key that it tells you to press.")
        case Phase.UNASSISTED:
            return _("No interpreter could be reached.")
    return _waiting(call)


def _waiting(call: Call) -> str:
    own = InterpreterRequest.objects.filter(call=call, state=RequestState.WAITING).first()
    if own is None:
        return _("An interpreter is being called.")
    before = InterpreterRequest.objects.filter(
        state=RequestState.WAITING, language=own.language, created_at__lt=own.created_at
    ).count()
    if not before:
        return _("You are next. Please wait for an interpreter.")
    said = ngettext("There is one caller ahead of you.", "There are {count} callers ahead of you.", before)
    return said.format(count=before)
