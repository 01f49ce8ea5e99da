"""Writes suppliers, contracts, papers, hand-ins and acceptance; each verb is journaled (S11–S13, S74–S81).

Nothing is deleted: what was wrong is withdrawn with its reason. ContractError says what to mend.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.contracts.models import (
    Acceptance,
    Contract,
    Deliverable,
    HandIn,
    Paper,
    PaperKind,
    Procurement,
    Supplier,
)
from yuqiao.contracts.rules import AT_SIGNING, ContractError, Due, Item, Missing, missing_papers, obstacles
from yuqiao.lib import clock

Withdrawn = TypeVar("Withdrawn", HandIn, Acceptance, Paper)


@dataclass(frozen=True, slots=True)
class Facts:
    """A contract as it is to be; ``amount_fen`` in whole fen."""

    number: str
    subject: str
    procurement: str
    amount_fen: int
    begins_on: dt.date
    ends_on: dt.date


def add_supplier(name_zh: str, *, by: Person | None, university: bool = False) -> Supplier:
    """Register a supplier under a name of its own."""
    name = _text(name_zh, "供应商名称", 120)
    with transaction.atomic():
        made, new = Supplier.objects.get_or_create(name_zh=name, defaults={"university": university})
        if not new:
            raise ContractError("supplier_taken", name=name)
        record(by, "supplier.add", made, {"university": university})
    return made


def add_contract(supplier: Supplier, facts: Facts, *, by: Person | None) -> Contract:
    """Register a contract that is being prepared; `sign` tells when its procedure ended (S75)."""
    fields = _checked(facts)
    try:
        with transaction.atomic():
            made = Contract.objects.create(supplier=supplier, **fields)
            record(by, "contract.add", made, {"number": made.number, "amount_fen": made.amount_fen})
    except IntegrityError as error:
        raise ContractError("number_taken", number=facts.number.strip()) from error
    return made


def change_contract(contract: Contract, facts: Facts, *, by: Person | None) -> Contract:
    """Change what was registered, until the contract is signed."""
    fields = _checked(facts)
    try:
        with transaction.atomic():
            row = _unsigned(contract)
            changed = sorted(name for name, value in fields.items() if getattr(row, name) != value)
            for name in changed:
                setattr(row, name, fields[name])
            if changed:
                row.save(update_fields=changed)
                record(by, "contract.change", row, {"fields": changed})
    except IntegrityError as error:
        raise ContractError("number_taken", number=facts.number.strip()) from error
    return row


def sign(contract: Contract, on: dt.date, *, by: Person | None) -> Contract:
    """Say when a contract was signed; what its way to buy needs must be in the file by then (S13, S74)."""
    _not_future(on)
    with transaction.atomic():
        row = _unsigned(contract)
        if lacking := [one for one in missing_of(row) if one.kind not in AT_SIGNING]:
            raise ContractError("papers", what="；".join(one.zh for one in lacking))
        row.signed_on = on
        row.save(update_fields=["signed_on"])
        record(by, "contract.sign", row, {"signed_on": on.isoformat()})
    return row


def add_paper(
    contract: Contract,
    kind: str,
    title: str,
    dated_on: dt.date,
    *,
    by: Person | None,
    party: str = "",
    amount_fen: int | None = None,
    sha256: str = "",
) -> Paper:
    """Put a paper into a contract's file; of three quotes each comes from another party."""
    if kind not in PaperKind.values:
        raise ContractError("paper", kind=kind)
    _not_future(dated_on)
    named = party.strip()
    if kind == PaperKind.QUOTE and (not named or amount_fen is None or amount_fen <= 0):
        raise ContractError("party")
    with transaction.atomic():
        Contract.objects.select_for_update().get(pk=contract.pk)
        quoted = Paper.objects.filter(contract=contract, kind=PaperKind.QUOTE, party=named, withdrawn_at=None)
        if kind == PaperKind.QUOTE and quoted.exists():
            raise ContractError("same_party", party=named)
        made = Paper.objects.create(
            contract=contract,
            kind=kind,
            title=_text(title, "文件名称"),
            party=named[:120],
            amount_fen=amount_fen,
            dated_on=dated_on,
            sha256=sha256,
        )
        record(by, "contract.paper", made, {"contract": contract.pk, "kind": kind, "sha256": sha256})
    return made


def add_deliverable(
    contract: Contract, kind: str, title: str, due_on: dt.date | None, *, by: Person | None
) -> Deliverable:
    """Say what a contract asks for, and by when."""
    with transaction.atomic():
        made = Deliverable.objects.create(
            contract=contract, kind=_text(kind, "成果类别", 40), title=_text(title, "成果名称"), due_on=due_on
        )
        detail = {"contract": contract.pk, "kind": made.kind, "due_on": None if due_on is None else due_on.isoformat()}
        record(by, "deliverable.add", made, detail)
    return made


