"""Security headers on every answer; Django 5.2 brings the others (nosniff, frame options, opener, referrer)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

#: CSP level 3 (W3C): everything comes from ourselves, and no script or style stands inside a page.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "media-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
#: For pages that telephone: their view sets it under ``Permissions-Policy``.
WITH_MICROPHONE = "camera=(), geolocation=(), microphone=(self), payment=(), usb=()"
#: For pages that may show who calls, too.
WITH_CAMERA = "camera=(self), geolocation=(), microphone=(self), payment=(), usb=()"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}

Handler = Callable[[HttpRequest], HttpResponseBase]
AsyncHandler = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


def _mark(response: HttpResponseBase) -> HttpResponseBase:
    for name, value in HEADERS.items():
        response.setdefault(name, value)
    response.setdefault("Cache-Control", "private, no-store")  # pages name people; keep them out of shared caches
    return response


@sync_and_async_middleware
def security_headers(get_response: Handler | AsyncHandler) -> Handler | AsyncHandler:
    """Add ``HEADERS`` where a view did not set its own."""
    if iscoroutinefunction(get_response):

        async def on_loop(request: HttpRequest) -> HttpResponseBase:
            return _mark(await get_response(request))

        return on_loop

    def in_thread(request: HttpRequest) -> HttpResponseBase:
        return _mark(get_response(request))  # type: ignore[arg-type]

    return in_thread
