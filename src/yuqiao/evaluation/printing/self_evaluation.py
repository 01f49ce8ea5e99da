"""项目支出绩效自评表: Beijing's form (S1–S5) of one project's year, as a document; other schemes print the same form.

Every remark stands on the row of its indicator, and whatever the form's length, its heads stand on each page (S5).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from yuqiao.documents.blocks import Block, Document
from yuqiao.documents.forms import Cell, Form, Part
from yuqiao.documents.forms import Row as Cells
from yuqiao.documents.style import FORM
from yuqiao.evaluation.amounts import rounded
from yuqiao.evaluation.printing.annex import Paper, annex
from yuqiao.evaluation.printing.cells import (
    DASH,
    WIDTHS,
    beside_label,
    fitting_size,
    label,
    long,
    merged,
    number,
    signatures,
    value,
    who_and_what,
)
from yuqiao.evaluation.printing.copies import Copy, page
from yuqiao.evaluation.scoring import execution_percent
from yuqiao.evaluation.sheet import Money, Row, Sheet, actual_text, in_ten_thousand

TITLE = "项目支出绩效自评表"
SIGNED_BY = ("主管主任", "项目部门负责人")


def self_evaluation(
    sheet: Sheet, copy: Copy = Copy.PUBLIC, *, papers: Sequence[Paper] = (), draft: bool | None = None
) -> Document:
    """Return the form; the internal copy has an annex with reasons, sources and the evidence in ``papers``.

    It is marked as a draft if ``draft``, or, where nothing is said, while a row is not scored yet.
    """
    header = sheet.header
    last = (_indicators(sheet), signatures(*SIGNED_BY))
    form = Form(WIDTHS, (who_and_what(header, copy), _funds(sheet), _goals(sheet), *last), fitting_size(last))
    blocks: tuple[Block, ...] = (form, *(annex(sheet, papers) if copy is Copy.INTERNAL else ()))
    running = f"{TITLE}（{header.year}年度） {header.name}"
    marked = bool(sheet.open) if draft is None else draft
    return Document(
        TITLE,
        f"（{header.year}年度）",
        sheet.at,
        blocks,
        style=FORM,
        page=page(copy, running, draft=marked),
    )


def points_text(points: Decimal | None, sheet: Sheet) -> str:
    """Return points as the scheme prints them (5.00); nothing where there are none yet."""
    return "" if points is None else f"{rounded(points, sheet.scheme.points_places, sheet.scheme.rounding)}"


def _funds(sheet: Sheet) -> Part:
    """Block 1 (S4, S84–S87): the whole sum, then each source; a dash for a source that gives nothing."""
    names = ("年初预算数", "全年预算数（A）", "全年执行数（B）", "分值", "执行率", "得分")
    head = (label("项目资金\n（万元）", 2, 1 + len(sheet.money)), label(""), *(label(name) for name in names))
    rows = [_source(sheet, place, money) for place, money in enumerate(sheet.money)]
    return Part((head, *rows))


def _source(sheet: Sheet, place: int, money: Money) -> Cells:
    """One source. Its points are printed where it is the only one: then they are those of the whole sum (S85)."""
    whole = sheet.money[0]
    amounts = (money.initial_fen, money.adjusted_fen, money.executed_fen)
    scored = place == 0 or amounts == (whole.initial_fen, whole.adjusted_fen, whole.executed_fen)
    rate = rate_text(money.executed_fen, money.adjusted_fen, sheet)
    weight = points_text(sheet.budget_weight, sheet) if scored else DASH
    points = points_text(sheet.budget.value, sheet) if scored else DASH
    name = f"其中：{money.name}" if place == 1 else money.name
    return (
        value(name),
        *(number(in_ten_thousand(fen)) for fen in amounts),
        *(number(text) if any(fen is not None for fen in amounts) else value(DASH) for text in (weight, rate, points)),
    )


def rate_text(executed: int | None, base: int | None, sheet: Sheet) -> str:
    """Return a rate of execution as the scheme prints rates: 99.62%; a dash where there is no budget."""
    if executed is None or not base:
        return DASH
    return execution_percent(Fraction(executed, base), sheet.scheme)


def _goals(sheet: Sheet) -> Part:
    """Block 2 (S4): what was to be reached beside what was."""
    rows: list[Cells] = [
        (label("预期目标", 3), label("实际完成情况", 5)),
        (long(sheet.goal, 3, top=True), long(sheet.achieved, 5, top=True)),
    ]
    upright = Cell("年度总体目标", down=len(rows), bold=True, upright=True, shaded=True)
    return Part(((upright, *rows[0]), *rows[1:]))


HEADS = (
    *("一级指标", "二级指标", "三级指标", "年度指标值（A）", "实际完成值（B）", "分值", "得分"),
    "偏差原因分析及改进措施",
)


def _indicators(sheet: Sheet) -> Part:
    """Block 3 (S4) and the total. Parts of a compound indicator are in the annex: they do not add up on their own."""
    leading = sheet.leading
    levels = merged([(row.level1, row.level2) for row in leading])
    rows: list[Cells] = [tuple(label(name) for name in HEADS)]
    rows += [(*cells, *_indicator(row, sheet)) for cells, row in zip(levels, leading, strict=True)]
    weight = sum((row.weight for row in leading), sheet.budget_weight)
    points = "" if sheet.open else points_text(sheet.total, sheet)
    total = (label("总分：", 6), number(points_text(weight, sheet)), number(points), value(""))
    return Part((*(beside_label("绩效指标", rows) if leading else [(Cell(), *rows[0])]), total), head=1, together=True)


def _indicator(row: Row, sheet: Sheet) -> Cells:
    return (
        long(row.name, 1),
        value(str(row.target)),
        number(actual_text(row)),
        number(points_text(row.weight, sheet)),
        number(points_text(row.score.value, sheet)),
        long(row.remark, 1),
    )
