"""Holds a project for a change: locks its row, and refuses what its stage no longer allows (`process_rules`)."""

from __future__ import annotations

from yuqiao.evaluation.models import Project, Stage
from yuqiao.evaluation.plan_rules import PlanError
from yuqiao.evaluation.process_rules import What, may_edit

#: Money and approved changes: from the plan until data are frozen.
MONEY = (What.PLAN, What.CHANGE)


def held(project: Project, *what: What) -> Project:
    """Return the project's row, locked until the transaction ends; PlanError if none of ``what`` may change now."""
    row = Project.objects.select_for_update().get(pk=project.pk)
    if not any(may_edit(row.stage, one) for one in what):
        planned = What.PLAN in what and may_edit(row.stage, What.CHANGE)
        raise PlanError("planned") if planned else PlanError("stage", stage=Stage(row.stage).label)
    return row
