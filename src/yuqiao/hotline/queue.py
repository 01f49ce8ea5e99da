"""The queue of requests against the interpreters who are ready: claiming for one, and whose turn it is.

Called within a transaction of `hotline.services` or, for reading, by the call server.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from yuqiao.hotline.events import InterpreterClaimed, MustWait, NobodyThere
from yuqiao.hotline.models import InterpreterRequest, RequestState
from yuqiao.hotline.routing import Candidate, Wanted, match, rank
from yuqiao.hotline.state import WAITING, CallState, RequestOf
from yuqiao.workforce import services as workforce
from yuqiao.workforce.models import Interpreter, InterpreterLanguage, PresenceState


def seek(call: CallState, request_id: str, now: dt.datetime) -> InterpreterClaimed | MustWait | NobodyThere | None:
    """Claim the best interpreter for a call's request, unless an earlier request has a better right to her.

    None when the request does not wait any more: it was served or withdrawn before its turn came.
    """
    request = call.request(request_id)
    at = now.timestamp()
    if request is None or request.state != WAITING:
        return None
    wanted = _wanted(request)
    for candidate in _in_turn(wanted):
        if workforce.claim(candidate.id, request_id, now):
            number, contact = Interpreter.objects.values_list("number", "contact").get(pk=candidate.id)
            return InterpreterClaimed(request_id, candidate.id, number, contact, at)
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
        return rank(wanted, ready(wanted.language))
    mine = match([*others, wanted], ready()).get(wanted.id)
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


def ready(language: str = "") -> list[Candidate]:
    """Return the interpreters who are ready; with only their level of ``language`` if one is named."""
    held = InterpreterLanguage.objects.filter(interpreter__state=PresenceState.READY, interpreter__held_by="")
    if language:
        held = held.filter(language=language)
    levels: defaultdict[tuple[int, str, float], list[tuple[str, int]]] = defaultdict(list)
    rows = held.values_list("interpreter_id", "interpreter__tier", "interpreter__state_since", "language", "level")
    for pk, tier, since, code, level in rows:
        levels[pk, tier, since.timestamp()].append((code, level))
    return [Candidate(pk, tier, since, tuple(held)) for (pk, tier, since), held in levels.items()]


def whose_turn() -> list[str]:
    """Return the ids of calls whose waiting request has somebody ready for it now."""
    wanted = waiting()
    if not wanted:
        return []
    matched = match(wanted, ready())
    calls = InterpreterRequest.objects.filter(pk__in=list(matched)).values_list("call_id", flat=True)
    return [str(call_id) for call_id in calls]
