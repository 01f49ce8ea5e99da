"""What a reader of the statistics has chosen: period, line, language, and by what the table is divided."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlencode

from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone

from yuqiao.hotline.figures.definition import Scope
from yuqiao.hotline.figures.period import Period, period
from yuqiao.hotline.models import Line
from yuqiao.languages import catalogue
from yuqiao.lib.clock import now

Division = Literal["month", "line", "language"]
DIVISIONS: tuple[Division, ...] = ("month", "line", "language")
#: In an address: calls whose language nobody has told.
UNKNOWN = "-"


@dataclass(frozen=True, slots=True)
class Chosen:
    """``line`` and ``language`` are None for all; ``language`` is "" for calls without one."""

    period: Period
    by: Division
    line: Line | None = None
    language: str | None = None

    @property
    def scope(self) -> Scope:
        """The rows that are counted."""
        return self._scope(self.period)

    @property
    def scope_before(self) -> Scope:
        """The same of the year before."""
        return self._scope(self.period.year_before())

    def _scope(self, of: Period) -> Scope:
        return Scope(of.since, of.until, None if self.line is None else self.line.pk, self.language)

    @property
    def query(self) -> str:
        """What stands after the question mark of an address that says the same."""
        said = {"period": self.period.code, "by": self.by}
        if self.line is not None:
            said["line"] = self.line.number
        if self.language is not None:
            said["language"] = self.language or UNKNOWN
        return urlencode(said)

    def of_month(self, month: Period) -> Chosen:
        """The same in one month."""
        return replace(self, period=month)


def chosen(asked: QueryDict) -> Chosen:
    """Return what an address asks for, this year by month where it says nothing; 404 for what does not exist."""
    try:
        wanted = period(asked.get("period") or str(timezone.localtime(now()).year))
    except ValueError as error:
        raise Http404 from error
    by = next((division for division in DIVISIONS if division == (asked.get("by") or "month")), None)
    language = asked.get("language") or None
    if by is None or language not in {None, UNKNOWN, *catalogue.CODES}:
        raise Http404
    number = asked.get("line")
    return Chosen(
        wanted,
        by,
        get_object_or_404(Line, number=number) if number else None,
        "" if language == UNKNOWN else language,
    )
