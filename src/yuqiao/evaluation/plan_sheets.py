"""A plan's indicators as the rows of a spreadsheet, and back: each row's fault is said, none is guessed. Pure.

The same sheet that goes out can be changed by hand and taken in again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from yuqiao.evaluation.amounts import plain, read_amount, tidy
from yuqiao.evaluation.plan_rules import PlanError, check_deadline, check_parts, check_target, check_text, check_weight
from yuqiao.evaluation.targets import read_day

#: Heading -> field of `Listed`, in the order of the columns.
COLUMNS = {
    "一级指标": "level1",
    "二级指标": "level2",
    "三级指标": "name",
    "所属指标": "whole",
    "年度指标值": "target",
    "分值": "weight",
    "完成期限": "deadline",
    "数据来源": "formula",
    "佐证材料": "proof",
    "对应目标": "strand",
}
HEADINGS = tuple(COLUMNS)
#: Without these a row is no indicator.
NEEDED = frozenset({"一级指标", "二级指标", "三级指标", "年度指标值", "分值"})
ENTERED = "entered"


@dataclass(frozen=True, slots=True)
class Listed:
    """One row; ``whole`` names the compound indicator it is a part of (S126), ``strand`` a strand of the goal."""

    level1: str
    level2: str
    name: str
    target: str
    weight: Decimal
    whole: str = ""
    deadline: dt.date | None = None
    formula: str = ENTERED
    proof: str = ""
    strand: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from others: second level, the compound one it belongs to, its name."""
        return (self.level2, self.whole, self.name)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why row ``row`` (counted from 1, as the spreadsheet does; 0 for the sheet itself) is not used."""

    row: int
    sentence: str


def cells_of(one: Listed) -> tuple[str, ...]:
    """Return a row as it is written, in the order of `HEADINGS`."""
    told = {name: getattr(one, name) for name in COLUMNS.values()}
    told["weight"] = plain(one.weight)
    told["deadline"] = "" if one.deadline is None else one.deadline.isoformat()
    return tuple(str(told[name]) for name in COLUMNS.values())


def read(rows: Sequence[Sequence[str]], year: int) -> tuple[list[Listed], list[Refused]]:
    """Return the indicators of a sheet, and what cannot be used; wholes weigh what their parts weigh together."""
    begin = next((n for n, row in enumerate(rows) if {cell.strip() for cell in row} >= NEEDED), None)
    if begin is None:
        return [], [Refused(0, f"没有找到表头，应有{'、'.join(name for name in HEADINGS if name in NEEDED)}。")]
    columns = {n: COLUMNS[cell.strip()] for n, cell in enumerate(rows[begin]) if cell.strip() in COLUMNS}
    listed: list[Listed] = []
    refused: list[Refused] = []
    numbers: dict[tuple[str, str, str], int] = {}
    for number, row in enumerate(rows[begin + 1 :], begin + 2):
        cells = {name: row[n].strip() for n, name in columns.items() if n < len(row)}
        if not any(cells.values()):
            continue
        try:
            one = _listed(cells, year)
        except PlanError as error:
            refused.append(Refused(number, error.zh))
            continue
        if one.key in numbers:
            refused.append(Refused(number, f"与第{numbers[one.key]}行重复。"))
            continue
        numbers[one.key] = number
        listed.append(one)
    refused += _parts(listed, numbers)
    return listed, sorted(refused, key=lambda one: one.row)


def _listed(cells: dict[str, str], year: int) -> Listed:
    given = {name: cells.get(name, "") for name in COLUMNS.values()}
    target = check_target(given["target"], year)
    deadline = read_day(given["deadline"], year) if given["deadline"] else target.deadline
    if given["deadline"] and deadline is None:
        raise PlanError("day", text=given["deadline"])
    return Listed(
        check_text(given["level1"], "一级指标", 40),
        check_text(given["level2"], "二级指标", 40),
        check_text(given["name"], "三级指标"),
        str(target),
        _weight(given["weight"]),
        given["whole"],
        check_deadline(deadline, year),
        given["formula"] or ENTERED,
        given["proof"],
        given["strand"],
    )


def _weight(text: str) -> Decimal:
    amount = read_amount(text.removesuffix("分"))
    if amount is None or amount.unit:
        raise PlanError("weight", weight=tidy(text))
    return check_weight(amount.value)


def _parts(listed: list[Listed], numbers: dict[tuple[str, str, str], int]) -> Iterable[Refused]:
    """Each part belongs to an indicator of its second level, and parts weigh as much as their whole (S126)."""
    leading = {(one.level2, one.name): one for one in listed if not one.whole}
    parts: dict[tuple[str, str], list[Listed]] = {}
    for one in listed:
        if one.whole and (one.level2, one.whole) not in leading:
            yield Refused(numbers[one.key], f"同一二级指标下没有“{one.whole}”。")
        elif one.whole:
            parts.setdefault((one.level2, one.whole), []).append(one)
    for key, mine in parts.items():
        try:
            check_parts([one.weight for one in mine], leading[key].weight)
        except PlanError as error:
            yield Refused(numbers[leading[key].key], error.zh)


def differences(old: Iterable[Listed], new: Iterable[Listed]) -> tuple[list[Listed], list[Listed], list[Listed]]:
    """Return what a sheet adds, what it changes, and what a plan has that the sheet has not."""
    known, wanted = {one.key: one for one in old}, {one.key: one for one in new}
    added = [one for key, one in wanted.items() if key not in known]
    changed = [one for key, one in wanted.items() if key in known and _alike(known[key]) != _alike(one)]
    return added, changed, [one for key, one in known.items() if key not in wanted]


def _alike(one: Listed) -> Listed:
    return replace(one, weight=one.weight.normalize())
