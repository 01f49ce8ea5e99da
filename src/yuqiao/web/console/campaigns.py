"""Lists of people who are called: their progress, people and refusals; upload, begin, pause, stop (S46)."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yuqiao.accounts.models import Person
from yuqiao.hotline import campaigns as services
from yuqiao.hotline.models import Campaign, Line
from yuqiao.lib.cells import MOST_BYTES
from yuqiao.lib.clock import now
from yuqiao.lib.hours import Hours
from yuqiao.web.console import words
from yuqiao.web.console.appointments import CLOSED, row_of, with_tries
from yuqiao.web.console.gate import Act, allowed, may, person_of
from yuqiao.web.console.plan import FAULTS, carry_out, moment

PEOPLE_SHOWN = 300
STATES: words.Words = {
    "paused": gettext_lazy("Paused"),
    "running": gettext_lazy("Running"),
    "stopped": gettext_lazy("Stopped"),
}


def may_see_people(person: Person, campaign: Campaign) -> bool:
    """Tell whether ``person`` may see whom a campaign calls: of a sensitive one, supervisors only."""
    return may(person, Act.STEER if campaign.sensitive else Act.ARRANGE)


def _parts(figures: dict[str, int]) -> list[tuple[str, str, int]]:
    named = [("all", _("People"), figures["all"]), ("open", _("Still to call"), figures["open"])]
    return named + [(code, words.word(CLOSED, code), figures[code]) for code in CLOSED]


@allowed(Act.REPORT)
def show_list(request: HttpRequest) -> HttpResponseBase:
    """Show all campaigns with their progress."""
    found = list(Campaign.objects.select_related("line", "created_by")[:100])
    progress = services.progress(found)
    context = {
        "campaigns": [(one, words.word(STATES, one.state), _parts(progress[one.pk])) for one in found],
        "arranges": may(person_of(request), Act.ARRANGE),
        "lines": [(one, words.line_name(one)) for one in Line.objects.order_by("number")],
    }
    return render(request, "console/campaigns.html", context)


@allowed(Act.REPORT)
def show(request: HttpRequest, campaign_id: int) -> HttpResponseBase:
    """Show one campaign; its people only to those who may see them."""
    campaign = get_object_or_404(Campaign.objects.select_related("line"), pk=campaign_id)
    person, at = person_of(request), now()
    sees = may_see_people(person, campaign)
    people = campaign.orders.prefetch_related(with_tries()).order_by("id")[:PEOPLE_SHOWN] if sees else []
    context = {
        "campaign": campaign,
        "state": words.word(STATES, campaign.state),
        "parts": _parts(services.progress([campaign])[campaign.pk]),
        "rows": [row_of(one, at, whole_number=False) for one in people],
        "sees": sees,
        "arranges": may(person, Act.ARRANGE),
        "next": [(state, words.word(STATES, state)) for state in STATES if state in services.NEXT[campaign.state]],
        "refused": request.session.pop(f"refused-{campaign.pk}", []),
    }
    return render(request, "console/campaign.html", context)


@allowed(Act.ARRANGE)
@require_POST
def add(request: HttpRequest) -> HttpResponseBase:
    """Open a campaign, paused and empty."""
    form, person = request.POST, person_of(request)

    def do() -> None:
        hours = Hours.parse(f"{form.get('first', '')}-{form.get('last', '')}")
        kept = form.get("keep_until", "")
        plan = services.Plan(
            form.get("name", ""),
            hours,
            int(form.get("attempts", "")),
            int(form.get("pause", "")),
            int(form.get("reserve", "")),
            moment(form.get("ends", "") + "T23:59"),
            form.get("line", ""),
            form.get("sheet", "").strip(),
            form.get("sensitive") == "1",
            dt.date.fromisoformat(kept) if kept else None,
        )
        services.open_campaign(plan, by=person)

    return carry_out(request, do, _("Saved; the journal holds who did it."), "campaigns")


@allowed(Act.ARRANGE)
@require_POST
def change(request: HttpRequest, campaign_id: int) -> HttpResponseBase:
    """Begin, pause or stop a campaign."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    to, person = request.POST.get("state", ""), person_of(request)
    said = _("Saved; the journal holds who did it.")
    return carry_out(request, lambda: services.move(campaign, to, by=person), said, "campaign", campaign.pk)


@allowed(Act.ARRANGE)
@require_POST
def fill(request: HttpRequest, campaign_id: int) -> HttpResponseBase:
    """Take a file of people; rows that cannot be used are listed with the reason, the others are written."""
    campaign, person = get_object_or_404(Campaign, pk=campaign_id), person_of(request)
    if not may_see_people(person, campaign):
        raise PermissionDenied
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, _("Choose a file first."))
        return redirect("campaign", campaign.pk)
    try:
        filled = services.fill(campaign, file.read(MOST_BYTES + 1), by=person)
    except services.CampaignError as error:
        messages.error(request, _("Nothing was changed.") + " " + words.word(FAULTS, error.code))
        return redirect("campaign", campaign.pk)
    said = _("Written: {new} new people; {known} were there already, {unwilling} want no calls, {refused} refused.")
    messages.success(
        request,
        said.format(new=filled.new, known=filled.known, unwilling=filled.unwilling, refused=len(filled.refused)),
    )
    request.session[f"refused-{campaign.pk}"] = [
        (one.row, str(words.word(FAULTS, one.code))) for one in filled.refused[:PEOPLE_SHOWN]
    ]
    return redirect("campaign", campaign.pk)
