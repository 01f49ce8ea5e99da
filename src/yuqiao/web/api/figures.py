"""The statistics, each figure with its definition, numerator and denominator, as the pages show them."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from yuqiao.accounts.tokens import Scope as TokenScope
from yuqiao.hotline.figures.definition import Scope
from yuqiao.hotline.figures.period import period
from yuqiao.hotline.figures.report import totals
from yuqiao.hotline.models import Line
from yuqiao.languages.catalogue import FOREIGN
from yuqiao.web.api.auth import Bearer, token_of
from yuqiao.web.api.shared import Asking
from yuqiao.web.console.gate import Act, may

router = Router(tags=["figures"], auth=Bearer(TokenScope.FIGURES))


class FigureValue(Schema):
    """One figure of a period."""

    code: str = Field(examples=["served"])
    name_zh: str = Field(examples=["译员接通率"])
    name_en: str = Field(examples=["Calls an interpreter joined"])
    definition_zh: str = Field(examples=["译员接通的来电占全部来电的比例"])
    definition_en: str = Field(examples=["calls an interpreter joined, of all calls"])
    unit: str = Field(
        description="count, share (of rows), time (milliseconds) or span (share of a time)", examples=["share"]
    )
    numerator: int = Field(examples=[97])
    denominator: int = Field(examples=[100])
    time_ms: int | None = Field(description="the value of a time; null where no row has one", examples=[None])


class FiguresChosen(Asking):
    """Of what."""

    period: str = Field(description="a year, a half year or a month", examples=["2026-10", "2026H1"])
    line: str = Field("", description="of one partner line alone (its number)", examples=["12345"])
    language: str = Field("", description="of one language alone", examples=["ar"])


@router.get("/figures", response=list[FigureValue], summary="The statistics of a period")
def figures(request: HttpRequest, chosen: Query[FiguresChosen]) -> list[FigureValue]:
    """Return every figure, in the order in which they are printed."""
    if not may(token_of(request).person, Act.REPORT):
        raise HttpError(403, "Whom this token acts for may not see the statistics.")
    try:
        months = period(chosen.period)
    except ValueError as error:
        raise HttpError(422, f"{str(error).capitalize()}.") from error
    if chosen.language and chosen.language not in FOREIGN:
        raise HttpError(422, "“language” is none of the service languages; see /languages.")
    of_line = Line.objects.filter(number=chosen.line).values_list("pk", flat=True).first() if chosen.line else None
    if chosen.line and of_line is None:
        raise HttpError(422, "“line” is none of the lines of the registry.")
    counted = totals(Scope(months.since, months.until, line=of_line, language=chosen.language or None))
    return [
        FigureValue(
            code=code,
            name_zh=one.figure.zh,
            name_en=one.figure.en,
            definition_zh=one.figure.definition_zh,
            definition_en=one.figure.definition_en,
            unit=one.figure.unit.value,
            numerator=one.numerator,
            denominator=one.denominator,
            time_ms=one.time_ms,
        )
        for code, one in counted.items()
    ]
