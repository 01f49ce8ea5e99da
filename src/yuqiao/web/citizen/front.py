"""The first page in each language, the hours of all, and the way there from a poster's short address."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yuqiao.hotline import sign_slots
from yuqiao.languages.catalogue import BASE, Language
from yuqiao.web.citizen import facts, tongues
from yuqiao.web.citizen.page import in_its_language, page
from yuqiao.web.console import desk


def root(request: HttpRequest) -> HttpResponseBase:
    """Answer the short address of posters with the first page in the language that the browser likes best; staff see
    their desk, or its door where somebody signed in before: only they carry these cookies."""
    known = {settings.SESSION_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME} & set(request.COOKIES)
    if request.user.is_authenticated or known:
        return desk.home(request)
    response = redirect("citizen-front", tongues.preferred(request.headers.get("accept-language", "")))
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


@require_safe
@in_its_language
def front(request: HttpRequest, tongue: Language) -> HttpResponse:
    """Say what the service is, who is on duty, and the ways to an interpreter."""
    own = [] if tongue.code == BASE else facts.duties(tongue, [tongue.code])
    return page(
        request,
        tongue,
        "front",
        duty=own[0] if own else None,
        number=facts.own_number(tongue),
        urgent=facts.emergencies(),
        signs=sign_slots.offered(),
    )


@require_safe
@in_its_language
def hours(request: HttpRequest, tongue: Language) -> HttpResponse:
    """Show when interpreters of each language are on duty."""
    return page(request, tongue, "hours", duties=facts.duties(tongue))


@in_its_language
def missing(request: HttpRequest, tongue: Language, rest: str) -> HttpResponse:
    """Say in the reader's language that there is no such page."""
    return page(
        request, tongue, "said", 404, title=_("There is no such page"), said=_("Please start again:"), home=True
    )
