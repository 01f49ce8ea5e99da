"""Addresses of signing in beyond the password; the names are those that django-allauth looks for."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkey
from django.urls import URLPattern, path
from django.views.generic import RedirectView

from yuqiao.web.console.security import views

urlpatterns: list[URLPattern] = [
    path("", views.show, name="security"),
    path("", RedirectView.as_view(pattern_name="security"), name="mfa_index"),
    path("", RedirectView.as_view(pattern_name="security"), name="mfa_list_webauthn"),
    path("password/", views.password, name="password"),
    path("sessions/<int:session_id>/end/", views.end_session, name="session-end"),
    path("sessions/end-others/", views.end_others, name="sessions-end"),
    path("again/", account.reauthenticate, name="account_reauthenticate"),
    path("code/", factor.authenticate, name="mfa_authenticate"),
    path("code/again/", factor.reauthenticate, name="mfa_reauthenticate"),
    path("app/", totp.activate_totp, name="mfa_activate_totp"),
    path("app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("recovery/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("recovery/new/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("passkeys/add/", passkey.add_webauthn, name="mfa_add_webauthn"),
    path("passkeys/sign-in/", passkey.login_webauthn, name="mfa_login_webauthn"),
    path("passkeys/again/", passkey.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("passkeys/<int:pk>/remove/", passkey.remove_webauthn, name="mfa_remove_webauthn"),
]
