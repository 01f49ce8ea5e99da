"""By which scheme a project is scored, and what it would score by another (S121); versions of schemes are entered here.

A version is entered as JSON: the page offers a copy of the one that is shown, to be changed by hand.
"""

from __future__ import annotations

import json

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from yuqiao.accounts.models import Person
from yuqiao.evaluation import scheme_versions
from yuqiao.evaluation.amounts import plain
from yuqiao.evaluation.models import Project
from yuqiao.evaluation.process_rules import What, may_edit
from yuqiao.evaluation.scheme_data import as_data
from yuqiao.evaluation.schemes import Scheme
from yuqiao.evaluation.sheet import Sheet
from yuqiao.evaluation.versions import current
from yuqiao.evaluation.what_if import what_if
from yuqiao.lib.clock import now
from yuqiao.web.console.gate import Act, allowed
from yuqiao.web.console.projects.acting import NOTHING, FieldError, Given, Verb, answer
from yuqiao.web.console.projects.dashboard import frame, project_of
from yuqiao.web.console.projects.shown import points


@require_http_methods(["GET", "POST"])
@allowed(Act.SEE_PROJECTS)
def page(request: HttpRequest, project_id: int) -> HttpResponseBase:
    """Show the scheme beside another one; follow that one, or enter a version."""
    project = project_of(project_id)
    if request.method == "POST":
        return answer(request, project, VERBS, lambda: reverse("project-scheme", args=[project.pk]), show)
    return show(request, project, NOTHING)


def show(request: HttpRequest, project: Project, given: Given) -> HttpResponseBase:
    """Draw the page; ``given`` is what was typed and could not be done."""
    sheet = current(project, now())
    known = scheme_versions.every()
    other = chosen(known, request.GET.get("with", "")) or _another(known, sheet.scheme)
    scaled = request.GET.get("scaled", "1") != "0"
    context = frame(request, project, "project-scheme") | {
        "given": given,
        "scheme": sheet.scheme,
        "other": other,
        "known": [(key_of(one), one) for one in known],
        "chosen": key_of(other),
        "scaled": scaled,
        "data": json.dumps(as_data(other), ensure_ascii=False, indent=1),
        "plans": may_edit(project.stage, What.PLAN),
        "followed": other == sheet.scheme,
    }
    return render(request, "console/projects/scheme.html", context | compared(sheet, other, scaled=scaled))


def compared(sheet: Sheet, other: Scheme, *, scaled: bool) -> dict[str, object]:
    """Return what both schemes give: each row with weights and points, the totals and grades."""
    found = what_if(sheet, other, scaled=scaled)
    budget = ("预算执行", sheet.budget_weight, sheet.budget.value, found.other.budget_weight, found.other.budget.value)
    rows = [
        (one.row.name, one.row.weight, one.row.score.value, one.other.weight, one.other.score.value)
        for one in found.rows
    ]
    return {
        "rows": [
            (name, plain(mine), points(now_), plain(theirs), points(then), now_ != then or mine != theirs)
            for name, mine, now_, theirs, then in (budget, *rows)
        ],
        "totals": (points(found.now.total), points(found.other.total)),
        "difference": f"{found.difference:+}",
        "grades": (found.now.grade, found.other.grade),
    }


def key_of(scheme: Scheme) -> str:
    """Return what names a version in an address: beijing@2021-01-01."""
    return f"{scheme.code}@{scheme.valid_from.isoformat()}"


def chosen(known: list[Scheme], key: str) -> Scheme | None:
    """Return the version an address names; 404 for one that nobody knows."""
    if not key:
        return None
    found = next((one for one in known if key_of(one) == key), None)
    if found is None:
        raise Http404
    return found


def _another(known: list[Scheme], mine: Scheme) -> Scheme:
    return next((one for one in known if one.code != mine.code and one.weights), mine)


def _follow(project: Project, request: HttpRequest, by: Person) -> None:
    scheme = chosen(scheme_versions.every(), request.POST.get("with", ""))
    if scheme is None:
        raise Http404
    scheme_versions.follow(project, scheme, by=by)


def _enter(_project: Project, request: HttpRequest, by: Person) -> None:
    try:
        data = json.loads(request.POST.get("data", ""))
    except ValueError as error:
        raise FieldError(f"JSON: {error}") from error
    if isinstance(data, dict):
        typed = {name: request.POST.get(name, "").strip() for name in ("code", "name", "valid_from")}
        data |= {name: text for name, text in typed.items() if text}
    scheme_versions.enter(data, by=by)


VERBS = {"follow": Verb(Act.EDIT_PLAN, _follow), "enter": Verb(Act.EDIT_PLAN, _enter)}
