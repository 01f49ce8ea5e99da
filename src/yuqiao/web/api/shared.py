"""What all operations share: how a refusal is told (RFC 9457), and the same 404 for what is not there or not yours."""

from __future__ import annotations

from http import HTTPStatus
from typing import Self, TypeVar

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Schema
from ninja.errors import HttpError
from pydantic import Field, model_validator

T = TypeVar("T")
MEDIA_TYPE = "application/problem+json"


class Asking(Schema):
    """What is asked of us: texts without the character NUL, which PostgreSQL cannot keep."""

    @model_validator(mode="after")
    def _without_nul(self) -> Self:
        for name in type(self).model_fields:
            value = getattr(self, name)
            texts = value if isinstance(value, list) else [value]
            if any(isinstance(text, str) and "\x00" in text for text in texts):
                raise ValueError(f"“{name}” holds a NUL character")
        return self


class Problem(Schema):
    """Why something is not done, and what to mend (RFC 9457, application/problem+json)."""

    type: str = Field("about:blank", examples=["about:blank"])
    title: str = Field("", examples=["Not Found"])
    status: int = Field(0, examples=[404])
    detail: str = Field(examples=["There is nothing of this number that you may see."])


def problem(request: HttpRequest, status: int, detail: str, headers: dict[str, str] | None = None) -> HttpResponse:
    """Return a refusal as problem details; the title is the status's own name (RFC 9457 4.2.1)."""
    told = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    answer = JsonResponse(told, status=status, content_type=MEDIA_TYPE, json_dumps_params={"ensure_ascii": False})
    for name, value in (headers or {}).items():
        answer[name] = value
    return answer


def tell_next(request: HttpRequest, response: HttpResponse, **where: object) -> None:
    """Say in ``Link`` where the next page is (RFC 8288): this address, from there on."""
    asked = request.GET.copy()
    for name, value in where.items():
        asked[name] = str(value)
    response["Link"] = f'<{request.path}?{asked.urlencode()}>; rel="next"'


def not_found(one: T | None) -> T:
    """Return what was found; 404 for nothing."""
    if one is None:
        raise HttpError(404, "There is nothing of this number that you may see.")
    return one
