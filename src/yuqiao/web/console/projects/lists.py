"""All projects of a year beside each other: score so far, lights, money, gaps, the next deadline."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from yuqiao.evaluation.assembling import assemble_all
from yuqiao.evaluation.evidence_gaps import gaps_of
from yuqiao.evaluation.models import Project
from yuqiao.evaluation.process_rules import EARLY
from yuqiao.evaluation.versions import current
from yuqiao.lib.clock import now
from yuqiao.web.console.gate import Act, allowed, may, person_of
from yuqiao.web.console.projects.shown import headline

MOST_PROJECTS = 200


@require_GET
@allowed(Act.SEE_PROJECTS)
def show(request: HttpRequest) -> HttpResponseBase:
    """Show the projects of one year, the newest year unless another is asked for."""
    years = list(Project.objects.order_by("-year").values_list("year", flat=True).distinct())
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and int(asked) in years else (years[0] if years else None)
    at = now()
    today = timezone.localdate(at)
    found = list(Project.objects.filter(year=year or 0).select_related("department", "unit")[:MOST_PROJECTS])
    missing = gaps_of(found)
    early = [one for one in found if one.stage in EARLY]
    live = dict(zip((one.pk for one in early), assemble_all(early, at), strict=True))
    sheets = ((one, live.get(one.pk) or current(one, at)) for one in found)
    context = {
        "projects": [headline(one, sheet, today, len(missing[one.pk])) for one, sheet in sheets],
        "years": years,
        "year": year,
        "edits": may(person_of(request), Act.EDIT_PLAN),
    }
    return render(request, "console/projects/list.html", context)
