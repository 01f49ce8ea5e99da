"""Where partners' systems are told of events: registered, tried and switched by administrators, seen by the office."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from yuqiao.accounts.models import Person
from yuqiao.hooks import kinds, services
from yuqiao.hooks.models import Hook, HookDelivery
from yuqiao.web.console import words
from yuqiao.web.console.gate import Act, allowed, may, person_of

MOST_ROWS = 100
STATES: words.Words = {
    "on": gettext_lazy("Events are sent there"),
    "off": gettext_lazy("Switched off by a person"),
    "gone": gettext_lazy("Switched off: the receiver says it is gone (410)"),
    "broken": gettext_lazy("Switched off: it failed for days"),
}
DELIVERIES: words.Words = {
    "waiting": gettext_lazy("Waits to be sent"),
    "delivered": gettext_lazy("Was taken"),
    "failed": gettext_lazy("Given up"),
}
ERRORS: words.Words = {
    "timeout": gettext_lazy("no answer in time"),
    "unreachable": gettext_lazy("cannot be reached"),
    "tls": gettext_lazy("its certificate is not trusted"),
    "inside": gettext_lazy("leads into our own network"),
}


def _kinds(chosen: list[str]) -> list[tuple[str, str, bool]]:
    zh = words.reads_chinese()
    return [(one.name, one.zh if zh else one.en, one.name in chosen) for one in kinds.ALL]


@allowed(Act.SEE_HOOKS)
def show(request: HttpRequest) -> HttpResponseBase:
    """List the addresses."""
    context = {
        "rows": [
            (one, words.word(STATES, one.state), one.state in {"gone", "broken"} or one.failing_since is not None)
            for one in Hook.objects.filter(removed_at=None).select_related("person")
        ],
        "kinds": _kinds([]),
        "people": Person.objects.filter(is_active=True).order_by("username"),
        "keeps": may(person_of(request), Act.KEEP_HOOKS),
    }
    return render(request, "console/hooks.html", context)


def _refused(request: HttpRequest, error: services.HookError) -> None:
    said = error.zh if words.reads_chinese() else str(error)
    messages.error(request, _("Nothing was changed.") + " " + said)


def _page(request: HttpRequest, hook: Hook, secret: str = "") -> HttpResponseBase:
    rows = HookDelivery.objects.filter(hook=hook).select_related("event").prefetch_related("log")
    context = {
        "hook": hook,
        "secret": secret,
        "state": words.word(STATES, hook.state),
        "kinds": _kinds(hook.kinds),
        "rows": [
            (one, words.word(DELIVERIES, one.state), [(each, words.word(ERRORS, each.error)) for each in one.log.all()])
            for one in rows[:MOST_ROWS]
        ],
        "keeps": may(person_of(request), Act.KEEP_HOOKS),
    }
    return render(request, "console/hook.html", context)


@allowed(Act.KEEP_HOOKS)
@require_POST
@never_cache
def add(request: HttpRequest) -> HttpResponseBase:
    """Register an address and show its secret, this once."""
    form = request.POST
    person = get_object_or_404(Person, username=form.get("person", ""))
    try:
        wanted = (form.get("name", ""), form.get("url", "").strip(), form.getlist("kinds"))
        hook, secret = services.register(person, *wanted, by=person_of(request))
    except services.HookError as error:
        _refused(request, error)
        return redirect("hooks")
    return _page(request, hook, secret)


@allowed(Act.SEE_HOOKS)
def one(request: HttpRequest, hook_id: int) -> HttpResponseBase:
    """Show one address and what became of the last events."""
    return _page(request, get_object_or_404(Hook.objects.select_related("person"), pk=hook_id, removed_at=None))


@allowed(Act.KEEP_HOOKS)
@require_POST
@never_cache
def change(request: HttpRequest, hook_id: int) -> HttpResponseBase:
    """Change, try, switch or remove an address, make a new secret, or send an event again."""
    hook = get_object_or_404(Hook, pk=hook_id, removed_at=None)
    form, by = request.POST, person_of(request)
    ask = form.get("ask", "")
    try:
        if ask == "rotate":
            return _page(request, get_object_or_404(Hook, pk=hook.pk), services.rotate(hook, by=by))
        if ask == "test":
            services.try_out(hook, by=by)
        elif ask in {"on", "off"}:
            services.switch(hook, on=ask == "on", by=by)
        elif ask == "again":
            delivery = get_object_or_404(HookDelivery, pk=form.get("delivery", "0"), hook=hook)
            services.send_again(delivery, by=by)
        elif ask == "remove":
            services.remove(hook, by=by)
        else:
            url = form.get("url", "").strip()
            services.change(hook, form.get("name", ""), url, form.getlist("kinds"), by=by)
    except services.HookError as error:
        _refused(request, error)
    else:
        messages.success(request, _("Saved; the journal holds who did it."))
    return redirect("hooks") if ask == "remove" else redirect("hook", hook.pk)
