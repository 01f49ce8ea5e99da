"""Ties contracts and cancelled activities to a project, and says which contracts endanger a deadline (S70, S75)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.contracts.models import Contract
from yuqiao.contracts.rules import Alarm, alarms
from yuqiao.evaluation.models import Adjustment, Cancellation, Indicator, Project, ProjectContract, Strand
from yuqiao.evaluation.plan_rules import PlanError
from yuqiao.evaluation.process_rules import What
from yuqiao.evaluation.stages import held
from yuqiao.lib import clock
from yuqiao.outreach import services as outreach
from yuqiao.outreach.models import Activity


@dataclass(frozen=True, slots=True)
class ContractAlarm:
    """A contract that endangers one of its project's deadlines."""

    contract: Contract
    alarm: Alarm


def link_contract(
    project: Project, contract: Contract, *, by: Person | None, strand: Strand | None = None
) -> ProjectContract:
    """Say that a contract carries out a project, or one strand of its goal; again changes the strand."""
    if strand is not None and strand.project_id != project.pk:
        raise PlanError("strand")
    with transaction.atomic():
        held(project, What.PLAN, What.EVIDENCE)
        made, _new = ProjectContract.objects.update_or_create(
            project=project, contract=contract, defaults={"strand": strand}
        )
        record(by, "project.contract", made, {"project": project.code, "contract": contract.number})
    return made


def unlink_contract(project: Project, contract: Contract, *, by: Person | None) -> None:
    """Say that a contract has nothing to do with a project."""
    with transaction.atomic():
        held(project, What.PLAN, What.EVIDENCE)
        gone, _ = ProjectContract.objects.filter(project=project, contract=contract).delete()
        if gone:
            record(by, "project.contract_off", project, {"contract": contract.number})


def contract_alarms(project: Project, today: dt.date) -> list[ContractAlarm]:
    """Return the contracts that were, or are, signed too late for an indicator of the project or of their strand."""
    rows = project.indicators.exclude(deadline=None).values_list("name", "deadline", "strand_id")
    deadlines = [(name, day, strand) for name, day, strand in rows if day is not None]
    found = []
    ties = ProjectContract.objects.filter(project=project).select_related("contract").order_by("contract__number")
    for tie in ties:
        own = [(name, day) for name, day, strand in deadlines if tie.strand_id in {None, strand}]
        found += [ContractAlarm(tie.contract, one) for one in alarms(tie.contract.signed_on, own, today=today)]
    return found


def cancel_activity(
    activity: Activity,
    reason: str,
    project: Project,
    *,
    by: Person | None,
    indicator: Indicator | None = None,
    adjustment: Adjustment | None = None,
) -> Cancellation:
    """Cancel an activity together with what it concerns: an indicator, and the money that was adjusted (S70)."""
    for one in (indicator, adjustment):
        if one is not None and one.project_id != project.pk:
            raise PlanError("other_project")
    with transaction.atomic():
        held(project, What.EVIDENCE)
        cancelled = outreach.cancel(activity, reason, by=by)
        made = Cancellation.objects.create(
            activity=cancelled,
            project=project,
            indicator=indicator,
            adjustment=adjustment,
            reason=cancelled.reason,
            entered_at=clock.now(),
            entered_by=by,
        )
        record(
            by,
            "project.cancellation",
            made,
            {
                "activity": activity.pk,
                "indicator": None if indicator is None else indicator.pk,
                "adjustment": None if adjustment is None else adjustment.pk,
            },
        )
    return made
