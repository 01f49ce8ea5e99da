"""A project's money in whole fen: what was planned, adjusted, paid, and how that is executed (S84–S89, S120).

Nothing is edited: an adjustment is corrected by another one, a payment by a reversal. Overspending is said, not
refused, because the bank has paid already.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.contracts.models import Contract
from yuqiao.evaluation.models import Adjustment, BudgetLine, Indicator, MoneySource, Payment, Project
from yuqiao.evaluation.money import ten_thousand
from yuqiao.evaluation.plan_rules import Approval, PlanError, check_approval, check_paid, check_short, check_text
from yuqiao.evaluation.process_rules import What
from yuqiao.evaluation.stages import MONEY, held
from yuqiao.lib import clock


@dataclass(frozen=True, slots=True)
class Execution:
    """Money of one source, or of all: amounts in fen, rates as exact ratios, None where there is no base (S120)."""

    initial: int
    adjusted: int
    executed: int

    @property
    def rate(self) -> Fraction | None:
        """Executed by the adjusted budget, which the form prints."""
        return Fraction(self.executed, self.adjusted) if self.adjusted > 0 else None

    @property
    def rate_initial(self) -> Fraction | None:
        """Executed by what was planned first."""
        return Fraction(self.executed, self.initial) if self.initial > 0 else None

    @property
    def left(self) -> int:
        """What is not paid yet; negative where more was paid than there is."""
        return self.adjusted - self.executed


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment that was entered, and what somebody should look at: codes of `WARNINGS`."""

    payment: Payment
    warnings: tuple[str, ...]


#: Code -> what a person reads (Chinese, English).
WARNINGS = {
    "overspent": ("支付超出该来源的全年预算数。", "More was paid from this source than its budget holds."),
    "contract_exceeded": ("支付超出合同金额。", "More was paid than the contract says."),
    "contract_unsigned": ("支付早于合同签订。", "This was paid before the contract was signed."),
    "voucher": ("同一凭证号已有支付记录。", "There is a payment with this voucher already."),
}


def set_initial(project: Project, source: str, fen: int | None, *, by: Person | None) -> None:
    """Set what a source gives at the beginning of the year (年初预算数); None takes the source out of the plan."""
    label = _label(source)
    if fen is not None and fen < 0:
        raise PlanError("negative", source=label, left=ten_thousand(fen))
    with transaction.atomic():
        held(project, What.PLAN)
        changed = _sum(project.adjustments.filter(source=source))
        if (fen or 0) + changed < 0:
            raise PlanError("negative", source=label, left=ten_thousand((fen or 0) + changed))
        before = project.budget.filter(source=source).values_list("initial_fen", flat=True).first()
        if fen is None:
            project.budget.filter(source=source).delete()
        else:
            BudgetLine.objects.update_or_create(project=project, source=source, defaults={"initial_fen": fen})
        if before != fen:
            record(by, "budget.initial", project, {"source": source, "before": before, "after": fen})


def adjust(
    project: Project,
    source: str,
    amount_fen: int,
    approval: Approval,
    *,
    by: Person | None,
    indicator: Indicator | None = None,
) -> Adjustment:
    """Enter a change of the budget by ``amount_fen`` (S88); no source may fall below nothing."""
    label, today = _label(source), timezone.localdate()
    given = check_approval(approval, year=project.year, today=today)
    if amount_fen == 0:
        raise PlanError("no_change")
    if indicator is not None and indicator.project_id != project.pk:
        raise PlanError("other_project")
    with transaction.atomic():
        held(project, *MONEY)
        left = execution_of(project, source).adjusted + amount_fen
        if left < 0:
            raise PlanError("negative", source=label, left=ten_thousand(left))
        made = Adjustment.objects.create(
            project=project,
            source=source,
            amount_fen=amount_fen,
            reason=given.reason,
            approval=given.paper,
            decided_on=given.on,
            indicator=indicator,
            entered_at=clock.now(),
            entered_by=by,
        )
        record(by, "budget.adjust", project, {"source": source, "fen": amount_fen, "approval": given.paper})
    return made


def pay(
    project: Project,
    amount_fen: int,
    paid_on: dt.date,
    payee: str,
    *,
    by: Person | None,
    source: str = MoneySource.CURRENT,
    purpose: str = "",
    voucher: str = "",
    contract: Contract | None = None,
) -> Paid:
    """Enter a payment, and return it with what somebody should look at."""
    _label(source)
    payee = check_text(payee, "收款方")
    check_paid(paid_on, year=project.year, today=timezone.localdate())
    if amount_fen <= 0:
        raise PlanError("amount")
    voucher = check_short(voucher, "凭证号", 60)
    with transaction.atomic():
        held(project, What.EVIDENCE)
        doubled = bool(voucher) and project.payments.filter(voucher=voucher, reversed_by=None).exists()
        made = Payment.objects.create(
            project=project,
            source=source,
            amount_fen=amount_fen,
            paid_on=paid_on,
            payee=payee,
            purpose=check_short(purpose, "用途", 200),
            voucher=voucher,
            contract=contract,
            entered_at=clock.now(),
            entered_by=by,
        )
        record(by, "payment.enter", made, {"project": project.code, "source": source, "fen": amount_fen})
        return Paid(made, (*_warnings(made), *(("voucher",) if doubled else ())))


def reverse(payment: Payment, paid_on: dt.date, reason: str, *, by: Person | None) -> Payment:
    """Take a wrong payment back by a negative one, once; both stay."""
    purpose = check_text(reason, "冲销理由")
    project = payment.project
    check_paid(paid_on, year=project.year, today=timezone.localdate())
    with transaction.atomic():
        held(project, What.EVIDENCE)
        if payment.reverses_id is not None or Payment.objects.filter(reverses=payment).exists():
            raise PlanError("reversed")
        made = Payment.objects.create(
            project=project,
            source=payment.source,
            amount_fen=-payment.amount_fen,
            paid_on=paid_on,
            payee=payment.payee,
            purpose=purpose,
            voucher=payment.voucher,
            contract=payment.contract,
            reverses=payment,
            entered_at=clock.now(),
            entered_by=by,
        )
        record(by, "payment.reverse", made, {"project": project.code, "payment": payment.pk})
    return made


def execution_of(project: Project, source: str | None = None) -> Execution:
    """Return the money of one source, or of all together."""
    only = {} if source is None else {"source": source}
    initial = project.budget.filter(**only).aggregate(added=Sum("initial_fen"))["added"] or 0
    adjusted = initial + _sum(project.adjustments.filter(**only))
    return Execution(initial, adjusted, _sum(project.payments.filter(**only)))


def _warnings(payment: Payment) -> list[str]:
    found = []
    if execution_of(payment.project, payment.source).left < 0:
        found.append("overspent")
    contract = payment.contract
    if contract is not None:
        if _sum(contract.payments.all()) > contract.amount_fen:
            found.append("contract_exceeded")
        if contract.signed_on is None or payment.paid_on < contract.signed_on:
            found.append("contract_unsigned")
    return found


def _sum(rows: QuerySet[Any]) -> int:
    return rows.aggregate(added=Sum("amount_fen"))["added"] or 0


def _label(source: str) -> str:
    if source not in MoneySource.values:
        raise PlanError("source", source=source)
    return MoneySource(source).label
