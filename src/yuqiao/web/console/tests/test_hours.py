"""The page of service hours: who sees it, who changes it, and that nonsense is said and not written."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client

from yuqiao.accounts.models import JournalEntry, Role
from yuqiao.web.console.tests import cast
from yuqiao.workforce.calendar import DAYS
from yuqiao.workforce.hours import close_window, open_window
from yuqiao.workforce.models import ServiceWindow, SpecialDay

pytestmark = pytest.mark.django_db

NEW = {"ask": "open", "language": "ja", "tier": "resident", "days": ["1", "H"], "begins": "21:00", "ends": "06:00"}


@pytest.fixture
def wang(client: Client) -> Client:
    client.force_login(cast.person("wang", Role.SUPERVISOR))
    return client


def test_each_language_says_who_covers_it_now(wang: Client) -> None:
    open_window("en", "resident", DAYS, dt.time(0), dt.time(0), valid_from=dt.date(2020, 1, 1), by=None)
    page = wang.get("/hours/").content.decode()
    assert page.count('data-tier="resident"') == 2, "the word and the bar"
    assert page.count('data-tier="none"') == 8
    assert "24 小时" in page


def test_a_window_is_opened_and_closed_and_the_journal_knows(wang: Client) -> None:
    assert wang.post("/hours/change/", NEW | {"from": "2026-03-02"}).status_code == 302
    window = ServiceWindow.objects.get()
    assert (window.days, window.begins, window.ends) == ("1H", dt.time(21), dt.time(6))
    wang.post("/hours/change/", {"ask": "close", "window": window.pk, "until": "2026-03-09"})
    window.refresh_from_db()
    assert window.valid_until == dt.date(2026, 3, 9)
    assert list(
        JournalEntry.objects.filter(action__startswith="workforce").values_list("action", "actor__username")
    ) == [
        ("workforce.window_opened", "wang"),
        ("workforce.window_closed", "wang"),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"from": ""},
        {"from": "2026-03-02", "begins": "25:00"},
        {"from": "2026-03-02", "language": "tlh"},
        {"from": "2026-03-02", "days": []},
        {"ask": "nonsense"},
        {"ask": "close", "window": "x"},
        {"ask": "special", "date": "2026-03-04", "counts_as": "9", "name": "x"},
    ],
)
def test_nonsense_is_said_and_nothing_is_written(wang: Client, wrong: dict[str, object]) -> None:
    answer = wang.post("/hours/change/", NEW | wrong, follow=True)
    assert "没有任何更改" in answer.content.decode()
    assert not ServiceWindow.objects.exists()
    assert not SpecialDay.objects.exists()


def test_a_special_day_is_set(wang: Client) -> None:
    date = (dt.date.today() + dt.timedelta(days=3)).isoformat()  # noqa: DTZ011 (the form asks for a plain date)
    wang.post("/hours/change/", {"ask": "special", "date": date, "counts_as": "H", "name": "<b>停工</b>"})
    page = wang.get("/hours/").content.decode()
    assert "&lt;b&gt;停工&lt;/b&gt;" in page


def test_who_only_watches_changes_nothing(client: Client) -> None:
    client.force_login(cast.person("audit", Role.AUDITOR))
    page = client.get("/hours/")
    assert page.status_code == 200
    assert 'value="open"' not in page.content.decode()
    assert client.post("/hours/change/", NEW | {"from": "2026-03-02"}).status_code == 403


def test_an_agent_does_not_see_it(client: Client) -> None:
    client.force_login(cast.person("agent", Role.AGENT))
    assert client.get("/hours/").status_code == 403


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (NEW | {"from": "2026-03-02", "language": "tlh"}, "请选择本服务的语种。"),
        (NEW | {"from": "2026-03-02", "tier": "none"}, "请选择覆盖层级。"),
        (NEW | {"from": "2026-03-02", "days": []}, "请至少选择一天。"),
        ({"ask": "special", "date": "2026-03-04", "counts_as": "9", "name": "x"}, "请选择按何日值守。"),
        ({"ask": "special", "date": "2026-03-04", "counts_as": "H", "name": " "}, "请写明原因：节假日名称或有关决定。"),
        ({"ask": "close", "until": "2026-03-10"}, "2026-03-09"),
    ],
)
def test_what_is_wrong_is_said_in_the_readers_language(wang: Client, wrong: dict[str, object], said: str) -> None:
    window = open_window("en", "resident", DAYS, dt.time(0), dt.time(0), valid_from=dt.date(2020, 1, 1), by=None)
    close_window(window, dt.date(2026, 3, 9), by=None)
    page = wang.post("/hours/change/", {"window": window.pk} | wrong, follow=True).content.decode()
    told = page.partition('<li class="error">')[2].partition("</li>")[0]
    assert said in told
    assert not re.search("[A-Za-z]{2}", told), "no English in a Chinese sentence"
