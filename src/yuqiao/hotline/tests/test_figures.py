"""Figures: counted from rows by their definitions, exact, and each leading to the very rows it counted."""

from __future__ import annotations

import datetime as dt
import itertools
import random
import uuid
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.hotline.figures import percentile
from yuqiao.hotline.figures.catalogue import FIGURES
from yuqiao.hotline.figures.definition import Milliseconds, Part, Scope, Unit
from yuqiao.hotline.figures.exact import Change, Rounding, percent
from yuqiao.hotline.figures.percentiles import percentile_of_counts
from yuqiao.hotline.figures.period import period
from yuqiao.hotline.figures.report import By, grouped, narrowed, totals
from yuqiao.hotline.models import Call, Callback, InterpreterRequest, Leg, Line, Rating, RequestType, Violation
from yuqiao.hotline.tests.rows import interpreter, line
from yuqiao.workforce.models import Interpreter, PresenceSpan

NOON = dt.datetime(2021, 3, 5, 4, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
#: March 2021 with its 31 days; the first call of the fixture was one second before it.
MONTH_MS = 31 * 24 * 3_600_000
#: Of departments, occupancy, availability and complaints, however many rows there are.
MEASURED_QUERIES = 20
COUNTED = [figure for figure in FIGURES if figure.measure is None]
MARCH = Scope(period("2021-03").since, period("2021-03").until)


def call(
    to: Line | None, language: str, answered: float | None = None, joined: float | None = None, **more: object
) -> Call:
    """Write one call, answered and joined after so many seconds."""
    began = more.pop("started_at", NOON)
    assert isinstance(began, dt.datetime)
    return Call.objects.create(
        line=to,
        dialled="1",
        language=language,
        started_at=began,
        answered_at=None if answered is None else began + answered * SECOND,
        interpreter_at=None if joined is None else began + joined * SECOND,
        time_to_answer=None if answered is None else answered * SECOND,
        time_to_interpreter=None if joined is None else joined * SECOND,
        **more,
    )


def leg(of: Call, who: Interpreter, tier: str = "") -> Leg:
    """Write that an interpreter was rung for a call, and took it after a second, for another 59."""
    return Leg.objects.create(
        id=str(uuid.uuid4()),
        call=of,
        role="interpreter",
        interpreter=who,
        tier=tier or who.tier,
        created_at=NOON,
        answered_at=NOON + SECOND,
        ended_at=NOON + 60 * SECOND,
        lasted=60 * SECOND,
    )


@pytest.fixture
def march(db: None) -> Line:
    """A month with every kind of row, and rows just outside it."""
    own, remote, resident = line(), interpreter("1", tier="remote"), interpreter("2")
    partner = Line.objects.get(number="12345")
    for seconds in range(1, 21):
        served = call(own, "en", seconds, seconds + 0.9999, way_in="direct", outcome="served")
        InterpreterRequest.objects.create(
            call=served,
            line=own,
            language="en",
            state="answered",
            created_at=NOON,
            interpreter=remote if seconds < 6 else resident,
        )
        leg(served, remote if seconds < 6 else resident, "mobile" if seconds == 20 else "")
    PresenceSpan.objects.create(
        interpreter=resident, kind="on", began_at=NOON, ended_at=NOON + 3600 * SECOND, lasted=3600 * SECOND
    )
    for consent in ("given", "refused"):
        Call.objects.filter(time_to_answer=(3 if consent == "given" else 4) * SECOND, line=own).update(consent=consent)
    for state in ("confirmed", "proposed"):
        Violation.objects.create(
            kind="rude", state=state, interpreter=resident, call=served, happened_at=NOON, proposed_at=NOON
        )
    lost = call(partner, "ja", 3, way_in="transferred", outcome="callback")
    InterpreterRequest.objects.create(call=lost, line=partner, language="ja", state="unmet", created_at=NOON)
    InterpreterRequest.objects.create(
        call=served, line=own, language="en", state="withdrawn", created_at=NOON, head_of_queue=True
    )
    call(partner, "zh", 2, way_in="transferred", outcome="abandoned")
    call(None, "", way_in="direct", outcome="abandoned")
    call(own, "ja", 1, 2, way_in="callback", outcome="answered")
    call(own, "en", 100, 200, started_at=MARCH.since - SECOND)
    call(own, "en", 100, 200, started_at=MARCH.until)
    for number, done, outcome in (
        ("a", 5, "answered"),
        ("b", 50, "by_hand"),
        ("c", 5, "not_reached"),
        ("d", None, ""),
        ("e", None, "not due"),
    ):
        Callback.objects.create(
            call=lost,
            line=partner,
            number=number,
            language="ja",
            created_at=NOON,
            due_at=MARCH.at + 3600 * SECOND if outcome == "not due" else NOON + 10 * SECOND,
            done_at=None if done is None else NOON + done * SECOND,
            outcome=outcome if done else "",
        )
    for score in (5, 4, 3):
        Rating.objects.create(
            call=call(own, "en", 1, 1, started_at=MARCH.until + score * SECOND),
            line=partner,
            language="ja",
            way="key",
            score=score,
            given_at=NOON,
        )
    return own


@pytest.mark.database
@pytest.mark.usefixtures("march")
def test_each_figure_is_what_its_definition_says() -> None:
    found = {code: (one.numerator, one.denominator, one.time_ms) for code, one in totals(MARCH).items()}
    assert found == {
        "calls": (23, 23, None),
        "transfers": (1, 23, None),
        "served": (20, 23, None),
        "service_level": (17, 23, None),
        "abandoned": (2, 23, None),
        "answer_p50": (22, 23, 9_000),
        "answer_p95": (22, 23, 19_000),
        "interpreter_p50": (20, 23, 10_999),
        "interpreter_p95": (20, 23, 19_999),
        "response_rate": (20, 22, None),
        "remote": (5, 20, None),
        "overflow": (1, 20, None),
        "replacements": (1, 22, None),
        "callbacks_returned": (2, 4, None),
        "callbacks_on_time": (1, 4, None),
        "satisfaction": (2, 3, None),
        "consent_refused": (1, 2, None),
        "violations": (1, 2, None),
        "languages": (1, 23, None),
        "departments": (0, 0, None),
        "occupancy": (19 * 60_000, 3_600_000, None),
        "complaints": (0, 0, None),
        "complaint_rate": (0, 20, None),
        "orders_on_time": (0, 0, None),
        **{f"wanted_{kind}": (0, 0, None) for kind in RequestType.values},
        "availability": (MONTH_MS, MONTH_MS, None),
    }


@pytest.mark.database
@pytest.mark.usefixtures("march")
@pytest.mark.parametrize("by", ["line", "language"])
def test_every_number_leads_to_as_many_rows_and_the_groups_make_the_whole(by: By) -> None:
    groups = grouped(MARCH, by)
    for figure in COUNTED:
        whole = totals(MARCH, [figure])[figure.code]
        assert figure.rows(MARCH).count() == whole.numerator
        assert figure.rows(MARCH, Part.DENOMINATOR).count() == whole.denominator
        parts = sum(table[figure.code].numerator for table in groups.values())
        assert parts == whole.numerator or (figure.distinct and parts >= whole.numerator)
        for group, table in groups.items():
            if group is None:
                continue
            narrow = narrowed(MARCH, by, group)
            assert figure.rows(narrow).count() == table[figure.code].numerator
            assert totals(narrow, [figure])[figure.code] == table[figure.code]


@pytest.mark.database
def test_the_seconds_of_the_service_level_are_a_parameter(march: Line) -> None:
    strict = Scope(MARCH.since, MARCH.until, line=march.pk, answer_within=5 * SECOND)
    assert (totals(strict)["service_level"].numerator, totals(strict)["service_level"].denominator) == (5, 20)


@pytest.mark.database
@pytest.mark.django_db
def test_no_rows_no_rates() -> None:
    assert not any(one.numerator for one in totals(MARCH).values())
    for one in totals(MARCH, COUNTED).values():
        assert (one.numerator, one.denominator, one.sample, one.time_ms) == (0, 0, 0, None)
        assert percent(one.numerator, one.denominator) is None
    assert grouped(MARCH, "line") == {}


@pytest.mark.database
@pytest.mark.usefixtures("march")
def test_a_fixed_number_of_queries_and_calls_read_from_the_index_alone() -> None:
    with CaptureQueriesContext(connection) as queries:
        totals(MARCH)
    sources, columns = {one.source for one in COUNTED}, {(one.source, one.column) for one in FIGURES if one.column}
    assert len(queries) == len(sources) + len(columns) + MEASURED_QUERIES
    if connection.vendor == "sqlite":
        for query in [one["sql"] for one in queries if 'FROM "hotline_call" ' in one["sql"]]:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN QUERY PLAN {query}")
                plan = " ".join(str(row[3]) for row in cursor.fetchall())
            assert "COVERING INDEX call_figures" in plan, plan


def test_every_figure_says_what_it_is_in_both_languages() -> None:
    assert len({figure.code for figure in FIGURES}) == len(FIGURES)
    for figure in FIGURES:
        assert all((figure.zh, figure.en, figure.definition_zh, figure.definition_en))
        assert (figure.unit is Unit.TIME) == bool(figure.column) == bool(figure.percentile)


def test_rounding_is_said_each_time() -> None:
    """S122: one document rounds 1004/5187 half up and cuts 347.15/350."""
    assert Change(6191, 5187).difference == 1004
    assert Change(6191, 5187).percent(Rounding.HALF_UP) == Decimal("19.36")
    assert Change(6191, 5187).percent(Rounding.TRUNCATE) == Decimal("19.35")
    assert percent(34715, 35000, Rounding.TRUNCATE) == Decimal("99.18")
    assert percent(34715, 35000, Rounding.HALF_UP) == Decimal("99.19")
    assert str(percent(1, 1)) == "100.00"
    assert Change(5, 0).percent() is None


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**9), st.integers(0, 6))
def test_percentages_are_the_nearest_or_the_one_below(numerator: int, denominator: int, places: int) -> None:
    exact, step = Fraction(numerator * 100, denominator), Fraction(1, 10**places)
    near, cut = (percent(numerator, denominator, rule, places) for rule in Rounding)
    assert near is not None
    assert cut is not None
    assert abs(Fraction(near) - exact) <= step / 2
    assert 0 <= abs(exact) - abs(Fraction(cut)) < step
    assert percent(-numerator, denominator, Rounding.HALF_UP, places) == -near


