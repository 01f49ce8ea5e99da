"""What the library leaves to us: problem details and what each operation may answer in the description, rate limits."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from yuqiao.web.api.limits import headers
from yuqiao.web.api.shared import MEDIA_TYPE

#: What every operation may answer: there is no token, it is for something else, it asked too often.
ALWAYS = {"401": "Unauthorized", "403": "Forbidden", "422": "Unprocessable Content", "429": "Too Many Requests"}
#: Parameters of addresses, with an example of each.
NUMBERS = {"request_id": 81, "case_id": 17, "hook_id": 3, "delivery_id": 512}
PROBLEM = {"$ref": "#/components/schemas/Problem"}
LIMITED = {
    "RateLimit": {
        "description": "how often this token may still ask (r) within so many seconds (t)",
        "schema": {"type": "string"},
        "example": '"minute";r=119;t=42',
    }
}


class OpenInterface(NinjaAPI):
    """An interface whose refusals are problem details, and whose answers say how often one may still ask."""

    def create_temporal_response(self, request: HttpRequest) -> HttpResponse:
        """Begin every answer with the limit's header."""
        answer = super().create_temporal_response(request)
        for name, value in headers(request).items():
            answer[name] = value
        return answer

    def get_openapi_schema(self, **more: Any) -> Any:
        """Describe refusals as what they are, for every operation."""
        told = super().get_openapi_schema(**more)
        for ways in told["paths"].values():
            for operation in ways.values():
                _complete(operation)
        return told


def _complete(operation: dict[str, Any]) -> None:
    for parameter in operation["parameters"]:
        if parameter["name"] in NUMBERS:
            parameter["example"] = NUMBERS[parameter["name"]]
    answers = {str(status): one for status, one in operation["responses"].items()}
    unreadable = {"400": "Bad Request"} if "requestBody" in operation else {}
    for status, name in (ALWAYS | unreadable).items():
        answers.setdefault(status, {"description": name})
    for status, one in answers.items():
        if status >= "400":
            one["content"] = {MEDIA_TYPE: {"schema": PROBLEM}}
        if status != "401":
            one["headers"] = LIMITED
    operation["responses"] = dict(sorted(answers.items()))
