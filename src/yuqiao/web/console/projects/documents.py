"""A project's official documents to take away: as docx, xlsx and PDF, each as public and as internal copy."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from yuqiao.documents.formats import FORMATS
from yuqiao.documents.forms import DocumentError
from yuqiao.evaluation.freezing import FreezingError
from yuqiao.evaluation.printing.copies import Copy
from yuqiao.evaluation.printing.offers import BY_CODE, OFFERS
from yuqiao.evaluation.report_figures import FigureError
from yuqiao.lib.clock import now
from yuqiao.web.console import words
from yuqiao.web.console.files import NO_FILE, file_response
from yuqiao.web.console.gate import Act, allowed
from yuqiao.web.console.projects.dashboard import frame, project_of

#: What each document is for, beside its title.
ABOUT: words.Words = {
    "self-evaluation": _("The form as it is handed in to the finance office."),
    "report": _("The year in chapters: text whose numbers are figures, claims that have evidence, all indicators."),
    "plan": _("What was promised for the year: money, goals, indicators with targets and weights."),
    "statistics-half-year": _("The hotline's figures and work summary of the first half of the year."),
    "statistics-year": _("The hotline's figures and work summary of the whole year."),
}


@require_GET
@allowed(Act.SEE_PROJECTS)
def page(request: HttpRequest, project_id: int) -> HttpResponseBase:
    """Show which documents can be had."""
    project = project_of(project_id)
    offers = [(one, words.word(ABOUT, one.code)) for one in OFFERS if one.fits(project)]
    context = frame(request, project, "project-documents") | {"offers": offers, "kinds": list(FORMATS)}
    return render(request, "console/projects/documents.html", context)


@require_GET
@allowed(Act.SEE_PROJECTS)
def download(request: HttpRequest, project_id: int, code: str, copy: str, kind: str) -> HttpResponseBase:
    """Give one document as a file."""
    project = project_of(project_id)
    said: str | Promise
    if code not in BY_CODE or copy not in set(Copy) or kind not in FORMATS:
        raise Http404
    try:
        document = BY_CODE[code].make(project, Copy(copy), now())
        return file_response(document, kind, f"{code}-{project.code}-{copy}")
    except DocumentError as error:
        said = words.word(NO_FILE, error.code)
    except FigureError as error:
        said = error.sentence
    except FreezingError:
        said = _(
            "The kept version is not what was frozen, so nothing is printed of it; ask who looks after the database."
        )
    messages.error(request, said)
    return redirect("project-documents", project.pk)
