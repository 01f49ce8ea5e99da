"""Makes a project of somebody's printed 自评表: a look first, then everything at once or nothing.

What is made: the head, money by source (the change of the budget as one adjustment, what was spent as one payment),
indicators whose actuals are entered by hand as printed, deviations, goals. Scores are never imported: they are counted
anew, and `comparison` shows them beside those that were printed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import asdict, dataclass, fields, replace
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from yuqiao.accounts.models import Department, Person
from yuqiao.accounts.services import record
from yuqiao.evaluation import budget, planning, projects
from yuqiao.evaluation.assembling import assemble
from yuqiao.evaluation.audit import Finding, audit, guess
from yuqiao.evaluation.entering import Actual, enter
from yuqiao.evaluation.evidence_rules import EvidenceError
from yuqiao.evaluation.findings import number
from yuqiao.evaluation.form import Form
from yuqiao.evaluation.import_rules import Draft, DraftRow, Problem, draft
from yuqiao.evaluation.models import ImportedForm, Indicator, MoneySource, Project
from yuqiao.evaluation.plan_rules import Approval, PlanError
from yuqiao.evaluation.planning import IndicatorFacts
from yuqiao.evaluation.projects import Facts
from yuqiao.evaluation.readers.files import read_content
from yuqiao.evaluation.readers.text import read_text
from yuqiao.evaluation.scheme_versions import every, follow
from yuqiao.evaluation.schemes import Scheme
from yuqiao.evaluation.texts import explain
from yuqiao.lib import clock

#: What stands where the form says nothing.
UNSAID_REASON, UNSAID_PAPER = "导入：全年预算数与年初预算数之差，原表未写明理由", "原表未写明批准文号"
PAYEE, PURPOSE = "导入合计（原表未列明收款方）", "导入：全年执行数"
LONGEST_BASIS = 500


@dataclass(frozen=True, slots=True)
class Mended:
    """What a person mends or chooses before a form is imported; ``skip`` holds numbers of indicators, from 0."""

    name: str = ""
    year: int | None = None
    scheme: Scheme | None = None
    skip: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Preview:
    """What a form would become, what could not be understood, what an auditor would say of it.

    ``department`` and ``unit`` are codes of departments of exactly these names, empty where there are none.
    """

    form: Form
    draft: Draft
    told: str
    findings: tuple[Finding, ...]
    department: str
    unit: str
    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Under which code a project is kept, and which departments its form means."""

    code: str
    department: str
    unit: str


def preview(content: bytes, file: str = "", mended: Mended | None = None) -> Preview:
    """Read a file (docx, xlsx, PDF, text) without keeping anything. UnreadableError says what to hand in instead."""
    return preview_form(read_content(content, file), hashlib.sha256(content).hexdigest(), file, mended)


def preview_text(text: str, mended: Mended | None = None) -> Preview:
    """Read what somebody pasted."""
    return preview_form(read_text(text), hashlib.sha256(text.encode(errors="replace")).hexdigest(), "", mended)


def preview_form(form: Form, sha256: str, file: str = "", mended: Mended | None = None) -> Preview:
    """Look again at a form that was read already; ``sha256`` is that of its ``file``."""
    form, mended = _storable(form), mended or Mended()
    if mended.name:
        form = replace(form, header=form.header | {"项目名称": mended.name})
    if mended.year is not None:
        form = replace(form, year=str(mended.year))
    scheme, told = guess(form, every()) if mended.scheme is None else (mended.scheme, "指定")
    made = draft(form, scheme, skip=mended.skip)
    return Preview(
        form,
        made,
        told,
        tuple(audit(form, scheme)),
        _code_of(made.department),
        _code_of(made.unit),
        file,
        sha256,
    )


