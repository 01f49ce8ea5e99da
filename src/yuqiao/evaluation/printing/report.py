"""评价结果报告 in Guangzhou's chapters (S6, S7): sentences made of the sheet's figures, and what its author wrote.

Laid out as official documents are (GB/T 9704-2012). A number is never typed: budget, indicators, total and grade come
from the sheet, rounded by its scheme's rule (S122).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby

from yuqiao.documents.blocks import Block, Document, Heading, Paragraph, Table
from yuqiao.documents.style import OFFICIAL
from yuqiao.evaluation.amounts import plain
from yuqiao.evaluation.printing.annex import Paper, annex
from yuqiao.evaluation.printing.copies import Copy, page
from yuqiao.evaluation.printing.self_evaluation import points_text, rate_text
from yuqiao.evaluation.sheet import FEN, Row, Sheet, actual_text
from yuqiao.evaluation.targets import Operator


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter and its sections, code and title each; one without sections has text under its own code."""

    code: str
    title: str
    sections: tuple[tuple[str, str], ...] = ()


#: S7, as the report of 2021 has them.
CHAPTERS: Sequence[Chapter] = (
    Chapter(
        "overview",
        "一、评价项目概述",
        (
            ("background", "（一）项目背景"),
            ("goals", "（二）项目目标"),
            ("content", "（三）项目内容"),
            ("progress", "（四）项目实施情况"),
        ),
    ),
    Chapter(
        "evaluation",
        "二、绩效评价概述",
        (
            ("purpose", "（一）评价目的"),
            ("method", "（二）评价设计与实施"),
            ("indicators", "（三）绩效评价指标体系和评分标准方法"),
        ),
    ),
    Chapter(
        "findings",
        "三、评价结论与绩效分析",
        (("conclusion", "（一）总体结论"), ("analysis", "（二）项目绩效分析")),
    ),
    Chapter("experience", "四、项目主要绩效或成功经验"),
    Chapter("problems", "五、存在问题或不足"),
    Chapter("advice", "六、相关建议"),
)
#: Every code that text can be written to.
SECTIONS: tuple[str, ...] = tuple(
    code for one in CHAPTERS for code in ([section for section, _ in one.sections] or [one.code])
)
FULL = Decimal(100)


@dataclass(frozen=True, slots=True)
class ReportText:
    """What people say besides the figures. ``sections``: text by code, a paragraph a line. ``claims``: sentences of the
    conclusion that have evidence (S9). ``grade``: where a scheme gives no points, the grade the office gives itself."""

    sections: Mapping[str, str] = field(default_factory=dict)
    claims: tuple[str, ...] = ()
    grade: str = ""
    attachment: str = ""


def evaluation_report(
    sheet: Sheet,
    text: ReportText,
    copy: Copy = Copy.PUBLIC,
    *,
    papers: Sequence[Paper] = (),
    draft: bool = False,
) -> Document:
    """Return the report; the internal copy has the annex of the form. KeyError for text to a section there is not."""
    if unknown := set(text.sections) - set(SECTIONS):
        raise KeyError(f"no such section: {', '.join(sorted(unknown))}")
    title = f"{sheet.header.name}\n评价结果报告"
    blocks = [*_body(sheet, text), *(annex(sheet, papers) if copy is Copy.INTERNAL else ())]
    return Document(
        title,
        f"评价单位：{sheet.header.department}",
        sheet.at,
        tuple(blocks),
        above=text.attachment,
        style=OFFICIAL,
        page=page(copy, "", draft=draft, official=True),
    )


def _body(sheet: Sheet, text: ReportText) -> Iterator[Block]:
    for chapter in CHAPTERS:
        yield Heading(chapter.title)
        for code, title in chapter.sections or ((chapter.code, ""),):
            if title:
                yield Heading(title, 2)
            yield from (Paragraph(line.strip()) for line in text.sections.get(code, "").splitlines() if line.strip())
            yield from _bound(code, sheet, text)


def _bound(code: str, sheet: Sheet, text: ReportText) -> Iterator[Block]:
    """What a section says out of data, after what its author wrote."""
    match code:
        case "background":
            yield from (Paragraph(one) for one in [money_sentence(sheet)] if one)
        case "indicators":
            yield from _indicators(sheet)
        case "conclusion":
            yield Paragraph("".join([*text.claims, conclusion_sentence(sheet, text.grade)]))


def in_whole(fen: int) -> str:
    """Return fen as 万元 without zeros that say nothing: 347.15."""
    return plain(Decimal(fen) / FEN)


def money_sentence(sheet: Sheet) -> str:
    """Return what the project's money was and how much of it was paid (S89); nothing where there is none."""
    whole = sheet.money[0]
    if whole.adjusted_fen is None or whole.executed_fen is None:
        return ""
    said = f"本项目{sheet.header.year}年预算金额{in_whole(whole.adjusted_fen)}万元"
    if whole.initial_fen is not None and whole.initial_fen != whole.adjusted_fen:
        said += f"（年初预算{in_whole(whole.initial_fen)}万元）"
    rate = rate_text(whole.executed_fen, whole.adjusted_fen, sheet)
    return f"{said}，实际支付{in_whole(whole.executed_fen)}万元，预算完成率为{rate}。"


def conclusion_sentence(sheet: Sheet, grade: str) -> str:
    """Return total and grade; without weights that add up to 100 there is no total, and the grade is the office's own.

    A grade without points is what S137 finds; so the sentence says that it has none.
    """
    weights = sum((row.weight for row in sheet.leading), sheet.budget_weight)
    if weights == FULL and not sheet.open:
        return f"项目绩效自评得分{points_text(sheet.total, sheet)}分，等级为：{sheet.grade}。"
    return f"项目绩效自评等级为：{grade}。" if grade else "项目绩效自评尚未完成计分。"


def _indicators(sheet: Sheet) -> Iterator[Block]:
    """One paragraph for each second level, and a table of them all."""
    for number, (level, rows) in enumerate(groupby(sheet.leading, key=_group), 1):
        yield Heading(f"{number}. {level}", 3)
        yield Paragraph("；".join(_said(row) for row in rows) + "。")
    if sheet.leading:
        yield _table(sheet)


def _group(row: Row) -> str:
    """产出数量指标, as the report calls it; other levels by their own name."""
    return row.level1.removesuffix("指标") + row.level2 if row.level1 == "产出指标" else row.level2


def _said(row: Row) -> str:
    actual = actual_text(row)
    if row.target.amount is None:
        return f"{row.name}：{actual or '尚无结果'}"
    promised = str(row.target).removeprefix(Operator.EQUAL)
    done = f"实际完成{actual}" if actual else "尚无实际完成值"
    return f"{row.name}目标值{promised}，{done}"


def _table(sheet: Sheet) -> Table:
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
