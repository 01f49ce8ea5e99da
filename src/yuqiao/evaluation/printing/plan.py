"""项目支出绩效目标申报表: what a project promises for its year, before anything was done: money, goals, indicators."""

from __future__ import annotations

import datetime as dt

from yuqiao.documents.blocks import Document
from yuqiao.documents.forms import Cell, Form, Part
from yuqiao.documents.forms import Row as Cells
from yuqiao.documents.style import FORM
from yuqiao.evaluation.printing.cells import (
    COLUMNS,
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
from yuqiao.evaluation.printing.self_evaluation import points_text
from yuqiao.evaluation.sheet import Row, Sheet, in_ten_thousand

TITLE = "项目支出绩效目标申报表"
SIGNED_BY = ("填报人", "项目部门负责人", "主管主任")


def plan_form(sheet: Sheet, copy: Copy = Copy.PUBLIC, *, draft: bool = False) -> Document:
    """Return the form; the internal copy says where each actual is going to come from."""
    header = sheet.header
    last = (_indicators(sheet, copy), signatures(*SIGNED_BY))
    parts = (who_and_what(header, copy), _funds(sheet), _goals(sheet), *last)
    return Document(
        TITLE,
        f"（{header.year}年度）",
        sheet.at,
        (Form(WIDTHS, parts, fitting_size(last)),),
        style=FORM,
        page=page(copy, f"{TITLE}（{header.year}年度） {header.name}", draft=draft),
    )


def _funds(sheet: Sheet) -> Part:
    rows: list[Cells] = []
    for place, money in enumerate(sheet.money):
        name = f"其中：{money.name}" if place == 1 else money.name
        rows.append((value(name, 2), number(in_ten_thousand(money.initial_fen), COLUMNS - 4)))
    first = label("项目资金\n（万元）", 2, len(rows))
    return Part(((first, *rows[0]), *rows[1:]))


def _goals(sheet: Sheet) -> Part:
    """The goal, and under it its strands (S138)."""
    rows: list[Cells] = [(long(sheet.goal, COLUMNS - 1, top=True),)]
    rows += [(label(one.name, 2), long(one.goal, COLUMNS - 3)) for one in sheet.strands]
    upright = Cell("年度总体目标", down=len(rows), bold=True, upright=True, shaded=True, high=24)
    return Part(((upright, *rows[0]), *rows[1:]))


def _indicators(sheet: Sheet, copy: Copy) -> Part:
    internal = copy is Copy.INTERNAL
    heads = [label("一级指标"), label("二级指标"), label("三级指标", 2), label("年度指标值"), label("分值")]
    heads += [label("完成时限"), label("取数口径")] if internal else [label("完成时限", 2)]
    leading = sheet.leading
    levels = merged([(row.level1, row.level2) for row in leading])
    rows: list[Cells] = [tuple(heads)]
    rows += [(*cells, *_indicator(row, sheet, internal=internal)) for cells, row in zip(levels, leading, strict=True)]
    weight = sum((row.weight for row in leading), sheet.budget_weight)
    budget = points_text(sheet.budget_weight, sheet)
    total = (label(f"分值合计（含预算执行率{budget}分）", 6), number(points_text(weight, sheet)), value("", 2))
    return Part((*(beside_label("绩效指标", rows) if leading else [(Cell(), *rows[0])]), total), head=1, together=True)


def _indicator(row: Row, sheet: Sheet, *, internal: bool) -> Cells:
    weight = number(points_text(row.weight, sheet))
    due = day(row.deadline, sheet.header.year)
    last = (value(due), long(row.measured.definition, 1)) if internal else (value(due, 2),)
    return (long(row.name, 2), value(str(row.target)), weight, *last)


def day(on: dt.date | None, year: int) -> str:
    """Return a deadline as the form says it; without one, the year's end."""
    if on is None:
        return "全年"
    return f"{on.month}月{on.day}日" if on.year == year else f"{on.year}年{on.month}月{on.day}日"
