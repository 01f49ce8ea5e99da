"""Hotlines in linkage are counted by class and merger, as they stand on the year's last day (S33, S123)."""

from __future__ import annotations

import datetime as dt

import pytest

from yuqiao.evaluation import formulas
from yuqiao.evaluation.formulas import FormulaError
from yuqiao.evaluation.tests.world import indicator, project
from yuqiao.hotline.models import Line
from yuqiao.lib import clock

pytestmark = [pytest.mark.database, pytest.mark.django_db]
CODES = ("linked", "emergency", "government", "public", "merged", "alone")


def line(number: str, kind: str, **fields: object) -> Line:
    return Line.objects.create(number=number, name_zh=number, line_class=kind, **fields)


def counts(year: int) -> dict[str, int | None]:
    of = project(f"p{year}", year)
    now = clock.now()
    return {code: formulas.measure(indicator(of, f"lines:{code}"), now).numerator for code in CODES}


def test_each_line_counts_once_in_its_class_and_is_merged_or_stands_alone() -> None:
    hub = line("12345", "government")
    line("110", "emergency")
    line("96158", "public", valid_until=dt.date(2022, 12, 31))
    line("88401", "government", merged_into=hub, merged_from=dt.date(2023, 1, 1))
    line("88402", "government", merged_into=hub, merged_until=dt.date(2022, 6, 30))
    line("999", "emergency", linked=False)
    line("960169", "own")
    assert counts(2022) == dict(zip(CODES, (5, 1, 3, 1, 0, 5), strict=True))
    assert counts(2023) == dict(zip(CODES, (4, 1, 3, 0, 1, 3), strict=True))


@pytest.mark.parametrize("text", ["lines:own", "lines", "lines:merged?since=01-01", "lines:merged?language=ja"])
def test_other_lines_are_not_counted(text: str) -> None:
    with pytest.raises(FormulaError, match="lines"):
        formulas.check(text)
