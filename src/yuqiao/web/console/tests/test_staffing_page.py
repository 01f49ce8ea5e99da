"""The staffing page: what each half hour needs comes out of the calls' rows; what is signed on stands beside it."""

from __future__ import annotations

import datetime as dt
import re
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from yuqiao.accounts.models import Role
from yuqiao.hotline import demand
from yuqiao.hotline.models import Call, InterpreterRequest
from yuqiao.hotline.tests.rows import interpreter
from yuqiao.web.console.tests import cast
from yuqiao.workforce.hours import open_window
from yuqiao.workforce.models import PresenceSpan
from yuqiao.workforce.staffing.week import HALF_HOURS

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 3, 30)  # of a week without any public holiday
NOW = timezone.make_aware(dt.datetime.combine(MONDAY, dt.time(8)))


@pytest.fixture
def wang(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    client.force_login(cast.person("wang", Role.SUPERVISOR))
    return client


def call(language: str, at: dt.datetime, *, waited: float = 5.0, talked: float = 100.0, served: bool = True) -> None:
    """Write one past call; one who was not served gave up."""
    joined = at + dt.timedelta(seconds=waited)
    row = Call.objects.create(
        way_in="direct",
        language=language,
        started_at=at,
        interpreter_at=joined if served else None,
        ended_at=joined + dt.timedelta(seconds=talked),
    )
    state = "answered" if served else "withdrawn"
    InterpreterRequest.objects.create(call=row, language=language, state=state, created_at=at, settled_at=joined)


def busy_weeks(language: str, weeks: int, a_half_hour: int) -> None:
    """Write so many calls in the half hour from ten o'clock of each weekday of so many weeks before Monday."""
    for day in range(1, weeks * 7 + 1):
        date = MONDAY - dt.timedelta(days=day)
        if date.isoweekday() <= 5:
            ten = timezone.make_aware(dt.datetime.combine(date, dt.time(10)))
            for number in range(a_half_hour):
                call(language, ten + dt.timedelta(seconds=number), served=number % 10 != 0, waited=5 + number % 7)


def cells(page: str, at: str) -> list[tuple[str, str, str]]:
    """Return needed, planned and expected of each day in the row of a time."""
    row = page.split(f'<th scope="row">{at}</th>')[1].split("</tr>", maxsplit=1)[0]
    return re.findall(r"<b>(\d+)</b><span>/([^<]*)</span><i>([^<]*)</i>", row)


def test_the_table_is_made_from_the_calls_of_the_history(wang: Client) -> None:
    busy_weeks("en", 4, 40)
    page = wang.get("/staffing/?language=en&weeks=4").content.decode()
    ten = cells(page, "10:00")
    assert [expected for _, _, expected in ten[:5]] == ["40.0"] * 5
    assert all(int(needed) >= 3 for needed, _, _ in ten[:5]), "40 calls of two minutes in half an hour"
    assert [needed for needed, _, _ in ten[5:]] == ["0", "0", "0"], "weekend and holidays"
    assert [needed for needed, _, _ in cells(page, "03:00")] == ["0"] * 8
    half_again = cells(wang.get("/staffing/?language=en&weeks=4&volume=200").content.decode(), "10:00")
    assert int(half_again[0][0]) > int(ten[0][0])
    stricter = cells(wang.get("/staffing/?language=en&weeks=4&level=99&within=4").content.decode(), "10:00")
    assert int(stricter[0][0]) > int(ten[0][0])


def test_who_was_signed_on_stands_beside_what_is_needed(wang: Client) -> None:
    busy_weeks("en", 8, 20)
    anna = interpreter("1001")
    for day in range(1, 57):
        nine = timezone.make_aware(dt.datetime.combine(MONDAY - dt.timedelta(days=day), dt.time(9)))
        end = nine + dt.timedelta(hours=1, minutes=15)
        PresenceSpan.objects.create(interpreter=anna, kind="on", began_at=nine, ended_at=end, lasted=end - nine)
    page = wang.get("/staffing/?language=en&weeks=13").content.decode()
    assert [planned for _, planned, _ in cells(page, "09:30")][:7] == ["1"] * 7
    assert [planned for _, planned, _ in cells(page, "10:00")][:7] == ["0.5"] * 7
    assert [planned for _, planned, _ in cells(page, "11:00")][:7] == ["0"] * 7
    assert page.count('data-tone="short"') == 1 + 6, "ten o'clock on weekdays and in the holidays; the key"


def test_without_signing_on_only_closed_hours_are_known(wang: Client) -> None:
    open_window("de", "remote", "12345", dt.time(9), dt.time(17), valid_from=dt.date(2020, 1, 1), by=None)
    page = wang.get("/staffing/?language=de").content.decode()
    assert [planned for _, planned, _ in cells(page, "09:00")][:7] == ["–"] * 5 + ["0", "0"]
    assert [planned for _, planned, _ in cells(page, "17:00")][:7] == ["0"] * 7


def test_patience_and_handling_are_estimated_pooled_or_assumed(wang: Client) -> None:
    found = demand.demand(MONDAY, 4)
    assert demand.patience("en", found).assumed
    assert demand.handling("en", found).assumed
    busy_weeks("en", 4, 40)
    found = demand.demand(MONDAY, 4)
    mine, other = demand.patience("en", found), demand.patience("ja", found)
    assert (mine.pooled, other.pooled) == (False, True)
    spent = sum(5 + number % 7 for number in range(40)) / 4
    assert mine.seconds.value == pytest.approx(spent), "time waited by all, for each who gave up"
    assert mine.seconds.low < mine.seconds.value < mine.seconds.high
    assert demand.handling("en", found).seconds.value == pytest.approx(100 + 20)
    assert "各语种合计" in wang.get("/staffing/?language=ja&weeks=4").content.decode()


def test_the_workbook_has_a_sheet_for_each_language(wang: Client) -> None:
    busy_weeks("en", 4, 40)
    answer = wang.get("/staffing/staffing.xlsx?weeks=4")
    assert "staffing.xlsx" in answer["Content-Disposition"]
    book = load_workbook(BytesIO(answer.content))
    assert len(book.sheetnames) == 9
    sheet = book[book.sheetnames[0]]
    assert sheet.max_row == 1 + 8 * HALF_HOURS
    ten = next(row for row in sheet.iter_rows(values_only=True) if row[1] == "10:00")
    assert ten[2] == 40
    assert int(str(ten[5])) >= 3


def test_nonsense_is_not_found_and_others_may_not_look(wang: Client, client: Client) -> None:
    for query in ("language=xx", "weeks=3", "weeks=x", "level=x", "volume=nan"):
        assert wang.get(f"/staffing/?{query}").status_code == 404
    client.force_login(cast.person("li", Role.INTERPRETER))
    assert client.get("/staffing/").status_code == 403


def test_calls_we_begin_ourselves_bring_no_demand(wang: Client) -> None:
    call("en", NOW - dt.timedelta(days=3))
    Call.objects.create(way_in="callback", language="en", started_at=NOW - dt.timedelta(days=3))
    assert demand.demand(MONDAY, 4).everybody.total() == 1
