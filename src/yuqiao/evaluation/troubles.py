"""What the registers say went wrong in a project's year: late hand-ins, failed acceptance, cancelled events (S127).

A report may not claim that all was done on time while one of these stands. Reads only.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Min, Q

from yuqiao.contracts.models import Acceptance, Contract, Deliverable
from yuqiao.contracts.rules import Lateness
from yuqiao.evaluation.linking import contract_alarms
from yuqiao.evaluation.models import Project

COUNTS = Q(hand_ins__withdrawn_at=None)


def contracts_of(project: Project) -> set[int]:
    """Return the ids of the contracts that carry out a project, or that it pays."""
    paid = project.payments.exclude(contract=None).values_list("contract_id", flat=True)
    tied = project.contracts.values_list("contract_id", flat=True)
    return {one for one in (*paid, *tied) if one is not None}


def troubles_of(project: Project) -> tuple[str, ...]:
    """Return each trouble as a Chinese sentence without its full stop."""
    contracts = contracts_of(project)
    return (*_late(project, contracts), *_failed(project, contracts), *_signed_late(project), *_cancelled(project))


def _late(project: Project, contracts: set[int]) -> list[str]:
    """Deliverables whose first hand-in came after its day: later versions do not count (S80)."""
    due = Deliverable.objects.filter(contract__in=contracts, due_on__year=project.year)
    return [
        f"《{one.title}》应于{one.due_on}提交，首次提交{one.first}"
        for one in due.annotate(first=Min("hand_ins__handed_in_on", filter=COUNTS))
        if one.first is not None and one.due_on is not None and one.first > one.due_on
    ]


def _failed(project: Project, contracts: set[int]) -> list[str]:
    """Items of acceptance whose newest judgement is a failure."""
    judged = Acceptance.objects.filter(contract__in=contracts, accepted_on__year=project.year, withdrawn_at=None)
    newest = {(one.contract_id, one.stage, one.item): one for one in judged.order_by("accepted_on", "id")}
    return [f"{one.stage}“{one.item}”验收不合格" for one in newest.values() if not one.passed]


def _signed_late(project: Project) -> list[str]:
    """Contracts whose procedure ended after a deadline of their work (S75)."""
    found = contract_alarms(project, dt.date(project.year, 12, 31))
    late = [one for one in found if one.alarm.lateness is Lateness.LATE and one.alarm.signed]
    return [f"合同{one.contract.number}：{one.alarm.zh.rstrip('。')}" for one in late]


def _cancelled(project: Project) -> list[str]:
    """Activities that were cancelled (S70)."""
    found = project.cancellations.select_related("activity")
    return [f"“{one.activity.title}”已取消：{one.reason.rstrip('。')}" for one in found]


def contracts_ending(projects: list[Project]) -> dict[int, list[Contract]]:
    """Return by project the contracts that carry it out or that it pays, for the calendar."""
    wanted = {one.pk: contracts_of(one) for one in projects}
    rows = {one.pk: one for one in Contract.objects.filter(pk__in=set().union(*wanted.values()))}
    return {key: [rows[pk] for pk in sorted(those)] for key, those in wanted.items()}
