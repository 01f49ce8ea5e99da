"""Signing in and out, and the language of the pages."""

from __future__ import annotations

import hashlib

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django import forms
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import AbstractBaseUser
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import choose_interface_language, record
from yuqiao.lib.net import address_key
from yuqiao.web.console.security.adapters import remember_language

#: So many wrong passwords within so many seconds for one name, or from one address (a whole call centre may share
#: one), close the door for as long.
MOST_FAILURES = 10
MOST_FAILURES_OF_ADDRESS = 100
LIMITS = (MOST_FAILURES, MOST_FAILURES_OF_ADDRESS)
FAILURES_COUNT_SECONDS = 300


class SignInForm(AuthenticationForm):
    """Name and password, with Django's own checks, and a limit on guessing."""

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    error_messages = {
        "invalid_login": _("This name and this password do not fit together."),
        "inactive": _("This account is switched off."),
        "too_many": _("Too many wrong passwords. Try again in five minutes."),
    }

    def clean(self) -> dict[str, object]:
        keys = self._failure_keys()
        if any(cache.get(key, 0) >= most for key, most in zip(keys, LIMITS, strict=True)):
            raise forms.ValidationError(self.error_messages["too_many"], code="too_many")
        try:
            return super().clean()
        except forms.ValidationError:
            for key in keys:
                cache.add(key, 0, FAILURES_COUNT_SECONDS)
                cache.incr(key)
            if cache.get(keys[0]) == MOST_FAILURES:
                _journal_burst(self.cleaned_data.get("username", ""))
            raise

    def _failure_keys(self) -> tuple[str, str]:
        name = self.cleaned_data.get("username", "").casefold()
        address = self.request.META.get("REMOTE_ADDR", "") if self.request else ""
        return _key("name", name), _key("address", address_key(address))


def _key(kind: str, value: str) -> str:
    return f"sign-in:{kind}:{hashlib.sha256(value.encode()).hexdigest()[:32]}"


@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Show the form (GET) or sign somebody in (POST); 422 when it did not work."""
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    form = SignInForm(request, request.POST if request.method == "POST" else None)
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if request.method == "POST" and form.is_valid():
        return _let_in(request, form.get_user(), wanted)
    status = 422 if form.is_bound else 200
    context = {"form": form, "next": wanted, "city": settings.OIDC_NAME if settings.OIDC_ISSUER else ""}
    return render(request, "console/sign_in.html", context, status=status)


def _let_in(request: HttpRequest, person: AbstractBaseUser, wanted: str) -> HttpResponse:
    """Open the session, or ask for the second factor first; ``PeopleAdapter`` journals the entry."""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    login = Login(user=person, redirect_url=wanted if safe else settings.LOGIN_REDIRECT_URL)
    response: HttpResponse = perform_password_login(request, {}, login)
    return response


def _journal_burst(name: str) -> None:
    """Note once that the door of somebody who exists was closed after too many wrong passwords."""
    person = Person.objects.filter(username__iexact=name).first()
    if person is not None:
        record(None, "person.sign_in_burst", person, {"failures": MOST_FAILURES})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if isinstance(request.user, Person):
        record(request.user, "person.sign_out", request.user)
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Read the pages in Chinese or English from now on, here and wherever this person signs in next."""
    wanted, back = request.POST.get("language", ""), request.POST.get("next", "")
    response = redirect(back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "/")
    if wanted in dict(settings.LANGUAGES) and check_for_language(wanted):
        remember_language(response, wanted)
        if isinstance(request.user, Person):
            choose_interface_language(request.user, wanted)
    return response
