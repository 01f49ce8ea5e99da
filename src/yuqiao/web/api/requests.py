"""Asking for an interpreter: we call the number and put an interpreter of the language on the line."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Header, Query, Router, Schema
from ninja.errors import HttpError
from ninja.responses import Status
from pydantic import Field

from yuqiao.accounts.tokens import Scope
from yuqiao.hotline import hooks, orders, partners
from yuqiao.hotline.models import PartnerRequest
from yuqiao.lib.clock import now
from yuqiao.web.api.auth import Bearer, token_of
from yuqiao.web.api.shared import Asking, Problem, not_found, tell_next

router = Router(tags=["requests"], auth=Bearer(Scope.REQUEST))

#: What to mend, by the code of `orders.OrderError`.
SENTENCES = {
    "number": "“number” is no number that can be dialled: digits, with + or without.",
    "language": "“language” is none of the service languages; see /languages.",
    "time": "“begins_at” lies in the past, or more than a year ahead.",
    "line": "“line” is none of the lines of the registry.",
    "no_agent": "“with_agent” needs a “line” whose agent can be rung.",
    "closed": "It is over, or the phone rings already; it cannot be taken back any more.",
}


class Keyed(Asking):
    """Headers of a wish."""

    key: str = Field(
        alias="Idempotency-Key",
        min_length=1,
        max_length=80,
        description="your own number of this wish",
        examples=["2026-0417-3"],
    )


class Asked(Asking):
    """Whom to call, in which language."""

    number: str = Field(max_length=64, description="whom we call first", examples=["01065120000"])
    language: str = Field(max_length=8, description="a service language's code", examples=["ar"])
    line: str = Field("", max_length=32, description="the partner line it is for", examples=["12345"])
    with_agent: bool = Field(False, description="ring the line's agent, too, once the person is on", examples=[False])
    begins_at: dt.datetime | None = Field(
        None, description="not before this moment; null: at once", examples=["2026-11-22T16:00:00+08:00"]
    )
    note: str = Field(
        "", max_length=300, description="what it is about, for the interpreter alone", examples=["住院手续"]
    )


class RequestsPage(Asking):
    """Which of them."""

    before: int | None = Field(
        None, description="only those with a smaller id; “Link” names the next page", examples=[81]
    )
    key: str = Field("", max_length=80, description="only the one of this Idempotency-Key", examples=["2026-0417-3"])
    limit: int = Field(50, ge=1, le=200, description="at most so many", examples=[50])


class RequestStatus(Schema):
    """Where a request is."""

    id: int = Field(examples=[81])
    key: str = Field(examples=["2026-0417-3"])
    state: str = Field(description="waiting, calling, talking or done", examples=["talking"])
    outcome: str = Field(
        description="once done: answered, not_reached, missed (no interpreter was free in time), refused or cancelled",
        examples=[""],
    )
    language: str = Field(examples=["ar"])
    begins_at: dt.datetime = Field(examples=["2026-11-22T16:00:00+08:00"])
    latest_at: dt.datetime = Field(
        description="after this moment it is given up", examples=["2026-11-22T16:00:00+08:00"]
    )
    attempts: int = Field(examples=[1])
    call: UUID | None = Field(
        description="the call that runs, or in which the person was reached",
        examples=["7b0c6d0e-3f1c-4d0a-9d6e-0c9b2f6f5a11"],
    )


def _status(one: PartnerRequest) -> RequestStatus:
    order = one.order
    return RequestStatus(
        id=one.pk,
        key=one.key,
        state=hooks.standing(order).value,
        outcome=order.outcome,
        language=order.language,
        begins_at=order.begins_at,
        latest_at=order.latest_at,
        attempts=order.attempts,
        call=order.running_id or order.proof_id,
    )


def _own(request: HttpRequest, request_id: int) -> PartnerRequest:
    return not_found(_mine(request).filter(pk=request_id).first())


def _mine(request: HttpRequest) -> QuerySet[PartnerRequest]:
    mine = PartnerRequest.objects.filter(token__person=token_of(request).person)
    return mine.select_related("order__running")


@router.post("/requests", response={200: RequestStatus, 201: RequestStatus, 409: Problem, 422: Problem},
             summary="Ask for an interpreter")  # fmt: skip
def ask(
    request: HttpRequest,
    asked: Asked,
    keyed: Header[Keyed],
) -> Status[RequestStatus]:
    """201: it is asked for; 200: it was asked for under this key before. 409: the key stands for another wish."""
    wanted = orders.Wanted(
        number=asked.number,
        language=asked.language,
        begins_at=asked.begins_at or now(),
        line=asked.line,
        with_agent=asked.with_agent,
        note=asked.note,
    )
    try:
        one, new = partners.ask(token_of(request), keyed.key, wanted)
    except partners.KeyTakenError as error:
        raise HttpError(409, "This Idempotency-Key was used for another wish.") from error
    except orders.OrderError as error:
        raise HttpError(422, SENTENCES[error.code]) from error
    return Status(201 if new else 200, _status(one))


@router.get("/requests", response=list[RequestStatus], summary="Your requests, the newest first")
def all_of_mine(request: HttpRequest, response: HttpResponse, page: Query[RequestsPage]) -> list[RequestStatus]:
    """Return one page; ``Link: …; rel="next"`` leads to the next one."""
    rows = _mine(request).order_by("-pk")
    if page.before is not None:
        rows = rows.filter(pk__lt=page.before)
    if page.key:
        rows = rows.filter(key=page.key)
    found = list(rows[: page.limit + 1])
    if len(found) > page.limit:
        found.pop()
        tell_next(request, response, before=found[-1].pk)
    return [_status(one) for one in found]


@router.get("/requests/{request_id}", response={200: RequestStatus, 404: Problem}, summary="See where it is")
def one(request: HttpRequest, request_id: int) -> RequestStatus:
    """Return where a request of one's own is."""
    return _status(_own(request, request_id))


@router.delete("/requests/{request_id}", response={200: RequestStatus, 404: Problem, 409: Problem},
               summary="Take it back")  # fmt: skip
def call_off(request: HttpRequest, request_id: int) -> RequestStatus:
    """409 where it is over or the phone rings already."""
    mine = _own(request, request_id)
    try:
        partners.call_off(mine.order, token_of(request))
    except orders.OrderError as error:
        raise HttpError(409, SENTENCES[error.code]) from error
    return _status(_own(request, request_id))
