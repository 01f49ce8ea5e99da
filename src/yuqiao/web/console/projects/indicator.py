"""One indicator: how its number came to be, from the definition to the rows and papers behind it (S124)."""

from __future__ import annotations

from collections.abc import Callable

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from yuqiao.evaluation import formulas
from yuqiao.evaluation.assembling import assemble
from yuqiao.evaluation.formulas import Described, Part
from yuqiao.evaluation.models import Evidence, Indicator
from yuqiao.lib.clock import now
from yuqiao.web.console.gate import Act, allowed
from yuqiao.web.console.projects.dashboard import frame, project_of
from yuqiao.web.console.projects.shown import rows_shown

ROWS_SHOWN = 100
#: Kind of a counted row -> its page, from the row's key.
PAGES: dict[str, Callable[[str], str]] = {
    "call": lambda key: reverse("call", args=[key]),
    "violation": lambda key: f"{reverse('violations')}?case={key}",
    "complaint": lambda key: f"{reverse('feedback')}#k{key}",
    "case": lambda key: reverse("case", args=[key]),
    "outage": lambda key: f"{reverse('outages')}#o{key}",
}


@require_GET
@allowed(Act.SEE_PROJECTS)
def show(request: HttpRequest, project_id: int, indicator_id: int) -> HttpResponseBase:
    """Show an indicator with everything behind it; ``part`` chooses the rows of numerator or denominator."""
    project = project_of(project_id)
    at = now()
    shown = {one.row.id: one for one in rows_shown(assemble(project, at), timezone.localdate(at))}
    if indicator_id not in shown:
        raise Http404
    indicator = Indicator.objects.select_related("strand", "project").get(pk=indicator_id)
    part = Part.DENOMINATOR if request.GET.get("part") == Part.DENOMINATOR.value else Part.NUMERATOR
    found = formulas.rows(indicator, part, at)
    evidence = found.model is Evidence
    related = found.select_related("file", "entered_by") if evidence else found
    counted = Paginator(related, ROWS_SHOWN).get_page(request.GET.get("page"))
    context = frame(request, project, "project") | {
        "one": shown[indicator_id],
        "indicator": indicator,
        "parts": [one for one in shown.values() if one.row.parent == indicator_id],
        "part": part.value,
        "page": counted,
        "pieces": counted.object_list if evidence else None,
        "rows": None if evidence else [(one, _page_of(one)) for one in described(found, counted.start_index())],
        "proofs": [link.evidence for link in indicator.proofs.select_related("evidence__file", "evidence__entered_by")],
        "entered": indicator.entered.select_related("entered_by").order_by("-id"),
        "changes": indicator.changes.select_related("entered_by"),
        "deviations": indicator.deviations.select_related("entered_by").order_by("-id"),
        "reviews": indicator.reviews.select_related("by").order_by("-id"),
    }
    return render(request, "console/projects/indicator.html", context)


def described(found: object, start: int) -> list[Described]:
    """Return one page of counted rows in words; ``start`` counts from 1, 0 where there is none."""
    return formulas.described(found, max(0, start - 1), ROWS_SHOWN)  # type: ignore[arg-type]


def _page_of(row: Described) -> str:
    """Return the address of a row's own page, "" for none."""
    link = PAGES.get(row.kind)
    return link(row.key) if link and row.key not in {"", "None"} else ""
