"""What outreach did: activities held, by kind; videos broadcast or made; honours (S66–S73)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Model, QuerySet

from yuqiao.evaluation.formulas.asked import Answers, Asked, Way, span_of, when, within
from yuqiao.evaluation.formulas.written import FROM, UNTIL, Formula, FormulaError
from yuqiao.evaluation.sheet import Measured
from yuqiao.hotline.figures.definition import Part
from yuqiao.outreach.models import Activity, ActivityKind, ActivityState, Honour, Video


@dataclass(frozen=True, slots=True)
class Counted:
    """One thing that is counted: rows whose ``day`` falls into the period."""

    code: str
    name: str
    definition: str
    model: type[Model]
    day: str
    fixed: tuple[tuple[str, str | None], ...] = ()

    def found(self, first: dt.date, last: dt.date) -> QuerySet[Any]:
        """Return the rows of a span of days, both included."""
        return self.model._default_manager.filter(**dict(self.fixed), **{f"{self.day}__range": (first, last)})


DONE = ("state", ActivityState.DONE.value)
STANDING = ("withdrawn_at", None)
COUNTED: tuple[Counted, ...] = (
    Counted("activities", "开展活动场次", "本年度已开展的各类活动场次", Activity, "held_on", (DONE,)),
    *(
        Counted(
            kind.value, f"{kind.label}场次", f"本年度已开展的“{kind.label}”场次", Activity, "held_on",
            (DONE, ("kind", kind.value)),
        )
        for kind in ActivityKind
    ),
    Counted("videos", "播出视频期数", "本年度首次播出的视频期数", Video, "broadcast_on", (STANDING,)),
    Counted("videos_made", "制作视频期数", "本年度制作完成的视频期数", Video, "made_on", (STANDING,)),
    Counted("honours", "荣誉项数", "本年度获得的荣誉项数", Honour, "awarded_on", (STANDING,)),
)  # fmt: skip
BY_CODE = {one.code: one for one in COUNTED}


def check(formula: Formula) -> None:
    """Raise FormulaError for what outreach does not count."""
    if formula.code not in BY_CODE:
        raise FormulaError(f"outreach does not count {formula.code!r}")
    if extra := set(formula.options) - {FROM, UNTIL}:
        raise FormulaError(f"outreach has no option {sorted(extra)[0]!r}")


def measure(asked: Sequence[Asked], _at: dt.datetime) -> Answers:
    """Answer all, with one query for each thing that is counted: activities are few."""
    things: defaultdict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        things[one.formula.code].append(one)
    answers: Answers = {}
    for code, those in things.items():
        thing = BY_CODE[code]
        days = list(thing.found(*span_of(those)).order_by(thing.day).values_list(thing.day, flat=True))
        answers |= {one: _answer(one, thing, [day for day in days if within(one, day)]) for one in those}
    return answers


def _answer(asked: Asked, thing: Counted, days: list[dt.date]) -> Measured:
    return Measured(
        asked.formula.text,
        Fraction(len(days)),
        len(days),
        first_on=days[0] if days else None,
        definition=thing.definition + when(asked.formula),
        backed=len(days),
    )


def rows(asked: Asked, _part: Part, _at: dt.datetime) -> QuerySet[Any]:
    """Return the activities, videos or honours that were counted."""
    return BY_CODE[asked.formula.code].found(*asked.days)


WAY = Way(
    "outreach", "宣传活动", check, measure, rows, lambda: [(f"outreach:{one.code}", one.name) for one in COUNTED]
)  # fmt: skip
