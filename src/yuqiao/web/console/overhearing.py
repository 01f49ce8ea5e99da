"""Supervisors who listen to running calls: who does, what may be asked, and the asking (S141: supervision of calls).

Read from the call's snapshot, so that page and call server see the same. Who interprets is not told while the call
runs; afterwards the history shows it to everybody who may read the call.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import roles_of
from yuqiao.hotline import monitor_phones, wishes
from yuqiao.hotline.models import Call, CallEvent
from yuqiao.hotline.monitors import OVER, PURPOSES
from yuqiao.web.console import words
from yuqiao.web.console.gate import ALLOWED, Act, allowed, may, person_of

MODES: words.Words = {
    "listen": gettext_lazy("Listens silently"),
    "whisper": gettext_lazy("Whispers to the interpreter"),
    "barge": gettext_lazy("Joined the conversation"),
}
#: What is asked -> its name on the button, and the key on her phone.
ASKS: dict[str, tuple[str | Promise, str]] = {
    "listen": (gettext_lazy("Listen silently"), "4"),
    "whisper": (gettext_lazy("Whisper to the interpreter"), "5"),
    "barge": (gettext_lazy("Join the conversation"), "6"),
}
PURPOSE_WORDS: words.Words = {
    "quality": gettext_lazy("Quality check"),
    "training": gettext_lazy("Training of the interpreter"),
    "complaint": gettext_lazy("Looking into a complaint"),
    "support": gettext_lazy("Support of the floor"),
}
END = "end"


@dataclass(frozen=True, slots=True)
class Listener:
    """One who listens now; ``since`` is epoch milliseconds."""

    person: int
    name: str
    mode: str
    mode_word: str
    purpose: str
    ringing: bool
    since: int


@dataclass(frozen=True, slots=True)
class Listening:
    """What the page of a running call shows to who may listen to it. ``mine``: what the reader does now, if anything.

    ``unheard``: she whispers while there is no interpreter to hear it.
    """

    listeners: list[Listener]
    mine: Listener | None
    unheard: bool
    phone: str
    asks: list[tuple[str, str, str]]
    purposes: list[tuple[str, str]]


def may_overhear(person: Person) -> bool:
    """Tell whether ``person`` may listen to running calls: who hears recordings and steers calls besides."""
    roles = roles_of(person)
    return not any(ALLOWED[act].isdisjoint(roles) for act in (Act.LISTEN, Act.STEER))


def _rows(call: Call) -> list[dict[str, Any]]:
    found = call.snapshot.get("monitors")
    return (
        [one for one in found if isinstance(one, dict) and one.get("phase") != OVER] if isinstance(found, list) else []
    )


def listeners(call: Call) -> list[Listener]:
    """Return who listens to ``call`` now."""
    rows = _rows(call)
    people = Person.objects.in_bulk([row.get("person") for row in rows]) if rows else {}
    return [
        Listener(
            person=int(row.get("person") or 0),
            name=str(people.get(row.get("person"), "–")),
            mode=str(row.get("mode")),
            mode_word=words.word(MODES, str(row.get("mode"))),
            purpose=str(row.get("purpose") or PURPOSES[0]),
            ringing=row.get("answered_at") is None,
            since=round(1000 * float(row.get("answered_at") or row.get("created_at") or 0)),
        )
        for row in rows
    ]


def listening(call: Call, person: Person) -> Listening | None:
    """Return what ``person`` may ask of the running ``call`` as a listener; None when nothing."""
    if call.ended_at is not None or not may_overhear(person):
        return None
    found = listeners(call)
    mine = next((one for one in found if one.person == person.pk), None)
    whispers = [one for one in call.snapshot.get("monitors") or [] if one.get("person") == person.pk]
    return Listening(
        listeners=found,
        mine=mine,
        unheard=mine is not None
        and mine.mode == "whisper"
        and not mine.ringing
        and not any(one.get("whispering") for one in whispers),
        phone=monitor_phones.phone_of(person),
        asks=[(code, str(name), key) for code, (name, key) in ASKS.items()],
        purposes=[(code, words.word(PURPOSE_WORDS, code)) for code in PURPOSES],
    )


def shown_to(person: Person, call: Call, events: QuerySet[CallEvent]) -> QuerySet[CallEvent]:
    """Return the events of ``call`` that ``person`` reads: who is on a call is told only after it who listened."""
    return (
        events if call.ended_at is not None or may(person, Act.WATCH) else events.exclude(kind__startswith="monitor_")
    )


@dataclass(frozen=True, slots=True)
class Heard:
    """Somebody listened to a call that is over."""

    name: str
    purpose: str
    mode: str
    began_at: dt.datetime
    text: str


def heard_by(call: Call, person: Person) -> Sequence[Heard]:
    """Return who listened to ``call``, for those who may hear recordings."""
    if not may(person, Act.LISTEN):
        return []
    rows = call.monitorings.exclude(answered_at=None).select_related("person")
    return [
        Heard(
            name=str(row.person),
            purpose=words.word(PURPOSE_WORDS, row.purpose),
            mode=words.word(MODES, row.mode),
            began_at=row.answered_at or row.created_at,
            text=words.duration(words.seconds_between(row.answered_at, row.ended_at) or 0),
        )
        for row in rows
    ]


@require_POST
@allowed(Act.LISTEN)
@allowed(Act.STEER)
def ask(request: HttpRequest, call_id: uuid.UUID) -> HttpResponse:
    """Ring the reader to listen, whisper or join in; change what she does; or end it.

    She is rung in her browser where her page says that it is her telephone (``browser=1``), else at the phone she
    gives, which is remembered.
    """
    call = get_object_or_404(Call, pk=call_id)
    person = person_of(request)
    asked, purpose = request.POST.get("ask", ""), request.POST.get("purpose", "")
    if asked not in {*ASKS, END} or (asked != END and purpose not in PURPOSES):
        return HttpResponse(status=400)
    try:
        if asked == END:
            wishes.ask_monitor_end(call, by=person)
            return redirect("call", call_id)
        phone = _rung_at(request, call, person)
        wishes.ask_monitor(call, asked, purpose, phone=phone, by=person)
    except monitor_phones.PhoneError:
        messages.error(
            request,
            _("Nobody can be rung there: give a telephone number, or a SIP address such as sip:9001@exchange.example."),
        )
        return redirect("call", call_id)
    except wishes.CommandError:
        messages.error(request, _("The call is over already."))
        return redirect("call", call_id)
    if not any(one.person == person.pk for one in listeners(call)):
        messages.success(request, _("Your phone rings in a moment; this listening is in the journal with your name."))
    return redirect("call", call_id)


def _rung_at(request: HttpRequest, call: Call, person: Person) -> str:
    """Return where she is rung; who is on already stays there, whatever became of her page or her phone on file."""
    for row in _rows(call):
        if row.get("person") == person.pk and row.get("contact"):
            return str(row["contact"])
    if request.POST.get("browser") == "1":
        return monitor_phones.browser_of(person)
    if phone := request.POST.get("phone", ""):
        monitor_phones.remember_phone(person, phone)
    return monitor_phones.phone_of(person)
