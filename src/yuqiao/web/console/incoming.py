"""What an interpreter sees while she is rung: which line, language and matter, how urgent, what was before (S46)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from yuqiao.hotline.callback_rules import can_be_called_back
from yuqiao.hotline.models import Call, InterpreterRequest, Leg, LineClass, WayIn, WrapUp
from yuqiao.web.console import words
from yuqiao.web.console.after_words import WRAP_OUTCOMES
from yuqiao.web.console.wrap_up import topic_name
from yuqiao.workforce.models import Interpreter

#: How far back earlier calls of the same number are told, and how many of them.
BEFORE, MOST = dt.timedelta(days=30), 3


@dataclass(frozen=True, slots=True)
class Earlier:
    """A call of the same number: when, about what, what came of it."""

    at: dt.datetime
    topic: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """A call that rings her now. ``urgent``: an emergency line; ``replaces``: a colleague was lost, the others wait.

    ``caller`` is masked, ``since`` epoch milliseconds; ``is_known``: the number is somebody's; ``calls_before`` counts
    all of its in `BEFORE`, ``earlier`` tells few.
    """

    call: Call
    line: str
    language: str
    way_in: str
    caller: str
    urgent: bool
    replaces: bool
    since: int
    is_known: bool
    calls_before: int
    earlier: list[Earlier]


def rings(interpreter: Interpreter, at: dt.datetime) -> Incoming | None:
    """Return the call that rings her now, whatever phone it rings on; None when none does."""
    leg = (
        Leg.objects.filter(interpreter=interpreter, answered_at=None, ended_at=None, call__ended_at=None)
        .select_related("call__line")
        .order_by("-created_at")
        .first()
    )
    if leg is None:
        return None
    call = leg.call
    request = InterpreterRequest.objects.filter(call=call).order_by("-created_at").first()
    calls_before, told = earlier(call, at)
    return Incoming(
        call=call,
        line=call.dialled if call.line is None else f"{call.line.number} {words.line_name(call.line)}",
        language=words.language_name(call.language),
        way_in=words.word(words.WAYS_IN, call.way_in),
        caller=words.masked(call.caller_number),
        urgent=call.line is not None and call.line.line_class == LineClass.EMERGENCY,
        replaces=request is not None and request.head_of_queue,
        since=words.epoch_ms(leg.created_at),
        is_known=_is_known(call),
        calls_before=calls_before,
        earlier=told,
    )


def _is_known(call: Call) -> bool:
    """Tell whether the number is a caller's own: one that is withheld, a browser's or a partner's trunk is nobody's."""
    return call.way_in != WayIn.BESIDE_AGENT and can_be_called_back(call.caller_number)


def earlier(call: Call, at: dt.datetime) -> tuple[int, list[Earlier]]:
    """Return how many calls of the same number there were before this one, and the newest of them, newest first."""
    if not _is_known(call):
        return 0, []
    same = Call.objects.filter(caller_number=call.caller_number, started_at__gte=at - BEFORE).exclude(pk=call.pk)
    newest = list(same.only("started_at", "outcome").order_by("-started_at")[:MOST])
    known = {one.call_id: one for one in WrapUp.objects.filter(call__in=newest).select_related("topic")}
    return same.count(), [
        Earlier(
            at=one.started_at,
            topic=topic_name(known[one.pk].topic) if one.pk in known else "",
            outcome=words.word(WRAP_OUTCOMES, known[one.pk].outcome)
            if one.pk in known and known[one.pk].outcome
            else words.word(words.OUTCOMES, one.outcome),
        )
        for one in newest
    ]
