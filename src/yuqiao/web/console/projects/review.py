"""The mid-year review of every indicator, and why indicators deviate: cause and remedy."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from yuqiao.accounts.models import Person
from yuqiao.evaluation import reviewing, texts
from yuqiao.evaluation.models import Project
from yuqiao.evaluation.process_rules import What, may_edit
from yuqiao.evaluation.sheet import Row, actual_text
from yuqiao.evaluation.versions import current
from yuqiao.lib.clock import now
from yuqiao.web.console.gate import Act, allowed
from yuqiao.web.console.projects.acting import NOTHING, Given, Verb, answer, one_of
from yuqiao.web.console.projects.dashboard import frame, project_of
from yuqiao.web.console.projects.shown import lit, points


@require_http_methods(["GET", "POST"])
@allowed(Act.SEE_PROJECTS)
def page(request: HttpRequest, project_id: int) -> HttpResponseBase:
    """Show how every indicator stands, review it, explain it."""
    project = project_of(project_id)
    if request.method == "POST":
        return answer(request, project, VERBS, lambda: reverse("project-review", args=[project.pk]), show)
    return show(request, project, NOTHING)


def show(request: HttpRequest, project: Project, given: Given) -> HttpResponseBase:
    """Draw the page; ``given`` is what was typed and could not be done."""
    at = now()
    sheet = current(project, at)
    today = timezone.localdate(at)
    over = today.year > project.year
    found = reviewing.standings(project, sheet, today)
    low = [row for row in sheet.rows if not sheet.parts(row.id) and _deviates(row)]
    far = [row for row in sheet.rows if row.score.over_achieved]
    context = frame(request, project, "project-review") | {
        "given": given,
        "rows": [
            (
                one,
                actual_text(one.row),
                reviewing.forecast_text(one),
                lit(one.outlook.light, one.outlook.reason, over=over),
            )
            for one in found
        ],
        "deviating": [(row, points(row.score.value)) for row in dict.fromkeys([*low, *far])],
        "reviewing": may_edit(project.stage, What.REVIEW),
        "explaining": may_edit(project.stage, What.TEXT),
    }
    return render(request, "console/projects/review.html", context)


def _deviates(row: Row) -> bool:
    return row.score.value is not None and row.score.value < row.weight


def _review(project: Project, request: HttpRequest, by: Person) -> None:
    indicator = one_of(project.indicators.select_related("project__department", "project__unit"), request.POST, "row")
    reviewing.review(indicator, request.POST.get("note", ""), by=by)


def _explain(project: Project, request: HttpRequest, by: Person) -> None:
    form = request.POST
    indicator = one_of(project.indicators.select_related("project"), form, "row")
    texts.explain(indicator, form.get("cause", ""), form.get("remedy", ""), by=by)


VERBS = {"review": Verb(Act.REVIEW, _review), "explain": Verb(Act.REVIEW, _explain)}
