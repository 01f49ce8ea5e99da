"""A sheet as pages show it: numbers as text, lights with their words, what is missing. Reads nothing by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from yuqiao.evaluation.amounts import plain, rounded
from yuqiao.evaluation.models import Project
from yuqiao.evaluation.outlook import Due, Light, Outlook, dues, lacks_reason, outlooks
from yuqiao.evaluation.sheet import Money, Row, Sheet, actual_text, in_ten_thousand
from yuqiao.web.console import words
from yuqiao.web.console.projects.words import LIGHTS, LIGHTS_OVER, SOURCES, STAGES

NO_FORECASTS: Mapping[int, str] = {}


@dataclass(frozen=True, slots=True)
class Lit:
    """A light as a page shows it: its code for the colour, its word beside it."""

    code: str
    word: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RowShown:
    """One indicator of a dashboard; ``level2`` is empty where it repeats the row above."""

    row: Row
    level2: str
    actual: str
    fraction: str
    percent: str
    forecast: str
    basis: str
    light: Lit
    points: str
    weight: str
    lacks_reason: bool


@dataclass(frozen=True, slots=True)
class MoneyShown:
    """One source of money in 万元, with its rates against both budgets (S120)."""

    name: str
    initial: str
    adjusted: str
    executed: str
    rate: str
    rate_initial: str


@dataclass(frozen=True, slots=True)
class Headline:
    """What a list says of one project."""

    project: Project
    stage: str
    total: str
    within: str
    grade: str
    open: int
    rate: str
    rate_initial: str
    lights: list[tuple[Lit, int]]
    gaps: int
    reasons: int
    over: int
    due: Due | None
    days: int


def lit(light: Light, reason: str = "", *, over: bool = False) -> Lit:
    """Return a light with its word in the reader's language; ``over``: of a year that is over."""
    return Lit(light.value, words.word(LIGHTS_OVER if over else LIGHTS, light.value), reason)


def share(ratio: Fraction | None, places: int = 1) -> str:
    """Return a ratio as a percentage; a dash for none."""
    return "—" if ratio is None else f"{plain(rounded(ratio * 100, places))}%"


def points(value: Decimal | None) -> str:
    """Return points, or a dash for what is not scored."""
    return "—" if value is None else f"{value:.2f}"


def rows_shown(sheet: Sheet, today: dt.date, forecasts: Mapping[int, str] = NO_FORECASTS) -> list[RowShown]:
    """Return the rows of a dashboard, parts of compound ones behind them; ``forecasts`` in words by row."""
    looks = outlooks(sheet, today)
    ordered = [one for row in sheet.leading for one in (row, *sheet.parts(row.id))]
    over = today.year > sheet.header.year
    found: list[RowShown] = []
    before = ("", "")
    for row in ordered:
        here = (row.level1, row.level2)
        compound = bool(sheet.parts(row.id))
        one = _row(row, looks[row.id], new=here != before, compound=compound, over=over)
        value, bracket, basis = forecasts.get(row.id, "").partition("（")
        if over:  # nothing is left to foretell
            one = replace(one, forecast="")
        elif value:
            one = replace(one, forecast=value, basis=bracket + basis)
        found.append(one)
        before = here
    return found


def _row(row: Row, look: Outlook, *, new: bool, compound: bool, over: bool) -> RowShown:
    unit = row.target.amount.unit if row.target.amount else ""
    foretold = "" if look.forecast is None else f"{plain(rounded(look.forecast, 1))}{unit}"
    return RowShown(
        row=row,
        level2=row.level2 if new else "",
        actual=actual_text(row),
        fraction=_fraction(row),
        percent="" if row.score.ratio is None else share(row.score.ratio),
        forecast=foretold,
        basis="",
        light=lit(look.light, look.reason, over=over),
        points=points(row.score.value),
        weight=plain(row.weight),
        lacks_reason=not compound and lacks_reason(row, look.light),
    )


def _fraction(row: Row) -> str:
    """Return the rows behind a share (S124): 5 / 6191; "" for what is no share."""
    done = row.measured
    share_ = done.denominator and row.target.amount is not None and row.target.amount.unit == "%"
    return f"{done.numerator} / {done.denominator}" if share_ else ""


def money_shown(money: Money) -> MoneyShown:
    """Return one source of money; rates only where there is a budget."""
    return MoneyShown(
        words.word(SOURCES, money.name),
        in_ten_thousand(money.initial_fen),
        in_ten_thousand(money.adjusted_fen),
        in_ten_thousand(money.executed_fen),
        _rate(money.executed_fen, money.adjusted_fen),
        _rate(money.executed_fen, money.initial_fen),
    )


def _rate(executed: int | None, base: int | None) -> str:
    return share(Fraction(executed, base), 2) if executed is not None and base else "—"


def headline(project: Project, sheet: Sheet, today: dt.date, gaps: int) -> Headline:
    """Return what a list says of a project; ``gaps`` is how much lacks its proof."""
    looks = outlooks(sheet, today)
    lights = [looks[row.id].light for row in sheet.leading]
    single = [row for row in sheet.rows if not sheet.parts(row.id)]
    coming = next((one for one in dues(sheet) if one.on >= today), None)
    scored = [sheet.budget_weight] if sheet.budget.value is not None else []
    scored += [row.weight for row in sheet.leading if row.score.value is not None]
    return Headline(
        project=project,
        stage=words.word(STAGES, project.stage),
        total=f"{sheet.total:.2f}",
        within=plain(sum(scored, Decimal(0))),
        grade=sheet.grade,
        open=sheet.open,
        rate=share(sheet.budget.ratio, 2),
        rate_initial=share(sheet.budget_initial.ratio, 2),
        lights=[(lit(one, over=today.year > sheet.header.year), lights.count(one)) for one in Light if one in lights],
        gaps=gaps,
        reasons=sum(lacks_reason(row, looks[row.id].light) for row in single),
        over=sum(row.score.over_achieved for row in single),
        due=coming,
        days=(coming.on - today).days if coming else 0,
    )