@pytest.mark.parametrize("code", ["2021", "2021H1", "2021H2", "2021-01", "2021-12"])
def test_periods_are_named_and_meet_without_gap(code: str) -> None:
    one = period(code)
    assert one.code == code
    months = one.by_month()
    assert (months[0].since, months[-1].until) == (one.since, one.until)
    assert all(first.until == second.since for first, second in itertools.pairwise(months))
    assert one.since.astimezone(dt.UTC).hour == 16  # midnight in the city
    assert one.year_before().code == code.replace("2021", "2020")


@pytest.mark.parametrize("code", ["", "21", "2021H3", "2021-13", "2021-1", "1999", "2200", "٢٠٢١", "2021 "])
def test_what_names_no_period_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="a period is"):
        period(code)


@given(st.lists(st.integers(0, 100_000), min_size=1), st.integers(1, 100))
def test_so_many_per_cent_did_not_wait_longer(times: list[int], share: int) -> None:
    value = percentile(times, share)
    assert value in times
    assert sum(one <= value for one in times) * 100 >= len(times) * share
    assert sum(one < value for one in times) * 100 < len(times) * share
    assert percentile_of_counts({one: times.count(one) for one in times}, share) == value


@pytest.mark.database
@pytest.mark.django_db
def test_milliseconds_are_cut_and_never_rounded_whatever_the_database() -> None:
    chance = random.Random(1)
    odd = [0, 1, 999, 1000, 1001, 999_999, 1_000_000, 86_399_999_999, 86_400_000_000, 3_000_000_001_999]
    times = [*odd, *(chance.randrange(100_000_000) for _ in range(300))]
    rows = Call.objects.bulk_create(
        Call(started_at=NOON, dialled="1", time_to_answer=dt.timedelta(microseconds=one)) for one in times
    )
    found = dict(Call.objects.annotate(ms=Milliseconds("time_to_answer")).values_list("pk", "ms"))
    assert [found[row.pk] for row in rows] == [one // 1000 for one in times]
    buckets = dict(Call.objects.annotate(b=Milliseconds("time_to_answer") / 128).values_list("pk", "b"))
    assert [buckets[row.pk] for row in rows] == [one // 1000 // 128 for one in times]
