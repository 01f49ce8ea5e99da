"""The open interface, version 1: its operations, and its description as OpenAPI 3.1."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja.errors import HttpError, Throttled, ValidationError

from yuqiao.web.api import cases, figures, hooks, requests, status
from yuqiao.web.api.interface import OpenInterface
from yuqiao.web.api.limits import PerToken, headers
from yuqiao.web.api.shared import problem

DESCRIPTION = """For partners' systems: ask for an interpreter and follow how it goes, read and answer work orders, take
the statistics, be told of events. Sign in with `Authorization: Bearer …`; each token is issued for scopes: status,
request, cases, figures, hooks. Times are ISO 8601 with an offset. What is refused comes as problem details (RFC 9457)
whose `detail` says what to mend. `RateLimit` tells how often this token may still ask within the minute. Events are
signed after Standard Webhooks; see “webhooks”."""

api = OpenInterface(
    title="语桥 Yuqiao",
    version="1",
    description=DESCRIPTION,
    docs_url=None,  # its pages would load scripts from elsewhere
    openapi_url="/openapi.json",
    urls_namespace="api-1",
    throttle=[PerToken()],
    openapi_extra={"webhooks": hooks.described()},
)
for router in (status.router, requests.router, cases.router, figures.router, hooks.router):
    api.add_router("", router)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Say which field to mend, in one sentence each, instead of the library's own structure."""
    said = [f"“{'.'.join(str(part) for part in one['loc'][1:])}”: {one['msg']}." for one in error.errors]
    return problem(request, 422, " ".join(said), headers(request))


@api.exception_handler(HttpError)
def refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Say what to mend; who may not sign in is told how one does (RFC 6750 3), who asks too often when to ask again."""
    more = headers(request)
    if error.status_code == 401:
        more["WWW-Authenticate"] = 'Bearer realm="Yuqiao"'
    if isinstance(error, Throttled):
        more["Retry-After"] = str(error.wait or 1)
    return problem(request, error.status_code, str(error), more)
