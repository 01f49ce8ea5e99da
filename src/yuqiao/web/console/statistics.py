"""Statistics of a half year, a year or a month (S50): tables whose every number leads to its rows, charts, and CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.core.paginator import Paginator
from django.db.models import Min
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from yuqiao.hotline.figures import printed
from yuqiao.hotline.figures.by_hour import by_weekday_and_hour
from yuqiao.hotline.figures.catalogue import BY_CODE, CALLS, COLUMNS
from yuqiao.hotline.figures.definition import Figure, Part, Scope, Unit
from yuqiao.hotline.figures.printed import share_of, value_of
from yuqiao.hotline.figures.report import Counted, Group, Table, grouped, totals
from yuqiao.hotline.models import Call, Line
from yuqiao.languages import catalogue
from yuqiao.lib.clock import now
from yuqiao.web.console import charts, words
from yuqiao.web.console.chosen import UNKNOWN, Chosen, chosen
from yuqiao.web.console.gate import Act, allowed
from yuqiao.web.console.hours import DAY_NAMES
from yuqiao.web.console.statistics_rows import OF_A_CALL, SHOWN

ROWS_SHOWN = 100
BAR_WIDTH, BAR_STEP = 520, 26


@dataclass(frozen=True, slots=True)
class Cell:
    """A number as it is printed, and where its rows are shown ("" if nowhere)."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of the overview."""

    name: str
    definition: str
    value: Cell
    numerator: Cell
    denominator: Cell | None
    before: str
    change: str


@dataclass(frozen=True, slots=True)
class Share:
    """One row of the divided table: a month, a line or a language, with its values and its bar of the chart."""

    label: str
    values: Table
    cells: list[Cell]
    width: int = 0
    top: int = 0


def name_of(figure: Figure) -> str:
    """Return a figure's name in the reader's language."""
    return figure.zh if words.reads_chinese() else figure.en


