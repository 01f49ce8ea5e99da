"""One piece of evidence: its versions, what it backs, its file with its hash; withdrawn, replaced, linked."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.evaluation import evidence, evidence_files
from yuqiao.evaluation.evidence_files import ChangedError
from yuqiao.evaluation.evidence_kinds import BY_CODE, name_of
from yuqiao.evaluation.models import Evidence, Project
from yuqiao.evaluation.process_rules import What, may_edit
from yuqiao.web.console.gate import Act, allowed, person_of
from yuqiao.web.console.projects.acting import NOTHING, Given, Verb, answer, one_of
from yuqiao.web.console.projects.dashboard import frame, project_of
from yuqiao.web.console.projects.evidence import RESULTS, facts_of, upload_of

OCTETS = "application/octet-stream"


def _piece(project: Project, piece_id: int) -> Evidence:
    found = project.evidence.select_related("project", "file", "entered_by", "withdrawn_by", "replaces")
    return get_object_or_404(found, pk=piece_id)


@require_http_methods(["GET", "POST"])
@allowed(Act.SEE_PROJECTS)
def page(request: HttpRequest, project_id: int, piece_id: int) -> HttpResponseBase:
    """Show one piece, and change what it backs."""
    project = project_of(project_id)
    piece = _piece(project, piece_id)

    def show(request: HttpRequest, project: Project, given: Given) -> HttpResponseBase:
        return _show(request, project, piece, given)

    def then() -> str:
        newest = Evidence.objects.filter(replaces=piece).first() or piece
        return reverse("project-piece", args=[project.pk, newest.pk])

    def verb(do: Callable[[Evidence, HttpRequest, Person], None]) -> Verb:
        return Verb(Act.ADD_EVIDENCE, lambda _project, request, by: do(piece, request, by))

    if request.method == "POST":
        return answer(request, project, {name: verb(do) for name, do in DOING.items()}, then, show)
    return show(request, project, NOTHING)


def _show(request: HttpRequest, project: Project, piece: Evidence, given: Given) -> HttpResponseBase:
    backed = [one.indicator for one in piece.proves.select_related("indicator")]
    context = frame(request, project, "project-evidence") | {
        "given": given,
        "piece": piece,
        "kind": name_of(piece.kind),
        "judged": piece.kind in BY_CODE and BY_CODE[piece.kind].judged,
        "intact": piece.file is None or evidence_files.intact(piece.file),
        "versions": evidence.versions(piece)[1:],
        "newer": Evidence.objects.filter(replaces=piece).first(),
        "backed": backed,
        "others": project.indicators.exclude(pk__in=[one.pk for one in backed]),
        "results": RESULTS,
        "stands": piece.withdrawn_at is None and piece.replaced_at is None,
        "takes": may_edit(project.stage, What.EVIDENCE),
    }
    return render(request, "console/projects/piece.html", context)


@require_GET
@allowed(Act.SEE_PROJECTS)
def download(request: HttpRequest, project_id: int, piece_id: int) -> HttpResponseBase:
    """Give a piece's file, compared with its hash first; the journal holds who took it."""
    piece = _piece(project_of(project_id), piece_id)
    if piece.file is None:
        raise Http404
    try:
        content = evidence_files.read(piece.file)
    except ChangedError:
        messages.error(request, _("The stored file is gone or is not what was handed in; it is not given out."))
        return redirect("project-piece", project_id, piece_id)
    record(person_of(request), "evidence.download", piece, {"sha256": piece.file.sha256})
    response: HttpResponse | StreamingHttpResponse = StreamingHttpResponse(content, content_type=OCTETS)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=piece.file.name)
    response["Content-Length"] = str(piece.file.size)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _withdraw(piece: Evidence, request: HttpRequest, by: Person) -> None:
    evidence.withdraw(piece, request.POST.get("reason", ""), by=by)


def _replace(piece: Evidence, request: HttpRequest, by: Person) -> None:
    form, file = request.POST.copy(), upload_of(request)
    form["kind"] = piece.kind
    name = file.name or "" if file else ""
    evidence.replace(piece, facts_of(form), by=by, file=file, name=name, reason=form.get("reason", ""))


def _link(piece: Evidence, request: HttpRequest, by: Person) -> None:
    evidence.link(piece, one_of(piece.project.indicators.all(), request.POST, "indicator"), by=by)


def _unlink(piece: Evidence, request: HttpRequest, by: Person) -> None:
    evidence.unlink(piece, one_of(piece.project.indicators.all(), request.POST, "indicator"), by=by)


DOING: dict[str, Callable[[Evidence, HttpRequest, Person], None]] = {
    "withdraw": _withdraw,
    "replace": _replace,
    "link": _link,
    "unlink": _unlink,
}
