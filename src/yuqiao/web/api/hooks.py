"""Addresses of one's own that are told of events: registered, tried, their log read; and what the events look like."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from ninja.errors import HttpError
from ninja.responses import Status
from pydantic import Field

from yuqiao.accounts.tokens import Scope
from yuqiao.hooks import kinds, services
from yuqiao.hooks.models import Hook, HookDelivery
from yuqiao.web.api.auth import Bearer, token_of
from yuqiao.web.api.shared import Asking, Problem, not_found

router = Router(tags=["hooks"], auth=Bearer(Scope.HOOKS))
MOST_ROWS = 100
ADDRESS = "https://partner.example/yuqiao"


class Wanted(Asking):
    """Where to send which events."""

    name: str = Field(max_length=80, examples=["12345 work orders"])
    url: str = Field(max_length=500, description="https, in the public Internet", examples=[ADDRESS])
    events: list[str] = Field(description="kinds of events; see “webhooks” here", examples=[["request.answered"]])


class Changes(Asking):
    """What is to be different; what is left out stays."""

    name: str | None = Field(None, max_length=80, examples=["12345 work orders"])
    url: str | None = Field(None, max_length=500, examples=[ADDRESS])
    events: list[str] | None = Field(None, examples=[["request.answered", "request.failed"]])
    on: bool | None = Field(None, description="send there, or no more", examples=[True])


class Registered(Schema):
    """An address as it stands."""

    id: int = Field(examples=[3])
    name: str = Field(examples=["12345 work orders"])
    url: str = Field(examples=[ADDRESS])
    events: list[str] = Field(examples=[["request.answered"]])
    state: str = Field(description="on, off, gone (it answered 410) or broken (it failed for days)", examples=["on"])
    failures: int = Field(description="attempts in a row that failed", examples=[0])
    failing_since: dt.datetime | None = Field(examples=[None])


class Secret(Schema):
    """A secret, told this once."""

    secret: str = Field(
        description="for the signatures; see Standard Webhooks", examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZI"]
    )


class RegisteredWithSecret(Registered, Secret):
    """A new address with its secret."""


class Attempt(Schema):
    """One attempt to deliver an event."""

    at: dt.datetime = Field(examples=["2026-11-22T16:00:00+08:00"])
    status: int | None = Field(description="what your address answered; null: nothing", examples=[204])
    ms: int = Field(description="how long it took", examples=[41])
    error: str = Field(
        description="where no answer came: timeout, unreachable, tls or inside (it leads into our own network)",
        examples=[""],
    )


class Delivery(Schema):
    """One event on its way to an address."""

    id: int = Field(examples=[512])
    webhook_id: str = Field(examples=["msg_2KWPBgLlAfxdpx2AI54pPJ85"])
    event: str = Field(examples=["request.answered"])
    at: dt.datetime = Field(description="when it happened", examples=["2026-11-22T16:00:00+08:00"])
    state: str = Field(description="waiting, delivered or failed (given up)", examples=["delivered"])
    next_try_at: dt.datetime | None = Field(examples=[None])
    attempts: list[Attempt]


class DeliveriesPage(Asking):
    """Which part of the log."""

    before: int | None = Field(
        None, description="only deliveries with a smaller id than this, for the next page", examples=[512]
    )
    limit: int = Field(50, ge=1, le=MOST_ROWS, description="at most so many", examples=[50])


def _told(hook: Hook, **more: str) -> dict[str, Any]:
    return {
        "id": hook.pk,
        "name": hook.name,
        "url": hook.url,
        "events": hook.kinds,
        "state": hook.state,
        "failures": hook.failures,
        "failing_since": hook.failing_since,
        **more,
    }


def _own(request: HttpRequest, hook_id: int) -> Hook:
    mine = Hook.objects.filter(person=token_of(request).person, removed_at=None)
    return not_found(mine.filter(pk=hook_id).first())


@router.get("/hooks", response=list[Registered], summary="Your addresses")
def hooks(request: HttpRequest) -> list[dict[str, Any]]:
    """Return those that were registered for the same person."""
    return [_told(one) for one in Hook.objects.filter(person=token_of(request).person, removed_at=None)]


@router.post("/hooks", response={201: RegisteredWithSecret, 422: Problem}, summary="Register an address")
def register(request: HttpRequest, wanted: Wanted) -> Status[dict[str, Any]]:
    """The answer holds the secret, which nothing can tell again."""
    person = token_of(request).person
    try:
        hook, secret = services.register(person, wanted.name, wanted.url, wanted.events, by=person)
    except services.HookError as error:
        raise HttpError(422, str(error)) from error
    return Status(201, _told(hook, secret=secret))


@router.get("/hooks/{hook_id}", response={200: Registered, 404: Problem}, summary="One address")
def hook(request: HttpRequest, hook_id: int) -> dict[str, Any]:
    """Return one of your own."""
    return _told(_own(request, hook_id))


@router.patch("/hooks/{hook_id}", response={200: Registered, 404: Problem, 422: Problem}, summary="Change it")
def change(request: HttpRequest, hook_id: int, changes: Changes) -> dict[str, Any]:
    """Switching on again has everything that waits sent at once."""
    held, by = _own(request, hook_id), token_of(request).person
    try:
        if any(one is not None for one in (changes.name, changes.url, changes.events)):
            name = held.name if changes.name is None else changes.name
            url = held.url if changes.url is None else changes.url
            services.change(held, name, url, held.kinds if changes.events is None else changes.events, by=by)
        if changes.on is not None:
            services.switch(held, on=changes.on, by=by)
    except services.HookError as error:
        raise HttpError(422, str(error)) from error
    return _told(_own(request, hook_id))


@router.delete("/hooks/{hook_id}", response={204: None, 404: Problem}, summary="Remove it")
def remove(request: HttpRequest, hook_id: int) -> Status[None]:
    """Nothing is sent there any more."""
    services.remove(_own(request, hook_id), by=token_of(request).person)
    return Status(204, None)


@router.post("/hooks/{hook_id}/secret", response={200: Secret, 404: Problem}, summary="Make a new secret")
def rotate(request: HttpRequest, hook_id: int) -> dict[str, str]:
    """For 24 hours both sign, so that you may change over whenever you like."""
    return {"secret": services.rotate(_own(request, hook_id), by=token_of(request).person)}


@router.post("/hooks/{hook_id}/test", response={202: None, 404: Problem, 409: Problem}, summary="Send a test event")
def try_out(request: HttpRequest, hook_id: int) -> Status[None]:
    """409 while it is switched off; the log tells what came of it."""
    try:
        services.try_out(_own(request, hook_id), by=token_of(request).person)
    except services.HookError as error:
        raise HttpError(409, str(error)) from error
    return Status(202, None)


@router.get(
    "/hooks/{hook_id}/deliveries", response={200: list[Delivery], 404: Problem}, summary="What became of events"
)
def deliveries(request: HttpRequest, hook_id: int, page: Query[DeliveriesPage]) -> list[dict[str, Any]]:
    """Return the newest first; the log is kept for a month."""
    rows = HookDelivery.objects.filter(hook=_own(request, hook_id)).select_related("event").prefetch_related("log")
    if page.before is not None:
        rows = rows.filter(pk__lt=page.before)
    return [
        {
            "id": one.pk,
            "webhook_id": one.event_id,
            "event": one.event.kind,
            "at": one.event.at,
            "state": one.state,
            "next_try_at": one.next_try_at,
            "attempts": [
                {"at": each.at, "status": each.status, "ms": each.ms, "error": each.error} for each in one.log.all()
            ],
        }
        for one in rows.order_by("-pk")[: page.limit]
    ]


@router.post("/hooks/{hook_id}/deliveries/{delivery_id}/again", response={202: None, 404: Problem, 409: Problem},
             summary="Send an event again")  # fmt: skip
def send_again(request: HttpRequest, hook_id: int, delivery_id: int) -> Status[None]:
    """Under the same ``webhook-id``; 409 while it waits anyway, or the address is switched off."""
    mine = HookDelivery.objects.filter(hook=_own(request, hook_id), pk=delivery_id).select_related("hook")
    try:
        services.send_again(not_found(mine.first()), by=token_of(request).person)
    except services.HookError as error:
        raise HttpError(409, str(error)) from error
    return Status(202, None)


HEADERS = {
    "webhook-id": ("the event; the same in every attempt: what you have seen already, leave aside", "msg_2KWPBgLlAfx"),
    "webhook-timestamp": ("the second of this attempt (UNIX)", "1795338000"),
    "webhook-signature": ("v1, HMAC-SHA256 of ID.TIMESTAMP.BODY in base64; two of them after a new secret", "v1,K5oZ…"),
}


def described() -> dict[str, Any]:
    """Return the section “webhooks” of the description (OpenAPI 3.1)."""
    return {one.name: {"post": _described(one)} for one in (*kinds.ALL, kinds.TEST_KIND)}


def _described(kind: kinds.Kind) -> dict[str, Any]:
    example = {"type": kind.name, "timestamp": "2026-11-22T08:00:00.123456Z", "data": dict(kind.example)}
    names = {int: "integer", str: "string"}
    properties = {name: {"type": names[type(value)], "examples": [value]} for name, value in kind.example.items()}
    schema = {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"const": kind.name},
            "timestamp": {"type": "string", "format": "date-time", "description": "when it happened"},
            "data": {"type": "object", "required": list(properties), "properties": properties},
        },
    }
    return {
        "operationId": "on_" + kind.name.replace(".", "_"),
        "tags": ["hooks"],
        "summary": kind.zh,
        "description": kind.en,
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": says, "schema": {"type": "string"},
             "example": value}
            for name, (says, value) in HEADERS.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema, "example": example}}},
        "responses": {
            "2XX": {"description": "taken; anything else is sent again for three days"},
            "410": {"description": "send nothing here any more"},
        },
    }  # fmt: skip
