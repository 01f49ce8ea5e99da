"""A project's official documents to take away: as docx, xlsx and PDF, each as public and as internal copy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from yuqiao.documents.blocks import Document
from yuqiao.documents.formats import FORMATS
from yuqiao.documents.forms import DocumentError
from yuqiao.evaluation import evidence_kinds
from yuqiao.evaluation.assembling import assemble
from yuqiao.evaluation.models import Evidence, EvidenceFor, Project
from yuqiao.evaluation.printing.annex import Paper
from yuqiao.evaluation.printing.copies import Copy
from yuqiao.evaluation.printing.self_evaluation import self_evaluation
from yuqiao.lib.clock import now
from yuqiao.web.console import words
from yuqiao.web.console.files import NO_FILE, file_response
from yuqiao.web.console.gate import Act, allowed
from yuqiao.web.console.projects.dashboard import frame, project_of

#: Papers named in an annex; thousands of pictures are counted by their indicator instead.
MOST_PAPERS = 500


@dataclass(frozen=True, slots=True)
class Offer:
    """A document that can be had: its code, what it is called, and how it is made."""

    code: str
    title: str
    about: str | Promise
    make: Callable[[Project, Copy], Document]


def papers_of(project: Project) -> list[Paper]:
    """Return the evidence that backs single indicators, as an annex names it."""
    found = EvidenceFor.objects.filter(indicator__project=project, evidence__withdrawn_at=None)
    links = found.select_related("evidence__file").order_by("indicator__position", "evidence__id")[:MOST_PAPERS]
    return [paper_of(one.evidence, one.indicator_id) for one in links]


def paper_of(piece: Evidence, indicator: int | None) -> Paper:
    """Return one piece of evidence as an annex names it."""
    digest = piece.file.sha256 if piece.file else ""
    kind = evidence_kinds.name_of(piece.kind)
    return Paper(piece.title, kind, piece.received_on, indicator, piece.serial, digest)


def _self_evaluation(project: Project, copy: Copy) -> Document:
    return self_evaluation(assemble(project, now()), copy, papers=papers_of(project))


OFFERS: tuple[Offer, ...] = (
    Offer(
        "self-evaluation",
        "项目支出绩效自评表",
        _("The form as it is handed in to the finance office."),
        _self_evaluation,
    ),
)
BY_CODE = {one.code: one for one in OFFERS}


@require_GET
@allowed(Act.SEE_PROJECTS)
def page(request: HttpRequest, project_id: int) -> HttpResponseBase:
    """Show which documents can be had."""
    context = frame(request, project_of(project_id), "project-documents") | {"offers": OFFERS, "kinds": list(FORMATS)}
    return render(request, "console/projects/documents.html", context)


@require_GET
@allowed(Act.SEE_PROJECTS)
def download(request: HttpRequest, project_id: int, code: str, copy: str, kind: str) -> HttpResponseBase:
    """Give one document as a file."""
    project = project_of(project_id)
    if code not in BY_CODE or copy not in set(Copy) or kind not in FORMATS:
        raise Http404
    try:
        document = BY_CODE[code].make(project, Copy(copy))
        return file_response(document, kind, f"{code}-{project.code}-{copy}")
    except DocumentError as error:
        messages.error(request, words.word(NO_FILE, error.code))
        return redirect("project-documents", project.pk)
