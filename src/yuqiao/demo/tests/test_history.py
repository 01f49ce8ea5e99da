"""The figures that one city printed for 2021 come out of rows: 6191 calls, 1004 more than in 2020, +19.36 % (S37)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest

from yuqiao.demo.cast import LINES, OWN_LINE
from yuqiao.demo.history import ZONE, calls_of
from yuqiao.demo.history_ratings import RATED_2021, SATISFIED_2021, with_ratings
from yuqiao.demo.history_rows import write
from yuqiao.hotline.figures.definition import Scope
from yuqiao.hotline.figures.exact import Change, Rounding, percent
from yuqiao.hotline.figures.period import period
from yuqiao.hotline.figures.report import grouped, totals
from yuqiao.hotline.models import Line, Rating, RatingReview
from yuqiao.hotline.tests.rows import interpreter

PARTNERS = [line.number for line in LINES if line.number != OWN_LINE]


def test_the_same_seed_makes_the_same_calls_of_that_year_in_order() -> None:
    made = list(calls_of(2021, 3000, PARTNERS, OWN_LINE, 7))
    assert made == list(calls_of(2021, 3000, PARTNERS, OWN_LINE, 7))
    assert made != list(calls_of(2021, 3000, PARTNERS, OWN_LINE, 8))
    assert len(made) == 3000
    assert {call.started_at.astimezone(ZONE).year for call in made} == {2021}
    assert [call.started_at for call in made] == sorted(call.started_at for call in made)
    assert {call.line for call in made} == {*PARTNERS, OWN_LINE}
    assert {call.outcome for call in made} == {"served", "abandoned", "callback"}
    for call in made:
        moments = [call.started_at, call.answered_at, call.requested_at, call.interpreter_at, call.ended_at]
        happened = [moment for moment in moments if moment is not None]
        assert happened == sorted(happened)
        assert (call.interpreter_at is not None) == (call.outcome == "served")


@pytest.mark.database
@pytest.mark.django_db
def test_a_year_and_the_year_before_it_in_rows() -> None:
    for line in LINES:
        Line.objects.create(number=line.number, name_zh=line.zh, line_class=line.line_class)
    interpreter("1", tier="remote")
    interpreter("2")
    made = {year: list(calls_of(year, count, PARTNERS, OWN_LINE, 1)) for year, count in ((2020, 5187), (2021, 6191))}
    assert [write(calls) for calls in made.values()] == [5187, 6191]

    this, before = period("2021"), period("2021").year_before()
    scope = Scope(this.since, this.until)
    figures, earlier = totals(scope), totals(Scope(before.since, before.until))
    change = Change(figures["calls"].numerator, earlier["calls"].numerator)
    assert (change.now, change.before, change.difference) == (6191, 5187, 1004)
    assert change.percent(Rounding.HALF_UP) == Decimal("19.36")
    assert change.percent(Rounding.TRUNCATE) == Decimal("19.35")

    halves = [totals(Scope(half.since, half.until))["calls"].numerator for half in (period("2021H1"), period("2021H2"))]
    months = [totals(Scope(one.since, one.until))["calls"].numerator for one in this.by_month()]
    assert (sum(halves), sum(months)) == (6191, 6191)
    told = Counter(call.language for call in made[2021])
    assert {
        code: table["calls"].numerator
        for code, table in grouped(scope, "language").items()
        if "calls" in table and table["calls"].numerator
    } == dict(told)
    served = sum(call.outcome == "served" for call in made[2021])
    assert (figures["served"].numerator, figures["served"].denominator) == (served, 6191)
    replaced = sum(call.replaced_at is not None for call in made[2021])
    assert figures["replacements"].numerator == replaced
    assert figures["callbacks_returned"].numerator == sum(call.outcome == "callback" for call in made[2021])


@pytest.mark.database
@pytest.mark.django_db
def test_the_satisfaction_of_that_year_is_exact_under_either_rounding_and_leads_to_its_rows() -> None:
    for line in LINES:
        Line.objects.create(number=line.number, name_zh=line.zh, line_class=line.line_class)
    interpreter("1", tier="remote")
    interpreter("2")
    made = list(calls_of(2021, 6191, PARTNERS, OWN_LINE, 1))
    rated = with_ratings(made, RATED_2021, SATISFIED_2021, 1)
    assert [replace(call, score=None, rated_at=None) for call in rated] == made, "the calls stay the same"
    assert rated == with_ratings(made, RATED_2021, SATISFIED_2021, 1)
    write(rated)

    year = period("2021")
    scope = Scope(year.since, year.until)
    found = totals(scope)
    assert found["calls"].numerator == 6191
    satisfaction = found["satisfaction"]
    assert (satisfaction.numerator, satisfaction.denominator) == (1249, 1250)
    for rule in Rounding:
        assert percent(1249, 1250, rule) == Decimal("99.92")
    assert satisfaction.figure.rows(scope).count() == 1249
    for by in ("language", "line"):
        tables = grouped(scope, by, [satisfaction.figure]).values()
        assert sum(table["satisfaction"].denominator for table in tables) == 1250
    halves = [period("2021H1"), period("2021H2")]
    assert sum(totals(Scope(one.since, one.until))["satisfaction"].denominator for one in halves) == 1250
    ways = set(Rating.objects.values_list("way", flat=True))
    assert ways == {"key", "link"}
    assert RatingReview.objects.filter(settled_at=None).count() == 0


@pytest.mark.parametrize(("rated", "satisfied"), [(3001, 1), (10, 11), (-1, -1)])
def test_ratings_that_do_not_fit_are_refused(rated: int, satisfied: int) -> None:
    made = list(calls_of(2021, 3000, PARTNERS, OWN_LINE, 1))
    with pytest.raises(ValueError, match="do not fit"):
        with_ratings(made, rated, satisfied, 1)
