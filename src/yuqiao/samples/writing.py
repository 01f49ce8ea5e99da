"""Writes a sample into the database, through the services that pages use; what happened in a past year, whose day the
services would take from today's clock, is written as rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from yuqiao.accounts.models import Department, Person, Role
from yuqiao.accounts.services import create_person, grant_role
from yuqiao.contracts.models import Acceptance, Contract, Deliverable, HandIn, Supplier
from yuqiao.evaluation import budget, planning, projects
from yuqiao.evaluation.models import (
    Deviation,
    Entered,
    Evidence,
    EvidenceFor,
    EvidenceResult,
    Indicator,
    MoneySource,
    Project,
)
from yuqiao.evaluation.plan_rules import Approval
from yuqiao.lib import clock
from yuqiao.outreach.models import Activity, ActivityState, Honour, Video
from yuqiao.samples.calls import CALLS
from yuqiao.samples.tables import City, Many, Planned

BATCH = 5000
D = dt.date


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts: prepares, checks, and signs (S3). Nobody of them is real."""

    manager: Person
    checker: Person
    head: Person


def cast() -> Cast:
    """Write the three people of a sample; none of them can sign in."""
    names = {"manager": "项目部门负责人（示例）", "checker": "审核人（示例）", "head": "主管主任（示例）"}
    made = {code: create_person(f"sample-{code}", by=None, display_name=name) for code, name in names.items()}
    for person in made.values():
        grant_role(person, Role.PROJECT_MANAGER, by=None)
    return Cast(**made)


def write(city: City, people: Cast) -> Project:
    """Write everything of a sample and return its project, as it stands at the end of its year: not frozen yet."""
    code, name = city.department
    Department.objects.create(code=code, name_zh=name, name_en=code)
    CALLS[city.code](people.manager)
    with transaction.atomic():
        contracts = _contracts(city)
        _outreach(city)
        project, rows = _plan(city, people.manager)
        _money(city, project, rows, contracts, people.manager)
        for one in city.evidence:
            _many(project, one, people.manager)
        for planned in city.planned:
            _came_out(project, rows[_key(planned)], planned, people.manager)
        keys = project.strands.values_list("pk", flat=True)
        strands = dict(zip(keys, (one.achieved for one in city.strands), strict=True))
        projects.write_achieved(project, city.achieved, by=people.manager, strands=strands)
    return Project.objects.get(pk=project.pk)


def _key(planned: Planned) -> str:
    return planned.ours("name")


def _contracts(city: City) -> Mapping[str, Contract]:
    made = {}
    for one in city.contracts:
        supplier, _ = Supplier.objects.get_or_create(name_zh=one.supplier, defaults={"university": one.university})
        made[one.number] = Contract.objects.create(
            number=one.number,
            subject=one.subject,
            supplier=supplier,
            procurement=one.procurement,
            amount_fen=one.amount_fen,
            signed_on=one.signed_on,
            begins_on=one.begins_on,
            ends_on=one.ends_on,
        )
    for paper in city.deliverables:
        row = Deliverable.objects.create(
            contract=made[paper.contract], kind=paper.kind, title=paper.title, due_on=paper.due_on
        )
        for version, day in enumerate(paper.days, 1):
            HandIn.objects.create(deliverable=row, version=version, handed_in_on=day)
    for item in city.acceptances:
        Acceptance.objects.create(
            contract=made[item.contract], stage=item.stage, item=item.item, accepted_on=item.accepted_on, passed=True
        )
    return made


def _outreach(city: City) -> None:
    for one in city.events:
        held = not one.cancelled
        Activity.objects.create(
            kind=one.kind,
            title=one.title,
            partner=one.partner,
            place=one.place,
            planned_on=one.day,
            held_on=one.day if held else None,
            state=ActivityState.DONE if held else ActivityState.CANCELLED,
            reason=one.cancelled,
        )
    for film in city.films:
        Video.objects.create(
            title=film.title, seconds=film.seconds, made_on=film.broadcast_on, broadcast_on=film.broadcast_on
        )
    for prize in city.prizes:
        Honour.objects.create(title=prize.title, awarded_by=prize.awarded_by, awarded_on=prize.awarded_on)


