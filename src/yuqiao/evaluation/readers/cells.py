"""A self-evaluation form from the cells of a table, as docx and xlsx hold it: columns are found by their headings.

Merged cells come as the reader of the file gives them: repeated (docx) or empty after the first (xlsx).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from yuqiao.evaluation.amounts import read_amount
from yuqiao.evaluation.form import Form, FundsRow, IndicatorRow
from yuqiao.evaluation.readers.goals import goals_in_cells
from yuqiao.evaluation.readers.text import FUNDS, LABELS, SECOND_LEVEL, YEAR

Row = Sequence[str]
#: What a heading begins with -> field of IndicatorRow; also as other cities' forms have it.
COLUMNS = {
    "一级指标": "level1",
    "二级指标": "level2",
    "三级指标": "name",
    "指标名称": "name",
    **dict.fromkeys(("年度指标值", "年初目标值", "年度目标值", "指标值", "目标值"), "target"),
    **dict.fromkeys(("实际完成值", "全年完成值", "全年实际值", "全年实际完成值", "完成值"), "actual"),
    "分值": "weight",
    "权重": "weight",
    "得分": "points",
    "自评得分": "points",
    **dict.fromkeys(("偏差原因", "未完成原因", "偏差分析", "备注"), "remark"),
}
#: What the last row of the form begins with, and how long such a label is at most (总分：100.00).
TOTALS = ("总分", "合计", "总计")
LABEL = 12
MONEY_COLUMNS = {
    "年初预算数": "initial",
    "全年预算数": "adjusted",
    "全年执行数": "executed",
    "分值": "weight",
    "执行率": "rate",
    "得分": "points",
}


def flat(text: str) -> str:
    """Return a cell's text without white space."""
    return re.sub(r"\s+", "", text)


def _once(row: Row) -> list[str]:
    """Return the texts of a row, neighbours that are one merged cell only once."""
    texts = [flat(cell) for cell in row]
    return [one for n, one in enumerate(texts) if one and (n == 0 or one != texts[n - 1])]


def headings(row: Row, known: dict[str, str]) -> dict[int, str]:
    """Return which column holds which field, if this row is a row of headings; else nothing."""
    found: dict[int, str] = {}
    for column, cell in enumerate(row):
        name = next((field for heading, field in known.items() if flat(cell).startswith(heading)), None)
        if name is not None and name not in found.values():
            found[column] = name
    return found


def read_cells(rows: Sequence[Row], places: Sequence[str] = ()) -> Form:
    """Return the form that rows of cells hold; rows that fit nowhere are listed in ``not_understood``.

    ``places`` says where each row stands in its file (第2页第5行); without it, rows are counted from 1.
    """
    header: dict[str, str] = {}
    funds: list[FundsRow] = []
    indicators: list[IndicatorRow] = []
    lost: list[str] = []
    money: dict[int, str] = {}
    columns: dict[int, str] = {}
    total = ("", "")
    for number, row in enumerate(rows, 1):
        texts = _once(row)
        joined = "".join(texts)
        if any(one.startswith(TOTALS) and len(one) < LABEL for one in texts):
            numbers = re.findall(r"\d+(?:\.\d+)?", " ".join(texts))
            total = (numbers[0], numbers[-1]) if numbers else ("", "")
            if indicators:
                break  # what follows are signatures and annexes
            columns = {}  # below it stand signatures
        elif {"target", "weight"} <= set((found := headings(row, COLUMNS)).values()):
            columns = found if "name" in found.values() else {}  # an annex tells of the same indicators again
        elif {"adjusted", "executed"} <= set((found := headings(row, MONEY_COLUMNS)).values()):
            money = found
        elif (source := next((one for one in FUNDS if one in joined), None)) and money:
            funds.append(FundsRow(source, **{name: row[n].strip() for n, name in money.items() if n < len(row)}))
        elif columns and (texts or any(row)):
            _indicator(row, columns, places[number - 1] if places else f"第{number}行", indicators, lost)
        elif texts:
            _labels(texts, header)
    text = "".join("".join(row) for row in rows[:3])
    year = YEAR.search(text)
    title = next((one for row in rows for one in _once(row)), "")
    known = year.group(1) if year else ""
    goal, achieved = goals_in_cells(rows)
    return Form(
        title,
        known,
        header,
        tuple(funds),
        tuple(indicators),
        *total,
        not_understood=tuple(lost),
        goal=goal,
        achieved=achieved,
    )


def _labels(texts: list[str], header: dict[str, str]) -> None:
    for label, value in pairwise(texts):
        if label.strip(":：") in LABELS and value.strip(":：") not in LABELS:
            header.setdefault(label.strip(":："), value)


def _indicator(row: Row, columns: dict[int, str], place: str, done: list[IndicatorRow], lost: list[str]) -> None:
    cells = {name: row[n].strip() for n, name in columns.items() if n < len(row)}
    scored = any(read_amount(cells.get(name, "")) is not None for name in ("weight", "points"))
    if not cells.get("target") or not flat(cells.get("name", "")) or not scored:
        if any(cells.get(name) for name in ("name", "target", "weight")):
            lost.append(f"{place}：{' '.join(_once(row))}")
        return
    before = done[-1] if done else None
    level2 = flat(cells.get("level2", "")) or (before.level2 if before else "")
    level2 = level2 if level2.endswith("指标") else f"{level2}指标" if level2 else ""
    level1 = SECOND_LEVEL.get(level2) or flat(cells.get("level1", "")) or (before.level1 if before else "")
    done.append(
        IndicatorRow(
            level1,
            level2,
            flat(cells["name"]),
            cells["target"],
            cells.get("actual", ""),
            cells.get("weight", ""),
            cells.get("points", ""),
            cells.get("remark", ""),
            place,
        )
    )
