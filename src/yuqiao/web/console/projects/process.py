"""How far an evaluation is, what the next step lacks, and taking it; versions with their signatures (S3)."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yuqiao.accounts.models import Person
from yuqiao.documents.formats import FORMATS
from yuqiao.evaluation import process
from yuqiao.evaluation.freezing import FreezingError, sheet_of, untouched
from yuqiao.evaluation.freezing_differences import verify
from yuqiao.evaluation.models import Frozen, Project
from yuqiao.evaluation.process_rules import SIGNING_ACTS, Reason, Stage
from yuqiao.evaluation.process_rules import Act as Step
from yuqiao.evaluation.versions import document_of, newest
from yuqiao.web.console import words
from yuqiao.web.console.gate import Act, allowed, may, person_of
from yuqiao.web.console.projects.acting import NOTHING, Given, Verb, answer
from yuqiao.web.console.projects.dashboard import frame, project_of
from yuqiao.web.console.projects.shown import rows_shown
from yuqiao.web.console.projects.words import STAGES, STEPS
from yuqiao.web.console.security.proving import demand_fresh

#: Why a step is refused -> the page where that is mended.
MENDED_AT: dict[str, str] = {
    "no_indicators": "project-plan",
    "weights": "project-plan",
    "unreviewed": "project-review",
    "gaps": "project-evidence",
    "unscored": "project",
    "unexplained": "project-review",
    "contradictions": "project-report",
    "figures": "project-report",
}
#: Steps that want a reason; others may have a note.
BACK = frozenset({Step.SEND_BACK, Step.THAW})


@dataclass(frozen=True, slots=True)
class Mended:
    """One reason against a step, and where it is mended ("" for nowhere else)."""

    sentence: str
    url: str


@dataclass(frozen=True, slots=True)
class Offered:
    """One step that could be taken, with everything that it still lacks."""

    code: str
    name: str
    back: bool
    signs: bool
    lacks: list[Mended]


@require_http_methods(["GET", "POST"])
@allowed(Act.SEE_PROJECTS)
def page(request: HttpRequest, project_id: int) -> HttpResponseBase:
    """Show stages, versions and the next steps; take one."""
    project = project_of(project_id)
    if request.method == "POST":
        return answer(request, project, VERBS, lambda: reverse("project-process", args=[project.pk]), show)
    return show(request, project, NOTHING)


def show(request: HttpRequest, project: Project, given: Given) -> HttpResponseBase:
    """Draw the page; ``given`` is what was typed and could not be done."""
    versions = project.frozen.select_related("by").prefetch_related("signatures__by").order_by("-number")
    last = newest(project)
    stages = list(Stage)
    place = stages.index(Stage(project.stage))
    context = frame(request, project, "project-process") | {
        "given": given,
        "stages": [
            (words.word(STAGES, one.value), "here" if number == place else "over" if number < place else "")
            for number, one in enumerate(stages)
        ],
        "steps": offered(project, person_of(request), last),
        "past": [
            (one, words.word(STAGES, one.before), words.word(STAGES, one.after))
            for one in project.steps.select_related("by").order_by("-id")
        ],
        "versions": versions,
        "seen": last.sha256 if last else "",
    }
    return render(request, "console/projects/process.html", context)


def offered(project: Project, person: Person, last: Frozen | None) -> list[Offered]:
    """Return the steps somebody may take now, and what each lacks besides the reason it asks for."""
    found = []
    for step in process.acts_for(project, person):
        if not may(person, _needed(step)):
            continue
        seen = last.sha256 if last else ""
        reasons = process.missing(project, step, by=person, seen=seen)
        found.append(
            Offered(
                step.value,
                words.word(STEPS, step.value),
                step in BACK or any(one.code == "early" for one in reasons),
                step in SIGNING_ACTS,
                [_mended(project, one) for one in reasons if one.code not in {"note", "early"}],
            )
        )
    return found


def _mended(project: Project, reason: Reason) -> Mended:
    name = MENDED_AT.get(reason.code, "")
    sentence = reason.zh if words.reads_chinese() else reason.en
    return Mended(sentence, reverse(name, args=[project.pk]) if name else "")


def _needed(step: Step) -> Act:
    return Act.SIGN_EVALUATION if step in SIGNING_ACTS else Act.REVIEW


def _take(step: Step) -> Verb:
    def do(project: Project, request: HttpRequest, by: Person) -> None:
        if step in SIGNING_ACTS:
            demand_fresh(request)
        process.advance(project, step, by=by, note=request.POST.get("note", ""), seen=request.POST.get("seen", ""))

    return Verb(_needed(step), do)


VERBS = {step.value: _take(step) for step in Step}


@require_GET
@allowed(Act.SEE_PROJECTS)
def version(request: HttpRequest, project_id: int, number: int) -> HttpResponseBase:
    """Show one version: its figures as they were, and what the rows say differently now."""
    project = project_of(project_id)
    frozen = get_object_or_404(project.frozen.select_related("by"), number=number)
    if not untouched(frozen):
        context = frame(request, project, "project-process") | {"frozen": frozen, "differences": verify(frozen)}
        return render(request, "console/projects/version.html", context)
    context = frame(request, project, "project-process") | {
        "frozen": frozen,
        "sheet": sheet_of(frozen),
        "figures": rows_shown(sheet_of(frozen), timezone.localdate(frozen.at)),
        "differences": verify(frozen),
        "signatures": frozen.signatures.select_related("by"),
        "documents": sorted(frozen.text.get("documents", {}).items()),
    }
    return render(request, "console/projects/version.html", context)


@require_GET
@allowed(Act.SEE_PROJECTS)
def sealed(request: HttpRequest, project_id: int, number: int, file: str) -> HttpResponseBase:
    """Give a document of a sealed version: the very bytes that were signed."""
    project = project_of(project_id)
    frozen = get_object_or_404(project.frozen, number=number)
    if file not in frozen.text.get("documents", {}):
        raise Http404
    name, _dot, suffix = file.partition(".")
    try:
        content = document_of(frozen, name, suffix)
    except FreezingError:
        messages.error(request, _("This document prints otherwise now than when it was signed; it is not given out."))
        return redirect("project-version", project.pk, number)
    response = HttpResponse(content, content_type=FORMATS[suffix].content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}-{project.code}-{number}.{suffix}"'
    return response
