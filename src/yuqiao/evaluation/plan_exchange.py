"""Plans go out as a spreadsheet and come in again: looked at first, then taken as a whole or not at all."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.documents.blocks import Document, Paragraph, Table
from yuqiao.documents.xlsx import to_xlsx
from yuqiao.evaluation import planning
from yuqiao.evaluation.assembling import target_of
from yuqiao.evaluation.models import Indicator, Project
from yuqiao.evaluation.plan_rules import PlanError
from yuqiao.evaluation.plan_sheets import HEADINGS, Listed, Refused, cells_of, differences, read
from yuqiao.evaluation.planning import IndicatorFacts, Part, known
from yuqiao.evaluation.process_rules import What
from yuqiao.evaluation.readers.kinds import Kind
from yuqiao.evaluation.readers.safety import inspect
from yuqiao.evaluation.readers.workbook import read_xlsx
from yuqiao.evaluation.stages import held

TITLE = "绩效指标"
HOW = "改好后可再导入：每行一个指标；“所属指标”写明是哪个指标的分项；“数据来源”留空即人工填报。"


@dataclass(frozen=True, slots=True)
class Look:
    """What taking a sheet would do; while a row is refused, nothing is taken. ``missing`` stays as it is."""

    added: tuple[Listed, ...]
    changed: tuple[Listed, ...]
    missing: tuple[Listed, ...]
    refused: tuple[Refused, ...]
    every: tuple[Listed, ...]


def export(project: Project, at: dt.datetime) -> bytes:
    """Return a plan's indicators as xlsx; equal plans at equal moments give equal bytes."""
    rows = tuple(cells_of(one) for one in listed(project))
    table = Table(TITLE, HEADINGS, rows, wide=(2, 3, 8))
    return to_xlsx(Document(f"{project.name}{TITLE}", f"{project.year}年度", at, (Paragraph(HOW), table)))


def listed(project: Project) -> list[Listed]:
    """Return a plan's indicators as rows of a sheet, in order."""
    rows = project.indicators.select_related("parent", "strand")
    return [
        Listed(
            one.level1,
            one.level2,
            one.name,
            str(target_of(one)),
            one.weight,
            one.parent.name if one.parent else "",
            one.deadline,
            one.formula,
            one.proof,
            one.strand.name if one.strand else "",
        )
        for one in rows
    ]


def look(project: Project, content: bytes, file: str = "") -> Look:
    """Read a spreadsheet and say what it would do. UnreadableError for what is no spreadsheet."""
    if inspect(content, file) is not Kind.XLSX:
        return Look((), (), (), (Refused(0, "请提交xlsx表格。"),), ())
    rows, _places = read_xlsx(content)
    wanted, refused = read(rows, project.year)
    strands = set(project.strands.values_list("name", flat=True))
    for one in wanted:
        if not known(one.formula):
            refused.append(Refused(0, f"“{one.name}”的数据来源“{one.formula}”不存在。"))
        if one.strand and one.strand not in strands:
            refused.append(Refused(0, f"“{one.name}”对应的目标“{one.strand}”不存在。"))
    added, changed, missing = differences(listed(project), wanted)
    return Look(tuple(added), tuple(changed), tuple(missing), tuple(refused), tuple(wanted))


def take(project: Project, seen: Look, *, by: Person | None) -> None:
    """Add and change what was looked at, in the sheet's order; what the sheet lacks stays behind. All or nothing."""
    if seen.refused:
        raise PlanError("sheet_refused", row=seen.refused[0].row)
    with transaction.atomic():
        held(project, What.PLAN)
        strands = dict(project.strands.values_list("name", "pk"))
        for one in seen.every:
            if not one.whole:
                _take(project, one, [part for part in seen.every if _belongs(part, one)], strands, by)
        places = {(one.level2, one.name): n for n, one in enumerate(seen.every) if not one.whole}
        leading = project.indicators.filter(parent=None)
        order = sorted(leading, key=lambda row: (places.get((row.level2, row.name), len(places)), row.position))
        planning.reorder(project, [row.pk for row in order], by=by)
        record(by, "plan.import", project, {"added": len(seen.added), "changed": len(seen.changed)})


def _belongs(part: Listed, whole: Listed) -> bool:
    return (part.level2, part.whole) == (whole.level2, whole.name)


def _take(project: Project, one: Listed, parts: list[Listed], strands: dict[str, int], by: Person | None) -> None:
    """Make one indicator as the sheet says, with its parts."""
    row = project.indicators.filter(level2=one.level2, name=one.name, parent=None).first()
    old = {} if row is None else {part.name: part for part in row.parts.all()}
    if row is None:
        row = planning.add(project, _facts(one, strands), by=by)
    elif not old:
        row = planning.change(row, _facts(one, strands), by=by)
    if parts and not old:
        planning.split(row, [_part(part) for part in parts], by=by)
        old = {part.name: part for part in row.parts.all()}
    for part in parts:
        if part.name in old:
            planning.change(old[part.name], _facts(part, strands), by=by)
        else:
            planning.add_part(row, _part(part), by=by)
    if old:
        _change_whole(row, one, strands, by)


def _change_whole(row: Indicator, one: Listed, strands: dict[str, int], by: Person | None) -> None:
    """Change a compound indicator, whose weight its parts have decided by now."""
    row.refresh_from_db()
    facts = _facts(one, strands)
    if row.weight != facts.weight:
        raise PlanError("parts", added=row.weight, weight=facts.weight)
    planning.change(row, facts, by=by)


def _facts(one: Listed, strands: dict[str, int]) -> IndicatorFacts:
    strand = strands[one.strand] if one.strand else None
    return IndicatorFacts(
        one.level1, one.level2, one.name, one.target, one.weight, one.deadline, one.formula, strand, one.proof
    )


def _part(one: Listed) -> Part:
    return Part(one.name, one.target, one.weight, one.deadline, one.formula, one.proof)
