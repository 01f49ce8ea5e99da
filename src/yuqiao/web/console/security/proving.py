"""What a session proved of who sits there, and the door before dangerous acts (step-up)."""

from __future__ import annotations

import time
from functools import wraps
from typing import ParamSpec, cast

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext

from yuqiao.accounts import sign_in_rules
from yuqiao.accounts.credentials import holds_factor
from yuqiao.accounts.models import Person
from yuqiao.accounts.services import roles_of
from yuqiao.web.console.gate import View, person_of

P = ParamSpec("P")


def proofs(request: HttpRequest) -> list[sign_in_rules.Proof]:
    """Return by what and when the person of this session proved who they are."""
    kept = get_authentication_records(request, person_of(request))
    return [sign_in_rules.Proof(str(one["method"]), float(one["at"])) for one in kept]


def proved_second(request: HttpRequest) -> bool:
    """Tell whether this session was opened, or confirmed, with a second factor."""
    return any(proof.method == sign_in_rules.SECOND for proof in proofs(request))


def must_hold_factor(person: Person) -> bool:
    """Tell whether the site obliges ``person`` to a second factor."""
    policy = settings.SECOND_FACTOR_ROLES
    return bool(policy) and sign_in_rules.must_hold_factor((str(role) for role in roles_of(person)), policy)


def recently_proved(request: HttpRequest) -> bool:
    """Tell whether who sits there proved it within YUQIAO_STEP_UP_MINUTES; always where that is 0."""
    within = settings.STEP_UP_MINUTES * 60
    return not within or sign_in_rules.fresh(
        proofs(request), holds_factor=holds_factor(person_of(request)), at=time.time(), within=within
    )


def demand_fresh(request: HttpRequest) -> None:
    """Raise what leads to the page that asks who sits there, unless it was proved moments ago; then the act goes on."""
    if not isinstance(request.user, Person) or recently_proved(request):
        return
    if not get_adapter().get_reauthentication_methods(request.user):
        messages.error(request, gettext("Set up a second factor first: this act asks for one."))
        raise ImmediateHttpResponse(redirect("security"))
    raise ReauthenticationRequired


def stepped_up(view: View[P]) -> View[P]:
    """Let a dangerous act be done only by somebody who proved moments ago who they are; goes on after the proof."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        demand_fresh(request)
        return view(request, *args, **kwargs)

    return cast(View[P], guarded)
