"""What holds the character NUL is refused before a page looks at it: no text has it, and PostgreSQL cannot keep it."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

NUL = "\x00"
#: The open interface tells its partners by itself, as problem details (RFC 9457).
TELLS_BY_ITSELF = "/api/"


class WithoutNul(MiddlewareMixin):
    """Answer 400 where the address or a form holds NUL; stands after Django's CSRF protection."""

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: object, kwargs: object
    ) -> HttpResponse | None:
        """Return the refusal; None for all others, which go on to ``view``."""
        if request.path.startswith(TELLS_BY_ITSELF) or not (
            NUL in request.path or _holds_nul(request.GET) or (_is_read(request, view) and _holds_nul(request.POST))
        ):
            return None
        said = "The address or the form holds a NUL character (U+0000), which no text has. Please send it without."
        return HttpResponse(said, status=HTTPStatus.BAD_REQUEST, content_type="text/plain; charset=utf-8")


def _is_read(request: HttpRequest, view: Callable[..., HttpResponseBase]) -> bool:
    # A form with files has been read by the CSRF protection; who does without that may not want it read at all.
    return request.content_type == "application/x-www-form-urlencoded" or not getattr(view, "csrf_exempt", False)


def _holds_nul(form: QueryDict) -> bool:
    return any(NUL in text for name, texts in form.lists() for text in (name, *texts))
