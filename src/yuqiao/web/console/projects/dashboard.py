"""One project's dashboard: indicators against plan, money, deviations, gaps, deadlines, charts."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yuqiao.evaluation import reviewing
from yuqiao.evaluation.evidence_gaps import gaps
from yuqiao.evaluation.importing import comparison
from yuqiao.evaluation.linking import contract_alarms
from yuqiao.evaluation.models import Project
from yuqiao.evaluation.outlook import dues
from yuqiao.evaluation.reminding import open_reminders
from yuqiao.evaluation.sheet import Sheet, in_ten_thousand
from yuqiao.evaluation.versions import current
from yuqiao.lib.clock import now
from yuqiao.web.console import charts
from yuqiao.web.console.gate import Act, allowed, may, person_of
from yuqiao.web.console.projects.shown import RowShown, headline, money_shown, points, rows_shown

MONTHS = 12
#: A bar of an indicator ends here; what is more is said in its text.
MOST_SHARE = Fraction(3, 2)
BAR_LEFT, BAR_WIDTH, BAR_STEP = 260, 400, 24


@dataclass(frozen=True, slots=True)
class Month:
    """Money paid up to the end of a month (None: not begun yet), beside the adjusted budget spent evenly; fen."""

    name: str
    paid: int | None
    even: int

    @property
    def texts(self) -> tuple[str, str]:
        """Both amounts in 万元."""
        return in_ten_thousand(self.paid), in_ten_thousand(self.even)

    @property
    def middle(self) -> int:
        """Where its name stands under the chart."""
        return (2 * int(self.name) - 1) * (charts.WIDTH // MONTHS) // 2


@dataclass(frozen=True, slots=True)
class IndicatorBar:
    """One bar of the chart; ``top`` and ``width`` in the drawing's units."""

    name: str
    top: int
    width: int
    text: str
    code: str


def project_of(project_id: int) -> Project:
    """Return a project with what its head shows; 404 for none."""
    return get_object_or_404(Project.objects.select_related("department", "unit", "before"), pk=project_id)


def frame(request: HttpRequest, project: Project, tab: str) -> dict[str, object]:
    """Return what the head of each page of a project needs: the tabs and what this reader may do."""
    person = person_of(request)
    acts = {"edits": Act.EDIT_PLAN, "proves": Act.ADD_EVIDENCE, "reviews": Act.REVIEW, "signs": Act.SIGN_EVALUATION}
    tabs = [
        ("project", _("Dashboard")),
        ("project-plan", _("Year's plan")),
        ("project-preparing", _("Groundwork and risks")),
        ("project-money", _("Money")),
        ("project-evidence", _("Evidence")),
        ("project-review", _("Review")),
        ("project-report", _("Report's text")),
        ("project-process", _("Process")),
        ("project-documents", _("Documents")),
        ("project-scheme", _("Scoring scheme")),
    ]
    return {"project": project, "tab": tab, "tabs": tabs} | {name: may(person, act) for name, act in acts.items()}


@require_GET
@allowed(Act.SEE_PROJECTS)
def show(request: HttpRequest, project_id: int) -> HttpResponseBase:
    """Show one project as it stands now."""
    project = project_of(project_id)
    at = now()
    today = timezone.localdate(at)
    sheet = current(project, at)
    shown = rows_shown(sheet, today, forecasts_of(project, sheet, today))
    missing = gaps(project)
    paid = months(project, sheet, today)
    context = frame(request, project, "project") | {
        "sheet": sheet,
        "head": headline(project, sheet, today, len(missing)),
        "rows": shown,
        "money": [money_shown(one) for one in sheet.money],
        "budget": points(sheet.budget.value),
        "budget_initial": points(sheet.budget_initial.value),
        "deviations": [one for one in shown if one.row.cause or one.lacks_reason],
        "gaps": missing,
        "alarms": contract_alarms(project, today),
        "reminders": open_reminders(project),
        "compared": comparison(project, at),
        "lacking": {one.indicator for one in missing},
        "dues": [(one, (one.on - today).days) for one in dues(sheet) if one.name or one.on >= today],
        "months": paid,
        "bars": money_bars(paid),
        "drawn": indicator_bars(shown),
        "chart_height": len(shown) * BAR_STEP + 4,
        "target_at": BAR_LEFT + int(BAR_WIDTH / MOST_SHARE),
        "years": years_of(project),
    }
    return render(request, "console/projects/dashboard.html", context)


def forecasts_of(project: Project, sheet: Sheet, today: dt.date) -> dict[int, str]:
    """Return by row where the year leads, with what that rests on."""
    return {one.row.id: reviewing.forecast_text(one) for one in reviewing.standings(project, sheet, today)}


def years_of(project: Project) -> list[Project]:
    """Return the same project in earlier and later years, the oldest first."""
    found = [project]
    while found[0].before is not None and len(found) < MONTHS:
        found.insert(0, found[0].before)
    return [*found, *project.after.order_by("year")]


def months(project: Project, sheet: Sheet, today: dt.date) -> list[Month]:
    """Return each month's payments added up, beside the adjusted budget spent evenly."""
    paid: defaultdict[int, int] = defaultdict(int)
    for day, amount in project.payments.values_list("paid_on", "amount_fen"):
        paid[_month(day, project.year)] += amount
    whole = sheet.money[0].adjusted_fen or 0
    added = accumulate(paid[month] for month in range(1, MONTHS + 1))
    return [
        Month(f"{month}", sum_ if dt.date(project.year, month, 1) <= today else None, whole * month // MONTHS)
        for month, sum_ in enumerate(added, 1)
    ]


def _month(day: dt.date, year: int) -> int:
    """Return the month a payment is drawn in: what was paid before or after the year, in its first or last."""
    if day.year != year:
        return 1 if day.year < year else MONTHS
    return day.month


def money_bars(paid: list[Month]) -> list[charts.Bar]:
    """Return the bars of the money's chart; "before" is the even spending."""
    drawn = charts.pairs([(one.name, max(0, one.paid or 0), one.even) for one in paid])
    texts = [text for one in paid for text in reversed(one.texts)]
    names = [one.name for one in paid for _side in range(2)]
    return [replace(bar, label=f"{name}: {text}") for bar, name, text in zip(drawn, names, texts, strict=True)]


def indicator_bars(shown: list[RowShown]) -> list[IndicatorBar]:
    """Return a bar for each indicator, its length the share of the target, at most half as much again."""
    found = []
    for place, one in enumerate(shown):
        ratio = one.row.score.ratio if one.row.score.ratio is not None else Fraction(0)
        width = int(max(Fraction(0), min(ratio, MOST_SHARE)) / MOST_SHARE * BAR_WIDTH)
        text = one.percent or one.light.word
        found.append(IndicatorBar(one.row.name, place * BAR_STEP, width, text, one.light.code))
    return found
