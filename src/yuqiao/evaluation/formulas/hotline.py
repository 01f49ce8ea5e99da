"""Figures of the hotline: ``hotline:CODE`` (`hotline.figures.catalogue`), perhaps of some lines or one language."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from yuqiao.evaluation.formulas.asked import Answers, Asked, Way, labels, nothing_of, share, when
from yuqiao.evaluation.formulas.written import FROM, UNTIL, Formula, FormulaError
from yuqiao.evaluation.sheet import Measured
from yuqiao.hotline.figures.catalogue import BY_CODE, FIGURES
from yuqiao.hotline.figures.definition import Figure, Part, Scope, Unit
from yuqiao.hotline.figures.report import Counted, totals
from yuqiao.hotline.models import Call, Line
from yuqiao.languages import catalogue as languages

LINES, LANGUAGE = "lines", "language"
#: Measured figures that follow several lines all the same, because they count rows of one source.
FOLLOW_LINES = frozenset({"complaint_rate"})
NAMES = {one.code: one.zh for one in languages.LANGUAGES}
Ids = Mapping[str, int]


def check(formula: Formula) -> None:
    """Raise FormulaError for a figure nobody knows, or an option it cannot follow."""
    figure = BY_CODE.get(formula.code)
    if figure is None:
        raise FormulaError(f"the hotline has no figure {formula.code!r}")
    if extra := set(formula.options) - {FROM, UNTIL, LINES, LANGUAGE}:
        raise FormulaError(f"figures of the hotline have no option {sorted(extra)[0]!r}")
    if len(formula.many(LINES)) > 1 and figure.measure is not None and figure.code not in FOLLOW_LINES:
        raise FormulaError(f"{figure.code!r} is measured for one line or for all, not for several")
    if len(formula.many(LANGUAGE)) > 1 or (formula.one(LANGUAGE) and formula.one(LANGUAGE) not in NAMES):
        raise FormulaError(f"{LANGUAGE}= wants one service language, as ja")


def is_span(formula: Formula) -> bool:
    """Return whether a figure is a share of a time, whose numerator and denominator are milliseconds."""
    return BY_CODE[formula.code].unit is Unit.SPAN


def measure(asked: Sequence[Asked], at: dt.datetime) -> Answers:
    """Answer all; what is asked of the same rows is counted together."""
    ids = _ids(asked)
    scopes: defaultdict[Scope, list[Asked]] = defaultdict(list)
    answers: Answers = {}
    for one in asked:
        scope = _scope(one, at, ids)
        if isinstance(scope, str):
            answers[one] = Measured(one.formula.text, definition=f"线路{scope}没有登记，无法统计")
        else:
            scopes[scope].append(one)
    for scope, those in scopes.items():
        wanted = [BY_CODE[code] for code in dict.fromkeys(one.formula.code for one in those)]
        found = totals(scope, wanted)
        answers |= {one: _answer(one.formula, found[one.formula.code]) for one in those}
    return answers


def _ids(asked: Iterable[Asked]) -> Ids:
    numbers = {number for one in asked for number in one.formula.many(LINES)}
    return dict(Line.objects.filter(number__in=numbers).values_list("number", "pk")) if numbers else {}


def _scope(asked: Asked, at: dt.datetime, ids: Ids) -> Scope | str:
    """Return which rows are asked of, or the number of a line that is not in the registry."""
    lines = asked.formula.many(LINES)
    for number in lines:
        if number not in ids:
            return number
    first, last = asked.days
    return Scope(
        _midnight(first),
        _midnight(last + dt.timedelta(days=1)),
        line=ids[lines[0]] if len(lines) == 1 else None,
        language=asked.formula.one(LANGUAGE) or None,
        at=at,
        lines=tuple(sorted(ids[number] for number in lines)) if len(lines) > 1 else (),
    )


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, tzinfo=timezone.get_default_timezone())


def _answer(formula: Formula, found: Counted) -> Measured:
    unit = found.figure.unit
    value: Fraction | None = Fraction(found.numerator)
    if unit in {Unit.SHARE, Unit.SPAN}:
        value = share(found.numerator, found.denominator)
    elif unit is Unit.TIME:
        value = None if found.time_ms is None else Fraction(found.time_ms, 1000)
    return Measured(
        formula.text,
        value,
        found.numerator,
        None if unit is Unit.COUNT else found.denominator,
        definition=_definition(formula, found.figure),
        backed=found.sample,
    )


def _definition(formula: Formula, figure: Figure) -> str:
    said = figure.definition_zh.rstrip("。")
    lines = f"；只计线路{'、'.join(formula.many(LINES))}" if formula.many(LINES) else ""
    language = f"；只计{labels(formula.many(LANGUAGE), NAMES)}" if formula.many(LANGUAGE) else ""
    return said + lines + language + when(formula)


def rows(asked: Asked, part: Part, at: dt.datetime) -> QuerySet[Any]:
    """Return the rows that were counted; those a time or a share of time was measured from."""
    scope = _scope(asked, at, _ids([asked]))
    return nothing_of(Call) if isinstance(scope, str) else BY_CODE[asked.formula.code].rows(scope, part)


WAY = Way("hotline", "热线统计", check, measure, rows, lambda: [(f"hotline:{one.code}", one.zh) for one in FIGURES])