def _storable(value: Any) -> Any:
    """Return a form without NUL characters, which a PDF's text may hold and PostgreSQL cannot keep."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, tuple):
        return tuple(_storable(one) for one in value)
    if isinstance(value, dict):
        return {_storable(key): _storable(one) for key, one in value.items()}
    return replace(value, **{one.name: _storable(getattr(value, one.name)) for one in fields(value)})


def _code_of(name: str) -> str:
    return (name and Department.objects.filter(name_zh=name).values_list("code", flat=True).first()) or ""


def confirm(shown: Preview, choice: Choice, *, by: Person) -> Project:
    """Make the project that was shown, in its planning stage; PlanError leaves nothing behind."""
    made = shown.draft
    if made.blocked or made.year is None:
        raise PlanError("import_blocked", where=next((one.where for one in made.problems if one.blocks), ""))
    with transaction.atomic():
        project = projects.begin(_facts(made, choice), by=by)
        if project.scheme_from != made.scheme.valid_from:
            project = follow(project, made.scheme, by=by)
        _money(project, made, by)
        for row in made.rows:
            _indicator(project, row, shown.file, by)
        if made.achieved:
            projects.write_achieved(project, made.achieved, by=by)
        kept = ImportedForm.objects.create(
            project=project,
            name=shown.file[:200],
            sha256=shown.sha256,
            form=asdict(shown.form),
            problems=[asdict(one) for one in made.problems],
            imported_at=clock.now(),
            imported_by=by,
        )
        detail = {"sha256": kept.sha256, "indicators": len(made.rows), "problems": len(made.problems)}
        record(by, "project.import", project, detail)
    return project


def _facts(made: Draft, choice: Choice) -> Facts:
    return Facts(
        choice.code,
        made.year or 0,
        made.name,
        choice.department,
        choice.unit,
        made.unit_is_itself and choice.unit == choice.department,
        made.manager,
        made.phone,
        scheme=made.scheme.code,
        budget_weight=made.budget_weight,
        goal=made.goal,
    )


def _money(project: Project, made: Draft, by: Person) -> None:
    """Enter amounts; the form tells no days, so that the last one of its year stands for them, or today."""
    day = min(dt.date(project.year, 12, 31), timezone.localdate())
    for one in made.funds:
        source = MoneySource(one.source)
        budget.set_initial(project, source, one.initial, by=by)
        if one.adjusted != one.initial:
            approval = Approval(UNSAID_REASON, UNSAID_PAPER, day)
            budget.adjust(project, source, one.adjusted - one.initial, approval, by=by)
        if one.executed:
            budget.pay(project, one.executed, day, PAYEE, by=by, source=source, purpose=PURPOSE)


def _indicator(project: Project, row: DraftRow, file: str, by: Person) -> Indicator:
    facts = IndicatorFacts(row.level1, row.level2, row.name, str(row.target), row.weight)
    made = planning.add(project, facts, by=by)
    said = row.said
    if said is not None:
        basis = f"导入自{file or '粘贴的文本'}。{said.basis}"[:LONGEST_BASIS]
        actual = Actual(said.value, done=said.done, share=said.share, text=said.text, done_on=said.done_on, basis=basis)
        try:
            enter(made, actual, by=by)
        except EvidenceError as error:
            raise PlanError("import_blocked", where=row.name) from error
    if row.remark:
        explain(made, row.remark, "", by=by)
    return made


@dataclass(frozen=True, slots=True)
class Printed:
    """One line of a comparison: points as printed and as counted by us; ``why`` explains ours."""

    name: str
    printed: Decimal | None
    counted: Decimal | None
    why: str

    @property
    def differs(self) -> bool:
        """Whether both are known and not the same."""
        return self.printed is not None and self.counted is not None and self.printed != self.counted


def comparison(project: Project, at: dt.datetime) -> list[Printed]:
    """Return the printed points of an imported form beside those we count: budget, indicators, total; else nothing."""
    kept = ImportedForm.objects.filter(project=project).first()
    if kept is None:
        return []
    sheet = assemble(project, at)
    points = {(one["level2"], one["name"]): number(one["points"]) for one in kept.form["indicators"]}
    funds = kept.form["funds"]
    found = [
        Printed("预算执行", number(funds[0]["points"]) if funds else None, sheet.budget.value, sheet.budget.explanation)
    ]
    found += [
        Printed(row.name, points.get((row.level2, row.name)), row.score.value, row.score.explanation)
        for row in sheet.leading
    ]
    left = f"{sheet.open}项尚未计分。" if sheet.open else f"等级：{sheet.grade}。"
    return [*found, Printed("总分", number(kept.form["total_points"]), sheet.total, left)]


def problems_of(project: Project) -> list[Problem]:
    """Return what could not be understood when a project was imported."""
    kept = ImportedForm.objects.filter(project=project).first()
    return [] if kept is None else [Problem(**one) for one in kept.problems]
