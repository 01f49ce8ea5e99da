"""Calling an interpreter away whose phone merely rings for a less urgent call (`hotline.precedence` says whose).

Her claim does not change hands here: the other call is told by a command, hangs her phone up and releases her; she is
then ready, and the queue gives her to the more urgent request within two beats of the call server. So the call that
rings her stays the only one that decides about her, and a call in which she has just picked up keeps her.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter

from yuqiao.hotline.models import CallCommand, InterpreterRequest, RequestState
from yuqiao.hotline.precedence import Precedence, Rung, precedence, whom
from yuqiao.hotline.routing import Policies, Wanted, place
from yuqiao.hotline.routing.policy import CALLBACKS
from yuqiao.hotline.state import OUTBOUND, CallState, RequestOf
from yuqiao.workforce.models import InterpreterLanguage, PresenceState

#: Seconds until a request that called somebody away asks again, in case she had picked up meanwhile.
ASK_AGAIN = 1.0
#: Seconds of waiting from which those off shift are called away too: earlier, routing would not ring their mobiles.
MOBILES_AFTER = 5.0


def call_away(call: CallState, request: RequestOf, now: dt.datetime) -> bool:
    """Call away an interpreter for a waiting request, if one may be; in the caller's transaction.

    The mark on the other request is one conditional UPDATE, so that no two calls take from it.
    """
    mine = precedence(call.way_in, request.priority)
    if mine <= Precedence.OUTBOUND:
        return False
    wanted = Wanted(request.id, request.language, request.priority, request.head, request.created_at)
    chosen = whom(mine, place(wanted, Policies()), _rung(request, now))
    if chosen is None:
        return False
    other = InterpreterRequest.objects.filter(pk=chosen.request, state=RequestState.CLAIMED, preempted=False)
    if not other.update(preempted=True):
        return False
    CallCommand.objects.create(
        call_id=InterpreterRequest.objects.values_list("call_id", flat=True).get(pk=chosen.request),
        kind="preempted",
        arguments={"request": chosen.request, "interpreter": str(chosen.interpreter)},
        created_at=now,
    )
    return True


def _rung(request: RequestOf, now: dt.datetime) -> list[Rung]:
    """Return who of the language rings for another request now."""
    waited = now.timestamp() - request.created_at
    rows = (
        InterpreterLanguage.objects.filter(language=request.language, interpreter__state=PresenceState.CLAIMED)
        .exclude(interpreter__held_by="")
        .exclude(interpreter_id__in=request.tried)
        .filter(interpreter__off_shift__in=[False] if waited < MOBILES_AFTER else [False, True])
    )
    held = dict(rows.values_list("interpreter_id", "interpreter__held_by"))
    if not held:
        return []
    beside = Counter(held.values())
    asked = InterpreterRequest.objects.select_related("call").only(
        "language", "priority", "head_of_queue", "created_at", "preempted", "first_rung_at", "call__way_in"
    )
    by_request = {str(one.pk): one for one in asked.filter(pk__in=set(held.values()), state=RequestState.CLAIMED)}
    return [
        _of(by_request[held_by], interpreter, beside[held_by] - 1)
        for interpreter, held_by in held.items()
        if held_by in by_request
    ]


def _of(row: InterpreterRequest, interpreter: int, others: int) -> Rung:
    wanted = Wanted(
        str(row.pk),
        row.language,
        row.priority,
        row.head_of_queue,
        row.created_at.timestamp(),
        line_class=CALLBACKS if row.call.way_in in OUTBOUND else "",
    )
    return Rung(
        interpreter,
        str(row.pk),
        precedence(row.call.way_in, row.priority),
        0.0 if row.first_rung_at is None else row.first_rung_at.timestamp(),
        place(wanted, Policies()),
        others,
        row.head_of_queue,
        row.preempted,
    )
