"""A project's self-evaluation as it stands at a moment: everything a form, a page or a check needs. Pure.

`evaluate` makes a `Sheet` from facts; `services` gather the facts from rows, `printing` prints it, `freezing` keeps it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from yuqiao.evaluation.amounts import plain
from yuqiao.evaluation.schemes import Scheme
from yuqiao.evaluation.scoring import Done, Indicator, Score, budget_score, score, total
from yuqiao.evaluation.targets import Target

#: Fen in 万元.
FEN = 1_000_000
FULL = Decimal(100)


@dataclass(frozen=True, slots=True)
class Header:
    """Who and what (S2). ``unit`` carries 本级 where it is the department itself."""

    code: str
    year: int
    name: str
    department: str
    unit: str
    manager: str = ""
    phone: str = ""
    phone_public: bool = False


@dataclass(frozen=True, slots=True)
class Money:
    """One source of money in fen; None prints a dash (S86)."""

    name: str
    initial_fen: int | None = None
    adjusted_fen: int | None = None
    executed_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Strand:
    """One strand of the goal (S138)."""

    name: str
    goal: str = ""
    achieved: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """What was really done, and where that comes from.

    ``value`` is in the indicator's unit (676 个; 99.92 for per cent), exact; ``numerator`` and ``denominator`` are the
    rows behind it (S124). Qualitative ones carry ``done``, ``share`` (per cent) and ``text``, which is printed for 是.
    ``first_on`` is the day it was first done or handed in (S127). ``definition`` is a Chinese sentence; ``backed`` how
    many rows or papers stand behind it.
    """

    formula: str = ""
    value: Fraction | None = None
    numerator: int | None = None
    denominator: int | None = None
    done: Done | None = None
    share: Decimal | None = None
    text: str = ""
    first_on: dt.date | None = None
    definition: str = ""
    backed: int = 0


NOTHING = Measured()
UNSCORED = Score(None, "尚未计分。")


@dataclass(frozen=True, slots=True)
class Row:
    """One third-level indicator. ``id`` is its row's; ``parent`` that of the compound one it is a part of."""

    id: int
    level1: str
    level2: str
    name: str
    target: Target
    weight: Decimal
    measured: Measured = NOTHING
    deadline: dt.date | None = None
    parent: int | None = None
    strand: int | None = None
    cause: str = ""
    remedy: str = ""
    proofs: int = 0
    changes: int = 0
    score: Score = UNSCORED

    @property
    def remark(self) -> str:
        """What the form's last column says (偏差原因分析及改进措施)."""
        return "".join(
            part if part.endswith(("。", "！", "？")) else f"{part}。" for part in (self.cause, self.remedy) if part
        )


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything about one self-evaluation. ``money`` begins with the sum of all sources.

    ``total`` is the sum of what is scored; ``open`` how many rows are not scored yet, and then there is no grade.
    ``budget_initial`` scores the money against what was planned first (S120), for comparison only.
    """

    header: Header
    scheme: Scheme
    at: dt.datetime
    money: tuple[Money, ...]
    budget_weight: Decimal
    budget: Score
    budget_initial: Score
    goal: str
    achieved: str
    strands: tuple[Strand, ...]
    rows: tuple[Row, ...]
    total: Decimal
    open: int
    grade: str

    @property
    def leading(self) -> tuple[Row, ...]:
        """The rows that are no parts of others: those that add up."""
        return tuple(row for row in self.rows if row.parent is None)

    @property
    def weights(self) -> Decimal | None:
        """All points that can be had; None where neither the scheme nor any indicator has points (S112)."""
        if not self.scheme.weights and not any(row.weight for row in self.leading):
            return None
        return sum((row.weight for row in self.leading), self.budget_weight)

    @property
    def graded(self) -> bool:
        """Whether total and grade mean something: all is scored, and points add up to 100 (S117, S119)."""
        return not self.open and self.weights == FULL and bool(self.grade)

    def parts(self, of: int) -> tuple[Row, ...]:
        """Return the parts of a compound indicator, in order."""
        return tuple(row for row in self.rows if row.parent == of)


def evaluate(
    header: Header,
    scheme: Scheme,
    at: dt.datetime,
    money: Sequence[Money],
    *,
    budget_weight: Decimal,
    rows: Sequence[Row],
    goal: str = "",
    achieved: str = "",
    strands: Sequence[Strand] = (),
) -> Sheet:
    """Score every row and the budget under ``scheme`` and add them up. ``money`` holds one entry for each source."""
    scored = _scored(rows, scheme)
    whole = _whole(money)
    budget = _budget(whole.executed_fen, whole.adjusted_fen, budget_weight, scheme)
    leading = [row for row in scored if row.parent is None]
    points = [one.value for one in (budget, *(row.score for row in leading)) if one.value is not None]
    left = 1 + len(leading) - len(points)
    added = total(points)
    return Sheet(
        header=header,
        scheme=scheme,
        at=at,
        money=(whole, *money),
        budget_weight=budget_weight,
        budget=budget,
        budget_initial=_budget(whole.executed_fen, whole.initial_fen, budget_weight, scheme),
        goal=goal,
        achieved=achieved,
        strands=tuple(strands),
        rows=tuple(scored),
        total=added,
        open=left,
        grade="" if left else scheme.grade(added),
    )


def _scored(rows: Sequence[Row], scheme: Scheme) -> list[Row]:
    """Score each row alone, then each compound one as the sum of its parts (S126)."""
    alone = [replace(row, score=score(_asked(row), scheme)) for row in rows]
    found = []
    for row in alone:
        parts = [one.score.value for one in alone if one.parent == row.id]
        if not parts:
            found.append(row)
            continue
        known = [one for one in parts if one is not None]
        value = total(known) if len(known) == len(parts) else None
        said = f"{len(parts)}个分项得分之和" + (f"，计{value}分。" if value is not None else "，尚有分项未计分。")
        found.append(replace(row, score=Score(value, said)))
    return found


def _asked(row: Row) -> Indicator:
    done = row.measured
    return Indicator(row.name, row.target, row.weight, done.value, done.done, done.share, done.first_on)


def _whole(money: Sequence[Money]) -> Money:
    def added(values: list[int | None]) -> int | None:
        known = [one for one in values if one is not None]
        return sum(known) if known else None

    return Money(
        "年度资金总额",
        added([one.initial_fen for one in money]),
        added([one.adjusted_fen for one in money]),
        added([one.executed_fen for one in money]),
    )


def _budget(executed: int | None, base: int | None, weight: Decimal, scheme: Scheme) -> Score:
    if executed is None or base is None:
        return Score(None, "没有预算数或执行数，无法计算执行率。")
    return budget_score(Decimal(executed), Decimal(base), weight, scheme)


def in_ten_thousand(fen: int | None) -> str:
    """Return fen as 万元 with six decimals, which are exact (S87); a dash for None."""
    return "—" if fen is None else f"{Decimal(fen) / FEN:.6f}"


def actual_text(row: Row) -> str:
    """Return what the form's column B says: a number with its unit, or what was done (S131, S133)."""
    done = row.measured
    if row.target.amount is None:
        words = {Done.DONE: "是", Done.PARTLY: "部分完成", Done.NOT: "否"}
        if row.target.deadline is not None and done.first_on is not None:
            return done.text or f"{done.first_on.year}年{done.first_on.month}月{done.first_on.day}日"
        return done.text or (words[done.done] if done.done else "")
    if done.value is None:
        return ""
    return f"{plain(_shown(done.value))}{row.target.amount.unit}"


def _shown(value: Fraction) -> Decimal:
    """Return a value with at most two decimals, half up; whole numbers stay whole."""
    return Decimal(int(abs(value) * 100 + Fraction(1, 2))).scaleb(-2).copy_sign(1 if value >= 0 else -1)
