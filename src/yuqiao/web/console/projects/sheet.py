"""A plan's indicators as a spreadsheet: taken away, changed by hand, looked at, taken in as a whole or not at all."""

from __future__ import annotations

import base64
import binascii

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yuqiao.accounts.models import Person
from yuqiao.evaluation import plan_exchange
from yuqiao.evaluation.models import Project
from yuqiao.evaluation.process_rules import What, may_edit
from yuqiao.lib.clock import now
from yuqiao.web.console.gate import Act, allowed
from yuqiao.web.console.projects.acting import MISTAKES, NOTHING, FieldError, Given, Verb, answer, sentence
from yuqiao.web.console.projects.dashboard import frame, project_of

#: A plan's spreadsheet is small; it travels through the page between the look and the taking.
MOST_BYTES = 1_000_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "POST"])
@allowed(Act.SEE_PROJECTS)
def page(request: HttpRequest, project_id: int) -> HttpResponseBase:
    """Show what a spreadsheet would change, and take it in."""
    project = project_of(project_id)
    if request.method != "POST":
        return show(request, project, NOTHING)
    if request.POST.get("ask") == "look":
        return _look(request, project)
    return answer(request, project, VERBS, lambda: reverse("project-plan", args=[project.pk]), show)


@require_GET
@allowed(Act.SEE_PROJECTS)
def download(_request: HttpRequest, project_id: int) -> HttpResponseBase:
    """Hand out the plan's indicators as xlsx."""
    project = project_of(project_id)
    disposition = content_disposition_header(as_attachment=True, filename=f"{project.code}-indicators.xlsx")
    headers = {"Content-Disposition": f"{disposition}"}
    return HttpResponse(plan_exchange.export(project, now()), content_type=XLSX, headers=headers)


def show(request: HttpRequest, project: Project, given: Given) -> HttpResponseBase:
    """Draw the page; ``given`` holds a look, or why there is none."""
    context = frame(request, project, "project-plan") | {
        "given": given,
        "plans": may_edit(project.stage, What.PLAN),
    }
    return render(request, "console/projects/sheet.html", context | dict(given))


def _look(request: HttpRequest, project: Project) -> HttpResponseBase:
    try:
        content = _uploaded(request)
        seen = plan_exchange.look(project, content)
    except MISTAKES as error:
        shown = show(request, project, {"error": sentence(error)})
        shown.status_code = 422
        return shown
    return show(request, project, {"seen": seen, "kept": base64.b64encode(content).decode()})


def _uploaded(request: HttpRequest) -> bytes:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile) or (file.size or 0) > MOST_BYTES:
        raise FieldError(_("Choose a spreadsheet of at most 1 MB."))
    content: bytes = file.read()
    return content


def _take(project: Project, request: HttpRequest, by: Person) -> None:
    try:
        content = base64.b64decode(request.POST.get("kept", "")[: 2 * MOST_BYTES], validate=True)
    except binascii.Error as error:
        raise FieldError(_("Choose a spreadsheet of at most 1 MB.")) from error
    plan_exchange.take(project, plan_exchange.look(project, content), by=by)


VERBS = {"take": Verb(Act.EDIT_PLAN, _take)}
