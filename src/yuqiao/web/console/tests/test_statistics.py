"""Statistics: every number leads to its rows, growth is exact, the file holds the same, and not everybody sees it."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import re

import pytest
from django.conf import settings
from django.test import Client

from yuqiao.accounts.models import Role
from yuqiao.hotline.figures.catalogue import BY_CODE, FIGURES
from yuqiao.hotline.figures.definition import Unit
from yuqiao.hotline.figures.printed import value_of
from yuqiao.hotline.figures.report import Counted
from yuqiao.hotline.models import Call, Callback, InterpreterRequest, Line
from yuqiao.web.console.statistics import change_of
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]

SECOND = dt.timedelta(seconds=1)


def call(line: Line | None, language: str, began: dt.datetime, waited: int | None, outcome: str = "served") -> Call:
    joined = None if waited is None else waited * SECOND
    made = Call.objects.create(
        line=line,
        dialled="1",
        way_in="transferred",
        language=language,
        started_at=began,
        ended_at=began + 100 * SECOND,
        answered_at=began + SECOND,
        time_to_answer=SECOND,
        interpreter_at=None if joined is None else began + joined,
        time_to_interpreter=joined,
        outcome=outcome,
        phase="ended",
    )
    state = "unmet" if joined is None else "answered"
    InterpreterRequest.objects.create(call=made, line=line, language=language, state=state, created_at=began)
    return made


@pytest.fixture
def reader(client: Client) -> Client:
    """An auditor who reads English, and two years of calls."""
    police, formula = cast.line("110", "报警", "Police"), cast.line("999", "=急救", "=Emergency")
    for year, count in ((2020, 5), (2021, 7)):
        for n in range(count):
            began = dt.datetime(year, 1 + n, 3, 4, tzinfo=dt.UTC)
            call((police, formula)[n % 2], ("en", "ja", "")[n % 3], began, n + 1)
    missed = call(None, "en", dt.datetime(2021, 2, 1, tzinfo=dt.UTC), None, "callback")
    Callback.objects.create(
        call=missed, number="13900000001", language="en", created_at=missed.started_at, due_at=missed.started_at
    )
    client.force_login(cast.person("auditor", Role.AUDITOR))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


@pytest.mark.parametrize("by", ["month", "line", "language"])
@pytest.mark.parametrize("narrow", ["", "&line=110", "&language=en", "&language=-"])
def test_every_number_leads_to_the_rows_it_counts(reader: Client, by: str, narrow: str) -> None:
    page = reader.get(f"/statistics/?period=2021&by={by}{narrow}").content.decode()
    links = set(re.findall(r'<a href="(/statistics/[^"]+)">([0-9]+)</a>', page))
    assert len(links) > 10
    for address, number in links:
        shown = reader.get(html.unescape(address)).content.decode()
        assert f'<span id="count">{number}</span>' in shown, address
        assert shown.count('href="/calls/') == int(number)


def test_rows_of_a_time_show_each_time(reader: Client) -> None:
    shown = reader.get("/statistics/interpreter_p50/denominator/?period=2021").content.decode()
    assert re.findall(r"<td>([0-9.]+ s|–)</td></tr>", shown) == [
        *(f"{n}.000 s" for n in (7, 6, 5, 4, 3, 2)), "–", "1.000 s",
    ]  # fmt: skip


def test_growth_over_the_year_before(reader: Client) -> None:
    page = reader.get("/statistics/?period=2021").content.decode()
    row = re.search(r'<tr><th scope="row">Calls<.*?</tr>', page)
    assert row is not None
    assert "<td>5</td><td>+3 (+60.00%)</td>" in row.group()
    assert BY_CODE["response_rate"].definition_en in page


def test_the_file_holds_the_same_numbers_and_no_formula(reader: Client) -> None:
    answer = reader.get("/statistics/figures.csv?period=2021&by=line")
    assert answer["Content-Disposition"] == 'attachment; filename="statistics-2021-line.csv"'
    sheet = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    whole = {row["figure"]: row for row in sheet if not row["line"]}
    assert set(whole) == {figure.code for figure in FIGURES}
    assert (whole["calls"]["value"], whole["calls"]["year before"]) == ("8", "5")
    assert (whole["served"]["numerator"], whole["served"]["denominator"], whole["served"]["value"]) == (
        "7",
        "8",
        "87.50",
    )
    assert whole["interpreter_p95"]["value"] == "7000"
    by_line = {row["line"]: row["value"] for row in sheet if row["line"] and row["figure"] == "calls"}
    assert by_line == {"110 Police": "4", "999 =Emergency": "3", "No line known": "1"}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_it_speaks_the_readers_language(reader: Client, language: str) -> None:
    reader.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    page = reader.get("/statistics/?period=2021").content.decode()
    assert ("翻译服务响应率" in page) == (language == "zh-hans")
    assert ("Response rate" in page) == (language == "en")
    assert 'href="/statistics/" aria-current="page"' in page


def test_no_more_queries_for_more_lines(reader: Client, django_assert_max_num_queries: object) -> None:
    for number in range(40):
        call(cast.line(f"7{number:03}", "线", "Line"), "en", dt.datetime(2021, 6, 1, tzinfo=dt.UTC), 3)
    with django_assert_max_num_queries(110):  # type: ignore[operator]
        reader.get("/statistics/?period=2021&by=line")
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        reader.get("/statistics/calls/numerator/?period=2021")


@pytest.mark.parametrize(
    "address",
    [
        "?period=21", "?by=colour", "?line=404", "?language=xx",
        "nothing/numerator/", "calls/nothing/", "figures.csv?period=x",
    ],
)  # fmt: skip
def test_what_does_not_exist_is_not_found(reader: Client, address: str) -> None:
    assert reader.get(f"/statistics/{address}").status_code == 404


@pytest.mark.parametrize("role", list(Role))
def test_who_may_see_it(client: Client, role: Role) -> None:
    client.force_login(cast.person("somebody", role))
    expected = 200 if role in {Role.SUPERVISOR, Role.PROJECT_MANAGER, Role.AUDITOR} else 403
    for address in ("", "figures.csv", "calls/numerator/"):
        assert client.get(f"/statistics/{address}").status_code == expected


def test_an_empty_year_has_no_rates(reader: Client) -> None:
    page = reader.get("/statistics/?period=2019&by=line").content.decode()
    assert page.count("<b>–</b>") == sum(figure.unit is not Unit.COUNT for figure in FIGURES)
    assert "<svg" not in page


@pytest.mark.parametrize(
    ("code", "this", "before", "value", "change"),
    [
        ("calls", (6191, 6191, None), (5187, 5187, None), "6191", "+1004 (+19.36%)"),
        ("calls", (4, 4, None), (0, 0, None), "4", "+4"),
        ("served", (1, 3, None), (1, 2, None), "33.33%", "-16.67 points"),
        ("served", (0, 0, None), (1, 2, None), "–", ""),
        ("answer_p95", (9, 9, 1500), (9, 9, 2000), "1.500 s", "-0.500 s (-25.00%)"),
        ("answer_p95", (0, 9, None), (9, 9, 2000), "–", ""),
    ],
)
def test_values_as_they_are_printed(
    code: str,
    this: tuple[int, int, int | None],
    before: tuple[int, int, int | None],
    value: str,
    change: str,
) -> None:
    now, then = Counted(BY_CODE[code], *this), Counted(BY_CODE[code], *before)
    assert (value_of(now), change_of(now, then)) == (value, change)
