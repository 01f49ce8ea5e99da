"""The public form by which somebody asks to be called back: no account; a proof of work, or a narrow way without."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yuqiao.hotline import wanted_callbacks
from yuqiao.hotline.models import Callback
from yuqiao.hotline.wanted_callbacks import WantedError, Wish
from yuqiao.languages.catalogue import BASE, FOREIGN, Language
from yuqiao.lib.clock import now
from yuqiao.lib.proof_of_work import ProofError
from yuqiao.web.citizen import facts, limits, proofs, tongues
from yuqiao.web.citizen.page import in_its_language, page, too_many

AIM: Final = "callback"
#: Wishes from one address within `limits.SECONDS`: many share one in hostels and factories.
MOST: Final = 20
#: Who sends no proof (JavaScript is off) must have had the page open for so long, in seconds, and comes through so
#: rarely, from one address and from all: people get through, floods do not.
SLOWEST_READER: Final = 4
MOST_WITHOUT_PROOF, MOST_WITHOUT_PROOF_OF_ALL = 3, 40


@require_http_methods(["GET", "HEAD", "POST"])
@in_its_language
def show(request: HttpRequest, tongue: Language) -> HttpResponse:
    """Show the form, or take a wish; what makes no sense is said beside what was typed."""
    if request.method != "POST":
        return _form(request, tongue)
    address = request.META.get("REMOTE_ADDR", "")
    if limits.reached("callback", address, MOST):
        return too_many(request, tongue)
    limits.count("callback", address)
    try:
        callback = _take(request, address)
    except WantedError as error:
        return _call_us(request, tongue) if error.code == "often" else _form(request, tongue, error.code)
    except ProofError as error:
        if error.code == "rare":
            return too_many(request, tongue)
        return _form(request, tongue, "late")
    return _thanks(request, tongue, callback)


def _take(request: HttpRequest, address: str) -> Callback:
    form = request.POST
    task = proofs.read(form.get("task", ""), AIM)
    if form.get("proof"):
        proofs.check(task, form["proof"])
    elif now().timestamp() - task.begun < SLOWEST_READER:
        raise ProofError("late")
    elif limits.reached("no-proof", address, MOST_WITHOUT_PROOF) or limits.reached(
        "no-proof", "all", MOST_WITHOUT_PROOF_OF_ALL
    ):
        raise ProofError("rare")
    else:
        limits.count("no-proof", address)
        limits.count("no-proof", "all")
    wish = Wish(form.get("number", ""), form.get("language", ""), form.get("name", ""), _when(form.get("at", "")))
    return wanted_callbacks.want(wish, task)


def _when(text: str) -> dt.datetime | None:
    """Return the time that was chosen; None for as soon as may be."""
    if not text:
        return None
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise WantedError("time") from error
    if at.tzinfo is None:
        raise WantedError("time")
    return at


def _form(request: HttpRequest, tongue: Language, problem: str = "") -> HttpResponse:
    typed = request.POST or request.GET
    chosen = typed.get("language", "") or ("" if tongue.code == BASE else tongue.code)
    days = groupby(wanted_callbacks.times(now()), key=lambda at: at.date())
    return page(
        request,
        tongue,
        "wanted",
        422 if problem else 200,
        problem=problem,
        wrong=_sentence(problem),
        typed={name: typed.get(name, "") for name in ("number", "name", "at")},
        speaks=[(code, tongues.name_of(code, tongue), code == chosen) for code in FOREIGN],
        days=[
            (tongues.day_of(day, tongue), [(at.isoformat(), tongues.time_of(at, tongue)) for at in ats])
            for day, ats in days
        ],
        task=proofs.give(AIM, request),
        action=reverse("citizen-callback", args=[tongue]),
        number=facts.own_number(tongue),
        abroad=_("For a number in another country, start with + and the country code."),
    )


def _sentence(problem: str) -> str:
    return {
        "": "",
        "incomplete": _("Please check the telephone number. It does not look complete."),
        "country": _("We cannot call numbers in this country. Please call us."),
        "kind": _("We cannot call this kind of number. Please enter another one."),
        "language": _("Please choose your language."),
        "time": _("Please choose another time."),
    }.get(problem, _("This page was open for too long or was sent twice. Please send it again."))


def _call_us(request: HttpRequest, tongue: Language) -> HttpResponse:
    """Say to who wants a number called too often what else to do; a few minutes change nothing here."""
    number = facts.own_number(tongue)
    if not number:
        return too_many(request, tongue)
    more = _("Say your language, or press the key that the voice tells you to press.")
    return page(request, tongue, "said", 429, title=_("Call us"), said=number, more=more, home=True)


def _thanks(request: HttpRequest, tongue: Language, callback: Callback) -> HttpResponse:
    first = callback.next_try_at or callback.created_at
    soon = first - callback.created_at < dt.timedelta(minutes=2)
    local = timezone.localtime(callback.due_at if soon else first)
    said = _("We will call you before: {time}.") if soon else _("We will call you after: {time}.")
    return page(
        request,
        tongue,
        "said",
        title=_("Thank you. We will call you."),
        said=said.format(time=tongues.moment_of(local, tongue)),
        more=_("Language of the call: {language}. It may come from a number that you do not know.").format(
            language=tongues.name_of(callback.language, tongue)
        ),
        home=True,
    )