def _lasting(milliseconds: int) -> str:
    return words.duration(milliseconds // 1000)


def change_of(this: Counted, before: Counted) -> str:
    """Return how a value changed, in the reader's words."""
    return printed.change_of(this, before, gettext("points"))


def rows_url(figure: Figure, part: Part, of: Chosen) -> str:
    """Return the address of the rows that make a number."""
    return f"{reverse('statistics-rows', args=[figure.code, part.value])}?{of.query}"


def overview(of: Chosen) -> list[Row]:
    """Return every figure with its rows' addresses and the year before."""
    this, before = totals(of.scope), totals(of.scope_before)
    return [_row(counted, before[code], of) for code, counted in this.items()]


def _row(counted: Counted, before: Counted, of: Chosen) -> Row:
    figure = counted.figure
    numerator = rows_url(figure, Part.NUMERATOR, of)
    said = _lasting if figure.unit is Unit.SPAN else str
    denominator = Cell(said(counted.denominator), rows_url(figure, Part.DENOMINATOR, of))
    return Row(
        name=name_of(figure),
        definition=figure.definition_zh if words.reads_chinese() else figure.definition_en,
        value=Cell(value_of(counted), numerator),
        numerator=Cell(said(counted.numerator), numerator),
        denominator=None if figure.unit is Unit.COUNT else denominator,
        before=value_of(before),
        change=change_of(counted, before),
    )


def divided(of: Chosen) -> list[Share]:
    """Return the table by month, line or language, with the bars of its chart."""
    shares = list(_by_month(of) if of.by == "month" else _by_group(of))
    most = max((share.values["calls"].numerator for share in shares), default=0) or 1
    return [
        replace(share, width=share.values["calls"].numerator * BAR_WIDTH // most, top=position * BAR_STEP)
        for position, share in enumerate(shares)
    ]


def _by_month(of: Chosen) -> Iterator[Share]:
    for month in of.period.by_month():
        narrow = of.of_month(month)
        yield _share(month.code, totals(narrow.scope, COLUMNS), narrow)


def _by_group(of: Chosen) -> Iterator[Share]:
    by = "line" if of.by == "line" else "language"
    tables = grouped(of.scope, "line" if of.by == "line" else "language", COLUMNS)
    lines = Line.objects.in_bulk() if by == "line" else {}
    for group, table in sorted(tables.items(), key=lambda one: (-one[1]["calls"].numerator, str(one[0]))):
        if by == "language":
            code = str(group)
            narrow = replace(of, language=code) if code in {"", *catalogue.CODES} else None
            yield _share(words.language_name(code), table, narrow)
        else:
            yield _line_share(lines.get(group) if isinstance(group, int) else None, group, table, of)


def _line_share(line: Line | None, group: Group, table: Table, of: Chosen) -> Share:
    if line is None:
        return _share(gettext("No line known") if group is None else str(group), table, None)
    return _share(f"{line.number} {words.line_name(line)}", table, replace(of, line=line))


def _share(label: str, table: Table, narrow: Chosen | None) -> Share:
    return Share(
        label,
        table,
        [
            Cell(value_of(table[one.code]), "" if narrow is None else rows_url(one, Part.NUMERATOR, narrow))
            for one in COLUMNS
        ],
    )


def _months(of: Chosen) -> tuple[list[tuple[str, int, int]], list[tuple[str, list[int]]]]:
    """Return each month's calls with those of the same month a year earlier, and each language's calls by month."""
    narrowed = [of.of_month(month) for month in of.period.by_month()]
    counted = [_by_tongue(one.scope) for one in narrowed]
    both = [
        (one.period.code, sum(counts.values()), _calls(one.scope_before))
        for one, counts in zip(narrowed, counted, strict=True)
    ]
    found = {code for counts in counted for code in counts}
    spoken = [code for code in (*catalogue.CODES, *sorted(found - {*catalogue.CODES, ""}), "") if code in found]
    return both, [(words.language_name(code), [counts.get(code, 0) for counts in counted]) for code in spoken]


def _by_tongue(scope: Scope) -> dict[str, int]:
    tables = grouped(scope, "language", [BY_CODE["calls"]])
    return {str(code): table["calls"].numerator for code, table in tables.items()}


def _calls(scope: Scope) -> int:
    return totals(scope, [BY_CODE["calls"]])["calls"].numerator


def _heat(of: Chosen) -> list[dict[str, object]]:
    """Return the calls of each weekday by hour."""
    rows = charts.levels(by_weekday_and_hour(CALLS, of.scope))
    return [
        {"name": name, "cells": cells}
        for name, cells in zip((words.word(DAY_NAMES, f"{day}") for day in range(1, 8)), rows, strict=True)
    ]


def _periods(of: Chosen) -> list[str]:
    """Return the periods to choose from, newest first: years since the first call, their halves and months."""
    first = Call.objects.aggregate(first=Min("started_at"))["first"]
    this = timezone.localtime(now()).year
    years = {of.period.year, *range(timezone.localtime(first).year if first else this, this + 1)}
    return [
        code
        for year in sorted(years, reverse=True)
        for code in (f"{year}", f"{year}H1", f"{year}H2", *(f"{year}-{month:02d}" for month in range(1, 13)))
    ]


@require_GET
@allowed(Act.REPORT)
def statistics(request: HttpRequest) -> HttpResponseBase:
    """Show the figures of what was chosen."""
    of = chosen(request.GET)
    shares, (months, tongues) = divided(of), _months(of)
    context = {
        "of": of,
        "rows": overview(of),
        "shares": shares,
        "columns": [name_of(figure) for figure in COLUMNS],
        "chart_height": len(shares) * BAR_STEP,
        "months": months,
        "tongues": tongues if len(tongues) > 1 else [],
        "bars": charts.pairs(months) if len(months) > 1 else [],
        "heat": _heat(of),
        "hours": range(charts.HOURS),
        "periods": _periods(of),
        "lines": [(line.number, words.line_name(line)) for line in Line.objects.order_by("number")],
        "language_codes": [(code, words.language_name(code)) for code in catalogue.CODES]
        + [(UNKNOWN, words.language_name(""))],
        "language": UNKNOWN if of.language == "" else of.language,
        "divisions": [("month", gettext("Month")), ("line", gettext("Line")), ("language", gettext("Language"))],
    }
    return render(request, "console/statistics.html", context)


@require_GET
@allowed(Act.REPORT)
def rows(request: HttpRequest, code: str, part: str) -> HttpResponseBase:
    """Show the rows that make a number, each with its call."""
    of = chosen(request.GET)
    figure = BY_CODE.get(code)
    if figure is None or part not in {one.value for one in Part}:
        raise Http404
    found = figure.rows(of.scope, Part(part))
    show = SHOWN.get(found.model, OF_A_CALL)
    page = Paginator(found.select_related(*show.related), ROWS_SHOWN).get_page(request.GET.get("page"))
    context = {
        "of": of,
        "name": name_of(figure),
        "part": part,
        "page": page,
        "rows": [show.row(row, figure) for row in page.object_list],
        "definition": figure.definition_zh if words.reads_chinese() else figure.definition_en,
    }
    return render(request, "console/statistics_rows.html", context)


@require_GET
@allowed(Act.REPORT)
def as_csv(request: HttpRequest) -> HttpResponse:
    """Give the same figures as CSV (RFC 4180; with a byte order mark, so that spreadsheets read Chinese)."""
    of = chosen(request.GET)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="statistics-{of.period.code}-{of.by}.csv"'
    response.write("\ufeff")
    sheet = csv.writer(response)
    sheet.writerow(
        ["period", of.by, "figure", "name", "numerator", "denominator", "value", "unit", "year before", "change"]
    )
    before = totals(of.scope_before)
    for code, counted in totals(of.scope).items():
        sheet.writerow([of.period.code, "", *_facts(counted), value_of(before[code]), change_of(counted, before[code])])
    for share in divided(of):
        for counted in share.values.values():
            sheet.writerow([of.period.code, _plain(share.label), *_facts(counted), "", ""])
    return response


def _facts(counted: Counted) -> list[object]:
    figure = counted.figure
    value: object = counted.numerator
    if figure.unit is Unit.TIME:
        value = "" if counted.time_ms is None else counted.time_ms
    elif figure.unit is not Unit.COUNT:
        value = share_of(counted)
    unit = {Unit.COUNT: "rows", Unit.SHARE: "%", Unit.TIME: "ms", Unit.SPAN: "% (ms)"}[figure.unit]
    return [figure.code, name_of(figure), counted.numerator, counted.denominator, "" if value is None else value, unit]


def _plain(text: str) -> str:
    """Keep a spreadsheet from taking an editor's words for a formula."""
    return "'" + text if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
