"""Projects, or one project's years, side by side: each indicator of the same name in one line."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from yuqiao.evaluation.assembling import assemble_all
from yuqiao.evaluation.evidence_gaps import gaps_of
from yuqiao.evaluation.models import Project
from yuqiao.evaluation.sheet import Sheet
from yuqiao.lib.clock import now
from yuqiao.web.console.gate import Act, allowed
from yuqiao.web.console.projects.shown import RowShown, headline, money_shown, rows_shown

MOST_SIDES = 6


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator's name with each side's row, None where a side has no such indicator."""

    level2: str
    name: str
    sides: list[RowShown | None]


def lines(sides: list[list[RowShown]]) -> list[Line]:
    """Return every name once, in the order of the first side that has it."""
    by_name = [{one.row.name: one for one in side} for side in sides]
    names: dict[str, str] = {}
    for side in sides:
        for one in side:
            names.setdefault(one.row.name, one.row.level2)
    return [Line(level2, name, [side.get(name) for side in by_name]) for name, level2 in names.items()]


@require_GET
@allowed(Act.SEE_PROJECTS)
def show(request: HttpRequest) -> HttpResponseBase:
    """Show the projects whose numbers are given as ``p``, at most six, the oldest year first."""
    asked = [int(one) for one in request.GET.getlist("p") if one.isdecimal() and len(one) < 10][:MOST_SIDES]
    at = now()
    today = timezone.localdate(at)
    projects = list(Project.objects.filter(pk__in=asked).select_related("department", "unit").order_by("year", "code"))
    missing = gaps_of(projects)
    sheets: list[Sheet] = assemble_all(projects, at)
    context = {
        "heads": [
            headline(project, sheet, today, len(missing[project.pk]))
            for project, sheet in zip(projects, sheets, strict=True)
        ],
        "money": [money_shown(sheet.money[0]) for sheet in sheets],
        "lines": lines([rows_shown(sheet, today) for sheet in sheets]),
        "others": Project.objects.exclude(pk__in=asked)[:100],
        "asked": asked,
        "most": MOST_SIDES,
    }
    return render(request, "console/projects/compare.html", context)
