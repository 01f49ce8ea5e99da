"""The page of a partner line's agent: a language, how long it takes, one button; then the call, and the rating."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from yuqiao.accounts.models import Person
from yuqiao.hotline import expecting, line_requests
from yuqiao.hotline.expecting import Prospect
from yuqiao.hotline.line_requests import LineRequestError, Wish
from yuqiao.hotline.models import InterpreterRequest, Line, LineClass, LineRequest, RequestState, RequestWay
from yuqiao.languages.catalogue import BY_CODE, Language
from yuqiao.lib.clock import now
from yuqiao.web.citizen.leaflets import pointing
from yuqiao.web.console import words
from yuqiao.web.console.agent_words import (
    PROBLEMS,
    about,
    outcome_of,
    outlook_of,
    place_in_queue,
    ready_of,
    state_of,
    wait_of,
)
from yuqiao.web.console.before import facts_of
from yuqiao.web.console.board import calls, card_of
from yuqiao.web.console.gate import Act, allowed, person_of
from yuqiao.web.headers import WITH_MICROPHONE

#: How often the page is fetched anew, in milliseconds: while nothing is asked for, and while something is.
IDLE_MS, RUNNING_MS = 5000, 2000
#: So many of her requests are listed.
LISTED = 20


@dataclass(frozen=True, slots=True)
class Tile:
    """A language to ask for. ``found_by``: what it may be called when somebody types."""

    language: Language
    name: str
    outlook: str
    ready: str
    wait: str
    found_by: str
    url: str


def tile_of(one: Prospect, line: Line) -> Tile:
    """Return a language's button."""
    language = BY_CODE[one.language]
    return Tile(
        language,
        words.language_name(one.language),
        one.expected.outlook.value,
        ready_of(one),
        wait_of(one),
        " ".join((language.zh, language.en, language.endonym, language.code)).lower(),
        f"{reverse('agent')}?line={line.number}&language={one.language}",
    )


@require_safe
@allowed(Act.REQUEST)
def show(request: HttpRequest) -> HttpResponse:
    """Show what she asked for and is not over; else what she may ask for, and what she has not rated yet."""
    return _page(request)


