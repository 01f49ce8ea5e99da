"""Calls by appointment: those to come, those made with their proof, and the form to ask for one (S36, S72); those in
sign language, which people book themselves (S31)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Prefetch, Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yuqiao.accounts.models import Person
from yuqiao.hotline import orders, sign_slots
from yuqiao.hotline.models import Call, Line, Order, OrderAttempt, OrderKind, SignSlot
from yuqiao.languages.catalogue import FOREIGN
from yuqiao.lib.clock import now
from yuqiao.web.console import words
from yuqiao.web.console.gate import Act, allowed, may, person_of
from yuqiao.web.console.plan import carry_out, moment
from yuqiao.workforce.models import Interpreter

SHOWN = 100
SLOTS: words.Words = {
    "to_come": gettext_lazy("To come"),
    "open": gettext_lazy("Now"),
    "served": gettext_lazy("Spoke with us"),
    "missed": gettext_lazy("Nobody met there: follow it up"),
    "cancelled": gettext_lazy("Called off"),
}
CLOSED: words.Words = {
    "answered": gettext_lazy("Spoke with us"),
    "not_reached": gettext_lazy("Not reached"),
    "missed": gettext_lazy("Missed: no interpreter was free"),
    "refused": gettext_lazy("Wants no calls of lists"),
    "cancelled": gettext_lazy("Called off"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One order in words; ``number`` whole only for who may arrange calls, and only while it is open."""

    order: Order
    language: str
    number: str
    state: str
    late: bool
    tries: list[tuple[Call, str]]


def row_of(order: Order, at: dt.datetime, *, whole_number: bool) -> Row:
    """Return an order as pages show it; prefetch with `with_tries`."""
    if order.done_at:
        state = words.word(CLOSED, order.outcome)
    elif order.running_id:
        state = _("Being called")
    elif order.begins_at > at:
        state = _("To come")
    else:
        state = _("Waits for an interpreter or the next attempt")
    return Row(
        order,
        words.language_name(order.language),
        order.number if whole_number and not order.done_at else words.masked(order.number),
        state,
        order.outcome in {"missed", "not_reached"}
        or (order.kind == OrderKind.SCHEDULED and order.done_at is None and order.begins_at < at),
        [
            (one.call, words.word(words.OUTCOMES, one.call.outcome) if one.call.ended_at else _("now"))
            for one in order.tries.all()
        ],
    )


def with_tries() -> Prefetch[str]:
    """Return what `row_of` reads of an order's calls."""
    return Prefetch("tries", OrderAttempt.objects.select_related("call").order_by("id"))


def errand_of(call: Call, person: Person, *, was_on: bool) -> dict[str, object] | None:
    """Return why we made a call of ours: whom, why, which questions to ask; None for others, or if it is sensitive.

    Of a sensitive list only supervisors and who interpreted (``was_on``) may know.
    """
    attempt = OrderAttempt.objects.select_related("order__campaign").filter(call=call).first()
    if attempt is None:
        return None
    campaign = attempt.order.campaign
    if campaign is not None and not was_on and not may(person, Act.STEER if campaign.sensitive else Act.ARRANGE):
        return None
    return {"order": attempt.order, "campaign": campaign}


def soon_for(interpreter: Interpreter, at: dt.datetime) -> list[tuple[Order | SignSlot, str]]:
    """Return the appointments that begin soon in a language she holds."""
    held = {one.language for one in interpreter.languages.all()}
    signed = sign_slots.soon(at) if sign_slots.LANGUAGE in held else []
    near: list[Order | SignSlot] = [*orders.soon(at), *signed]
    return [(one, words.language_name(one.language)) for one in near if one.language in held]


def _slots(at: dt.datetime) -> list[tuple[sign_slots.Kept, str, str]]:
    """Return appointments in sign language of the last and the coming days, with their state in words; whether one is
    to be followed up stands first."""
    rows = SignSlot.objects.filter(begins_at__gte=at - sign_slots.KEPT).select_related("followed_up_by")[:SHOWN]
    return [
        (one, words.word(SLOTS, one.state), words.language_name(one.slot.language)) for one in sign_slots.kept(rows, at)
    ]


@allowed(Act.WATCH)
def show(request: HttpRequest) -> HttpResponseBase:
    """Show what is to come and what became of the last ones."""
    at, person = now(), person_of(request)
    arranges = may(person, Act.ARRANGE)
    wanted = Order.objects.filter(kind=OrderKind.SCHEDULED).select_related("line", "asked_by")
    wanted = wanted.prefetch_related(with_tries())
    context = {
        "coming": [row_of(one, at, whole_number=arranges) for one in wanted.filter(done_at=None)[:SHOWN]],
        "past": [
            row_of(one, at, whole_number=False)
            for one in wanted.filter(~Q(done_at=None)).order_by("-begins_at")[:SHOWN]
        ],
        "arranges": arranges,
        "slots": _slots(at),
        "choices": [(code, words.language_name(code)) for code in FOREIGN],
        "lines": [(one, words.line_name(one)) for one in Line.objects.exclude(agent_contact="").order_by("number")],
    }
    return render(request, "console/appointments.html", context)


@allowed(Act.ARRANGE)
@require_POST
def change(request: HttpRequest) -> HttpResponseBase:
    """Ask for a call, or call one off."""
    form, person = request.POST, person_of(request)

    def do() -> None:
        if form.get("ask") == "follow_up":
            slot = get_object_or_404(SignSlot, pk=int(form.get("slot", "0")))
            sign_slots.follow_up(slot, form.get("note", ""), by=person)
            return
        if form.get("ask") == "cancel":
            orders.cancel(get_object_or_404(Order, pk=int(form.get("order", "0"))), by=person)
            return
        line = form.get("line", "")
        wanted = orders.Wanted(
            form.get("number", "").replace(" ", ""),
            form.get("language", ""),
            moment(form.get("begins", "")),
            form.get("name", ""),
            line,
            bool(line),
            form.get("note", ""),
        )
        orders.arrange(wanted, by=person)

    return carry_out(request, do, _("Saved; the journal holds who did it."), "appointments")
