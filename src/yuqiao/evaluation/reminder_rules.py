"""The year's calendar of an evaluation: what to remind of, when, and when to tell others (S75, S139). Pure.

A reminder goes out before a day, again shortly before it, once it has passed, and, if nothing happens, to colleagues
who can help. It is settled as soon as what it asks for is done.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from yuqiao.evaluation.process_rules import EARLY, Stage
from yuqiao.evaluation.sheet import Row, Sheet


class Matter(StrEnum):
    """What a reminder is about."""

    DEADLINE = "deadline"  # an indicator's
    CONTRACT = "contract"  # ends
    MID_YEAR = "mid_year"  # the review
    PROOF = "proof"  # evidence is missing as the year ends
    FREEZE = "freeze"
    SIGN = "sign"


class Wave(StrEnum):
    """How urgent it has become."""

    EARLY = "early"
    SOON = "soon"
    LATE = "late"
    RAISED = "raised"  # goes to colleagues, too


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days of the year that follow no indicator; month and day. The last two lie in the next year."""

    mid_year: tuple[int, int] = (7, 31)
    year_end: tuple[int, int] = (12, 31)
    freeze: tuple[int, int] = (1, 15)
    sign: tuple[int, int] = (2, 28)


#: Days before (positive) or after (negative) the day itself.
WAVES: tuple[tuple[Wave, int], ...] = ((Wave.EARLY, 30), (Wave.SOON, 7), (Wave.LATE, -1), (Wave.RAISED, -7))
CITY = Calendar()


@dataclass(frozen=True, slots=True)
class Ending:
    """A contract that ends."""

    name: str
    on: dt.date


@dataclass(frozen=True, slots=True)
class Wanted:
    """One reminder that should exist today; ``indicator`` is its row's id, None for the project's own."""

    matter: Matter
    wave: Wave
    on: dt.date
    about: str = ""
    indicator: int | None = None

    @property
    def kind(self) -> str:
        """Return the code under which a row keeps it."""
        return f"{self.matter}:{self.wave}"

    @property
    def sentence(self) -> str:
        """Say in Chinese what is due."""
        return sentence(self.kind, self.on, self.about)


SENTENCES = {
    Matter.DEADLINE: "指标“{about}”须于{on}前完成",
    Matter.CONTRACT: "合同{about}将于{on}到期",
    Matter.MID_YEAR: "年中评审须于{on}前完成",
    Matter.PROOF: "年底（{on}）前须补齐佐证材料：{about}",
    Matter.FREEZE: "数据须于{on}前冻结",
    Matter.SIGN: "自评须于{on}前签字",
}


def sentence(kind: str, on: dt.date, about: str) -> str:
    """Say in Chinese what a kept reminder is about."""
    matter, _, wave = kind.partition(":")
    said = SENTENCES[Matter(matter)].format(on=f"{on.year}年{on.month}月{on.day}日", about=about)
    return f"{said}，已逾期。" if wave in {Wave.LATE, Wave.RAISED} and matter != Matter.CONTRACT else f"{said}。"


def reminders_due(
    sheet: Sheet,
    stage: Stage,
    today: dt.date,
    *,
    reviewed: bool,
    gaps: Sequence[str] = (),
    contracts: Sequence[Ending] = (),
    calendar: Calendar = CITY,
) -> list[Wanted]:
    """Return every reminder that is due today or was due before and is not done yet; the gravest wave of each only."""
    if stage is Stage.LOCKED:
        return []
    found = [_wave(Matter.DEADLINE, row.deadline, today, row.name, row.id) for row in sheet.rows if _open(row, stage)]
    for matter, on, about in _own(sheet.header.year, stage, calendar, reviewed=reviewed, gaps=gaps):
        found.append(_wave(matter, on, today, about))
    # After its end a contract needs no reminder.
    found += [_wave(Matter.CONTRACT, one.on, today, one.name) for one in contracts if today <= one.on]
    return [one for one in found if one is not None]


def _own(
    year: int, stage: Stage, calendar: Calendar, *, reviewed: bool, gaps: Sequence[str]
) -> list[tuple[Matter, dt.date, str]]:
    """The project's own days that still ask for something."""
    found: list[tuple[Matter, dt.date, str]] = []
    if stage in EARLY and not reviewed:
        found.append((Matter.MID_YEAR, dt.date(year, *calendar.mid_year), ""))
    if stage in EARLY and gaps:
        found.append((Matter.PROOF, dt.date(year, *calendar.year_end), "、".join(gaps)))
    if stage in EARLY:
        found.append((Matter.FREEZE, dt.date(year + 1, *calendar.freeze), ""))
    found.append((Matter.SIGN, dt.date(year + 1, *calendar.sign), ""))
    return found


def _open(row: Row, stage: Stage) -> bool:
    """Whether an indicator's deadline still asks for something: data may change, and it is not kept yet."""
    full = row.score.value is not None and row.score.value >= row.weight
    return row.deadline is not None and stage in EARLY and not full


def _wave(
    matter: Matter, on: dt.date | None, today: dt.date, about: str = "", indicator: int | None = None
) -> Wanted | None:
    """Return the gravest wave that has begun by today, if any."""
    if on is None:
        return None
    left = (on - today).days
    begun = [wave for wave, days in WAVES if left <= days]
    return Wanted(matter, begun[-1], on, about, indicator) if begun else None
