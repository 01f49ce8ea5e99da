"""评价结果报告 in its chapters (S6, S7): the composed text, every number a figure's, and the indicators' table.

Laid out as official documents are (GB/T 9704-2012).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from yuqiao.documents.blocks import Block, Document, Heading, Paragraph, Table
from yuqiao.documents.style import OFFICIAL
from yuqiao.evaluation.printing.annex import Paper, annex
from yuqiao.evaluation.printing.copies import Copy, page
from yuqiao.evaluation.printing.self_evaluation import points_text
from yuqiao.evaluation.report_text import ReportText
from yuqiao.evaluation.sheet import Sheet, actual_text

KIND = "评价结果报告"
#: The section behind whose text the table of indicators stands.
TABLE_IN = "indicators"


def evaluation_report(
    sheet: Sheet,
    text: ReportText,
    copy: Copy = Copy.PUBLIC,
    *,
    attachment: str = "",
    papers: Sequence[Paper] = (),
    draft: bool | None = None,
) -> Document:
    """Return the report; ``attachment`` stands over its title (附件4).

    The internal copy ends with the form's annex and a list of all numbers in the text with their sources. It is marked
    as a draft if ``draft``, or, where nothing is said, while a section is empty or a row not scored.
    """
    marked = bool(text.empty or sheet.open) if draft is None else draft
    ending = (*annex(sheet, papers), _figures(text)) if copy is Copy.INTERNAL else ()
    name = text.title.removesuffix(KIND)
    return Document(
        f"{name}\n{KIND}" if name != text.title else text.title,  # broken where the sense allows (7.3.1)
        f"评价单位：{text.evaluator}",
        sheet.at,
        (*_body(sheet, text), *ending),
        above=attachment,
        style=OFFICIAL,
        page=page(copy, "", draft=marked, official=True),
    )


def _body(sheet: Sheet, text: ReportText) -> Iterator[Block]:
    for part in text.parts:
        if part.chapter:
            yield Heading(part.chapter)
        if part.title:
            yield Heading(part.title, 2)
        yield from (Paragraph(one.text) for one in part.paragraphs)
        if part.code == TABLE_IN and sheet.leading:
            yield _indicators(sheet)


def _indicators(sheet: Sheet) -> Table:
    """All indicators; points only where the scheme gives any (S112)."""
    scored = any(row.weight for row in sheet.leading)
    head = ("三级指标", "二级指标", "年度指标值", "实际完成值", *(("分值", "得分") if scored else ()))
    rows = tuple(
        (
            row.name,
            row.level2,
            str(row.target),
            actual_text(row),
            *((points_text(row.weight, sheet), points_text(row.score.value, sheet)) if scored else ()),
        )
        for row in sheet.leading
    )
    shares = (38, 20, 14, 14, 7, 7) if scored else (42, 24, 17, 17)
    return Table(f"{sheet.header.name}绩效指标完成情况", head, rows, wide=(0, 1), shares=shares)


def _figures(text: ReportText) -> Table:
    rows = tuple((one.name, one.text or "—", one.unit or "—", one.source) for one in text.figures.values())
    return Table(
        "表 6 文中数字及其出处", ("名称", "文中写作", "单位", "出处"), rows, wide=(0, 3), shares=(30, 25, 10, 35)
    )
