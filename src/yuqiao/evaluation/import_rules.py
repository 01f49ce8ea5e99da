"""What somebody's printed form becomes as a project: head, money in fen, indicators with actuals. Pure.

Nothing is dropped in silence: what cannot become part of a project is a `Problem` at its place; while there is one that
blocks, nothing can be imported. Cells keep their meaning, not their slips: ``‘＝96份`` becomes ＝96份 (S132).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from yuqiao.evaluation.amounts import rounded, tidy
from yuqiao.evaluation.findings import actual_of, measured, number
from yuqiao.evaluation.form import Form, FundsRow, IndicatorRow
from yuqiao.evaluation.money import read_fen
from yuqiao.evaluation.plan_rules import LARGEST_TARGET, LONGEST_NAME, PlanError, check_target, check_weight, check_year
from yuqiao.evaluation.readers.goals import joined
from yuqiao.evaluation.schemes import BUDGET, Scheme
from yuqiao.evaluation.scoring import Done
from yuqiao.evaluation.targets import JUDGED, Target, read_day, split_operator

#: A form's sources of money -> `models.MoneySource`; the first row is their sum.
SOURCES = {"当年财政拨款": "current", "上年结转资金": "carried", "其他资金": "other"}
WHOLE = "年度资金总额"
ITSELF = ("（本级）", "(本级)")
NONE = {"", "—", "-", "－", "–", "/", "无"}
NOT_DONE = {"否", "未完成", "未达成", "没有完成", "未开展"}
PLACES, LONGEST_TEXT = 4, 200
HIDDEN = "不公开"


@dataclass(frozen=True, slots=True)
class Problem:
    """What stands at ``where`` and could not be understood; one that ``blocks`` must be mended or left out first."""

    where: str
    sentence: str
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class Funds:
    """One source's money in fen."""

    source: str
    initial: int
    adjusted: int
    executed: int


@dataclass(frozen=True, slots=True)
class Said:
    """An actual as the form says it: a number in the target's unit, or how far something was done."""

    value: Decimal | None = None
    done: Done | None = None
    share: Decimal | None = None
    text: str = ""
    done_on: dt.date | None = None
    basis: str = ""


@dataclass(frozen=True, slots=True)
class DraftRow:
    """One indicator to be made; ``row`` is its number in the form, from 0; ``points`` as printed, for comparison."""

    row: int
    level1: str
    level2: str
    name: str
    target: Target
    weight: Decimal
    said: Said | None
    points: Decimal | None
    remark: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A project that a form could become."""

    year: int | None
    name: str
    department: str
    unit: str
    unit_is_itself: bool
    manager: str
    phone: str
    scheme: Scheme
    budget_weight: Decimal
    funds: tuple[Funds, ...]
    rows: tuple[DraftRow, ...]
    problems: tuple[Problem, ...]
    goal: str = ""
    achieved: str = ""

    @property
    def blocked(self) -> bool:
        """Whether something must be mended or left out before this can be imported."""
        return any(one.blocks for one in self.problems)


def draft(form: Form, scheme: Scheme, *, skip: frozenset[int] = frozenset()) -> Draft:
    """Return what a form becomes under ``scheme``; indicators whose numbers are in ``skip`` are left out on purpose."""
    problems: list[Problem] = []
    year = _year(form, problems)
    unit = form.header.get("实施单位", "").strip()
    name = form.header.get("项目名称", "").strip()
    if not name or len(name) > LONGEST_NAME:
        problems.append(Problem("项目名称", "没有项目名称，请补填。", blocks=True))
    funds = tuple(_funds(form, problems))
    rows = tuple(_rows(form, year, skip, problems))
    if not rows:
        problems.append(Problem("绩效指标", "没有识别出绩效指标。", blocks=True))
    problems += [Problem("", line) for line in form.guessed]
    problems += [Problem("", f"无法识别：{line}") for line in form.not_understood]
    return Draft(
        year,
        name,
        form.header.get("主管部门", "").strip(),
        _without_itself(unit),
        unit != _without_itself(unit) or not unit,
        form.header.get("项目负责人", "").strip(),
        _phone(form),
        scheme,
        _budget_weight(form, scheme),
        funds,
        rows,
        tuple(problems),
        form.goal,
        form.achieved,
    )


def _year(form: Form, problems: list[Problem]) -> int | None:
    try:
        return check_year(int(form.year))
    except ValueError:
        problems.append(Problem("年度", f"年度“{form.year}”无法识别，请补填。", blocks=True))
        return None


def _phone(form: Form) -> str:
    """A public copy keeps the number back (S2)."""
    phone = form.header.get("联系电话", "").strip()
    return "" if phone in {*NONE, HIDDEN} else phone


def _without_itself(unit: str) -> str:
    for ending in ITSELF:
        unit = unit.removesuffix(ending)
    return unit.strip()


def _budget_weight(form: Form, scheme: Scheme) -> Decimal:
    printed = number(form.funds[0].weight) if form.funds else None
    return Decimal(scheme.weights.get(BUDGET, 0)) if printed is None else printed


def _funds(form: Form, problems: list[Problem]) -> Iterator[Funds]:
    """Yield each source that has money; a form that prints only the sum has it from this year's budget."""
    named = [row for row in form.funds if row.name in SOURCES and not _empty(row)]
    whole = next((row for row in form.funds if row.name == WHOLE and not _empty(row)), None)
    if not named and whole is not None:
        problems.append(Problem(WHOLE, "没有分来源的金额，全部计入当年财政拨款。"))
    for row in named or ([whole] if whole else []):
        try:
            initial, adjusted, executed = (_fen(text) for text in (row.initial, row.adjusted, row.executed))
        except PlanError as error:
            problems.append(Problem(row.name, error.zh, blocks=True))
            continue
        adjusted = initial if adjusted is None else adjusted
        if initial is None:
            problems.append(Problem(row.name, "没有年初预算数，以全年预算数代替。"))
        initial = adjusted if initial is None else initial
        amounts = (initial or 0, adjusted or 0, executed or 0)
        if min(amounts) < 0:
            problems.append(Problem(row.name, "金额为负数。", blocks=True))
        else:
            yield Funds(SOURCES.get(row.name, "current"), *amounts)


