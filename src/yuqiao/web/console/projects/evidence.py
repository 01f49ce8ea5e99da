"""A project's evidence: what is missing, what was handed in, and handing in more: one by one, or a list at once."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yuqiao.accounts.models import Person
from yuqiao.evaluation import evidence
from yuqiao.evaluation.evidence_gaps import gaps
from yuqiao.evaluation.evidence_import import take_list
from yuqiao.evaluation.evidence_kinds import KINDS
from yuqiao.evaluation.evidence_rules import Facts
from yuqiao.evaluation.evidence_sheets import HEADINGS
from yuqiao.evaluation.models import Evidence, Indicator, Project
from yuqiao.evaluation.process_rules import What, may_edit
from yuqiao.web.console.gate import Act, allowed
from yuqiao.web.console.projects.acting import NOTHING, FieldError, Given, Verb, answer, day, maybe_day, one_of
from yuqiao.web.console.projects.dashboard import frame, project_of

ROWS_SHOWN = 100
RESULTS = (("", "—"), ("passed", "合格"), ("failed", "不合格"))


@require_http_methods(["GET", "POST"])
@allowed(Act.SEE_PROJECTS)
def page(request: HttpRequest, project_id: int) -> HttpResponseBase:
    """Show a project's evidence, and take more in."""
    project = project_of(project_id)
    if request.method == "POST":
        return answer(request, project, VERBS, lambda: reverse("project-evidence", args=[project.pk]), show)
    return show(request, project, NOTHING)


def show(request: HttpRequest, project: Project, given: Given) -> HttpResponseBase:
    """Draw the page; ``given`` is what was typed and could not be done."""
    counts = dict(standing(project).values_list("kind").annotate(n=Count("pk")).order_by())
    kind, words = request.GET.get("kind", ""), request.GET.get("q", "").strip()
    found = _chosen(project, kind, words, gone="gone" in request.GET)
    pages = Paginator(found.select_related("file", "entered_by"), ROWS_SHOWN)
    context = frame(request, project, "project-evidence") | {
        "given": given,
        "gaps": gaps(project),
        "kinds": KINDS,
        "counted": [(one.code, one.name, counts[one.code]) for one in KINDS if one.code in counts],
        "kind": kind,
        "q": words,
        "gone": "gone" in request.GET,
        "page": pages.get_page(request.GET.get("page")),
        "indicators": project.indicators.all(),
        "results": RESULTS,
        "headings": "、".join(HEADINGS),
        "takes": may_edit(project.stage, What.EVIDENCE),
    }
    return render(request, "console/projects/evidence.html", context)


def standing(project: Project) -> QuerySet[Evidence]:
    """Return the pieces that count: neither withdrawn nor replaced."""
    return project.evidence.filter(withdrawn_at=None, replaced_at=None)


def _chosen(project: Project, kind: str, words: str, *, gone: bool) -> QuerySet[Evidence]:
    found = project.evidence.filter(withdrawn_at__isnull=False) if gone else standing(project)
    if kind:
        found = found.filter(kind=kind)
    if words:
        found = found.filter(Q(title__icontains=words) | Q(serial__icontains=words))
    return found.order_by("-happened_on", "-id")


def facts_of(form: QueryDict) -> Facts:
    """Return a piece as a form says it is."""
    return Facts(
        form.get("kind", ""),
        form.get("title", ""),
        day(form, "happened_on"),
        form.get("serial", ""),
        form.get("result", ""),
        maybe_day(form, "received_on"),
        form.get("link", ""),
        form.get("record", ""),
    )


def upload_of(request: HttpRequest, name: str = "file") -> UploadedFile[bytes] | None:
    """Return the file of a form, None where none was chosen."""
    file = request.FILES.get(name)
    return file if isinstance(file, UploadedFile) else None


def add(project: Project, request: HttpRequest, by: Person) -> None:
    """Take in one piece, and let it back the indicators that were chosen."""
    form, file = request.POST, upload_of(request)
    chosen = [pk for pk in form.getlist("indicator") if pk]
    backed: list[Indicator] = [one_of(project.indicators.all(), QueryDict(f"pk={pk}"), "pk") for pk in chosen]
    evidence.add(project, facts_of(form), by=by, file=file, name=file.name or "" if file else "", indicators=backed)


def _list(project: Project, request: HttpRequest, by: Person) -> str:
    file = upload_of(request)
    if file is None:
        raise FieldError(_("Choose the list's file."))
    taken = take_list(project, request.POST.get("kind", ""), file.read(), file.name or "", by=by)
    return _("Pieces taken in:") + f" {taken}"


VERBS: Mapping[str, Verb] = {
    "add": Verb(Act.ADD_EVIDENCE, add),
    "list": Verb(Act.ADD_EVIDENCE, _list),
}
