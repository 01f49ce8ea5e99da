"""One call: who was on it, what happened, its recording, and what may be asked of it while it runs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render

from yuqiao.accounts.models import Person
from yuqiao.hotline.models import Call, Callback, Leg, Line
from yuqiao.hotline.state import CALLBACK, OUTBOUND
from yuqiao.lib.clock import now
from yuqiao.web.console import comments, during, incidents, words
from yuqiao.web.console.appointments import errand_of
from yuqiao.web.console.before import facts_of, is_agent_of
from yuqiao.web.console.board import calls, card_of
from yuqiao.web.console.callbacks import row_of, with_tries
from yuqiao.web.console.during import controls
from yuqiao.web.console.gate import Act, may, person_of
from yuqiao.web.console.overhearing import heard_by, listening, shown_to
from yuqiao.web.console.player_page import player_of
from yuqiao.web.console.sound import Sound, sound_of
from yuqiao.web.console.timeline import timeline
from yuqiao.web.console.why import why
from yuqiao.web.headers import WITH_MICROPHONE

#: Ways in of calls that an order began.
ERRANDS = OUTBOUND - {CALLBACK}


@dataclass(frozen=True, slots=True)
class Party:
    """One leg of the call; ``since`` is epoch milliseconds while the party is on, ``text`` how long it was."""

    leg: Leg
    role: str
    role_word: str
    name: str
    state: str
    since: int | None
    text: str
    sound: Sound | None


def party_of(leg: Leg, way_in: str) -> Party:
    """Return a leg in words."""
    on = words.seconds_between(leg.answered_at, leg.ended_at)
    running = leg.ended_at is None
    state = "on" if running and leg.answered_at else "ringing" if running else "was on" if leg.answered_at else "missed"
    return Party(
        leg=leg,
        role=leg.role if leg.role in words.PARTIES else "third",
        role_word=words.word(words.PARTIES, leg.role),
        name=words.party_name(leg, way_in),
        state=state,
        since=words.epoch_ms(leg.answered_at or leg.created_at) if running else None,
        text="" if on is None else words.duration(on),
        sound=sound_of(leg),
    )


def is_on(person: Person, call: Call, *, now_only: bool) -> bool:
    """Tell whether ``person`` interprets (or interpreted) on this call."""
    legs = call.legs.filter(interpreter__person=person, answered_at__isnull=False)
    return (legs.filter(ended_at=None) if now_only else legs).exists()


def may_steer(person: Person, call: Call) -> bool:
    """Tell whether ``person`` may add a party to this call or end it: a supervisor, or its interpreter while on it."""
    return call.ended_at is None and (may(person, Act.STEER) or is_on(person, call, now_only=True))


@login_required
def show(request: HttpRequest, call_id: uuid.UUID) -> HttpResponseBase:
    """Show a call to those who may watch, to an interpreter who was on it, and to agents of its line while it runs."""
    person = person_of(request)
    call = get_object_or_404(calls(), pk=call_id)
    agent = is_agent_of(person, call)
    if not may(person, Act.WATCH) and not agent and not is_on(person, call, now_only=False):
        raise PermissionDenied
    at = now()
    moments = timeline(call, shown_to(person, call, call.events.select_related("leg").order_by("at", "id")))
    steers = may_steer(person, call)
    parties = [party_of(leg, call.way_in) for leg in call.legs.all()]
    context = {
        "call": call,
        "before": facts_of(call, asks=steers or agent),
        "card": card_of(call, at),
        "now": words.epoch_ms(at),
        "parties": parties,
        "sounded": [party for party in parties if party.sound is not None],
        "moments": moments,
        "marks": [moment for moment in moments if moment.marked and moment.second is not None],
        "errand": errand_of(call, person, was_on=is_on(person, call, now_only=False))
        if call.way_in in ERRANDS
        else None,
        "owed": [
            row_of(one, at, whole_number=False)
            for one in Callback.objects.filter(Q(call=call) | Q(proof=call) | Q(tries=call))
            .distinct()
            .select_related("line")
            .prefetch_related(with_tries())
        ],
        "may_rate": may(person, Act.REPORT),
        "may_enter_rating": may(person, Act.STEER),
        "steers": steers,
        "has_workplace": may(person, Act.WATCH) or is_on(person, call, now_only=False),
        "controls": controls(call, person) if steers else None,
        "listening": listening(call, person),
        "heard_by": heard_by(call, person) if call.ended_at else [],
        "routing": why(call),
        "lines": Line.objects.exclude(agent_contact="").order_by("number") if steers else [],
        "announcements": during.announcements(),
        "removable": [party for party in parties if party.since is not None and party.role != "caller"],
    }
    response = render(
        request,
        "console/call.html",
        context | player_of(call, person) | comments.of_call(call, person) | incidents.of_call(call, person, at),
    )
    if context["listening"]:
        response["Permissions-Policy"] = WITH_MICROPHONE
    return response
