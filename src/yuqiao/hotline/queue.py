"""The queue of requests against the interpreters who are ready: claiming for one, and whose turn it is.

Called within a transaction of `hotline.services` or, for reading, by the call server.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from yuqiao.hotline.events import Chosen, InterpretersClaimed, MustWait, NobodyThere
from yuqiao.hotline.models import InterpreterRequest, RequestState
from yuqiao.hotline.routing import Candidate, Policies, Wanted, choose, match
from yuqiao.hotline.state import OPEN_REQUEST, CallState, RequestOf
from yuqiao.lib import clock
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
    others = waiting()
    everybody = on_duty({one.language for one in (*others, wanted)})
    choice = choose(wanted, others, everybody, Policies(), at)
    held = [one for one in choice.chosen if workforce.claim(one.id, request_id, now)]
    if held:
        chosen = tuple(Chosen(one.id, one.number, one.contact, one.confirm, one.tier) for one in held)
        return InterpretersClaimed(request_id, chosen, at, choice.look_again_at)
    if choice.nobody:
        return NobodyThere(request_id, at, choice.nobody)
    return MustWait(request_id, at, choice.look_again_at)


def _wanted(request: RequestOf) -> Wanted:
    return Wanted(
        request.id,
        request.language,
        request.priority,
        request.head,
        request.created_at,
        tuple(request.tried),
        tuple(one for one in request.ringing if one not in request.dead),
        request.first_rung_at,
    )


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
    "interpreter__state",
    "language",
    "level",
)


def on_duty(languages: set[str]) -> list[Candidate]:
    """Return everybody on duty who holds one of ``languages``, with those of them she holds."""
    held = InterpreterLanguage.objects.filter(language__in=languages, interpreter__state__in=workforce.ON_DUTY)
    levels: defaultdict[tuple[int, str, float, str, str, bool], list[tuple[str, int]]] = defaultdict(list)
    for pk, tier, since, number, contact, state, code, level in held.values_list(*COLUMNS):
        levels[pk, tier, since.timestamp(), number, contact, state != PresenceState.READY].append((code, level))
    return [
        Candidate(pk, tier, since, tuple(held), number, contact, busy=busy)
        for (pk, tier, since, number, contact, busy), held in levels.items()
    ]


def whose_turn() -> list[str]:
    """Return the ids of calls whose waiting request has somebody ready for it now."""
    wanted = waiting()
    if not wanted:
        return []
    everybody = on_duty({one.language for one in wanted})
    matched = match(wanted, everybody, Policies(), clock.now().timestamp())
    calls = InterpreterRequest.objects.filter(pk__in=list(matched)).values_list("call_id", flat=True)
    return [str(call_id) for call_id in calls]
