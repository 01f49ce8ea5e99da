"""Terms: looked up by everybody who interprets, kept as a table by those who answer for them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yuqiao.hotline import terms
from yuqiao.languages.catalogue import FOREIGN
from yuqiao.languages.models import Domain, Term
from yuqiao.lib.cells import MOST_BYTES
from yuqiao.lib.clock import now
from yuqiao.web.console import words
from yuqiao.web.console.gate import Act, allowed, may, person_of

DOMAINS: words.Words = {
    "general": gettext_lazy("General"),
    "medical": gettext_lazy("Medicine"),
    "police": gettext_lazy("Police matters"),
    "rescue": gettext_lazy("Fire and rescue"),
    "legal": gettext_lazy("Law"),
    "travel": gettext_lazy("Travel"),
}
FILES = {
    "terms.csv": (terms.to_csv, "text/csv; charset=utf-8"),
    "terms.xlsx": (terms.to_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def _found(request: HttpRequest) -> list[tuple[Term, str, str]]:
    """Return the terms the reader asks for: each with the names of its language and domain."""
    language, domain = request.GET.get("language", ""), request.GET.get("domain", "")
    today = timezone.localtime(now()).date()
    found = terms.search(
        language if language in FOREIGN else "",
        request.GET.get("q", "")[:100],
        today,
        domain=domain if domain in Domain.values else "",
    )
    return [(term, words.language_name(term.language), words.word(DOMAINS, term.domain)) for term in found]


@allowed(Act.SEE_TERMS)
def search(request: HttpRequest) -> HttpResponseBase:
    """Return the matching terms as a list, to be shown beside a running call."""
    one_language = request.GET.get("language", "") in FOREIGN
    return render(request, "console/_terms.html", {"found": _found(request), "one_language": one_language})


@allowed(Act.SEE_TERMS)
def show(request: HttpRequest) -> HttpResponseBase:
    """Show the terms with a search; tables go in and out for those who keep them."""
    context = {
        "found": _found(request),
        "q": request.GET.get("q", ""),
        "language": request.GET.get("language", ""),
        "domain": request.GET.get("domain", ""),
        "languages": [(code, words.language_name(code)) for code in FOREIGN],
        "domains": [(code, words.word(DOMAINS, code)) for code in Domain.values],
        "count": Term.objects.count(),
        "keeps": may(person_of(request), Act.KEEP_TERMS),
        "columns": ", ".join(terms.COLUMNS),
        "most": terms.FOUND,
    }
    return render(request, "console/terms.html", context)


@allowed(Act.SEE_TERMS)
def download(request: HttpRequest, name: str) -> HttpResponse:
    """Give all terms as a file."""
    if name not in FILES:
        raise Http404
    make, kind = FILES[name]
    return HttpResponse(make(), content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@allowed(Act.KEEP_TERMS)
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Take a table, or the seed that comes with the platform."""
    person, file = person_of(request), request.FILES.get("file")
    if request.POST.get("seed") == "1":
        messages.success(request, _("Terms added: {count}").format(count=terms.load_seed(person)))
    elif file is None:
        messages.error(request, _("Choose a file first."))
    else:
        try:
            taken = terms.import_table(file.read(MOST_BYTES + 1), person)
        except terms.TermError as error:
            messages.error(request, _("Nothing was taken: row {row} is wrong.").format(row=error.row))
        else:
            messages.success(request, _("Rows taken: {count}").format(count=taken))
    return redirect("terms")
