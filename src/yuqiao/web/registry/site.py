"""The site of the registries: who enters, under which policy of scripts, and nothing besides our sign-in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, reverse
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from yuqiao.accounts.models import Person
from yuqiao.web.console.gate import Act, may
from yuqiao.web.headers import POLICY

#: Unfold's pages are made of Alpine.js, which turns attributes into code (script-src 'unsafe-eval'), and set their
#: colours in a <style> (style-src 'unsafe-inline'); its icons are a font. No script may stand in the page even here,
#: everything still comes from ourselves, and only those who keep or check registries see these pages.
REGISTRY_POLICY = (
    POLICY.replace("script-src 'self'", "script-src 'self' 'unsafe-eval'").replace(
        "style-src 'self'", "style-src 'self' 'unsafe-inline'"
    )
    + "; font-src 'self'"
)
#: Addresses of Django's own door and password pages: ours take their place.
REPLACED = {"login": "sign-in", "logout": "home", "password_change": "password", "password_change_done": "security"}


class RegistrySite(UnfoldAdminSite):  # type: ignore[misc]  # unfold bears no types
    """Registries behind our own gate."""

    site_header = site_title = _("Registries")
    index_title = _("Registries")
    final_catch_all_view = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Let in whom the gate lets in; ``is_staff`` means nothing here."""
        return isinstance(request.user, Person) and request.user.is_active and may(request.user, Act.OPEN_REGISTRIES)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        """Give each page the registries' own policy of scripts."""
        guarded = super().admin_view(view, cacheable)

        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not isinstance(request.user, Person):
                return redirect_to_login(request.get_full_path())
            if not self.has_permission(request):
                raise PermissionDenied
            response: HttpResponseBase = guarded(request, *args, **kwargs)
            response["Content-Security-Policy"] = REGISTRY_POLICY
            return response

        answered.csrf_exempt = getattr(guarded, "csrf_exempt", False)  # type: ignore[attr-defined]
        return answered

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Leave out Django's door; keep its names, which its pages link to, leading to ours."""
        found: list[URLPattern | URLResolver] = super().get_urls()
        for one in found:
            name = getattr(one, "name", None)
            if name in REPLACED and isinstance(one, URLPattern):
                one.callback = _to(REPLACED[name])
        return [one for one in found if getattr(one, "name", None) != "view_on_site"]


def _to(name: str) -> Callable[..., HttpResponseBase]:
    def sent(request: HttpRequest, **_more: Any) -> HttpResponseBase:
        if name == "sign-in" and isinstance(request.user, Person):
            return redirect("home")  # signed in, but not for registries
        address = reverse(name)
        wanted = request.GET.get("next", "")
        return redirect(f"{address}?next={wanted}" if name == "sign-in" and wanted.startswith("/") else address)

    return sent


site = RegistrySite()
