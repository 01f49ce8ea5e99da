"""Anybody's self-evaluation form, checked in a minute: no project is needed, and nothing of the file is kept."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from yuqiao.evaluation.audit import Finding, Weight, audit, guess
from yuqiao.evaluation.form import Form
from yuqiao.evaluation.readers.files import LARGEST, UnreadableError, read_content
from yuqiao.evaluation.readers.safety import MIB
from yuqiao.evaluation.schemes import BY_CODE, SCHEMES
from yuqiao.web.console import words
from yuqiao.web.console.gate import Act, allowed
from yuqiao.web.console.projects.words import FINDINGS

#: What a pasted form may hold, in characters.
MOST_TEXT = 200_000


@require_http_methods(["GET", "POST"])
@allowed(Act.AUDIT_FORMS)
def page(request: HttpRequest) -> HttpResponseBase:
    """Show where to hand a form in; after that, what it says and what is wrong with it."""
    context: dict[str, object] = {"schemes": SCHEMES, "given": request.POST, "most": LARGEST // MIB}
    if request.method == "POST":
        try:
            form = form_of(request)
        except UnreadableError as error:
            context["error"] = said_of(error)
            return render(request, "console/projects/audit.html", context, status=422)
        context |= audited(form, request.POST.get("scheme", ""))
    return render(request, "console/projects/audit.html", context)


def form_of(request: HttpRequest) -> Form:
    """Return the form that was handed in, as a file or as pasted text; UnreadableError if it holds none."""
    file, text = request.FILES.get("file"), request.POST.get("text", "")
    if isinstance(file, UploadedFile):
        if (file.size or 0) > LARGEST:
            raise UnreadableError("too-large", most=LARGEST // MIB)
        form = read_content(file.read(), file.name or "")
    else:
        form = read_content(text[:MOST_TEXT].encode(), "")
    if not form.indicators:
        raise UnreadableError("no-indicators")
    return form


def said_of(error: UnreadableError) -> str:
    """Return why a file was not taken, in the reader's language."""
    return error.chinese if words.reads_chinese() else error.english


def audited(form: Form, code: str) -> dict[str, object]:
    """Return the form with its findings, the gravest first, and by which scheme it was checked."""
    guessed, how = guess(form)
    scheme = BY_CODE.get(code, guessed)
    findings = audit(form, scheme)
    return {
        "form": form,
        "scheme": scheme,
        "how": how if code not in BY_CODE else "",
        "by_weight": groups(findings),
        "sound": not findings,
    }


def groups(findings: list[Finding]) -> list[tuple[str, str, list[Finding]]]:
    """Return findings by their weight: (code, word, findings), none where there is none."""
    found = [
        (one.name.lower(), words.word(FINDINGS, one.value), [f for f in findings if f.weight is one]) for one in Weight
    ]
    return [one for one in found if one[2]]
