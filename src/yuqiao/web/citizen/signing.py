"""Sign language by video: a call now, or a time of the coming days, without an account (S31)."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yuqiao.hotline import sign_slots
from yuqiao.hotline.models import SignSlot
from yuqiao.hotline.sign_slot_rules import SlotState
from yuqiao.hotline.sign_slots import SlotError
from yuqiao.languages.catalogue import Language
from yuqiao.lib.clock import now
from yuqiao.lib.proof_of_work import ProofError
from yuqiao.web.citizen import calling, limits, proofs, tongues
from yuqiao.web.citizen.page import in_its_language, page, too_many

AIM: Final = "sign"
#: Appointments made from one address within `limits.SECONDS`.
MOST: Final = 5


@require_http_methods(["GET", "HEAD", "POST"])
@in_its_language
def show(request: HttpRequest, tongue: Language) -> HttpResponse:
    """Show the way to a call now and the free times, or book one."""
    if not sign_slots.offered():
        raise Http404
    if request.method != "POST":
        return _form(request, tongue)
    address = request.META.get("REMOTE_ADDR", "")
    if limits.reached("sign", address, MOST):
        return too_many(request, tongue)
    limits.count("sign", address)
    try:
        booked = _book(request, tongue)
    except SlotError:
        return _form(request, tongue, _("Please choose another time."))
    except ProofError:
        said = _("This page was open for too long or was sent twice. Please send it again.")
        return _form(request, tongue, said)
    return redirect("citizen-sign-slot", tongue, booked.token)


def _book(request: HttpRequest, tongue: Language) -> SignSlot:
    form = request.POST
    task = proofs.read(form.get("task", ""), AIM)
    proofs.check(task, form.get("proof", ""))
    try:
        at = dt.datetime.fromisoformat(form.get("at", ""))
    except ValueError as error:
        raise SlotError("time") from error
    if at.tzinfo is None:
        raise SlotError("time")
    return sign_slots.book(at, form.get("name", ""), form.get("contact", ""), tongue.code, task)


def _form(request: HttpRequest, tongue: Language, wrong: str = "") -> HttpResponse:
    days = groupby(sign_slots.times(now()), key=lambda at: timezone.localtime(at).date())
    return page(
        request,
        tongue,
        "sign",
        422 if wrong else 200,
        wrong=wrong,
        typed={name: request.POST.get(name, "") for name in ("at", "name", "contact")},
        days=[
            (
                tongues.day_of(day, tongue),
                [(at.isoformat(), tongues.time_of(timezone.localtime(at), tongue)) for at in ats],
            )
            for day, ats in days
        ],
        task=proofs.give(AIM, request),
        action=reverse("citizen-sign", args=[tongue]),
    )


@require_safe
@in_its_language
def call(request: HttpRequest, tongue: Language) -> HttpResponse:
    """Show the telephone for a call in sign language now."""
    if not sign_slots.offered():
        raise Http404
    return calling.telephone(request, tongue, sign=calling.NOW)


@require_http_methods(["GET", "HEAD", "POST"])
@in_its_language
def slot(request: HttpRequest, tongue: Language, token: str) -> HttpResponse:
    """Show an appointment to who has its address: when it is, the telephone when its time has come; or call it off."""
    found = sign_slots.by_token(token, now())
    if found is None or not sign_slots.offered():
        raise Http404
    if request.method == "POST" and request.POST.get("ask") == "cancel":
        try:
            sign_slots.cancel(found.slot)
        except SlotError:
            return _over(request, tongue, _("This appointment is over."))
        return _over(request, tongue, _("This appointment was cancelled."))
    match found.state:
        case SlotState.OPEN:
            return calling.telephone(request, tongue, sign=found.slot.token, slot=found.slot)
        case SlotState.TO_COME:
            when = tongues.moment_of(timezone.localtime(found.slot.begins_at), tongue)
            said = _("Your appointment: {time}").format(time=when)
            return page(request, tongue, "sign_slot", slot=found.slot, said=said)
        case SlotState.CANCELLED:
            return _over(request, tongue, _("This appointment was cancelled."))
    return _over(request, tongue, _("This appointment is over."))


def _over(request: HttpRequest, tongue: Language, said: str) -> HttpResponse:
    return page(request, tongue, "sign_slot", slot=None, said=said)
