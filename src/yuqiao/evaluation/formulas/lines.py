"""How many hotlines are in three-party linkage at the year's end: all, of each class, merged into another, on their own
(S33: 104 = 3 + 93 + 8, 89 of them merged, 15 not)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from django.db.models import Q, QuerySet

from yuqiao.evaluation.formulas.asked import Answers, Asked, Way, when
from yuqiao.evaluation.formulas.written import FROM, Formula, FormulaError
from yuqiao.evaluation.sheet import Measured
from yuqiao.hotline.figures.definition import Part
from yuqiao.hotline.models import Line, LineClass


def _merged(day: dt.date) -> Q:
    """Merged into another line on a day, both ends included."""
    begun = Q(merged_from=None) | Q(merged_from__lte=day)
    return Q(merged_into__isnull=False) & begun & (Q(merged_until=None) | Q(merged_until__gte=day))


def _of_class(kind: LineClass) -> Callable[[dt.date], Q]:
    return lambda _day: Q(line_class=kind)


#: Code -> name, and which of the linked lines count.
COUNTED: dict[str, tuple[str, Callable[[dt.date], Q]]] = {
    "linked": ("三方通话联动线路", lambda _day: Q()),
    **{kind.value: (str(kind.label), _of_class(kind)) for kind in LineClass if kind is not LineClass.OWN},
    "merged": ("已并入其他热线的线路", _merged),
    "alone": ("单独接入的线路", lambda day: ~_merged(day)),
}


def check(formula: Formula) -> None:
    """Raise FormulaError for lines that nobody counts."""
    if formula.code not in COUNTED:
        raise FormulaError(f"lines are not counted by {formula.code!r}; write one of {', '.join(COUNTED)}")
    if extra := set(formula.options) - {"until"}:
        hint = "; a registry has no beginning" if FROM in extra else ""
        raise FormulaError(f"lines have no option {sorted(extra)[0]!r}{hint}")


def found(code: str, day: dt.date) -> QuerySet[Line]:
    """Return the lines that count on a day; our own number is linked to nobody."""
    valid = (Q(valid_from=None) | Q(valid_from__lte=day)) & (Q(valid_until=None) | Q(valid_until__gte=day))
    return Line.objects.filter(valid, COUNTED[code][1](day), linked=True).exclude(line_class=LineClass.OWN)


def measure(asked: Sequence[Asked], _at: dt.datetime) -> Answers:
    """Answer all; each count of a day is made once."""
    counts: dict[tuple[str, dt.date], int] = {}
    answers: Answers = {}
    for one in asked:
        key = (one.formula.code, one.days[1])
        if key not in counts:
            counts[key] = found(*key).count()
        name = COUNTED[one.formula.code][0]
        definition = f"期末登记有效的“{name}”条数（不含本平台热线）{when(one.formula)}"
        count = counts[key]
        answers[one] = Measured(one.formula.text, Fraction(count), count, definition=definition, backed=count)
    return answers


def rows(asked: Asked, _part: Part, _at: dt.datetime) -> QuerySet[Any]:
    """Return the lines that were counted."""
    return found(asked.formula.code, asked.days[1]).order_by("number")


WAY = Way(
    "lines", "联动线路", check, measure, rows, lambda: [(f"lines:{code}", name) for code, (name, _) in COUNTED.items()]
)  # fmt: skip
