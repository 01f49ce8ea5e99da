"""A printed form becomes a project: read, looked at with everything that was not understood, then confirmed (S4).

Nothing is kept between the two steps: what was read travels in the page, signed, so that nobody changes it on the way.
"""

from __future__ import annotations

import hashlib

from django.core import signing
from django.http import Http404, HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from yuqiao.accounts.models import Department
from yuqiao.evaluation import importing
from yuqiao.evaluation.form import Form
from yuqiao.evaluation.freezing_data import as_data, from_data
from yuqiao.evaluation.importing import Choice, Mended, Preview
from yuqiao.evaluation.readers.errors import UnreadableError
from yuqiao.evaluation.scheme_versions import every
from yuqiao.web.console.gate import Act, allowed, person_of
from yuqiao.web.console.projects.acting import MISTAKES, sentence, whole
from yuqiao.web.console.projects.audit import form_of, groups, said_of
from yuqiao.web.console.projects.evidence import upload_of

SALT = "yuqiao.import"
#: A look is confirmed within a day, or the file is handed in again.
LONGEST = 24 * 3600


@require_http_methods(["GET", "POST"])
@allowed(Act.EDIT_PLAN)
def page(request: HttpRequest) -> HttpResponseBase:
    """Take a form in, show what it would become, and make the project once that is confirmed."""
    if request.method == "GET":
        return render(request, "console/projects/import.html", {"given": {}})
    try:
        form, file, sha256 = _read(request)
    except UnreadableError as error:
        return render(
            request, "console/projects/import.html", {"given": request.POST, "error": said_of(error)}, status=422
        )
    try:
        shown = importing.preview_form(form, sha256, file, mended_of(request.POST))
        if request.POST.get("ask") == "confirm":
            choice = Choice(*(request.POST.get(name, "").strip() for name in ("code", "department", "unit")))
            return redirect("project-plan", importing.confirm(shown, choice, by=person_of(request)).pk)
    except MISTAKES as error:
        return _shown(request, importing.preview_form(form, sha256, file), form, sentence(error))
    return _shown(request, shown, form)


def _read(request: HttpRequest) -> tuple[Form, str, str]:
    """Return the form with its file's name and hash: handed in now, or read before and sent back by the page."""
    kept = request.POST.get("read", "")
    if kept:
        try:
            data = signing.loads(kept, salt=SALT, max_age=LONGEST)
        except signing.BadSignature as error:
            raise Http404 from error
        return from_data(Form, data["form"]), data["file"], data["sha256"]
    form = form_of(request)
    file = upload_of(request)
    if file is None:
        return form, "", hashlib.sha256(request.POST.get("text", "").encode(errors="replace")).hexdigest()
    file.seek(0)
    return form, file.name or "", hashlib.sha256(file.read()).hexdigest()


def mended_of(form: QueryDict) -> Mended:
    """Return what a person mended or chose."""
    schemes = {f"{one.code}@{one.valid_from}": one for one in every()}
    return Mended(
        form.get("name", "").strip(),
        whole(form, "year"),
        schemes.get(form.get("scheme", "")),
        frozenset(int(one) for one in form.getlist("skip") if one.isascii() and one.isdecimal() and len(one) < 6),
    )


def _shown(request: HttpRequest, shown: Preview, form: Form, error: str = "") -> HttpResponseBase:
    data = {"form": as_data(form), "file": shown.file, "sha256": shown.sha256}
    context = {
        "shown": shown,
        "draft": shown.draft,
        "read": signing.dumps(data, salt=SALT, compress=True),
        "given": request.POST,
        "by_weight": groups(list(shown.findings)),
        "sound": not shown.findings,
        "form": shown.form,
        "scheme": shown.draft.scheme,
        "how": shown.told,
        "schemes": [(f"{one.code}@{one.valid_from}", one.name) for one in every()],
        "departments": Department.objects.order_by("name_zh"),
        "skipped": {int(one) for one in request.POST.getlist("skip") if one.isdecimal() and len(one) < 6},
        "error": error,
    }
    return render(request, "console/projects/import_look.html", context, status=422 if error else 200)
