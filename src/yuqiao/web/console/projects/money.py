"""A project's money: what each source was to give, adjustments with their approval, payments and their reversals."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from yuqiao.accounts.models import Person
from yuqiao.contracts.models import Contract
from yuqiao.evaluation import budget
from yuqiao.evaluation.assembling import money_of
from yuqiao.evaluation.linking import contract_alarms, link_contract, unlink_contract
from yuqiao.evaluation.models import MoneySource, Project
from yuqiao.evaluation.money import read_fen, ten_thousand
from yuqiao.evaluation.plan_rules import Approval
from yuqiao.evaluation.process_rules import What, may_edit
from yuqiao.evaluation.sheet import Money
from yuqiao.lib.clock import now
from yuqiao.web.console import words
from yuqiao.web.console.gate import Act, allowed
from yuqiao.web.console.projects.acting import NOTHING, Given, Verb, answer, day, one_of
from yuqiao.web.console.projects.dashboard import frame, project_of
from yuqiao.web.console.projects.shown import money_shown


@require_http_methods(["GET", "POST"])
@allowed(Act.SEE_PROJECTS)
def page(request: HttpRequest, project_id: int) -> HttpResponseBase:
    """Show the money, and enter what changes it."""
    project = project_of(project_id)
    if request.method == "POST":
        return answer(request, project, VERBS, lambda: reverse("project-money", args=[project.pk]), show)
    return show(request, project, NOTHING)


def show(request: HttpRequest, project: Project, given: Given) -> HttpResponseBase:
    """Draw the page; ``given`` is what was typed and could not be done."""
    sources = money_of(project)
    added = Money("年度资金总额", *(_added(sources, name) for name in ("initial_fen", "adjusted_fen", "executed_fen")))
    initial = dict(project.budget.values_list("source", "initial_fen"))
    payments = project.payments.select_related("contract", "entered_by", "reversed_by").order_by("-paid_on", "-id")
    context = frame(request, project, "project-money") | {
        "given": given,
        "money": [money_shown(one) for one in (added, *sources)],
        "sources": [
            (one.value, one.label, ten_thousand(initial[one.value]) if one.value in initial else "")
            for one in MoneySource
        ],
        "adjustments": [
            (one, ten_thousand(one.amount_fen))
            for one in project.adjustments.select_related("indicator", "entered_by").order_by("-decided_on", "-id")
        ],
        "payments": [(one, ten_thousand(one.amount_fen)) for one in payments],
        "indicators": project.indicators.all(),
        "contracts": Contract.objects.all()[:200],
        "ties": project.contracts.select_related("contract__supplier", "strand").order_by("contract__number"),
        "alarms": contract_alarms(project, timezone.localdate(now())),
        "strands": project.strands.all(),
        "plans": may_edit(project.stage, What.PLAN),
        "adjusts": may_edit(project.stage, What.PLAN) or may_edit(project.stage, What.CHANGE),
        "pays": may_edit(project.stage, What.EVIDENCE),
        "today": timezone.localdate(now()),
    }
    return render(request, "console/projects/money.html", context)


def _added(sources: list[Money], name: str) -> int | None:
    known = [value for one in sources if (value := getattr(one, name)) is not None]
    return sum(known) if known else None


def _initial(project: Project, request: HttpRequest, by: Person) -> None:
    text = request.POST.get("amount", "").strip()
    budget.set_initial(project, request.POST.get("source", ""), read_fen(text) if text else None, by=by)


def approval_of(form: QueryDict) -> Approval:
    """Return the approval that a form gives."""
    return Approval(form.get("reason", ""), form.get("approval", ""), day(form, "approved_on"))


def _adjust(project: Project, request: HttpRequest, by: Person) -> None:
    form = request.POST
    about = one_of(project.indicators.all(), form, "indicator") if form.get("indicator") else None
    amount = read_fen(form.get("amount", ""))
    budget.adjust(project, form.get("source", ""), amount, approval_of(form), by=by, indicator=about)


def _pay(project: Project, request: HttpRequest, by: Person) -> str:
    form = request.POST
    paid = budget.pay(
        project,
        read_fen(form.get("amount", "")),
        day(form, "paid_on"),
        form.get("payee", ""),
        by=by,
        source=form.get("source", ""),
        purpose=form.get("purpose", ""),
        voucher=form.get("voucher", ""),
        contract=one_of(Contract.objects.all(), form, "contract") if form.get("contract") else None,
    )
    return " ".join(budget.WARNINGS[code][0 if words.reads_chinese() else 1] for code in paid.warnings)


def _reverse(project: Project, request: HttpRequest, by: Person) -> None:
    payment = one_of(project.payments.all(), request.POST, "payment")
    budget.reverse(payment, day(request.POST, "paid_on"), request.POST.get("reason", ""), by=by)


def _tie(project: Project, request: HttpRequest, by: Person) -> None:
    form = request.POST
    strand = one_of(project.strands.all(), form, "strand") if form.get("strand") else None
    link_contract(project, one_of(Contract.objects.all(), form, "contract"), by=by, strand=strand)


def _untie(project: Project, request: HttpRequest, by: Person) -> None:
    unlink_contract(project, one_of(Contract.objects.all(), request.POST, "contract"), by=by)


VERBS = {
    "tie": Verb(Act.EDIT_PLAN, _tie),
    "untie": Verb(Act.EDIT_PLAN, _untie),
    "initial": Verb(Act.EDIT_PLAN, _initial),
    "adjust": Verb(Act.EDIT_PLAN, _adjust),
    "pay": Verb(Act.EDIT_PLAN, _pay),
    "reverse": Verb(Act.EDIT_PLAN, _reverse),
}
