"""One indicator: how its number came to be, from the definition to the rows and papers behind it (S124).

What no row can tell is entered here, with its evidence (S131, S134).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from yuqiao.accounts.models import Person
from yuqiao.evaluation import entering, evidence, formulas
from yuqiao.evaluation.entering import Actual
from yuqiao.evaluation.evidence_gaps import gaps
from yuqiao.evaluation.evidence_kinds import KINDS
from yuqiao.evaluation.formulas import ENTERED, Described, Part
from yuqiao.evaluation.models import Evidence, Indicator, Project
from yuqiao.evaluation.process_rules import What, may_edit
from yuqiao.evaluation.scoring import Done
from yuqiao.evaluation.versions import current
from yuqiao.lib.clock import now
from yuqiao.web.console.gate import Act, allowed
from yuqiao.web.console.projects.acting import NOTHING, Given, Verb, answer, maybe_day, maybe_number, whole
from yuqiao.web.console.projects.dashboard import forecasts_of, frame, project_of
from yuqiao.web.console.projects.evidence import RESULTS, facts_of, upload_of
from yuqiao.web.console.projects.shown import rows_shown
from yuqiao.web.console.projects.words import DONE

ROWS_SHOWN = 100
#: Kind of a counted row -> its page, from the row's key.
PAGES: dict[str, Callable[[str], str]] = {
    "call": lambda key: reverse("call", args=[key]),
    "violation": lambda key: f"{reverse('violations')}?case={key}",
    "complaint": lambda key: f"{reverse('feedback')}#k{key}",
    "case": lambda key: reverse("case", args=[key]),
    "outage": lambda key: f"{reverse('outages')}#o{key}",
}


@require_http_methods(["GET", "POST"])
@allowed(Act.SEE_PROJECTS)
def page(request: HttpRequest, project_id: int, indicator_id: int) -> HttpResponseBase:
    """Show an indicator with everything behind it; enter what was done, and hand in its evidence."""
    project = project_of(project_id)
    found = project.indicators.select_related("strand", "project").filter(pk=indicator_id).first()
    if found is None:
        raise Http404
    indicator: Indicator = found

    def show(request: HttpRequest, project: Project, given: Given) -> HttpResponseBase:
        return _show(request, project, indicator, given)

    def verb(do: Callable[[Indicator, HttpRequest, Person], None]) -> Verb:
        return Verb(Act.ADD_EVIDENCE, lambda _project, request, by: do(indicator, request, by))

    if request.method == "POST":
        verbs = {name: verb(do) for name, do in DOING.items()}
        return answer(
            request, project, verbs, lambda: reverse("project-indicator", args=[project.pk, indicator.pk]), show
        )
    return show(request, project, NOTHING)


def _show(request: HttpRequest, project: Project, indicator: Indicator, given: Given) -> HttpResponseBase:
    at = now()
    sheet, today = current(project, at), timezone.localdate(at)
    shown = {one.row.id: one for one in rows_shown(sheet, today, forecasts_of(project, sheet, today))}
    parts = [one for one in shown.values() if one.row.parent == indicator.pk]
    linked = indicator.proofs.select_related("evidence__file").filter(evidence__replaced_at=None)
    context = frame(request, project, "project") | {
        "given": given,
        "one": shown[indicator.pk],
        "indicator": indicator,
        "parts": parts,
        "gaps": [one for one in gaps(project) if one.indicator == indicator.pk],
        "proofs": [] if indicator.formula == ENTERED else [link.evidence for link in linked],  # there they are the rows
        "entered": indicator.entered.select_related("entered_by").order_by("-id"),
        "changes": indicator.changes.select_related("entered_by"),
        "deviations": indicator.deviations.select_related("entered_by").order_by("-id"),
        "reviews": indicator.reviews.select_related("by").order_by("-id"),
        "enters": indicator.formula == ENTERED and not parts,
        "takes": may_edit(project.stage, What.EVIDENCE),
        "done_words": [(one.value, DONE[one.value]) for one in Done],
        "kinds": KINDS,
        "results": RESULTS,
    }
    return render(request, "console/projects/indicator.html", context | _counted(request, indicator))


def _counted(request: HttpRequest, indicator: Indicator) -> dict[str, object]:
    """Return one page of the rows that the actual counted; ``part`` chooses those of numerator or denominator."""
    part = Part.DENOMINATOR if request.GET.get("part") == Part.DENOMINATOR.value else Part.NUMERATOR
    found: QuerySet[Any] = formulas.rows(indicator, part, now())
    pieces = found.model is Evidence
    shown = Paginator(found.select_related("file", "entered_by") if pieces else found, ROWS_SHOWN)
    here = shown.get_page(request.GET.get("page"))
    rows = [] if pieces else formulas.described(found, max(0, here.start_index() - 1), ROWS_SHOWN)
    return {
        "part": part.value,
        "page": here,
        "pieces": here.object_list if pieces else None,
        "rows": [(one, _page_of(one)) for one in rows],
    }


def _page_of(row: Described) -> str:
    """Return the address of a row's own page, "" for none."""
    link = PAGES.get(row.kind)
    return link(row.key) if link and row.key not in {"", "None"} else ""


def _enter(indicator: Indicator, request: HttpRequest, by: Person) -> None:
    form = request.POST
    done = form.get("done", "")
    actual = Actual(
        maybe_number(form, "value"),
        whole(form, "numerator"),
        whole(form, "denominator"),
        Done(done) if done in set(Done) else None,
        maybe_number(form, "share"),
        form.get("text", ""),
        maybe_day(form, "done_on"),
        form.get("basis", ""),
    )
    entering.enter(indicator, actual, by=by)


def _prove(indicator: Indicator, request: HttpRequest, by: Person) -> None:
    file = upload_of(request)
    name = file.name or "" if file else ""
    evidence.add(indicator.project, facts_of(request.POST), by=by, file=file, name=name, indicators=[indicator])


DOING: dict[str, Callable[[Indicator, HttpRequest, Person], None]] = {"enter": _enter, "prove": _prove}
