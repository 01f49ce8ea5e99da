"""The queue of requests against the interpreters who are ready: claiming for one, and whose turn it is.

Called within a transaction of `hotline.services` or, for reading, by the call server.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from yuqiao.hotline.events import Chosen, InterpretersClaimed, MustWait, NobodyThere
from yuqiao.hotline.models import InterpreterRequest, RequestState
from yuqiao.hotline.routing import Candidate, Wanted, match, rank
from yuqiao.hotline.state import OPEN_REQUEST, CallState, RequestOf
from yuqiao.workforce import services as workforce
from yuqiao.workforce.models import InterpreterLanguage, PresenceState


def seek(call: CallState, request_id: str, now: dt.datetime) -> InterpretersClaimed | MustWait | NobodyThere | None:
    """Claim the best interpreter for a call's request, unless an earlier request has a better right to her.

    None when the request needs nobody any more: it was served or withdrawn before its turn came.
    """
    request = call.request(request_id)
    at = now.timestamp()
    if request is None or request.state not in OPEN_REQUEST:
        return None
    wanted = _wanted(request)
    for candidate in _in_turn(wanted):
        if workforce.claim(candidate.id, request_id, now):
            return InterpretersClaimed(request_id, (Chosen(candidate.id, candidate.number, candidate.contact),), at)
    on_duty = InterpreterLanguage.objects.filter(
        language=request.language, interpreter__state__in=workforce.ON_DUTY
    ).exclude(interpreter_id__in=request.tried)
    return MustWait(request_id, at) if on_duty.exists() else NobodyThere(request_id, at)


def _wanted(request: RequestOf) -> Wanted:
    return Wanted(
        request.id, request.language, request.priority, request.head, request.created_at, tuple(request.tried)
    )


def _in_turn(wanted: Wanted) -> list[Candidate]:
    """Return whom ``wanted`` may claim now, best first: everybody able if nobody else waits, else its match."""
    others = [one for one in waiting() if one.id != wanted.id]
    if not others:
        return rank(wanted, best_ready(wanted))
    mine = match([*others, wanted], ready({one.language for one in (*others, wanted)})).get(wanted.id)
    return [] if mine is None else [mine]


def waiting() -> list[Wanted]:
    """Return the requests that wait for somebody to become free."""
    rows = InterpreterRequest.objects.filter(state=RequestState.WAITING).values_list(
        "id", "language", "priority", "head_of_queue", "created_at", "tried"
    )
    return [
        Wanted(str(pk), language, priority, head, created.timestamp(), tuple(tried))
        for pk, language, priority, head, created, tried in rows
    ]


COLUMNS = (
    "interpreter_id",
    "interpreter__tier",
    "interpreter__state_since",
    "interpreter__number",
    "interpreter__contact",
    "language",
    "level",
)
#: In the order of `routing.rank`: "resident" sorts after "remote".
BEST_FIRST = ("-interpreter__tier", "-level", "interpreter__state_since", "interpreter_id")
#: How many of the best are read for one request: more than call servers that claim at the same moment.
SHORT_LIST = 8


def best_ready(wanted: Wanted) -> list[Candidate]:
    """Return the best few who are ready for ``wanted``, with only their level of its language."""
    held = InterpreterLanguage.objects.filter(
        language=wanted.language, interpreter__state=PresenceState.READY, interpreter__held_by=""
    )
    if wanted.tried:
        held = held.exclude(interpreter_id__in=wanted.tried)
    rows = held.order_by(*BEST_FIRST).values_list(*COLUMNS)[:SHORT_LIST]
    return [
        Candidate(pk, tier, since.timestamp(), ((code, level),), number, contact)
        for pk, tier, since, number, contact, code, level in rows
    ]


def ready(languages: set[str]) -> list[Candidate]:
    """Return all interpreters who are ready and hold one of ``languages``, with those of them they hold."""
    held = InterpreterLanguage.objects.filter(
        language__in=languages, interpreter__state=PresenceState.READY, interpreter__held_by=""
    )
    levels: defaultdict[tuple[int, str, float, str, str], list[tuple[str, int]]] = defaultdict(list)
    for pk, tier, since, number, contact, code, level in held.values_list(*COLUMNS):
        levels[pk, tier, since.timestamp(), number, contact].append((code, level))
    return [
        Candidate(pk, tier, since, tuple(held), number, contact)
        for (pk, tier, since, number, contact), held in levels.items()
    ]


def whose_turn() -> list[str]:
    """Return the ids of calls whose waiting request has somebody ready for it now."""
    wanted = waiting()
    if not wanted:
        return []
    matched = match(wanted, ready({one.language for one in wanted}))
    calls = InterpreterRequest.objects.filter(pk__in=list(matched)).values_list("call_id", flat=True)
    return [str(call_id) for call_id in calls]