def hand_in(deliverable: Deliverable, on: dt.date, *, by: Person | None, note: str = "", sha256: str = "") -> HandIn:
    """Take a version of a deliverable; the first one counts for timeliness, later ones never take its place (S80)."""
    _not_future(on)
    with transaction.atomic():
        Deliverable.objects.select_for_update().get(pk=deliverable.pk)
        last = deliverable.hand_ins.aggregate(last=Max("version"))["last"] or 0
        before = deliverable.hand_ins.filter(withdrawn_at=None).aggregate(last=Max("handed_in_on"))["last"]
        if before is not None and on < before:
            raise ContractError("before_last", day=on.isoformat(), last=before.isoformat())
        made = HandIn.objects.create(
            deliverable=deliverable, version=last + 1, handed_in_on=on, note=note.strip()[:500], sha256=sha256
        )
        record(
            by,
            "deliverable.hand_in",
            made,
            {"deliverable": deliverable.pk, "version": made.version, "on": on.isoformat(), "sha256": sha256},
        )
    return made


def accept(
    contract: Contract, stage: str, item: str, on: dt.date, *, passed: bool, by: Person | None, note: str = ""
) -> Acceptance:
    """Enter how one item of a stage's acceptance came out (S57, S79)."""
    _not_future(on)
    with transaction.atomic():
        made = Acceptance.objects.create(
            contract=contract,
            stage=_text(stage, "验收阶段", 60),
            item=_text(item, "验收项"),
            accepted_on=on,
            passed=passed,
            note=note.strip()[:500],
        )
        record(by, "acceptance.enter", made, {"contract": contract.pk, "passed": passed, "on": on.isoformat()})
    return made


def withdraw(entry: Withdrawn, reason: str, *, by: Person | None) -> Withdrawn:
    """Withdraw a hand-in, an item of acceptance or a paper that was entered by mistake; it stays with its reason."""
    clean = reason.strip()
    if not clean or len(clean) > 500:
        raise ContractError("reason")
    with transaction.atomic():
        row = type(entry)._default_manager.select_for_update().get(pk=entry.pk)
        if row.withdrawn_at is not None:
            raise ContractError("withdrawn")
        row.withdrawn_at, row.withdrawn_reason = clock.now(), clean
        row.save(update_fields=["withdrawn_at", "withdrawn_reason"])
        record(by, f"{row._meta.model_name}.withdraw", row, {"reason": clean})
    return row


def missing_of(contract: Contract) -> list[Missing]:
    """Return what a contract's file lacks."""
    return missing_papers(contract.procurement, _papers(contract))


def obstacles_of(contract: Contract, today: dt.date) -> list[str]:
    """Return in Chinese what stands between a contract and a payment (S80, S81)."""
    deliverables = [
        Due(
            one.title,
            one.due_on,
            min((row.handed_in_on for row in one.hand_ins.all() if not row.withdrawn_at), default=None),
        )
        for one in contract.deliverables.prefetch_related("hand_ins")
    ]
    standing = contract.acceptances.filter(withdrawn_at=None).order_by("accepted_on", "id")
    items = [Item(one.stage, one.item, one.passed) for one in standing]
    return obstacles(contract.procurement, contract.signed_on, _papers(contract), deliverables, items, today=today)


def _papers(contract: Contract) -> list[tuple[str, str]]:
    return list(contract.papers.filter(withdrawn_at=None).values_list("kind", "party"))


def _checked(facts: Facts) -> dict[str, object]:
    if facts.procurement not in Procurement.values:
        raise ContractError("procurement", mode=facts.procurement)
    if facts.amount_fen <= 0:
        raise ContractError("amount")
    if facts.ends_on < facts.begins_on:
        raise ContractError("order", first=facts.begins_on.isoformat(), last=facts.ends_on.isoformat())
    return {
        "number": _text(facts.number, "合同编号", 60),
        "subject": _text(facts.subject, "合同标的"),
        "procurement": facts.procurement,
        "amount_fen": facts.amount_fen,
        "begins_on": facts.begins_on,
        "ends_on": facts.ends_on,
    }


def _unsigned(contract: Contract) -> Contract:
    row = Contract.objects.select_for_update().get(pk=contract.pk)
    if row.signed_on is not None:
        raise ContractError("signed", day=row.signed_on.isoformat())
    return row


def _not_future(day: dt.date) -> None:
    if day > timezone.localdate():
        raise ContractError("future", day=day.isoformat())


def _text(text: str, what: str, most: int = 200) -> str:
    clean = text.strip()
    if not clean or len(clean) > most:
        raise ContractError("text", what=what, most=most)
    return clean
