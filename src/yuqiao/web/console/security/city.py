"""The city's own sign-in (OpenID Connect): who it vouches for must be one of our people already."""

from __future__ import annotations

from typing import Any, NoReturn

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record


class CityAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth bears no types
    """Finds the person whom the issuer names; makes nobody, takes no roles over."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Nobody makes an account by signing in."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Tie the issuer's subject to one of our people at the first entry; refuse everybody else.

        Afterwards the subject alone counts (OpenID Connect Core 1.0, 5.7): a claim that moves to somebody else later
        opens nothing. Of what the issuer tells nothing is kept.
        """
        claims = _claims(sociallogin.account.extra_data)
        sociallogin.account.extra_data = {}
        sociallogin.email_addresses = []
        if sociallogin.state.get("process") != AuthProcess.LOGIN:
            _refuse(request)
        if sociallogin.is_existing:
            sociallogin.account.save(update_fields=["extra_data"])
            return
        person = person_named(claims)
        if person is None:
            _refuse(request)
        sociallogin.connect(request, person)
        record(person, "identity.connect", person, {"issuer": settings.OIDC_ISSUER})

    def on_authentication_error(self, request: HttpRequest, provider: Any, *args: Any, **more: Any) -> NoReturn:
        """Come back to our own door with a sentence."""
        messages.error(request, gettext("The city's sign-in did not work. Try again, or sign in with your password."))
        raise ImmediateHttpResponse(redirect("sign-in"))


def person_named(claims: dict[str, Any]) -> Person | None:
    """Return the one active person whom ``claims`` name by YUQIAO_OIDC_CLAIM; None for nobody and for several.

    An address counts only with ``email_verified`` (OpenID Connect Core 1.0, 5.1); other claims bear user names.
    """
    said = claims.get(settings.OIDC_CLAIM)
    if not isinstance(said, str) or not said.strip():
        return None
    if settings.OIDC_CLAIM == "email":
        if claims.get("email_verified") is not True:
            return None
        found = Person.objects.filter(email__iexact=said.strip(), is_active=True)
    else:
        found = Person.objects.filter(username=Person.normalize_username(said.strip()), is_active=True)
    people = list(found[:2])
    return people[0] if len(people) == 1 else None


def _claims(said: dict[str, Any]) -> dict[str, Any]:
    """Return the claims of the ID token, completed by those of the userinfo endpoint."""
    return {**(said.get("userinfo") or {}), **(said.get("id_token") or {})}


def _refuse(request: HttpRequest) -> NoReturn:
    messages.error(request, gettext("Nobody here is entered under this city account. Ask an administrator."))
    raise ImmediateHttpResponse(redirect("sign-in"))
