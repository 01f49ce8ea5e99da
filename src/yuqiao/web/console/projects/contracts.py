"""Suppliers and contracts: how each was bought, what its file lacks, hand-ins, acceptance (S11–S13, S74–S81)."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Count, Sum
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from yuqiao.accounts.models import Person
from yuqiao.contracts import services
from yuqiao.contracts.models import Acceptance, Contract, HandIn, Paper, PaperKind, Procurement, Supplier
from yuqiao.evaluation.evidence_files import placed
from yuqiao.evaluation.evidence_kinds import KINDS
from yuqiao.evaluation.money import read_fen, ten_thousand
from yuqiao.lib.clock import now
from yuqiao.web.console.gate import Act, allowed, may, person_of
from yuqiao.web.console.projects.acting import NOTHING, Deed, Given, day, maybe_day, one_of, tried
from yuqiao.web.console.projects.evidence import upload_of

MOST_CONTRACTS = 300


@require_http_methods(["GET", "POST"])
@allowed(Act.SEE_PROJECTS)
def page(request: HttpRequest) -> HttpResponseBase:
    """Show suppliers and contracts, and register more."""

    def show(given: Given) -> HttpResponseBase:
        found = Contract.objects.select_related("supplier").annotate(paid=Sum("payments__amount_fen"))
        context = {
            "given": given,
            "contracts": [
                (one, ten_thousand(one.amount_fen), ten_thousand(one.paid or 0), services.missing_of(one))
                for one in found.order_by("-begins_on", "number")[:MOST_CONTRACTS]
            ],
            "suppliers": Supplier.objects.annotate(count=Count("contracts")).order_by("name_zh"),
            "modes": Procurement.choices,
            "keeps": may(person_of(request), Act.KEEP_CONTRACTS),
        }
        return render(request, "console/projects/contracts.html", context)

    if request.method == "POST":
        return tried(request, LISTED, lambda: reverse("contracts"), show)
    return show(NOTHING)


def facts_of(request: HttpRequest) -> services.Facts:
    """Return a contract as a form says it is to be."""
    form = request.POST
    return services.Facts(
        form.get("number", ""),
        form.get("subject", ""),
        form.get("procurement", ""),
        read_fen(form.get("amount", "")),
        day(form, "begins_on"),
        day(form, "ends_on"),
    )


def _supplier(request: HttpRequest, by: Person) -> None:
    services.add_supplier(request.POST.get("name", ""), by=by, university="university" in request.POST)


def _contract(request: HttpRequest, by: Person) -> None:
    supplier = one_of(Supplier.objects.all(), request.POST, "supplier")
    services.add_contract(supplier, facts_of(request), by=by)


LISTED = {"supplier": Deed(Act.KEEP_CONTRACTS, _supplier), "contract": Deed(Act.KEEP_CONTRACTS, _contract)}


@require_http_methods(["GET", "POST"])
@allowed(Act.SEE_PROJECTS)
def one(request: HttpRequest, contract_id: int) -> HttpResponseBase:
    """Show one contract with its file, deliverables and acceptance; enter what comes in."""
    contract = get_object_or_404(Contract.objects.select_related("supplier"), pk=contract_id)

    def show(given: Given) -> HttpResponseBase:
        return render(request, "console/projects/contract.html", _context(request, contract) | {"given": given})

    def deed(do: Callable[[Contract, HttpRequest, Person], None]) -> Deed:
        return Deed(Act.KEEP_CONTRACTS, lambda request, by: do(contract, request, by))

    if request.method == "POST":
        deeds = {name: deed(do) for name, do in DOING.items()}
        return tried(request, deeds, lambda: reverse("contract", args=[contract.pk]), show)
    return show(NOTHING)


def _context(request: HttpRequest, contract: Contract) -> dict[str, object]:
    return {
        "contract": contract,
        "amount": ten_thousand(contract.amount_fen),
        "missing": services.missing_of(contract),
        "obstacles": services.obstacles_of(contract, timezone.localdate(now())),
        "papers": [(one, ten_thousand(one.amount_fen) if one.amount_fen else "") for one in contract.papers.all()],
        "deliverables": contract.deliverables.prefetch_related("hand_ins"),
        "acceptances": contract.acceptances.all(),
        "payments": [
            (one, ten_thousand(one.amount_fen))
            for one in contract.payments.select_related("project").order_by("paid_on")
        ],
        "paper_kinds": PaperKind.choices,
        "kinds": KINDS,
        "modes": Procurement.choices,
        "keeps": may(person_of(request), Act.KEEP_CONTRACTS),
    }


def _change(contract: Contract, request: HttpRequest, by: Person) -> None:
    services.change_contract(contract, facts_of(request), by=by)


def _sign(contract: Contract, request: HttpRequest, by: Person) -> None:
    services.sign(contract, day(request.POST, "signed_on"), by=by)


def _paper(contract: Contract, request: HttpRequest, by: Person) -> None:
    form = request.POST
    amount = read_fen(form["amount"]) if form.get("amount", "").strip() else None
    dated = day(form, "dated_on")
    party = form.get("party", "")
    kind, title = form.get("kind", ""), form.get("title", "")
    with placed(upload_of(request)) as sha256:
        services.add_paper(contract, kind, title, dated, by=by, party=party, amount_fen=amount, sha256=sha256)


def _deliverable(contract: Contract, request: HttpRequest, by: Person) -> None:
    form = request.POST
    services.add_deliverable(contract, form.get("kind", ""), form.get("title", ""), maybe_day(form, "due_on"), by=by)


def _hand_in(contract: Contract, request: HttpRequest, by: Person) -> None:
    form = request.POST
    deliverable = one_of(contract.deliverables.all(), form, "deliverable")
    on, note = day(form, "handed_in_on"), form.get("note", "")
    with placed(upload_of(request)) as sha256:
        services.hand_in(deliverable, on, by=by, note=note, sha256=sha256)


def _accept(contract: Contract, request: HttpRequest, by: Person) -> None:
    form = request.POST
    services.accept(
        contract,
        form.get("stage", ""),
        form.get("item", ""),
        day(form, "accepted_on"),
        passed=form.get("passed") == "yes",
        by=by,
        note=form.get("note", ""),
    )


def _withdraw(contract: Contract, request: HttpRequest, by: Person) -> None:
    """Withdraw a paper, a hand-in or an item of acceptance; 404 for one of another contract."""
    form, reason = request.POST, request.POST.get("reason", "")
    if form.get("what") == "paper":
        services.withdraw(one_of(Paper.objects.filter(contract=contract), form, "row"), reason, by=by)
    elif form.get("what") == "hand_in":
        services.withdraw(one_of(HandIn.objects.filter(deliverable__contract=contract), form, "row"), reason, by=by)
    else:
        services.withdraw(one_of(Acceptance.objects.filter(contract=contract), form, "row"), reason, by=by)


DOING: dict[str, Callable[[Contract, HttpRequest, Person], None]] = {
    "change": _change,
    "sign": _sign,
    "paper": _paper,
    "deliverable": _deliverable,
    "hand_in": _hand_in,
    "accept": _accept,
    "withdraw": _withdraw,
}
