"""Writes a sample into the database, through the services that pages use; what happened in a past year, whose day the
services would take from today's clock, is written as rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from yuqiao.accounts.models import Department, Person, Role
from yuqiao.accounts.services import create_person, grant_role
from yuqiao.contracts.models import Contract
from yuqiao.demo.history import ZONE
from yuqiao.documents.blocks import Document, Paragraph
from yuqiao.documents.pdf import to_pdf
from yuqiao.evaluation import budget, evidence, planning, process, projects, scheme_versions, texts
from yuqiao.evaluation.assembling import assemble
from yuqiao.evaluation.entering import Actual, enter
from yuqiao.evaluation.evidence_import import take_list
from yuqiao.evaluation.evidence_rules import Facts
from yuqiao.evaluation.linking import link_contract
from yuqiao.evaluation.models import Evidence, Indicator, MoneySource, Project
from yuqiao.evaluation.plan_rules import Approval
from yuqiao.evaluation.process_rules import Act
from yuqiao.evaluation.schemes import BY_CODE
from yuqiao.evaluation.scoring import Done
from yuqiao.samples import registers
from yuqiao.samples.calls import CALLS
from yuqiao.samples.tables import City, Many, Paper, Planned


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
    """Write everything of a sample and return its project as it is at its year's end, not frozen yet."""
    code, name = city.department
    Department.objects.create(code=code, name_zh=name, name_en=code)
    CALLS[city.code](people.manager)
    with transaction.atomic():
        contracts = registers.buy(city, people.manager)
        activities = registers.reach_out(city, people.manager)
        project, rows = _plan(city, people.manager)
        process.advance(project, Act.BEGIN, by=people.manager)
        _tie(city, project, contracts, people.manager)
        _money(city, project, rows, contracts, people.manager)
        registers.call_off(city, project, activities, people.manager)
        for one in city.evidence:
            _many(project, one, people.manager)
        for paper in city.papers:
            _handed_in(project, paper, people.manager)
        for planned in city.planned:
            _came_out(project, rows[_key(planned)], planned, people.manager)
        keys = project.strands.values_list("pk", flat=True)
        strands = dict(zip(keys, (one.achieved for one in city.strands), strict=True))
        projects.write_achieved(project, city.achieved, by=people.manager, strands=strands)
        _texts(city, project, people.manager)
    return Project.objects.get(pk=project.pk)


def _key(planned: Planned) -> str:
    return planned.ours("name")


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
            scheme=_scheme(city, by),
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


def _tie(city: City, project: Project, contracts: Mapping[str, Contract], by: Person) -> None:
    strands = list(project.strands.all())
    for one in city.contracts:
        strand = None if one.strand is None else strands[one.strand]
        link_contract(project, contracts[one.number], by=by, strand=strand)


def _scheme(city: City, by: Person) -> str:
    """Return the code of the scheme; one with the sample's weights is entered first, as a city would."""
    if city.weights is None:
        return city.scheme
    source, code = BY_CODE[city.scheme], f"{city.scheme}-weighted"
    data = scheme_versions.copy_of(source, code, f"{source.name}（分值为示例）", source.valid_from)
    return scheme_versions.enter({**data, "weights": dict(city.weights)}, by=by).code


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
    """Hand in pieces of evidence as a list, their days spread evenly over the year."""
    first = dt.date(project.year, 1, 1)
    lines = ["编号,名称,日期,收到日期,结论"]
    for number in range(many.count):
        day = first + dt.timedelta(days=number * 365 // many.count)
        result = "" if not many.checked else "不合格" if number < many.failed else "合格"
        title = many.title.format(n=number + 1)
        lines.append(f"{project.year}-{number + 1:05d},{title},{day},{day},{result}")
    take_list(project, many.kind, "\n".join(lines).encode(), f"{many.kind}.csv", by=by)


def _handed_in(project: Project, paper: Paper, by: Person, indicator: Indicator | None = None) -> Evidence:
    """Hand in one paper with its file, which says what it is a sample of."""
    facts = Facts(paper.kind, paper.title, paper.day, received_on=paper.day)
    said = Paragraph("本文件为示例，代替原件；真实项目在此处存放原件。")
    at = dt.datetime.combine(paper.day, dt.time(9), tzinfo=ZONE)
    file = to_pdf(Document(paper.title, project.name, at, (said,)))
    linked = () if indicator is None else (indicator,)
    return evidence.add(project, facts, by=by, file=file, name=f"{paper.title}.pdf", indicators=linked)


def _came_out(project: Project, indicator: Indicator, planned: Planned, by: Person) -> None:
    """Enter what a person judged, with its papers, and why an indicator deviates."""
    judged = planned.judged
    if judged is not None:
        done = Done(judged.done) if judged.done else None
        actual = Actual(judged.value, done=done, share=judged.share, text=judged.text, basis=judged.basis)
        enter(indicator, actual, by=by)
        for paper in judged.papers:
            _handed_in(project, paper, by, indicator)
    if planned.cause:
        texts.explain(indicator, planned.cause, planned.remedy, by=by)


def _texts(city: City, project: Project, by: Person) -> None:
    """Write the report's sections, and link papers to claims."""
    sheet = assemble(project, city.evaluated_at)
    for code, text in city.sections.items():
        texts.write(project, code, text, sheet, by=by)
    for claim, paper in city.claims:
        texts.link(project, claim, sheet, by=by, evidence=_handed_in(project, paper, by))
