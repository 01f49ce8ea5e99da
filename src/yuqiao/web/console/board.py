"""The live board: what is read for it, and its pieces rendered for a reader.

The same pieces make the first page and the live updates, so that both always look the same.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext

from yuqiao.hotline import orders
from yuqiao.hotline.models import Call, Callback, CallEvent, InterpreterRequest, Lease, Leg, RequestState
from yuqiao.languages import catalogue
from yuqiao.lib.clock import now
from yuqiao.web.console import incidents, words
from yuqiao.web.console.emergency import Rise, rises
from yuqiao.web.console.gate import Act, allowed
from yuqiao.web.console.today import Today, today
from yuqiao.workforce.models import Interpreter, PresenceState

#: Phases in which the time to interpreter still runs.
SOUGHT = frozenset({"arriving", "choosing", "seeking"})
FINISHED_SHOWN = 40
CALLBACKS_SHOWN = 30


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
        since=words.epoch_ms(call.started_at),
        text=words.duration(seconds),
        interpreter_in="" if to_interpreter is None else f"{max(0.0, to_interpreter):.1f} s",
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


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that still looks for an interpreter."""

    request: InterpreterRequest
    language: str
    state: str
    since: int


@dataclass(frozen=True, slots=True)
class LanguageRow:
    """Interpreters of one language: how many are ready, and each with her state."""

    code: str
    name: str
    ready: int
    on_duty: int
    members: list[tuple[str, str, str, str]]  # number, state code, state word, tier word


@dataclass(frozen=True, slots=True)
class Due:
    """A caller to be called back."""

    callback: Callback
    language: str
    number: str
    late: bool
    due: int
    tried: str
    next: str


@dataclass(frozen=True, slots=True)
class Soon:
    """A call by appointment that begins soon, or should have begun; ``due`` in epoch milliseconds."""

    pk: int
    language: str
    due: int
    with_agent: bool


@dataclass(frozen=True, slots=True)
class Panels:
    """Everything on the board beside the calls."""

    waiting: list[Waiting]
    languages: list[LanguageRow]
    callbacks: list[Due]
    soon: list[Soon]
    rises: list[Rise]
    today: Today
    in_progress: int
    alarms: list[incidents.Row]
    controlled: bool


#: The order in which interpreters of a language are listed.
_STATE_ORDER = {state: rank for rank, state in enumerate(PresenceState.values)}


def panels(at: dt.datetime, figures: Today | None = None) -> Panels:
    """Read what stands beside the calls, in the active language; ``figures`` spares counting the day again."""
    waiting = InterpreterRequest.objects.filter(state__in=[RequestState.WAITING, RequestState.CLAIMED])
    open_callbacks = Callback.objects.filter(done_at=None).select_related("line").order_by("due_at")
    return Panels(
        waiting=[_waiting(one) for one in waiting.order_by("-head_of_queue", "-priority", "created_at")],
        languages=_languages(Interpreter.objects.prefetch_related("languages")),
        callbacks=[_due(one, at) for one in open_callbacks[:CALLBACKS_SHOWN]],
        soon=[
            Soon(one.pk, words.language_name(one.language), words.epoch_ms(one.begins_at), one.with_agent)
            for one in orders.soon(at)
        ],
        rises=rises(at),
        today=figures or today(at),
        in_progress=Call.objects.filter(ended_at=None).count(),
        alarms=incidents.unacknowledged(at),
        controlled=Lease.objects.filter(until__gt=at).exists(),
    )


def _waiting(request: InterpreterRequest) -> Waiting:
    return Waiting(
        request=request,
        language=words.language_name(request.language),
        state=words.word(words.REQUESTS, request.state),
        since=words.epoch_ms(request.created_at),
    )


def _languages(interpreters: Iterable[Interpreter]) -> list[LanguageRow]:
    holders: dict[str, list[Interpreter]] = defaultdict(list)
    for interpreter in interpreters:
        for held in interpreter.languages.all():
            holders[held.language].append(interpreter)
    rows = []
    for code in [*catalogue.FOREIGN, *sorted(holders.keys() - set(catalogue.FOREIGN))]:
        members = sorted(holders[code], key=lambda one: (_STATE_ORDER.get(one.state, 99), one.number))
        rows.append(
            LanguageRow(
                code=code,
                name=words.language_name(code),
                ready=sum(one.state == PresenceState.READY for one in members),
                on_duty=sum(one.state != PresenceState.OFF for one in members),
                members=[
                    (one.number, one.state, words.word(words.STATES, one.state), words.word(words.TIERS, one.tier))
                    for one in members
                ],
            )
        )
    return rows


def _due(callback: Callback, at: dt.datetime) -> Due:
    return Due(
        callback=callback,
        language=words.language_name(callback.language),
        number=words.masked(callback.number),
        late=callback.due_at < at,
        due=words.epoch_ms(callback.due_at),
        tried=gettext("Attempts and the next try; open the callback"),
        next=_next_try(callback),
    )


def _next_try(callback: Callback) -> str:
    """Return when the caller is rung next, in the city's time; a word while the caller is being rung."""
    if callback.running_id:
        return gettext("now")
    return timezone.localtime(callback.next_try_at).strftime("%H:%M") if callback.next_try_at else ""


def render_panels(at: dt.datetime, language: str, figures: Today | None = None) -> dict[str, Any]:
    """Return ``{"figures", "side"}`` as HTML."""
    with translation.override(language):
        context = {"panels": panels(at, figures)}
        return {name: render_to_string(f"console/_{name}.html", context) for name in ("figures", "side")}


@allowed(Act.WATCH)
def board(request: HttpRequest) -> HttpResponseBase:
    """Show the board as it is now; the page then follows the stream from the newest event it already shows."""
    newest = CallEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0
    at = now()
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    finished = calls().filter(ended_at__isnull=False).order_by("-started_at")
    context = {
        "cards": [card_of(call, at) for call in calls().filter(ended_at=None).order_by("started_at")],
        "finished": [card_of(call, at) for call in finished.filter(Q(ended_at__gte=midnight))[:FINISHED_SHOWN]],
        "panels": panels(at),
        "newest": newest,
        "now": words.epoch_ms(at),
        "finished_shown": FINISHED_SHOWN,
    }
    return render(request, "console/board.html", context)
