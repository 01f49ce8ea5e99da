"""One indicator: how its number came to be, from the definition to the rows and papers behind it (S124)."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from yuqiao.evaluation.assembling import assemble
from yuqiao.evaluation.formulas import counted
from yuqiao.evaluation.models import Evidence, Indicator, Project
from yuqiao.lib.clock import now
from yuqiao.web.console.gate import Act, allowed
from yuqiao.web.console.projects.dashboard import frame, project_of
from yuqiao.web.console.projects.shown import rows_shown

ROWS_SHOWN = 100
COUNTED = frozenset({"count", "share", "failed"})


@require_GET
@allowed(Act.SEE_PROJECTS)
def show(request: HttpRequest, project_id: int, indicator_id: int) -> HttpResponseBase:
    """Show an indicator with everything behind it."""
    project = project_of(project_id)
    at = now()
    shown = {one.row.id: one for one in rows_shown(assemble(project, at), timezone.localdate(at))}
    if indicator_id not in shown:
        raise Http404
    indicator = Indicator.objects.select_related("strand").get(pk=indicator_id)
    found = Paginator(behind(project, indicator), ROWS_SHOWN).get_page(request.GET.get("page"))
    context = frame(request, project, "project") | {
        "one": shown[indicator_id],
        "indicator": indicator,
        "parts": [one for one in shown.values() if one.row.parent == indicator_id],
        "page": found,
        "proofs": [link.evidence for link in indicator.proofs.select_related("evidence__file", "evidence__entered_by")],
        "entered": indicator.entered.select_related("entered_by").order_by("-id"),
        "changes": indicator.changes.select_related("entered_by"),
        "deviations": indicator.deviations.select_related("entered_by").order_by("-id"),
        "reviews": indicator.reviews.select_related("by").order_by("-id"),
        "links": links(project, indicator),
    }
    return render(request, "console/projects/indicator.html", context)


def behind(project: Project, indicator: Indicator) -> QuerySet[Evidence]:
    """Return the pieces of evidence that an indicator's formula counts."""
    way, _, kind = indicator.formula.partition(":")
    if way not in COUNTED:
        return Evidence.objects.none()
    return counted(project, kind).select_related("file", "entered_by")


def links(project: Project, indicator: Indicator) -> list[tuple[str, str]]:
    """Return the pages that hold a hotline figure's rows: (part, address)."""
    way, _, code = indicator.formula.partition(":")
    if way != "hotline":
        return []
    code = code.partition("?")[0]
    return [
        (part, f"{reverse('statistics-rows', args=[code, part])}?period={project.year}")
        for part in ("numerator", "denominator")
    ]