def _plan(city: City, by: Person) -> tuple[Project, dict[str, Indicator]]:
    code, _name = city.department
    project = projects.begin(
        projects.Facts(
            city.code,
            city.year,
            city.name,
            code,
            code,
            manager_name=city.manager,
            manager_phone=city.phone,
            scheme=city.scheme,
            goal=city.goal,
        ),
        by=by,
    )
    strands = projects.set_strands(project, [projects.StrandFacts(one.name, one.goal) for one in city.strands], by=by)
    budget.set_initial(project, MoneySource.CURRENT, city.initial_fen, by=by)
    rows = {}
    for one in city.planned:
        facts = planning.IndicatorFacts(
            one.ours("level1"),
            one.printed.level2,
            one.ours("name"),
            one.target,
            one.weight,
            one.deadline,
            one.formula,
            None if one.strand is None else strands[one.strand].pk,
        )
        row = rows[_key(one)] = planning.add(project, facts, by=by)
        if one.parts:
            planning.split(
                row,
                [planning.Part(part.name, part.target, part.weight, part.deadline, part.formula) for part in one.parts],
                by=by,
            )
    return project, rows


def _money(
    city: City, project: Project, rows: Mapping[str, Indicator], contracts: Mapping[str, Contract], by: Person
) -> None:
    numbered = {one.printed.source: rows[_key(one)] for one in city.planned}
    for change in city.changes:
        budget.adjust(
            project,
            MoneySource.CURRENT,
            change.amount_fen,
            Approval(change.reason, change.approval, change.decided_on),
            by=by,
            indicator=numbered.get(change.indicator),
        )
    for number, paid in enumerate(city.payments, 1):
        contract = contracts[paid.contract]
        budget.pay(
            project,
            paid.amount_fen,
            paid.paid_on,
            contract.supplier.name_zh,
            by=by,
            purpose=paid.purpose,
            voucher=f"示例-{city.year}-{number:02d}",
            contract=contract,
        )


def _many(project: Project, many: Many, by: Person) -> None:
    """Write pieces of evidence, their days spread evenly over the year."""
    first, now = D(project.year, 1, 1), clock.now()
    passed, failed = EvidenceResult.PASSED.value, EvidenceResult.FAILED.value
    rows = []
    for number in range(many.count):
        day = first + dt.timedelta(days=number * 365 // many.count if many.count > 1 else 340)
        result = "" if not many.checked else failed if number < many.failed else passed
        rows.append(
            Evidence(
                project=project,
                kind=many.kind,
                serial=f"{project.year}-{many.kind}-{number + 1:05d}",
                title=many.title.format(n=number + 1),
                happened_on=day,
                received_on=day,
                result=result,
                entered_at=now,
                entered_by=by,
            )
        )
    Evidence.objects.bulk_create(rows, batch_size=BATCH)


def _came_out(project: Project, indicator: Indicator, planned: Planned, by: Person) -> None:
    """Enter what a person judged, with its papers, and why an indicator deviates."""
    now, judged = clock.now(), planned.judged
    if judged is not None:
        Entered.objects.create(
            indicator=indicator,
            value=judged.value,
            done=judged.done,
            share=judged.share,
            text=judged.text,
            done_on=judged.done_on,
            basis=judged.basis,
            entered_at=now,
            entered_by=by,
        )
        for number, (kind, title, day) in enumerate(judged.papers, 1):
            paper = Evidence.objects.create(
                project=project,
                kind=kind,
                serial=f"示例-{indicator.position}-{number}",
                title=title,
                happened_on=day,
                received_on=day,
                entered_at=now,
                entered_by=by,
            )
            EvidenceFor.objects.create(indicator=indicator, evidence=paper)
    if planned.cause:
        Deviation.objects.create(
            indicator=indicator, cause=planned.cause, remedy=planned.remedy, entered_at=now, entered_by=by
        )
