"""The report's text with its figures, the claims it may print, and what contradicts itself (S7, S9, S137)."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from yuqiao.accounts.models import Person
from yuqiao.evaluation import evidence_kinds, texts
from yuqiao.evaluation.models import Project
from yuqiao.evaluation.process_rules import What, may_edit
from yuqiao.evaluation.report_figures import FigureError
from yuqiao.evaluation.report_text import BY_CODE, COMPUTED, ReportText, Span, default_of
from yuqiao.evaluation.reporting import contradictions_of, verdicts_of, written
from yuqiao.evaluation.sheet import Sheet
from yuqiao.evaluation.versions import current, report_now
from yuqiao.lib.clock import now
from yuqiao.web.console.gate import Act, allowed
from yuqiao.web.console.projects.acting import NOTHING, Given, Verb, answer, one_of
from yuqiao.web.console.projects.dashboard import frame, project_of
from yuqiao.web.console.projects.evidence import standing

#: Papers to choose from for a claim.
MOST_PIECES = 300


@require_http_methods(["GET", "POST"])
@allowed(Act.SEE_PROJECTS)
def page(request: HttpRequest, project_id: int) -> HttpResponseBase:
    """Show the report, and write to it."""
    project = project_of(project_id)
    if request.method == "POST":
        return answer(request, project, VERBS, lambda: reverse("project-report", args=[project.pk]), show)
    return show(request, project, NOTHING)


def show(request: HttpRequest, project: Project, given: Given) -> HttpResponseBase:
    """Draw the page; ``given`` is what was typed and could not be done."""
    sheet = current(project, now())
    links = project.claims.select_related("evidence").order_by("id")
    context = frame(request, project, "project-report") | {
        "given": given,
        "claims": [
            (one, [link for link in links if link.claim == one.claim.code]) for one in verdicts_of(project, sheet)
        ],
        "pieces": standing(project).exclude(file=None, link="")[:MOST_PIECES],
        "kinds": evidence_kinds.BY_CODE,
        "writes": may_edit(project.stage, What.TEXT),
    }
    try:
        text = report_now(project, sheet)
        context |= {
            "text": text,
            "parts": parts_of(project, sheet, text, given),
            "contradictions": contradictions_of(project, sheet),
        }
    except FigureError as error:
        context["broken"] = error.sentence
    return render(request, "console/projects/report.html", context)


def parts_of(project: Project, sheet: Sheet, text: ReportText, given: Given) -> list[dict[str, object]]:
    """Return every section: its text in runs with the pages of their figures, and what its author wrote."""
    own = written(project)
    typed = given.get("write")
    found = []
    for part in text.parts:
        mine = isinstance(typed, dict) and typed.get("section") == part.code
        found.append(
            {
                "part": part,
                "asks": BY_CODE[part.code].asks,
                "computed": part.code in COMPUTED,
                "paragraphs": [[(run, source(project, text, run)) for run in one.spans] for one in part.paragraphs],
                "own": typed.get("text") if isinstance(typed, dict) and mine else own.get(part.code, ""),
                "default": default_of(part.code, sheet),
                "open": mine,
            }
        )
    return found


def source(project: Project, text: ReportText, run: Span) -> str:
    """Return the page that a figure in the text leads to, "" for words and for what has none."""
    figure = text.figures.get(run.figure)
    kind, _, key = figure.source.partition(":") if figure else ("", "", "")
    if kind == "row" and key.isdecimal():
        return reverse("project-indicator", args=[project.pk, int(key)])
    return reverse("project", args=[project.pk]) if kind == "sheet" else ""


def _write(project: Project, request: HttpRequest, by: Person) -> None:
    form = request.POST
    texts.write(project, form.get("section", ""), form.get("text", ""), current(project, now()), by=by)


def _link(project: Project, request: HttpRequest, by: Person) -> None:
    form, sheet = request.POST, current(project, now())
    piece = one_of(project.evidence.all(), form, "evidence") if form.get("evidence") else None
    texts.link(project, form.get("claim", ""), sheet, by=by, evidence=piece, figure=form.get("figure", ""))


def _unlink(project: Project, request: HttpRequest, by: Person) -> None:
    texts.unlink(one_of(project.claims.select_related("project"), request.POST, "link"), by=by)


def _answer(project: Project, request: HttpRequest, by: Person) -> None:
    form, sheet = request.POST, current(project, now())
    texts.answer(project, form.get("code", ""), form.get("where", ""), form.get("said", ""), sheet, by=by)


VERBS = {
    "write": Verb(Act.REVIEW, _write),
    "link": Verb(Act.REVIEW, _link),
    "unlink": Verb(Act.REVIEW, _unlink),
    "answer": Verb(Act.REVIEW, _answer),
}
