"""What only the internal copy says: why each score is what it is, where each actual comes from, the evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from yuqiao.documents.blocks import Block, Heading, Paragraph, Table
from yuqiao.evaluation.amounts import plain
from yuqiao.evaluation.scoring import execution_percent
from yuqiao.evaluation.sheet import Row, Sheet, actual_text

NOTHING = "—"
CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Paper:
    """One piece of evidence as a list names it; ``indicator`` is the row's id, None if it backs no single one."""

    title: str
    kind: str
    received_on: dt.date
    indicator: int | None = None
    serial: str = ""
    sha256: str = ""


def moment(at: dt.datetime) -> str:
    """Return a moment as an office in China writes it, whatever the server's clock is set to."""
    return f"{at.astimezone(CHINA):%Y年%-m月%-d日 %H:%M}"


def annex(sheet: Sheet, papers: Sequence[Paper]) -> tuple[Block, ...]:
    """Return the annex: scores explained, sources with numerator and denominator (S124), both bases of the budget
    (S120), strands of the goal (S138), evidence."""
    blocks: list[Block] = [Heading("附：评分说明与佐证（内部使用）", fresh=True)]
    blocks += [_budget(sheet), _scores(sheet), _sources(sheet)]
    if sheet.strands:
        blocks.append(_strands(sheet))
    blocks.append(_papers(sheet, papers) if papers else Paragraph("佐证材料：没有登记。"))
    blocks.append(Paragraph(f"评分方案：{sheet.scheme.name}；数据截至{moment(sheet.at)}。", small=True))
    return tuple(blocks)


def _numbered(sheet: Sheet) -> Iterable[tuple[str, Row]]:
    """Return every row with its number; parts of a compound one as 3.1, 3.2."""
    for place, row in enumerate(sheet.leading, 1):
        yield str(place), row
        for part, one in enumerate(sheet.parts(row.id), 1):
            yield f"{place}.{part}", one


def _budget(sheet: Sheet) -> Block:
    bases = (("全年预算数（计分口径）", sheet.budget), ("年初预算数（对照）", sheet.budget_initial))
    rows = tuple(
        (
            name,
            NOTHING if one.ratio is None else execution_percent(one.ratio, sheet.scheme),
            NOTHING if one.value is None else str(one.value),
            one.explanation,
        )
        for name, one in bases
    )
    return Table("表 1 预算执行率：两种口径", ("口径", "执行率", "得分", "说明"), rows, wide=(3,), shares=(5, 3, 3, 9))


def _scores(sheet: Sheet) -> Block:
    rows = tuple(
        (
            f"{place} {row.name}",
            str(row.target),
            actual_text(row) or NOTHING,
            plain(row.weight),
            NOTHING if row.score.value is None else str(row.score.value),
            row.score.explanation,
        )
        for place, row in _numbered(sheet)
    )
    head = ("指标", "年度指标值", "实际完成值", "分值", "得分", "评分说明")
    return Table("表 2 各项得分说明", head, rows, wide=(0, 5), shares=(30, 12, 12, 7, 7, 32))


def _sources(sheet: Sheet) -> Block:
    rows = tuple(
        (
            f"{place} {row.name}",
            _number(row.measured.numerator),
            _number(row.measured.denominator),
            str(row.measured.backed + row.proofs),
            NOTHING if row.measured.first_on is None else row.measured.first_on.isoformat(),
            NOTHING if row.deadline is None else row.deadline.isoformat(),
            row.measured.definition or "人工填报，见佐证材料。",
        )
        for place, row in _numbered(sheet)
    )
    head = ("指标", "分子", "分母", "记录与材料", "首次完成", "期限", "取数口径")
    return Table("表 3 实际完成值的来源", head, rows, wide=(0, 6), shares=(22, 12, 12, 7, 11, 11, 25))


def _number(count: int | None) -> str:
    return NOTHING if count is None else str(count)


def _strands(sheet: Sheet) -> Block:
    linked = [
        "、".join(place for place, row in _numbered(sheet) if row.strand == number) or NOTHING
        for number in range(len(sheet.strands))
    ]
    rows = tuple(
        (one.name, one.goal, one.achieved, numbers) for one, numbers in zip(sheet.strands, linked, strict=True)
    )
    return Table(
        "表 4 目标分项与指标",
        ("分项", "预期目标", "实际完成情况", "指标序号"),
        rows,
        wide=(1, 2),
        shares=(10, 36, 36, 18),
    )


def _papers(sheet: Sheet, papers: Sequence[Paper]) -> Block:
    places = {row.id: place for place, row in _numbered(sheet)}
    rows = tuple(
        (
            NOTHING if one.indicator is None else places.get(one.indicator, NOTHING),
            one.kind,
            one.title if not one.serial else f"{one.serial} {one.title}",
            one.received_on.isoformat(),
            one.sha256[:12] or NOTHING,
        )
        for one in papers
    )
    head = ("指标序号", "类别", "材料", "首次提交", "SHA-256（前12位）")
    return Table("表 5 佐证材料", head, rows, wide=(1, 2), shares=(8, 17, 45, 12, 18))
