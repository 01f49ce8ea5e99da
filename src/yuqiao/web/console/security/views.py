"""One's own page of sign-in: second factors, passkeys, password, and the sessions that are open."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yuqiao.accounts.credentials import end_one_session, set_password
from yuqiao.accounts.services import record
from yuqiao.accounts.sessions import end_all_sessions
from yuqiao.web.console.gate import person_of
from yuqiao.web.console.security.proving import must_hold_factor


@require_GET
@login_required
def show(request: HttpRequest) -> HttpResponseBase:
    """Show how this person signs in, and from where they are signed in now."""
    person = person_of(request)
    held = list(Authenticator.objects.filter(user=person).order_by("created_at"))
    codes = next((one for one in held if one.type == Authenticator.Type.RECOVERY_CODES), None)
    factors = [one for one in held if one.type != Authenticator.Type.RECOVERY_CODES]
    sessions = sorted(UserSession.objects.purge_and_list(person), key=lambda one: one.created_at, reverse=True)
    context = {
        "totp": next((one for one in factors if one.type == Authenticator.Type.TOTP), None),
        "passkeys": [one for one in factors if one.type == Authenticator.Type.WEBAUTHN],
        "codes_left": None if codes is None else len(codes.wrap().get_unused_codes()),
        "obliged": must_hold_factor(person),
        "lacking": must_hold_factor(person) and not factors,
        "has_password": person.has_usable_password(),
        "sessions": [
            {"row": one, "here": one.session_key == request.session.session_key, "device": device(one.user_agent)}
            for one in sessions
        ],
    }
    return render(request, "console/security.html", context)


def device(agent: str) -> str:
    """Return in a word or two what a browser calls itself: its name and its system."""
    browsers = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
    systems = (
        ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
        ("Mac OS", "macOS"), ("Linux", "Linux"),
    )  # fmt: skip
    browser = next((name for mark, name in browsers if mark in agent), "")
    system = next((name for mark, name in systems if mark in agent), "")
    return " · ".join(word for word in (browser, system) if word) or agent[:40]


@require_POST
@login_required
def end_session(request: HttpRequest, session_id: int) -> HttpResponseBase:
    """End one of one's own sessions elsewhere."""
    if end_one_session(person_of(request), session_id):
        messages.success(request, gettext("That session is ended."))
    return redirect("security")


@require_POST
@login_required
def end_others(request: HttpRequest) -> HttpResponseBase:
    """End all of one's sessions but this."""
    person = person_of(request)
    end_all_sessions(person)
    record(person, "session.end_others", person)
    _stay(request)
    messages.success(request, gettext("All your other sessions are ended."))
    return redirect("security")


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@login_required
def password(request: HttpRequest) -> HttpResponseBase:
    """Set one's own new password; other sessions end."""
    person = person_of(request)
    form = PasswordChangeForm(person, request.POST if request.method == "POST" else None)
    for name, label in (
        ("old_password", _("Old password")),
        ("new_password1", _("New password")),
        ("new_password2", _("New password again")),
    ):
        form.fields[name].label = label
    if form.is_bound and form.is_valid():
        set_password(person, form.cleaned_data["new_password1"], by=person)
        _stay(request)
        messages.success(request, gettext("Your password is changed. Sessions elsewhere are ended."))
        return redirect("security")
    return render(request, "console/password.html", {"form": form}, status=422 if form.is_bound else 200)


def _stay(request: HttpRequest) -> None:
    """Keep this session alive when all of the person's sessions were ended."""
    update_session_auth_hash(request, person_of(request))
    UserSession.objects.create_from_request(request)
