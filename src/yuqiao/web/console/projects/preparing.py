"""What goes before a plan, its groundwork (S139), and what threatens it, the register of risks (S140)."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from yuqiao.accounts.models import Person
from yuqiao.evaluation import preparing
from yuqiao.evaluation.amounts import plain
from yuqiao.evaluation.models import GroundworkKind, Project, RiskState
from yuqiao.evaluation.preparing import Look, Paper, Threat
from yuqiao.evaluation.process_rules import What, may_edit
from yuqiao.evaluation.risk_rules import HIGHEST, Level, may_become
from yuqiao.lib.clock import now
from yuqiao.web.console import words
from yuqiao.web.console.gate import Act, allowed
from yuqiao.web.console.projects.acting import NOTHING, Given, Verb, answer, day, maybe_day, maybe_number, one_of, whole
from yuqiao.web.console.projects.dashboard import frame, project_of
from yuqiao.web.console.projects.words import GROUNDWORK, RISK_LEVELS, RISK_STATES

#: Level -> which colour its word has: that of an error, of a doubt, of neither.
WEIGHTS = {Level.GRAVE: "error", Level.MIDDLING: "doubt", Level.SLIGHT: "note"}


@require_http_methods(["GET", "POST"])
@allowed(Act.SEE_PROJECTS)
def page(request: HttpRequest, project_id: int) -> HttpResponseBase:
    """Show groundwork and risks, and add to them."""
    project = project_of(project_id)
    if request.method == "POST":
        return answer(request, project, VERBS, lambda: reverse("project-preparing", args=[project.pk]), show)
    return show(request, project, NOTHING)


def show(request: HttpRequest, project: Project, given: Given) -> HttpResponseBase:
    """Draw the page; ``given`` is what was typed and could not be done."""
    today = timezone.localdate(now())
    papers = project.groundwork.select_related("indicator", "entered_by", "evidence")
    context = frame(request, project, "project-preparing") | {
        "given": given,
        "papers": [
            (one, words.word(GROUNDWORK, one.kind), "" if one.expected is None else plain(one.expected))
            for one in papers
        ],
        "risks": [
            {
                "risk": one.risk,
                "level": words.word(RISK_LEVELS, one.level.value),
                "weight": WEIGHTS[one.level],
                "state": words.word(RISK_STATES, one.risk.state),
                "overdue": one.overdue,
                "next": [state for state in _states() if may_become(one.risk.state, state[0])],
            }
            for one in preparing.register(project, today)
        ],
        "kinds": [(one, words.word(GROUNDWORK, one)) for one in GroundworkKind.values],
        "grades": range(1, HIGHEST + 1),
        "indicators": project.indicators.all(),
        "pieces": project.evidence.filter(withdrawn_at=None, replaced_at=None).order_by("-received_on", "-id")[:200],
        "files": may_edit(project.stage, What.EVIDENCE),
        "writes": may_edit(project.stage, What.TEXT),
        "today": today,
    }
    return render(request, "console/projects/preparing.html", context)


def _states() -> list[tuple[str, str]]:
    return [(one, words.word(RISK_STATES, one)) for one in RiskState.values]


def _paper(project: Project, request: HttpRequest, by: Person) -> None:
    form = request.POST
    paper = Paper(
        form.get("kind", ""),
        form.get("title", ""),
        day(form, "made_on"),
        form.get("text", ""),
        one_of(project.indicators.all(), form, "indicator") if form.get("indicator") else None,
        maybe_number(form, "expected"),
        one_of(project.evidence.all(), form, "evidence") if form.get("evidence") else None,
    )
    preparing.file_paper(project, paper, by=by)


def _withdraw(project: Project, request: HttpRequest, by: Person) -> None:
    paper = one_of(project.groundwork.all(), request.POST, "paper")
    preparing.withdraw_paper(paper, request.POST.get("reason", ""), by=by)


def _risk(project: Project, request: HttpRequest, by: Person) -> None:
    form = request.POST
    threat = Threat(
        form.get("title", ""),
        whole(form, "likelihood") or 0,
        whole(form, "impact") or 0,
        form.get("effect", ""),
        form.get("measure", ""),
        form.get("owner", ""),
        maybe_day(form, "review_on"),
        one_of(project.indicators.all(), form, "indicator") if form.get("indicator") else None,
    )
    preparing.enter_risk(project, threat, by=by)


def _look(project: Project, request: HttpRequest, by: Person) -> None:
    form = request.POST
    look = Look(
        form.get("note", ""),
        form.get("state", ""),
        whole(form, "likelihood") or 0,
        whole(form, "impact") or 0,
        maybe_day(form, "review_on"),
    )
    preparing.look_again(one_of(project.risks.all(), form, "risk"), look, by=by)


VERBS = {
    "paper": Verb(Act.EDIT_PLAN, _paper),
    "withdraw": Verb(Act.EDIT_PLAN, _withdraw),
    "risk": Verb(Act.REVIEW, _risk),
    "look": Verb(Act.REVIEW, _look),
}
