"""Writes calls of a past year as the rows that real calls leave: call, requests, interpreters' legs, callback."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections.abc import Iterable

from django.db import transaction

from yuqiao.demo.history import PastCall
from yuqiao.hotline.models import (
    Call,
    Callback,
    CallbackOutcome,
    InterpreterRequest,
    Leg,
    LegRole,
    Line,
    Rating,
    RatingReview,
    RatingWay,
    RequestState,
)
from yuqiao.hotline.ratings import LOW
from yuqiao.workforce.models import Interpreter, Tier

BATCH = 5000
CALLBACK_WITHIN = dt.timedelta(minutes=30)


def write(calls: Iterable[PastCall]) -> int:
    """Write ``calls``, whose lines exist and an interpreter of each tier; return how many. One transaction a batch."""
    lines = dict(Line.objects.values_list("number", "pk"))
    remote, resident = (
        Interpreter.objects.filter(tier=tier).order_by("pk").values_list("pk", flat=True)[0]
        for tier in (Tier.REMOTE, Tier.RESIDENT)
    )
    waiting, written = iter(calls), 0
    while batch := list(itertools.islice(waiting, BATCH)):
        pairs = [(past, _call(past, lines[past.line], written + n)) for n, past in enumerate(batch)]
        with transaction.atomic():
            Call.objects.bulk_create([call for _, call in pairs])
            InterpreterRequest.objects.bulk_create(
                [
                    request
                    for past, call in pairs
                    for request in _requests(past, call, remote if past.remote else resident)
                ]
            )
            Leg.objects.bulk_create(
                [leg for past, call in pairs for leg in _legs(past, call, remote if past.remote else resident)]
            )
            Callback.objects.bulk_create([one for past, call in pairs for one in _callback(past, call)])
            ratings = Rating.objects.bulk_create([one for past, call in pairs for one in _rating(past, call)])
            RatingReview.objects.bulk_create([_settled(one) for one in ratings if one.score <= LOW])
        written += len(batch)
    return written


def _call(past: PastCall, line_id: int, serial: int) -> Call:
    started_at, answered_at, joined_at = past.started_at, past.answered_at, past.interpreter_at
    return Call(
        id=uuid.uuid4(),
        line_id=line_id,
        dialled=past.line,
        way_in=past.way_in,
        language=past.language,
        caller_number=f"past-{started_at.year}-{serial}",
        phase="ended",
        outcome=past.outcome,
        started_at=started_at,
        answered_at=answered_at,
        interpreter_at=joined_at,
        time_to_answer=None if answered_at is None else answered_at - started_at,
        time_to_interpreter=None if joined_at is None else joined_at - started_at,
        ended_at=past.ended_at,
    )


def _requests(past: PastCall, call: Call, interpreter: int) -> list[InterpreterRequest]:
    if past.requested_at is None:
        return []
    met = past.interpreter_at is not None
    asked = [(past.requested_at, past.interpreter_at or past.ended_at, False)]
    if past.replaced_at is not None:
        asked.append((past.replaced_at, past.ended_at, True))
    return [
        InterpreterRequest(
            call=call,
            line_id=call.line_id,
            language=past.language,
            head_of_queue=replacement,
            state=RequestState.ANSWERED if met else RequestState.UNMET,
            created_at=created_at,
            settled_at=settled_at,
            interpreter_id=interpreter if met else None,
        )
        for created_at, settled_at, replacement in asked
    ]


def _legs(past: PastCall, call: Call, interpreter: int) -> list[Leg]:
    if past.requested_at is None or past.interpreter_at is None:
        return []
    return [
        Leg(
            id=f"past-{call.pk.hex}",
            call=call,
            role=LegRole.INTERPRETER,
            interpreter_id=interpreter,
            tier=Tier.REMOTE if past.remote else Tier.RESIDENT,
            created_at=past.requested_at,
            answered_at=past.interpreter_at,
            ended_at=past.ended_at,
            lasted=past.ended_at - past.requested_at,
        )
    ]


def _callback(past: PastCall, call: Call) -> list[Callback]:
    if past.returned_at is None:
        return []
    return [
        Callback(
            call=call,
            line_id=call.line_id,
            number=call.caller_number,
            language=past.language,
            created_at=past.ended_at,
            due_at=past.ended_at + CALLBACK_WITHIN,
            done_at=max(past.returned_at, past.ended_at),
            outcome=CallbackOutcome.BY_HAND,
            attempts=1,
        )
    ]


def _rating(past: PastCall, call: Call) -> list[Rating]:
    if past.score is None or past.rated_at is None:
        return []
    by_key = past.rated_at <= past.ended_at
    return [
        Rating(
            call=call,
            line_id=call.line_id,
            language=past.language,
            way=RatingWay.KEY if by_key else RatingWay.LINK,
            score=past.score,
            given_at=past.rated_at,
        )
    ]


def _settled(rating: Rating) -> RatingReview:
    """A supervisor looked into a low rating of the past a day later."""
    return RatingReview(
        rating=rating, opened_at=rating.given_at, settled_at=rating.given_at + dt.timedelta(days=1), note="已回访"
    )
