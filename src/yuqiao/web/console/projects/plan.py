"""A project's plan: its head, the strands of its goal beside what came of them (S138), its indicators."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from yuqiao.accounts.models import Person
from yuqiao.evaluation import formulas, importing, planning, projects
from yuqiao.evaluation.amounts import plain
from yuqiao.evaluation.assembling import scheme_of, target_of
from yuqiao.evaluation.models import Indicator, Project
from yuqiao.evaluation.plan_findings import findings
from yuqiao.evaluation.planning import IndicatorFacts
from yuqiao.evaluation.process_rules import What, may_edit
from yuqiao.evaluation.projects import StrandFacts
from yuqiao.evaluation.schemes import CATEGORIES, Scheme
from yuqiao.lib.clock import now
from yuqiao.web.console import words
from yuqiao.web.console.gate import Act, allowed
from yuqiao.web.console.projects.acting import NOTHING, Given, Verb, answer, maybe_day, number, one_of, whole
from yuqiao.web.console.projects.dashboard import frame, project_of
from yuqiao.web.console.projects.words import FINDINGS, STAGES

LEVELS = ("产出指标", "效益指标", "满意度指标")
#: Empty lines for further strands.
SPARE = 2


@require_http_methods(["GET", "POST"])
@allowed(Act.SEE_PROJECTS)
def page(request: HttpRequest, project_id: int) -> HttpResponseBase:
    """Show the plan, and change it."""
    project = project_of(project_id)
    if request.method == "POST":
        return answer(request, project, VERBS, lambda: reverse("project-plan", args=[project.pk]), show)
    return show(request, project, NOTHING)


def show(request: HttpRequest, project: Project, given: Given) -> HttpResponseBase:
    """Draw the page; ``given`` is what was typed and could not be done."""
    indicators = list(project.indicators.select_related("strand", "parent"))
    scheme = scheme_of(project)
    context = (
        frame(request, project, "project-plan")
        | {
            "given": given,
            "stage": words.word(STAGES, project.stage),
            "scheme": scheme,
            "strands": list(project.strands.all()),
            "spare": range(SPARE),
            "rows": [(one, f"{target_of(one)}", plain(one.weight)) for one in indicators],
            "weights": weights(project, indicators, scheme),
            "concerns": [
                (words.word(FINDINGS, one.severity.value), one.severity.name.lower(), one)
                for one in findings(project, now())
            ],
            "problems": importing.problems_of(project),
            "plans": may_edit(project.stage, What.PLAN),
            "writes": may_edit(project.stage, What.TEXT),
        }
        | choices(scheme)
    )
    return render(request, "console/projects/plan.html", context)


def choices(scheme: Scheme) -> dict[str, object]:
    """Return what the fields of an indicator offer."""
    return {
        "levels": [*scheme.weights][1:] or LEVELS,
        "categories": scheme.categories or CATEGORIES,
        "formulas": formulas.choices(),
    }


def weights(project: Project, indicators: list[Indicator], scheme: Scheme) -> list[tuple[str, str, str, bool]]:
    """Return the weight of the budget, of each first level and of all, with what the scheme asks: (name, is, asked)."""
    found: dict[str, Decimal] = {"预算执行": project.budget_weight}
    for one in indicators:
        if one.parent_id is None:
            found[one.level1] = found.get(one.level1, Decimal(0)) + one.weight
    rows = [
        (name, value, Decimal(asked) if (asked := scheme.weights.get(name)) else None) for name, value in found.items()
    ]
    rows.append(("合计", sum(found.values(), Decimal(0)), Decimal(100) if scheme.weights else None))
    return [
        (name, plain(value), "" if asked is None else plain(asked), value == (asked or value))
        for name, value, asked in rows
    ]


def facts_of(form: QueryDict) -> IndicatorFacts:
    """Return an indicator as a form says it is to be."""
    return IndicatorFacts(
        form.get("level1", ""),
        form.get("level2", ""),
        form.get("name", ""),
        form.get("target", ""),
        number(form, "weight"),
        maybe_day(form, "deadline"),
        form.get("formula", "").strip() or formulas.ENTERED,
        whole(form, "strand"),
        form.get("proof", ""),
    )


def _add(project: Project, request: HttpRequest, by: Person) -> None:
    planning.add(project, facts_of(request.POST), by=by)


def _strands(project: Project, request: HttpRequest, by: Person) -> None:
    form = request.POST
    lines = zip(form.getlist("id"), form.getlist("name"), form.getlist("goal"), strict=False)
    strands = [StrandFacts(name, goal, int(pk) if pk.isdecimal() else None) for pk, name, goal in lines if name.strip()]
    projects.set_strands(project, strands, by=by)


def _achieved(project: Project, request: HttpRequest, by: Person) -> None:
    form = request.POST
    lines = zip(form.getlist("id"), form.getlist("achieved"), strict=False)
    strands = {int(pk): text for pk, text in lines if pk.isdecimal()}
    projects.write_achieved(project, form.get("whole", ""), by=by, strands=strands)


def _move(project: Project, request: HttpRequest, by: Person) -> None:
    """Put one indicator one place up."""
    order = list(project.indicators.filter(parent=None).values_list("pk", flat=True))
    pk = one_of(project.indicators.filter(parent=None), request.POST, "indicator").pk
    place = order.index(pk)
    if place:
        order[place - 1], order[place] = order[place], order[place - 1]
        planning.reorder(project, order, by=by)


VERBS = {
    "add": Verb(Act.EDIT_PLAN, _add),
    "strands": Verb(Act.EDIT_PLAN, _strands),
    "achieved": Verb(Act.REVIEW, _achieved),
    "move": Verb(Act.EDIT_PLAN, _move),
}