def _empty(row: FundsRow) -> bool:
    return all(text.strip() in NONE for text in (row.initial, row.adjusted, row.executed))


def _fen(text: str) -> int | None:
    return None if text.strip() in NONE else read_fen(text)


def _rows(form: Form, year: int | None, skip: frozenset[int], problems: list[Problem]) -> Iterator[DraftRow]:
    seen: set[tuple[str, str]] = set()
    for place, row in enumerate(form.indicators):
        where = f"{row.where} {row.name}".strip()
        if place in skip:
            problems.append(Problem(where, "按要求不导入这一项。"))
            continue
        try:
            target, weight = check_target(row.target, year or 2000), check_weight(_weight(row))
        except PlanError as error:
            problems.append(Problem(where, error.zh, blocks=True))
            continue
        if (row.level2, row.name) in seen or not row.name or len(row.name) > LONGEST_NAME:
            problems.append(Problem(where, "名称重复、缺失或过长。", blocks=True))
            continue
        seen.add((row.level2, row.name))
        points = number(row.points)
        said = _said(row, target, weight, points, year)
        if said is None or said.basis:
            what = "完成日期" if target.deadline is not None else "实际完成值"
            missing = f"“{row.actual}”中没有可用的{what}，导入后请补填。"
            problems.append(Problem(where, missing if said is None else said.basis))
        yield DraftRow(
            place,
            row.level1 or "未分类",
            row.level2 or "未分类",
            row.name,
            target,
            weight,
            said,
            points,
            joined(row.remark.splitlines()),
        )


def _weight(row: IndicatorRow) -> Decimal:
    found = number(row.weight)
    return Decimal("NaN") if found is None else found


def _said(row: IndicatorRow, target: Target, weight: Decimal, points: Decimal | None, year: int | None) -> Said | None:
    if target.amount is not None:
        return _counted(row, target)
    text = tidy(row.actual)
    if not text:
        return None
    if target.deadline is not None:
        return _dated(text, year)
    if text in JUDGED:
        return Said(done=Done.DONE)
    if text in NOT_DONE:
        return Said(done=Done.NOT)
    return _judged(text, weight, points)


def _counted(row: IndicatorRow, target: Target) -> Said | None:
    amount = actual_of(row)
    if amount is None:
        return None
    value = measured(target, amount)
    exact = rounded(Fraction(value), PLACES)
    if abs(exact) >= LARGEST_TARGET:
        return None
    slipped = split_operator(row.actual)[0] is not None
    basis = f"原表实际完成值写作“{row.actual.strip()}”，带运算符，不是实际数；请按数据补正。" if slipped else ""
    return Said(value=exact, basis=basis)


def _dated(text: str, year: int | None) -> Said | None:
    """A day, or that nothing was handed in; 是 tells no day, and none is made up."""
    day = read_day(text, year)
    if day is not None:
        return Said(done=Done.DONE, done_on=day)
    return Said(done=Done.NOT) if text in NOT_DONE else None


def _judged(text: str, weight: Decimal, points: Decimal | None) -> Said | None:
    """Words instead of 是: what the printed points say they are worth, since nothing else does (S126)."""
    if points is None or weight <= 0 or not 0 <= points <= weight or len(text) > LONGEST_TEXT:
        return None
    if points == weight:
        return Said(done=Done.DONE, text=text)
    if points == 0:
        return Said(done=Done.NOT, text=text)
    share = rounded(Fraction(points) / Fraction(weight) * 100, 2)
    return Said(done=Done.PARTLY, share=share, text=text, basis=f"得分率{share}%按原表得分推算，没有写明评分依据。")
