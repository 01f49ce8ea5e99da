"""A project's head: begun anew, begun like last year's, or changed."""

from __future__ import annotations

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from yuqiao.accounts.models import Department
from yuqiao.evaluation import projects
from yuqiao.evaluation.models import Project
from yuqiao.evaluation.projects import Facts
from yuqiao.evaluation.schemes import SCHEMES
from yuqiao.lib.clock import now
from yuqiao.web.console.gate import Act, allowed, person_of
from yuqiao.web.console.projects.acting import MISTAKES, number, sentence, whole
from yuqiao.web.console.projects.dashboard import frame, project_of


def facts_of(form: QueryDict) -> Facts:
    """Return a project's head as a form says it is to be."""
    return Facts(
        code=form.get("code", "").strip(),
        year=whole(form, "year") or 0,
        name=form.get("name", ""),
        department=form.get("department", ""),
        unit=form.get("unit", ""),
        unit_is_itself="unit_is_itself" in form,
        manager_name=form.get("manager_name", ""),
        manager_phone=form.get("manager_phone", ""),
        phone_public="phone_public" in form,
        scheme=form.get("scheme", ""),
        budget_weight=number(form, "budget_weight"),
        goal=form.get("goal", ""),
    )


def _form(request: HttpRequest, shown: object, project: Project | None, error: str = "") -> HttpResponseBase:
    context = {} if project is None else frame(request, project, "project-plan")
    context |= {
        "shown": shown,
        "departments": Department.objects.order_by("name_zh"),
        "schemes": SCHEMES,
        "earlier": Project.objects.order_by("-year", "code")[:100],
        "error": error,
    }
    return render(request, "console/projects/form.html", context, status=422 if error else 200)


@require_http_methods(["GET", "POST"])
@allowed(Act.EDIT_PLAN)
def begin(request: HttpRequest) -> HttpResponseBase:
    """Begin a project."""
    if request.method == "GET":
        year = timezone.localdate(now()).year
        home = person_of(request).department
        shown = {"year": year, "scheme": "national", "budget_weight": 10, "unit_is_itself": True}
        own = {} if home is None else {"department": home.code, "unit": home.code}
        return _form(request, shown | own, None)
    try:
        made = projects.begin(facts_of(request.POST), by=person_of(request))
    except MISTAKES as error:
        return _form(request, request.POST, None, sentence(error))
    return redirect("project-plan", made.pk)


@require_POST
@allowed(Act.EDIT_PLAN)
def begin_from(request: HttpRequest) -> HttpResponseBase:
    """Begin next year's project like an earlier one: head, goals, strands and indicators."""
    before = get_object_or_404(Project, pk=whole(request.POST, "before") or 0)
    try:
        made = projects.begin_from(before, request.POST.get("code", "").strip(), by=person_of(request))
    except MISTAKES as error:
        messages.error(request, _("Nothing was changed.") + " " + sentence(error))
        return redirect("project-begin")
    return redirect("project-plan", made.pk)


@require_http_methods(["GET", "POST"])
@allowed(Act.EDIT_PLAN)
def change(request: HttpRequest, project_id: int) -> HttpResponseBase:
    """Change a project's head."""
    project = project_of(project_id)
    if request.method == "GET":
        return _form(request, asdict(projects.facts_of(project)), project)
    try:
        projects.change(project, facts_of(request.POST), by=person_of(request))
    except MISTAKES as error:
        return _form(request, request.POST, project, sentence(error))
    messages.success(request, _("Saved; the journal holds who did it."))
    return redirect("project-plan", project.pk)
