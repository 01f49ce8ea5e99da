"""Every printed number with where it comes from: definition, numerator, denominator, and the rows behind it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet

from yuqiao.evaluation.formulas import Part, lines, rows
from yuqiao.evaluation.models import Indicator, Payment, Project
from yuqiao.evaluation.scoring import execution_percent
from yuqiao.evaluation.sheet import Row, Sheet, actual_text, in_ten_thousand
from yuqiao.hotline.figures.definition import Scope
from yuqiao.hotline.figures.exact import Change, Rounding
from yuqiao.hotline.figures.period import period
from yuqiao.hotline.figures.report import totals
from yuqiao.hotline.models import Agreement, Call
from yuqiao.outreach.models import Activity, ActivityKind, ActivityState

#: How many of the rows are named one by one; the digest is over all of them.
NAMED = 5


@dataclass(frozen=True, slots=True)
class Printed:
    """One number: a code that does not change, its name, what is printed, and what it rests on."""

    code: str
    name: str
    text: str
    definition: str
    numerator: int | None = None
    denominator: int | None = None
    rows: dict[str, Any] | None = None


def behind(found: QuerySet[Any] | None) -> dict[str, Any] | None:
    """Return which rows: their table, how many, the first, and a digest over all their keys; None for no rows."""
    if found is None:
        return None
    model: type[Model] = found.model
    keys = [str(key) for key in found.order_by("pk").values_list("pk", flat=True)]
    return {
        "table": model._meta.label,
        "count": len(keys),
        "first": keys[:NAMED],
        "sha256": hashlib.sha256("\n".join(keys).encode()).hexdigest(),
    }


def every(project: Project, sheet: Sheet) -> list[Printed]:
    """Return every number that the form prints, then those of the report's text."""
    return [*_money(project, sheet), *_indicators(sheet), *_total(sheet), *_said(project, sheet)]


def _money(project: Project, sheet: Sheet) -> Iterable[Printed]:
    whole = sheet.money[0]
    paid = Payment.objects.filter(project=project)
    yield Printed(
        "initial", "年初预算数", in_ten_thousand(whole.initial_fen), "各来源年初预算数之和（万元）", whole.initial_fen
    )
    adjusted = in_ten_thousand(whole.adjusted_fen)
    yield Printed(
        "adjusted", "全年预算数（A）", adjusted, "年初预算数加各次预算调整（万元）", whole.adjusted_fen,
        rows=behind(project.adjustments.all()),
    )  # fmt: skip
    executed = in_ten_thousand(whole.executed_fen)
    yield Printed(
        "executed", "全年执行数（B）", executed, "本年度支付之和（万元）", whole.executed_fen, rows=behind(paid)
    )
    for code, name, base, score in (
        ("rate", "预算执行率", whole.adjusted_fen, sheet.budget),
        ("rate_initial", "按年初预算数的执行率", whole.initial_fen, sheet.budget_initial),
    ):
        text = "—" if score.ratio is None else execution_percent(score.ratio, sheet.scheme)
        yield Printed(code, name, text, "全年执行数÷预算数（单位：分）", whole.executed_fen, base, behind(paid))
        yield Printed(f"{code}_points", f"{name}得分", str(score.value), score.explanation)


def _indicators(sheet: Sheet) -> Iterable[Printed]:
    rows_by_id = Indicator.objects.select_related("project").in_bulk([row.id for row in sheet.rows])
    for place, row in _numbered(sheet):
        yield Printed(f"target.{place}", f"{row.name}：年度指标值", str(row.target), "年初申报的目标")
        yield _actual(place, row, rows_by_id[row.id], sheet)
        yield Printed(f"weight.{place}", f"{row.name}：分值", f"{row.weight:.2f}", "年初申报的分值")
        yield Printed(f"points.{place}", f"{row.name}：得分", str(row.score.value), row.score.explanation)


def _numbered(sheet: Sheet) -> Iterable[tuple[str, Row]]:
    for place, row in enumerate(sheet.leading, 1):
        yield str(place), row
        yield from ((f"{place}.{part}", one) for part, one in enumerate(sheet.parts(row.id), 1))


def _actual(place: str, row: Row, indicator: Indicator, sheet: Sheet) -> Printed:
    done = row.measured
    which = Part.NUMERATOR if done.denominator is None else Part.DENOMINATOR
    return Printed(
        f"actual.{place}",
        f"{row.name}：实际完成值",
        actual_text(row),
        done.definition,
        done.numerator,
        done.denominator,
        behind(rows(indicator, which, sheet.at)),
    )


def _total(sheet: Sheet) -> Iterable[Printed]:
    leading = [row.score.value for row in sheet.leading if row.score.value is not None]
    yield Printed("points", "指标得分合计", str(sum(leading, Decimal(0))), "各项指标得分之和，先逐项舍入再相加")
    yield Printed("total", "总分", str(sheet.total), "预算执行得分与各项指标得分之和")
    yield Printed("grade", "等级", sheet.grade, "按评分方案的等级区间")


def _said(project: Project, sheet: Sheet) -> Iterable[Printed]:
    """What a report's text says besides its indicators (S33, S35, S37, S71)."""
    year = period(str(project.year))
    now, before = (
        totals(Scope(one.since, one.until, at=sheet.at))["calls"].numerator for one in (year, year.year_before())
    )
    calls = Call.objects.filter(started_at__gte=year.since, started_at__lt=year.until)
    yield Printed("calls", "全年来电", str(now), "期内开始的全部来电（不含外呼回访）", now, rows=behind(calls))
    if before:
        change = Change(now, before)
        growth = "（本年－上年）÷上年，四舍五入"
        yield Printed("calls_before", "上年来电", str(before), "上年同一口径", before)
        yield Printed("calls_more", "来电增加", f"{change.difference:+}", "本年减上年", change.difference)
        share = f"{change.percent(Rounding.HALF_UP)}%"
        yield Printed("calls_growth", "来电同比增长", share, growth, change.difference, before)
    yield from _lines(project.year)
    joint = Activity.objects.filter(kind=ActivityKind.JOINT, state=ActivityState.DONE, held_on__year=project.year)
    yield Printed("joint", "线下联动宣传", str(joint.count()), "已开展的线下联动宣传场次", rows=behind(joint))


def _lines(year: int) -> Iterable[Printed]:
    """Lines as formulas count them, each with its rows (S33)."""
    for code, (name, _which) in lines.COUNTED.items():
        yield _count(f"lines_{code}", name, lines.found(code, dt.date(year, 12, 31)))
    yield _count("agreements", "联动协议", Agreement.objects.filter(signed_on__year__lte=year))


def _count(code: str, name: str, found: QuerySet[Any]) -> Printed:
    count = found.count()
    return Printed(code, name, str(count), f"登记的“{name}”数", count, rows=behind(found))