@require_POST
@allowed(Act.REQUEST)
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for an interpreter; what makes no sense is said beside what was typed (422), and nothing is lost."""
    person, form = person_of(request), request.POST
    line = _line(line_requests.lines_of(person), form.get("line", ""))
    code = form.get("language", "")
    told = expecting.prospects(line, now(), [code]).get(code) if line is not None and code in BY_CODE else None
    half = None if told is None or not told.expected.known else told.expected.half
    wish = Wish(
        "" if line is None else line.number,
        code,
        form.get("way", ""),
        form.get("number", ""),
        form.get("guest", ""),
        form.get("reference", ""),
        None if half is None else round(half),
    )
    try:
        line_requests.ask(wish, by=person)
    except LineRequestError as error:
        return _page(request, error)
    return redirect("agent")


def _line(lines: list[Line], number: str) -> Line | None:
    return next((one for one in lines if one.number == number), lines[0] if lines else None)


def _page(request: HttpRequest, problem: LineRequestError | None = None) -> HttpResponse:
    person, at = person_of(request), now()
    lines = line_requests.lines_of(person)
    current = line_requests.current(person, at)
    typed = request.POST or request.GET
    line = _line(lines, typed.get("line", ""))
    context: dict[str, Any] = {
        "now": words.epoch_ms(at),
        "every": IDLE_MS if current is None else RUNNING_MS,
        "lines": [(one, words.line_name(one)) for one in lines],
        "line": line,
        "problem": "" if problem is None else words.word(PROBLEMS, problem.code),
        "problem_field": "" if problem is None else problem.field or problem.code,
    }
    if current is not None:
        context |= _running(current, person, at)
    elif line is not None:
        context |= _asking(line, typed.get("language", ""), person, at)
        context["typed"] = {name: typed.get(name, "") for name in ("number", "guest", "reference")}
    response = render(request, "console/agent/agent.html", context, status=422 if problem is not None else 200)
    response["Permissions-Policy"] = WITH_MICROPHONE
    return response


def _asking(line: Line, chosen: str, person: Person, at: dt.datetime) -> dict[str, Any]:
    found = expecting.prospects(line, at)
    pick = found.get(chosen)
    rows = [_row(one) for one in line_requests.recent(person, at)[:LISTED]]
    of_line = calls().filter(ended_at=None, line=line).order_by("-started_at")
    return {
        "tiles": [tile_of(found[code], line) for code in expecting.most_asked(line, at)],
        "urgent": line.line_class == LineClass.EMERGENCY,
        "chosen": None if pick is None else tile_of(pick, line),
        "outlook": "" if pick is None else outlook_of(pick, at, settings.WAIT_SECONDS),
        "ahead": place_in_queue(pick.ahead) if pick is not None and pick.ahead else "",
        "kept": line_requests.kept_number(person),
        "calls_out": bool(settings.OUTBOUND_CONTACT),
        "to_rate": next((row for row in rows if row["rates"]), None),
        "rows": rows,
        "line_calls": [card_of(call, at) for call in of_line],
        "unbegun": _unbegun(person, at),
    }


def _unbegun(person: Person, at: dt.datetime) -> bool:
    """Whether her last request came to nothing because no call began, a moment ago."""
    last = LineRequest.objects.filter(person=person).first()
    lately = last is not None and at - last.created_at < 5 * line_requests.UNBEGUN
    return last is not None and lately and last.call_id is None and last.cancelled_at is None


def _row(one: LineRequest) -> dict[str, Any]:
    call = one.call
    served = call is not None and call.interpreter_at is not None
    return {
        "one": one,
        "language": words.language_name(one.language),
        "outcome": "" if call is None else outcome_of(one, call),
        "served": served,
        "rates": served and one.rated_at is None,
        "again": f"{reverse('agent')}?line={one.line.number}&language={one.language}",
    }


def _running(one: LineRequest, person: Person, at: dt.datetime) -> dict[str, Any]:
    call = None if one.call_id is None else calls().get(pk=one.call_id)
    code = call.language if call is not None and call.language in BY_CODE else one.language
    waits = None
    if call is not None and call.interpreter_at is None:
        waits = InterpreterRequest.objects.filter(call=call, state=RequestState.WAITING).first()
    rung = call is not None and call.legs.filter(role="interpreter", answered_at=None, ended_at=None).exists()
    told = expecting.prospects(one.line, at, [code])[code] if waits is not None else None
    return {
        "current": one,
        "language": BY_CODE[code],
        "language_name": words.language_name(code),
        "urgent": one.line.line_class == LineClass.EMERGENCY,
        "state": state_of(one),
        "rung": rung,
        "place": "" if waits is None else place_in_queue(expecting.place_of(waits, at)),
        "outlook": "" if told is None else outlook_of(told, at, settings.WAIT_SECONDS),
        "expected": "" if one.expected is None else about(one.expected),
        "since": words.epoch_ms(one.created_at),
        "talking_since": None if call is None or call.interpreter_at is None else words.epoch_ms(call.interpreter_at),
        "card": None if call is None else card_of(call, at),
        "call": call,
        "before": None if call is None else facts_of(call, asks=True),
        "dials": one.way == RequestWay.BROWSER and call is None,
        "directory": [
            (line.number, words.line_name(line))
            for line in Line.objects.exclude(agent_contact="").exclude(pk=one.line_id).order_by("number")
        ]
        if call is not None
        else [],
        "person": person,
    }


@require_safe
@allowed(Act.REQUEST)
def point(request: HttpRequest) -> HttpResponse:
    """Show all languages in themselves, for the foreigner to point at; each leads back with it chosen."""
    line = _line(line_requests.lines_of(person_of(request)), request.GET.get("line", ""))
    number = "" if line is None else line.number
    places = [
        (
            language,
            sentence,
            words.language_name(language.code),
            f"{reverse('agent')}?line={number}&language={language.code}",
        )
        for language, sentence in pointing()
    ]
    return render(request, "console/agent/point.html", {"places": places, "line": line})


def own(request: HttpRequest, request_id: int) -> LineRequest:
    """Return a request of her own; 404 for anybody else's."""
    mine = LineRequest.objects.filter(person=person_of(request)).select_related("line", "call")
    return get_object_or_404(mine, pk=request_id)
