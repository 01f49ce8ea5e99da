"""Activities, videos and honours: planned, held, cancelled with a reason, broadcast (S66–S73)."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from yuqiao.accounts.models import Person
from yuqiao.evaluation.linking import cancel_activity
from yuqiao.evaluation.models import Indicator
from yuqiao.evaluation.process_rules import EDITABLE, What
from yuqiao.languages import catalogue
from yuqiao.outreach import services
from yuqiao.outreach.models import Activity, ActivityKind, Honour, Video
from yuqiao.web.console import words
from yuqiao.web.console.gate import Act, allowed, may, person_of
from yuqiao.web.console.projects.acting import NOTHING, Deed, Given, day, maybe_day, one_of, tried, whole

MOST_ROWS = 300


@require_http_methods(["GET", "POST"])
@allowed(Act.SEE_PROJECTS)
def page(request: HttpRequest) -> HttpResponseBase:
    """Show what was done for the public, and enter more."""

    def show(given: Given) -> HttpResponseBase:
        context = {
            "given": given,
            "activities": Activity.objects.order_by("-held_on", "-planned_on", "-id")[:MOST_ROWS],
            "videos": Video.objects.order_by("-made_on", "-id")[:MOST_ROWS],
            "honours": Honour.objects.order_by("-awarded_on", "-id")[:MOST_ROWS],
            "indicators": open_indicators()[:MOST_ROWS],
            "kinds": ActivityKind.choices,
            "language_codes": [("zh", words.language_name("zh"))]
            + [(code, words.language_name(code)) for code in catalogue.FOREIGN],
            "keeps": may(person_of(request), Act.KEEP_CONTRACTS),
        }
        return render(request, "console/projects/outreach.html", context)

    if request.method == "POST":
        return tried(request, DEEDS, lambda: reverse("outreach"), show)
    return show(NOTHING)


def _plan(request: HttpRequest, by: Person) -> None:
    form = request.POST
    partner, place = form.get("partner", ""), form.get("place", "")
    planned = maybe_day(form, "planned_on")
    services.plan(form.get("kind", ""), form.get("title", ""), planned, by=by, partner=partner, place=place)


def _hold(request: HttpRequest, by: Person) -> None:
    services.hold(one_of(Activity.objects.all(), request.POST, "row"), day(request.POST, "on"), by=by)


def _cancel(request: HttpRequest, by: Person) -> None:
    """Cancel an activity, with the indicator it was for, if one is chosen, and the money adjusted for it (S70)."""
    form, reason = request.POST, request.POST.get("reason", "")
    activity = one_of(Activity.objects.all(), form, "row")
    if not form.get("indicator"):
        services.cancel(activity, reason, by=by)
        return
    indicator = one_of(open_indicators(), form, "indicator")
    money = indicator.adjustments.order_by("-decided_on", "-id").first()
    cancel_activity(activity, reason, indicator.project, by=by, indicator=indicator, adjustment=money)


def open_indicators() -> QuerySet[Indicator]:
    """Return the indicators of projects whose evidence still comes in, the newest years first."""
    found = Indicator.objects.filter(project__stage__in=[one.value for one in EDITABLE[What.EVIDENCE]])
    return found.select_related("project").order_by("-project__year", "project__code", "position")


def _video(request: HttpRequest, by: Person) -> None:
    form = request.POST
    made, language = day(form, "made_on"), form.get("language", "zh")
    services.add_video(form.get("title", ""), made, by=by, language=language, seconds=whole(form, "seconds"))


def _broadcast(request: HttpRequest, by: Person) -> None:
    form = request.POST
    services.broadcast(one_of(Video.objects.all(), form, "row"), day(form, "on"), by=by, link=form.get("link", ""))


def _honour(request: HttpRequest, by: Person) -> None:
    form = request.POST
    services.add_honour(form.get("title", ""), form.get("awarded_by", ""), day(form, "awarded_on"), by=by)


def _withdraw(request: HttpRequest, by: Person) -> None:
    form, reason = request.POST, request.POST.get("reason", "")
    if form.get("what") == "video":
        services.withdraw(one_of(Video.objects.all(), form, "row"), reason, by=by)
    else:
        services.withdraw(one_of(Honour.objects.all(), form, "row"), reason, by=by)


DEEDS = {
    name: Deed(Act.KEEP_CONTRACTS, do)
    for name, do in {
        "plan": _plan,
        "hold": _hold,
        "cancel": _cancel,
        "video": _video,
        "broadcast": _broadcast,
        "honour": _honour,
        "withdraw": _withdraw,
    }.items()
}
