"""How a public page is answered: in its language and direction, to be kept by no cache, with the way to the others."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yuqiao.languages.catalogue import LANGUAGES, Language
from yuqiao.web.citizen import tongues

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Language, P], HttpResponse]


def in_its_language(view: View[P]) -> View[P]:
    """Let a view's words be those of the address's language, its templates' too."""

    @wraps(view)
    def speaking(request: HttpRequest, tongue: Language, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        with tongues.spoken(tongue):
            response = view(request, tongue, *args, **kwargs)
        response["Content-Language"] = tongue.code
        return response

    return cast(View[P], speaking)


def page(request: HttpRequest, tongue: Language, template: str, status: int = 200, **context: object) -> HttpResponse:
    """Return the page ``citizen/TEMPLATE.html``; ``here``: the address's part after the language."""
    here = request.path.removeprefix(f"/{tongue.code}/") if status < 400 or request.method == "POST" else ""
    context |= {"tongue": tongue, "languages": LANGUAGES, "here": here}
    return render(request, f"citizen/{template}.html", context, status=status)


def too_many(request: HttpRequest, tongue: Language) -> HttpResponse:
    """Return the page for who asked too often."""
    said = _("Too many requests. Please try again in a few minutes.")
    return page(request, tongue, "said", 429, title=_("One moment, please"), said=said)
