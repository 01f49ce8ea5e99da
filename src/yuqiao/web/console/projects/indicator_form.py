"""One indicator in the plan: changed, split (S126), removed; later its target, with an approval (S125)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from yuqiao.accounts.models import Person
from yuqiao.evaluation import planning
from yuqiao.evaluation.assembling import scheme_of
from yuqiao.evaluation.models import Indicator, Project
from yuqiao.evaluation.planning import Part
from yuqiao.evaluation.process_rules import What, may_edit
from yuqiao.web.console.gate import Act, allowed
from yuqiao.web.console.projects.acting import NOTHING, FieldError, Given, Verb, answer, maybe_day, maybe_number
from yuqiao.web.console.projects.dashboard import frame, project_of
from yuqiao.web.console.projects.money import approval_of
from yuqiao.web.console.projects.plan import choices, facts_of

#: Lines for the parts of a compound indicator.
PARTS = 4
ZERO = Decimal(0)


@require_http_methods(["GET", "POST"])
@allowed(Act.EDIT_PLAN)
def page(request: HttpRequest, project_id: int, indicator_id: int) -> HttpResponseBase:
    """Show an indicator's forms, and do what they ask."""
    project = project_of(project_id)
    indicator = get_object_or_404(project.indicators.select_related("project", "parent"), pk=indicator_id)

    def show(request: HttpRequest, project: Project, given: Given) -> HttpResponseBase:
        return _show(request, project, indicator, given)

    def then() -> str:
        gone = request.POST.get("ask") == "remove"
        return (
            reverse("project-plan", args=[project.pk])
            if gone
            else reverse("project-indicator", args=[project.pk, indicator_id])
        )

    def verb(do: Callable[[Indicator, HttpRequest, Person], None]) -> Verb:
        return Verb(Act.EDIT_PLAN, lambda _project, request, by: do(indicator, request, by))

    if request.method == "POST":
        return answer(request, project, {name: verb(do) for name, do in DOING.items()}, then, show)
    return show(request, project, NOTHING)


def _show(request: HttpRequest, project: Project, indicator: Indicator, given: Given) -> HttpResponseBase:
    scheme = scheme_of(project)
    context = (
        frame(request, project, "project-plan")
        | {
            "given": given,
            "indicator": indicator,
            "facts": given.get("change") or planning.facts_of(indicator),
            "strands": project.strands.all(),
            "compound": indicator.parts.exists(),
            "lines": range(PARTS),
            "plans": may_edit(project.stage, What.PLAN),
            "changes": may_edit(project.stage, What.CHANGE),
            "promised": planning.promised(indicator),
        }
        | choices(scheme)
    )
    return render(request, "console/projects/indicator_form.html", context)


def _change(indicator: Indicator, request: HttpRequest, by: Person) -> None:
    planning.change(indicator, facts_of(request.POST), by=by)


def _split(indicator: Indicator, request: HttpRequest, by: Person) -> None:
    form = request.POST
    names, targets, days = form.getlist("name"), form.getlist("target"), form.getlist("deadline")
    weights = form.getlist("weight")
    if not len(names) == len(targets) == len(days) == len(weights):
        raise FieldError("a part lacks a field")
    parts = []
    for place, name in enumerate(names):
        if not name.strip():
            continue
        one = form.copy()
        one["weight"], one["deadline"] = weights[place], days[place]
        parts.append(
            Part(name, targets[place] or "是", maybe_number(one, "weight") or ZERO, maybe_day(one, "deadline"))
        )
    planning.split(indicator, parts, by=by)


def _target(indicator: Indicator, request: HttpRequest, by: Person) -> None:
    form = request.POST
    planning.change_target(
        indicator, form.get("target", ""), approval_of(form), by=by, deadline=maybe_day(form, "deadline")
    )


def _formula(indicator: Indicator, request: HttpRequest, by: Person) -> None:
    planning.set_formula(indicator, request.POST.get("formula", "").strip(), by=by)


def _remove(indicator: Indicator, _request: HttpRequest, by: Person) -> None:
    planning.remove(indicator, by=by)


DOING: dict[str, Callable[[Indicator, HttpRequest, Person], None]] = {
    "change": _change,
    "split": _split,
    "target": _target,
    "formula": _formula,
    "remove": _remove,
}
