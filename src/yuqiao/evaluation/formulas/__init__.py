"""Where an indicator's actual comes from: one visible list of ways, and nothing else to add to.

A formula is written ``way:code?option=value`` (`written`): ``entered``, ``count:KIND``, ``share:KIND``,
``failed:KIND``, ``hotline:CODE?lines=12345,110&language=ja``, ``lines:merged``, ``outreach:videos``,
``contracts:handed_in?kind=summary``, ``money:execution``, ``before``, ``before:hotline:calls``,
``growth:hotline:calls``. Wherever days are counted, ``since=01-01`` and ``until=07-31`` narrow the year.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from yuqiao.evaluation.formulas import contracts, entered, hotline, lines, money, outreach, pieces, years
from yuqiao.evaluation.formulas.asked import Answers, Asked, Way, nothing_of
from yuqiao.evaluation.formulas.describing import Described, describe, described
from yuqiao.evaluation.formulas.entered import ENTERED
from yuqiao.evaluation.formulas.pieces import counted, standing
from yuqiao.evaluation.formulas.written import Formula, FormulaError, read_formula
from yuqiao.evaluation.models import Evidence, Indicator
from yuqiao.evaluation.scoring import Done
from yuqiao.evaluation.sheet import Measured
from yuqiao.evaluation.targets import Operator
from yuqiao.hotline.figures.definition import Part
from yuqiao.lib import clock

__all__ = [
    "ENTERED",
    "OWN",
    "WAYS",
    "Described",
    "FormulaError",
    "Part",
    "Way",
    "check",
    "choices",
    "counted",
    "counts",
    "describe",
    "described",
    "measure",
    "measure_all",
    "rows",
    "said",
    "standing",
]


def check(text: str) -> Formula:
    """Return a formula that can be measured; FormulaError says what to write instead."""
    formula = read_formula(text)
    if formula.way not in BY_CODE:
        raise FormulaError(f"{text!r} names nothing; a formula begins with one of {', '.join(BY_CODE)}")
    BY_CODE[formula.way].check(formula)
    return formula


def choices() -> list[tuple[str, str, str]]:
    """Return formulas that can be chosen in a plan: the way's Chinese name, the formula, its Chinese name."""
    return [(way.name, formula, name) for way in WAYS for formula, name in way.choices()]


def measure(indicator: Indicator, at: dt.datetime) -> Measured:
    """Return one indicator's actual for its project's year, as of ``at``; many: `measure_all`."""
    return measure_all([indicator], at)[indicator.pk]


def measure_all(indicators: Iterable[Indicator], at: dt.datetime) -> dict[int, Measured]:
    """Return the actuals of many indicators, also of many projects, by id, in a few grouped queries.

    Read them with ``select_related("project")``. A formula that names nothing raises nothing: its definition says so.
    """
    asked: list[Asked] = []
    found: dict[int, Measured] = {}
    for one in indicators:
        try:
            asked.append(Asked(one, read_formula(one.formula), one.project.year, one.project_id))
        except FormulaError:
            found[one.pk] = _unknown(one.formula)
    answers = _ask(asked, at)
    return found | {one.indicator.pk: _judged(answers[one], one, at) for one in asked}


def rows(indicator: Indicator, part: Part = Part.NUMERATOR, at: dt.datetime | None = None) -> QuerySet[Any]:
    """Return the very rows that an indicator's actual counted; none for a formula that names nothing."""
    try:
        formula = check(indicator.formula)
    except FormulaError:
        return nothing_of(Evidence)
    return _rows(Asked(indicator, formula, indicator.project.year, indicator.project_id), part, at or clock.now())


def counts(text: str) -> bool:
    """Return whether a formula's numerator and denominator are numbers of rows, not of time or money."""
    try:
        formula = check(text)
    except FormulaError:
        return False
    return BY_CODE[formula.way].counts and not (formula.way == "hotline" and hotline.is_span(formula))


def said(measured: Measured) -> str:
    """Return how a figure came about, with its numbers, as one Chinese sentence (S40, S124)."""
    if not measured.definition:
        return ""
    numbers = []
    if measured.numerator is not None and measured.denominator is not None:
        numbers.append(f"分子{measured.numerator}，分母{measured.denominator}")
    numbers.append(f"依据{measured.backed}条记录或材料")
    return f"{measured.definition}（{'，'.join(numbers)}）。"


def _unknown(text: str) -> Measured:
    return Measured(text, definition=f"公式“{text}”无法识别，请在指标中改正")


def _ask(asked: Sequence[Asked], at: dt.datetime) -> Answers:
    """Let each way answer what belongs to it."""
    ways: defaultdict[str, list[Asked]] = defaultdict(list)
    answers: Answers = {}
    for one in asked:
        try:
            ways[check(one.formula.text).way].append(one)
        except FormulaError:
            answers[one] = _unknown(one.formula.text)
    for code, those in ways.items():
        answers |= BY_CODE[code].measure(those, at)
    return answers


def _rows(asked: Asked, part: Part, at: dt.datetime) -> QuerySet[Any]:
    way = BY_CODE.get(asked.formula.way)
    return nothing_of(Evidence) if way is None else way.rows(asked, part, at)


def _judged(measured: Measured, asked: Asked, at: dt.datetime) -> Measured:
    """Tell whether something that is to be done was done in time, by the first hand-in (S104, S127)."""
    indicator = asked.indicator
    if indicator.amount is not None or measured.value is None or measured.done is not None:
        return measured
    deadline, first = indicator.deadline, measured.first_on
    if measured.value > 0 and indicator.operator == Operator.BY:
        return replace(measured, done=Done.DONE)  # how late it was is for the scheme to score
    if measured.value > 0:
        late = deadline is not None and first is not None and first > deadline
        text = f"{'逾期，' if late else '是，'}{first:%Y-%m-%d}首次完成" if first is not None else ""
        return replace(measured, done=Done.NOT if late else Done.DONE, text=text)
    over = deadline is not None and deadline < timezone.localdate(at)
    return replace(measured, done=Done.NOT) if over else measured


def _check_years(formula: Formula) -> None:
    wanted = years.inner(formula)
    if wanted is not None:
        check(wanted.text)


def _measure_years(asked: Sequence[Asked], at: dt.datetime) -> Answers:
    return years.measure(asked, at, _ask)


def _rows_of_years(asked: Asked, part: Part, at: dt.datetime) -> QuerySet[Any]:
    return years.rows(asked, part, at, _rows)


#: Every way of measuring.
WAYS: tuple[Way, ...] = (
    entered.WAY,
    *pieces.WAYS,
    hotline.WAY,
    lines.WAY,
    outreach.WAY,
    contracts.WAY,
    money.WAY,
    Way(
        years.BEFORE, "上年实际", _check_years, _measure_years, _rows_of_years,
        lambda: [(years.BEFORE, "上年同名指标的实际完成值")], counts=False,
    ),
    Way(
        years.GROWTH, "同比增长率", _check_years, _measure_years, _rows_of_years,
        lambda: [("growth:hotline:calls", "来电总量同比增长率")], counts=False,
    ),
)  # fmt: skip
BY_CODE = {way.code: way for way in WAYS}
#: Formulas whose rows belong to one indicator alone.
OWN = frozenset({ENTERED, years.BEFORE})
