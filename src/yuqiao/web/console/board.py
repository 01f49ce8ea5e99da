"""The live board: its calls rendered for a reader, and the page with all its pieces.

The same pieces make the first page and the live updates, so that both always look the same.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import get_language, gettext

from yuqiao.hotline.models import Call, CallEvent, Leg
from yuqiao.languages.catalogue import FOREIGN
from yuqiao.lib.clock import now
from yuqiao.web.console import overhearing, words
from yuqiao.web.console.gate import Act, allowed, may, person_of
from yuqiao.web.console.pieces import BOARD, pieces
from yuqiao.web.console.rerouting import people
from yuqiao.web.console.today import midnight
from yuqiao.web.headers import WITH_MICROPHONE

#: Phases in which the time to interpreter still runs.
SOUGHT = frozenset({"arriving", "choosing", "seeking"})
FINISHED_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Chip:
    """One party on the call, or being rung. ``since`` is epoch milliseconds."""

    role: str
    role_word: str
    name: str
    ringing: bool
    since: int


@dataclass(frozen=True, slots=True)
class Card:
    """One call as the board shows it."""

    call: Call
    line_number: str
    line_name: str
    language: str
    way_in: str
    phase: str
    outcome: str
    caller: str
    chips: list[Chip]
    listeners: list[overhearing.Listener]
    since: int
    text: str
    interpreter_in: str
    waiting: bool


def calls() -> QuerySet[Call]:
    """Return calls with what a card needs of them."""
    legs = Leg.objects.select_related("interpreter").order_by("created_at")
    return Call.objects.select_related("line").prefetch_related(Prefetch("legs", legs))


def card_of(call: Call, at: dt.datetime) -> Card:
    """Return what the board shows of ``call`` at this moment, in the active language."""
    to_interpreter = words.seconds_between(call.started_at, call.interpreter_at)
    seconds = words.seconds_between(call.started_at, call.ended_at or at) or 0
    return Card(
        call=call,
        line_number=call.line.number if call.line else call.dialled,
        line_name=words.line_name(call.line),
        language=words.language_name(call.language),
        way_in=words.word(words.WAYS_IN, call.way_in),
        phase=words.word(words.PHASES, call.phase),
        outcome=words.word(words.OUTCOMES, call.outcome),
        caller=words.masked(call.caller_number),
        chips=[_chip(leg, call.way_in) for leg in call.legs.all() if leg.ended_at is None and call.ended_at is None],
        listeners=overhearing.listeners(call) if call.ended_at is None else [],
        since=words.epoch_ms(call.started_at),
        text=words.duration(seconds),
        interpreter_in="" if to_interpreter is None else f"{max(0.0, to_interpreter):.1f} {gettext('s')}",
        waiting=call.interpreter_at is None and call.phase in SOUGHT,
    )


def _chip(leg: Leg, way_in: str) -> Chip:
    since = leg.answered_at or leg.created_at
    return Chip(
        role=leg.role if leg.role in words.PARTIES else "third",
        role_word=words.word(words.PARTIES, leg.role),
        name=words.party_name(leg, way_in),
        ringing=leg.answered_at is None,
        since=words.epoch_ms(since),
    )


def render_call(call: Call, at: dt.datetime, language: str) -> dict[str, Any]:
    """Return one call's piece of the page: ``{"id", "open", "html"}``."""
    with translation.override(language):
        template = "console/_finished.html" if call.ended_at else "console/_call.html"
        html = render_to_string(template, {"card": card_of(call, at)})
    return {"id": str(call.pk), "open": call.ended_at is None, "html": html}


def changed_calls(ids: Collection[uuid.UUID]) -> list[Call]:
    """Return these calls, oldest first."""
    return list(calls().filter(pk__in=list(ids)).order_by("started_at"))


@allowed(Act.WATCH)
def board(request: HttpRequest) -> HttpResponseBase:
    """Show the board as it is now; the page then follows the stream from the newest event it already shows."""
    newest = CallEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0
    at, person = now(), person_of(request)
    found = pieces([BOARD], at, get_language() or "zh-hans")[BOARD]
    finished = calls().filter(ended_at__isnull=False).order_by("-started_at")
    context = {
        "cards": [card_of(call, at) for call in calls().filter(ended_at=None).order_by("started_at")],
        "finished": [card_of(call, at) for call in finished.filter(ended_at__gte=midnight(at))[:FINISHED_SHOWN]],
        "parts": {name.removeprefix("part-"): html for name, html in found.items() if name.startswith("part-")},
        "staff": [html for name, html in found.items() if name.startswith("staff-")],
        "newest": newest,
        "now": words.epoch_ms(at),
        "finished_shown": FINISHED_SHOWN,
        "overhears": overhearing.may_overhear(person),
        "steers": may(person, Act.STEER),
        "choices": [(code, words.language_name(code)) for code in FOREIGN],
        "people": people() if may(person, Act.STEER) else [],
    }
    response = render(request, "console/board.html", context)
    if context["overhears"]:
        response["Permissions-Policy"] = WITH_MICROPHONE
    return response
