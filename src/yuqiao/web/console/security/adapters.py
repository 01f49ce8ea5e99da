"""Where our rules meet django-allauth: nobody makes an account, every entry is journaled, secrets are sealed."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import MultiFernet
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from yuqiao.accounts.credentials import holds_factor
from yuqiao.accounts.models import Person
from yuqiao.accounts.sealing import seal
from yuqiao.accounts.services import record
from yuqiao.lib.net import unmapped
from yuqiao.web.console.security.proving import recently_proved

#: Sentences of allauth that say what the page shows anyway.
UNSAID = {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}


class PeopleAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth bears no types
    """Signing in: journaled, in the person's language, and closed to strangers."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes their own account: people are entered by an administrator."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the client's address; IPv4 as such: allauth counts by /64, and all IPv4 mapped into IPv6 is in one."""
        return unmapped(super().get_client_ip(request))

    def is_safe_url(self, url: str) -> bool:
        """Lead only to our own pages; a backslash or another host leads away."""
        request = context.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, request.is_secure())

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **more: Any) -> HttpResponse:
        """Journal the entry with the methods that opened it (names only)."""
        assert isinstance(user, Person)  # noqa: S101 (AUTH_USER_MODEL)
        methods = [str(one.get("type") or one["method"]) for one in get_authentication_records(request, user)]
        record(user, "person.sign_in", user, {"with": methods})
        response: HttpResponse = super().post_login(request, user, **more)
        _language(request, response, user)
        return response

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        """Say at the door that the account is switched off."""
        messages.error(request, gettext("This account is switched off."))
        return redirect("sign-in")

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *a: Any, **k: Any
    ) -> None:
        """Say only what the page does not show anyway."""
        if message_template not in UNSAID:
            super().add_message(request, level, message_template, *a, **k)

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """Ask again before a factor is set or taken away, unless the proof at the door is still fresh."""
        request = context.request
        return not (isinstance(request.user, Person) and recently_proved(request))

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict[str, Any]]:
        """Who holds a second factor proves it by that alone; a passkey comes first (`sign_in_rules.fresh`)."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if isinstance(user, Person) and holds_factor(user):
            methods = [one for one in methods if one["id"] != "reauthenticate"]
        return methods


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors: their secrets are sealed in the database with a key made of the site's own."""

    def encrypt(self, text: str) -> str:
        """Seal ``text``."""
        return _seal().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open what ``encrypt`` sealed; InvalidToken where the site's key is another."""
        return _seal().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        """Name us in the person's app."""
        return "Yuqiao 语桥"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Bind passkeys to the host of the pages (WebAuthn level 2, 5.4.2)."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": "Yuqiao 语桥"}


def _seal() -> MultiFernet:
    return seal("second factors")


def _language(request: HttpRequest, response: HttpResponse, person: Person) -> None:
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:  # a choice made on this machine stays
        remember_language(response, person.interface_language)


def remember_language(response: HttpResponse, language: str) -> None:
    """Keep the language of the pages on this machine for a year."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
