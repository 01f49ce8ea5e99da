"""The mid-year review: every indicator's actual so far, where it leads by the year's end, and what to do about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db import transaction
from django.utils import timezone

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.evaluation.amounts import plain, rounded
from yuqiao.evaluation.assembling import assemble
from yuqiao.evaluation.forecasting import Basis, Forecast, forecast
from yuqiao.evaluation.formulas import measure_all
from yuqiao.evaluation.models import Indicator, Project, Review
from yuqiao.evaluation.outlook import Outlook, outlooks
from yuqiao.evaluation.process_rules import What
from yuqiao.evaluation.sheet import Row, Sheet, actual_text
from yuqiao.evaluation.stages import held
from yuqiao.evaluation.texts import LONGEST_CAUSE, TextError
from yuqiao.lib import clock
from yuqiao.workforce.models import SpecialDay


@dataclass(frozen=True, slots=True)
class Standing:
    """One indicator at a review: what was done, the forecast with its basis, the light, the newest review."""

    row: Row
    forecast: Forecast
    outlook: Outlook
    review: Review | None


def standings(project: Project, sheet: Sheet, today: dt.date) -> list[Standing]:
    """Return how every indicator that is no part stands on a day, with the newest review of each."""
    newest = {one.indicator_id: one for one in Review.objects.filter(indicator__project=project).order_by("id")}
    lights = outlooks(sheet, today)
    curves = last_year(project, sheet.leading, today)
    special = dict(SpecialDay.objects.filter(date__year=project.year).values_list("date", "counts_as"))
    return [
        Standing(
            row,
            forecast(row, project.year, today, special, curves.get(row.id)),
            lights[row.id],
            newest.get(row.id),
        )
        for row in sheet.leading
    ]


def last_year(project: Project, rows: Iterable[Row], today: dt.date) -> Mapping[int, tuple[Fraction, Fraction]]:
    """Return by row what last year had by the same day, and by its end, where the same indicator existed then."""
    if project.before is None:
        return {}
    same = {one.name: one for one in project.before.indicators.select_related("project") if "?" not in one.formula}
    wanted = {row.id: same[row.name] for row in rows if row.name in same and ":" in same[row.name].formula}
    until = today.replace(year=today.year - 1, day=min(today.day, 28) if today.month == 2 else today.day)
    cut = {}
    for pk, one in wanted.items():
        part = Indicator(pk=-pk, project=one.project, operator=one.operator, amount=one.amount, unit=one.unit)
        part.formula = f"{one.formula}?until={until:%m-%d}"
        cut[pk] = part
    found = measure_all([*wanted.values(), *cut.values()], clock.now())
    pairs = {pk: (found[-pk].value, found[one.pk].value) for pk, one in wanted.items()}
    return {pk: (by_then, whole) for pk, (by_then, whole) in pairs.items() if by_then is not None and whole is not None}


def review(indicator: Indicator, note: str, *, by: Person) -> Review:
    """Enter what a review says of an indicator; actual and forecast are kept as they are now. Journaled."""
    words = note.strip()
    if len(words) > LONGEST_CAUSE:
        raise TextError("long", most=LONGEST_CAUSE)
    at = clock.now()
    today = timezone.localdate(at)
    found = standings(indicator.project, assemble(indicator.project, at), today)
    now = next(one for one in found if one.row.id == (indicator.parent_id or indicator.pk))
    with transaction.atomic():
        held(indicator.project, What.REVIEW)
        made = Review.objects.create(
            indicator_id=now.row.id,
            at=at,
            by=by,
            actual=actual_text(now.row)[:60],
            forecast=forecast_text(now)[:60],
            note=words,
        )
        record(by, "evaluation.review", indicator, {"project": indicator.project.code, "light": now.outlook.light})
    return made


def forecast_text(one: Standing) -> str:
    """Return a forecast with its basis: 1352个（按工作日推算）; "" where nothing can be foretold."""
    if one.forecast.value is None or one.row.target.amount is None:
        return ""
    value = plain(Decimal(rounded(one.forecast.value, 2)))
    return f"{value}{one.row.target.amount.unit}（{BASES[one.forecast.basis]}）"


BASES = {Basis.WORKING_DAYS: "按工作日推算", Basis.LAST_YEAR: "按上年进度推算", Basis.AS_IT_IS: "按目前数值"}
