"""Gives out the files of a contract: its papers and what was handed in."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yuqiao.accounts.services import record
from yuqiao.contracts.models import Contract, HandIn, Paper
from yuqiao.evaluation import evidence_files
from yuqiao.evaluation.evidence_files import ChangedError
from yuqiao.evaluation.models import StoredFile
from yuqiao.web.console.gate import Act, allowed, person_of

OCTETS = "application/octet-stream"


@require_GET
@allowed(Act.SEE_PROJECTS)
def download(request: HttpRequest, contract_id: int, sha256: str) -> HttpResponseBase:
    """Give a file of this contract, compared with its hash first; the journal holds who took it."""
    contract = get_object_or_404(Contract, pk=contract_id)
    of_papers = Paper.objects.filter(contract=contract, sha256=sha256)
    of_hand_ins = HandIn.objects.filter(deliverable__contract=contract, sha256=sha256)
    row = StoredFile.objects.filter(sha256=sha256).first()
    if row is None or not (of_papers.exists() or of_hand_ins.exists()):
        raise Http404
    try:
        content = evidence_files.read(row)
    except ChangedError:
        messages.error(request, _("The stored file is gone or is not what was handed in; it is not given out."))
        return redirect("contract", contract.pk)
    record(person_of(request), "contract.download", contract, {"sha256": sha256})
    response = StreamingHttpResponse(content, content_type=OCTETS)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=row.name)
    response["Content-Length"] = str(row.size)
    response["X-Content-Type-Options"] = "nosniff"
    return response
