"""Who must hold a second factor and has none sees nothing but the pages that set one up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import sync_and_async_middleware

from yuqiao.accounts.credentials import holds_factor
from yuqiao.accounts.models import Person
from yuqiao.languages.catalogue import CODES
from yuqiao.web.console.security.proving import must_hold_factor, proved_second

#: What stays open: setting a factor up, leaving, choosing a language, and the public pages.
OPEN = ("/security/", "/sign-in/", "/sign-out/", "/language/", "/r/", "/static/", *(f"/{code}/" for code in CODES))
Handler = Callable[[HttpRequest], HttpResponseBase]
AsyncHandler = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


def _way_out(request: HttpRequest) -> HttpResponseBase | None:
    """Return where somebody who lacks the second factor is sent; None for everybody else."""
    if not settings.SECOND_FACTOR_ROLES or request.path.startswith(OPEN):
        return None
    person = request.user
    if not isinstance(person, Person) or proved_second(request) or not must_hold_factor(person):
        return None
    if holds_factor(person):  # set up elsewhere while this session was open: it proves nothing
        logout(request)
        return redirect("sign-in")
    return redirect("security")


@sync_and_async_middleware
def second_factor(get_response: Handler | AsyncHandler) -> Handler | AsyncHandler:
    """Send whoever lacks an obligatory second factor to the page that sets it up."""
    if iscoroutinefunction(get_response):

        async def on_loop(request: HttpRequest) -> HttpResponseBase:
            sent = await sync_to_async(_way_out)(request)
            return sent or await get_response(request)

        return on_loop

    def in_thread(request: HttpRequest) -> HttpResponseBase:
        sent = _way_out(request)
        if sent is not None:
            return sent
        response = get_response(request)
        assert isinstance(response, HttpResponseBase)  # noqa: S101 (the other kind of handler was taken above)
        return response

    return in_thread
