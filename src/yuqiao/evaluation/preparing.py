"""Keeps a project's groundwork (S139) and its register of risks (S140): each act journaled, nothing deleted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.evaluation.models import Evidence, Groundwork, GroundworkKind, Indicator, Project, Risk, RiskNote, RiskState
from yuqiao.evaluation.plan_rules import LARGEST_TARGET, TARGET_PLACES, PlanError, check_short, check_text
from yuqiao.evaluation.process_rules import What
from yuqiao.evaluation.risk_rules import HIGHEST, Level, level, may_become, overdue
from yuqiao.evaluation.stages import held
from yuqiao.lib import clock


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper of the groundwork as it is to be; ``expected`` belongs to a forecast of an indicator."""

    kind: str
    title: str
    made_on: dt.date
    text: str = ""
    indicator: Indicator | None = None
    expected: Decimal | None = None
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Threat:
    """A risk as it is to be; ``likelihood`` and ``impact`` are 1 to 5."""

    title: str
    likelihood: int
    impact: int
    effect: str = ""
    measure: str = ""
    owner: str = ""
    review_on: dt.date | None = None
    indicator: Indicator | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody found when looking at a risk again."""

    note: str
    state: str
    likelihood: int
    impact: int
    review_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """A risk with how grave it is, and whether somebody should have looked at it again."""

    risk: Risk
    level: Level
    overdue: bool


def file_paper(project: Project, paper: Paper, *, by: Person | None) -> Groundwork:
    """Add a paper to a project's groundwork. It may be filed as long as evidence may; it is dated before today."""
    if paper.kind not in GroundworkKind.values:
        raise PlanError("kind", kind=paper.kind)
    title = check_text(paper.title, "名称")
    text = check_short(paper.text, "内容", 20_000)
    if paper.made_on > timezone.localdate():
        raise PlanError("future", day=paper.made_on)
    _own(project, paper.indicator, paper.evidence)
    if paper.expected is not None:
        _check_expected(paper.expected, paper.indicator)
    with transaction.atomic():
        held(project, What.EVIDENCE)
        made = Groundwork.objects.create(
            project=project,
            kind=paper.kind,
            title=title,
            text=text,
            made_on=paper.made_on,
            indicator=paper.indicator,
            expected=paper.expected,
            evidence=paper.evidence,
            entered_at=clock.now(),
            entered_by=by,
        )
        record(by, "groundwork.file", made, {"project": project.code, "kind": paper.kind})
    return made


def withdraw_paper(paper: Groundwork, reason: str, *, by: Person | None) -> None:
    """Take a paper back, with its reason; it stays in the file, crossed out."""
    why = check_text(reason, "理由", 500)
    with transaction.atomic():
        held(paper.project, What.EVIDENCE)
        taken = Groundwork.objects.filter(pk=paper.pk, withdrawn_at=None)
        if not taken.update(withdrawn_at=clock.now(), withdrawn_reason=why):
            raise PlanError("withdrawn")
        record(by, "groundwork.withdraw", paper, {"project": paper.project.code})


def forecasts(project: Project) -> dict[int, Decimal]:
    """Return what each indicator was expected to reach, by its id; the newest forecast counts."""
    found = project.groundwork.filter(kind=GroundworkKind.FORECAST, withdrawn_at=None, expected__isnull=False)
    return {one.indicator_id: one.expected for one in found if one.indicator_id and one.expected is not None}


def enter_risk(project: Project, threat: Threat, *, by: Person | None) -> Risk:
    """Enter a risk; a grave one needs a measure and somebody who owns it."""
    grave = _check_level(threat.likelihood, threat.impact)
    if grave is Level.GRAVE and not (threat.measure.strip() and threat.owner.strip()):
        raise PlanError("grave")
    _own(project, threat.indicator)
    with transaction.atomic():
        held(project, What.TEXT)
        made = Risk.objects.create(
            project=project,
            indicator=threat.indicator,
            title=check_text(threat.title, "风险"),
            effect=check_short(threat.effect, "影响", 500),
            measure=check_short(threat.measure, "应对措施", 1000),
            owner=check_short(threat.owner, "责任人", 60),
            likelihood=threat.likelihood,
            impact=threat.impact,
            review_on=threat.review_on,
            entered_at=clock.now(),
            entered_by=by,
        )
        record(by, "risk.enter", made, {"project": project.code, "level": grave.value})
    return made


def look_again(risk: Risk, look: Look, *, by: Person | None) -> RiskNote:
    """Note what was found, how grave a risk is by now, and whether it occurred or is over; earlier looks stay."""
    _check_level(look.likelihood, look.impact)
    note = check_text(look.note, "情况", 1000)
    with transaction.atomic():
        held(risk.project, What.TEXT)
        row = Risk.objects.select_for_update().get(pk=risk.pk)
        if not may_become(row.state, look.state):
            raise PlanError("risk_state")
        made = RiskNote.objects.create(
            risk=row,
            at=clock.now(),
            by=by,
            on=timezone.localdate(),
            note=note,
            state=look.state,
            likelihood=look.likelihood,
            impact=look.impact,
        )
        row.state, row.likelihood, row.impact = look.state, look.likelihood, look.impact
        row.review_on = look.review_on
        row.save(update_fields=["state", "likelihood", "impact", "review_on"])
        record(by, "risk.look", row, {"project": risk.project.code, "state": look.state})
    return made


def register(project: Project, today: dt.date) -> list[Registered]:
    """Return the register of risks: what is over last, else the gravest first."""
    rows = [
        Registered(one, level(one.likelihood, one.impact), overdue(one.state, one.review_on, today))
        for one in project.risks.select_related("indicator").prefetch_related("notes")
    ]
    order = list(Level)
    return sorted(rows, key=lambda one: (one.risk.state == RiskState.CLOSED, order.index(one.level), one.risk.pk))


def _check_level(likelihood: int, impact: int) -> Level:
    if not (1 <= likelihood <= HIGHEST and 1 <= impact <= HIGHEST):
        raise PlanError("risk_level", most=HIGHEST)
    return level(likelihood, impact)


def _check_expected(expected: Decimal, indicator: Indicator | None) -> None:
    if indicator is None or indicator.amount is None:
        raise PlanError("expected")
    if not expected.is_finite() or abs(expected) >= LARGEST_TARGET or expected != round(expected, TARGET_PLACES):
        raise PlanError("target_size", text=expected)


def _own(project: Project, *rows: Indicator | Evidence | None) -> None:
    if any(one is not None and one.project_id != project.pk for one in rows):
        raise PlanError("other_project")
