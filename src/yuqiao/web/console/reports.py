"""Half-year and year reports (S50): read, written to by their authors, signed, and taken away as docx, xlsx or PDF."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from yuqiao.documents.blocks import Block, Document, Heading, Paragraph, Table
from yuqiao.documents.forms import DocumentError
from yuqiao.hotline.models import Report
from yuqiao.hotline.reporting import services
from yuqiao.hotline.reporting.content import SECTIONS
from yuqiao.lib.clock import now
from yuqiao.web.console import words
from yuqiao.web.console.files import NO_FILE, file_response
from yuqiao.web.console.gate import Act, allowed, may, person_of
from yuqiao.web.console.security.proving import stepped_up

FAULTS: words.Words = {
    "period": gettext_lazy("A report is of a year (2021) or half a year (2021H1) that has begun."),
    "remark": gettext_lazy("Remarks have at most 4,000 characters."),
    "signed": gettext_lazy("It was signed already and stays as it was."),
    "not_over": gettext_lazy("Its period is not over yet."),
}


@require_GET
@allowed(Act.REPORT)
def show_list(request: HttpRequest) -> HttpResponseBase:
    """Show all reports, and let authors begin another."""
    year = timezone.localtime(now()).year
    context = {
        "reports": Report.objects.select_related("begun_by", "signed_by"),
        "writes": may(person_of(request), Act.WRITE_REPORT),
        "periods": [code for one in range(year, year - 5, -1) for code in (f"{one}", f"{one}H1", f"{one}H2")],
    }
    return render(request, "console/reports.html", context)


@allowed(Act.WRITE_REPORT)
@require_POST
def begin(request: HttpRequest) -> HttpResponseBase:
    """Begin the report of a period, or go to the one there is."""
    try:
        report = services.begin(request.POST.get("period", ""), by=person_of(request))
    except services.ReportError as error:
        messages.error(request, words.word(FAULTS, error.code))
        return redirect("reports")
    return redirect("report", report.period)


def _report(code: str) -> Report:
    return get_object_or_404(Report.objects.select_related("signed_by"), period=code)


@require_GET
@allowed(Act.REPORT)
def show(request: HttpRequest, code: str) -> HttpResponseBase:
    """Show a report as it was signed or as it is now, and what the rows say differently since."""
    report = _report(code)
    document = services.document(report)
    remarks = services.remarks_of(report)
    context = {
        "report": report,
        "document": document,
        "sections": [(code, blocks, remarks.get(code, "")) for code, blocks in _sections(document)],
        "differences": services.differences(report),
        "writes": report.signed_at is None and may(person_of(request), Act.WRITE_REPORT),
        "signs": report.signed_at is None and may(person_of(request), Act.SIGN_REPORT),
        "over": services.of_period(report.period).until <= now(),
    }
    return render(request, "console/report.html", context)


def _sections(document: Document) -> list[tuple[str, list[dict[str, Block]]]]:
    """Return a document's blocks by the code of the section they stand in, each under the name of its kind."""
    codes = {title: code for code, title in SECTIONS.items()}
    found: list[tuple[str, list[dict[str, Block]]]] = []
    for block in document.blocks:
        match block:
            case Heading(text=text, level=1):
                found.append((codes.get(text, ""), [{"heading": block}]))
            case Paragraph():
                found[-1][1].append({"paragraph": block})
            case Table():
                found[-1][1].append({"table": block})
            case _:
                found[-1][1].append({"heading": block})
    return found


@allowed(Act.WRITE_REPORT)
@require_POST
def remark(request: HttpRequest, code: str) -> HttpResponseBase:
    """Write remarks to one section."""
    said = _("Saved; the journal holds who did it.")
    section, text = request.POST.get("section", ""), request.POST.get("text", "")
    return _do(request, code, said, lambda one: services.remark(one, section, text, by=person_of(request)))


@allowed(Act.SIGN_REPORT)
@require_POST
@stepped_up
def sign(request: HttpRequest, code: str) -> HttpResponseBase:
    """Sign a report: from now on it stays as it is."""
    said = _("Signed; later changes of rows do not change it.")
    return _do(request, code, said, lambda one: services.sign(one, by=person_of(request)))


def _do(request: HttpRequest, code: str, said: str, verb: Callable[[Report], None]) -> HttpResponseBase:
    try:
        verb(_report(code))
    except services.ReportError as error:
        messages.error(request, words.word(FAULTS, error.code))
    else:
        messages.success(request, said)
    return redirect("report", code)


@require_GET
@allowed(Act.REPORT)
def download(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """Give a report as a file."""
    try:
        return file_response(services.document(_report(code)), kind, f"report-{code}")
    except DocumentError as error:
        messages.error(request, words.word(NO_FILE, error.code))
        return redirect("report", code)
