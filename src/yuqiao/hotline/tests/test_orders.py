"""Appointments and lists as people make them: what is refused and why, who did it, what is erased."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from typing import Any

import pytest
from openpyxl import Workbook

from yuqiao.accounts.models import JournalEntry, Person
from yuqiao.hotline import campaigns, orders
from yuqiao.hotline.campaigns import CampaignError, Plan
from yuqiao.hotline.models import Line, NoCallNumber, Order
from yuqiao.hotline.orders import OrderError, Wanted
from yuqiao.hotline.people_sheets import Refused, read
from yuqiao.lib import clock
from yuqiao.lib.hours import Hours

pytestmark = [pytest.mark.database, pytest.mark.django_db]

HOUR = dt.timedelta(hours=1)
HEADINGS = ["号码", "语种", "姓名", "同意来源", "备注"]
ROWS = [
    ["+82 10-1234-5678", "韩语", "Kim", "社区登记表", "二孩"],
    ["13900000002", "en", "", "", ""],
    ["abc", "en", "", "登记", ""],
    ["13900000003", "克林贡语", "", "登记", ""],
    ["821012345678", "ko", "", "登记", ""],
    ["821012345678", "ko", "", "登记", ""],
    ["", "", "", "", ""],
]


@pytest.fixture
def zhou() -> Person:
    return Person.objects.create(username="zhou")


def test_an_appointment_is_written_reminded_and_called_off(zhou: Person) -> None:
    at = clock.now() + 2 * HOUR
    Line.objects.create(number="12345", name_zh="市民热线", line_class="government", agent_contact="sip:a@desk")
    order = orders.arrange(Wanted("13900000002", "ko", at, " Kim ", "12345", with_agent=True), by=zhou)
    assert (order.name, order.next_try_at, order.remind_at) == ("Kim", at, at - dt.timedelta(minutes=15))
    assert orders.soon(clock.now()) == []
    assert orders.soon(at - dt.timedelta(minutes=10)) == [order]
    orders.cancel(order, by=zhou)
    with pytest.raises(OrderError, match="closed"):
        orders.cancel(order, by=zhou)
    assert list(JournalEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "order.arrange",
        "order.cancel",
    ]
    assert "13900000002" not in str(list(JournalEntry.objects.values_list("detail", flat=True)))


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"number": "sip:x@y"}, "number"),
        ({"language": "tlh"}, "language"),
        ({"begins_at": clock.now() - HOUR}, "time"),
        ({"line": "999"}, "line"),
        ({"with_agent": True}, "no_agent"),
    ],
)
def test_an_appointment_that_makes_no_sense(zhou: Person, changed: dict[str, Any], code: str) -> None:
    with pytest.raises(OrderError, match=code):
        orders.arrange(replace(Wanted("13900000002", "ko", clock.now() + HOUR), **changed), by=zhou)
    assert not Order.objects.exists()


def xlsx(rows: list[list[str]]) -> bytes:
    book = Workbook()
    assert book.active is not None
    for row in [HEADINGS, *rows]:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_list_is_read_as_workbook_and_as_csv_and_refuses_row_by_row() -> None:
    csv = "\r\n".join(",".join(row) for row in [HEADINGS, *ROWS]).encode("gb18030", "replace")
    for data in (xlsx(ROWS), csv):
        people, refused = read(data)
        assert [(one.number, one.language, one.name) for one in people] == [
            ("+821012345678", "ko", "Kim"),
            ("821012345678", "ko", ""),
        ]
        assert refused == [
            Refused(3, "no_consent"),
            Refused(4, "number"),
            Refused(5, "language"),
            Refused(7, "twice"),
        ]
    assert read(b"PK, but no workbook") == ([], [Refused(0, "not_a_table")])
    assert read("号码,语种\r\n1,en".encode())[1] == [Refused(1, "columns")]


def plan() -> Plan:
    hours = Hours(dt.time(9), dt.time(20))
    return Plan("产后随访", hours, 3, 120, 1, clock.now() + dt.timedelta(days=9), sheet="https://forms.example/1")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": ""}, "missing"),
        ({"hours": Hours(dt.time(7), dt.time(20))}, "hours"),
        ({"attempts": 0}, "numbers"),
        ({"reserve": 0}, "numbers"),
        ({"ends_at": clock.now() - HOUR}, "ends"),
        ({"sheet": "javascript:1"}, "sheet"),
        ({"sensitive": True}, "keep_until"),
    ],
)
def test_a_campaign_that_makes_no_sense(zhou: Person, changed: dict[str, Any], code: str) -> None:
    with pytest.raises(CampaignError, match=code):
        campaigns.open_campaign(replace(plan(), **changed), by=zhou)


def test_a_campaign_takes_each_number_once_and_nobody_against_the_wish(zhou: Person) -> None:
    NoCallNumber.objects.create(number="821012345678", since=clock.now())
    campaign = campaigns.open_campaign(plan(), by=zhou)
    filled = campaigns.fill(campaign, xlsx(ROWS), by=zhou)
    assert (filled.new, filled.known, filled.unwilling, len(filled.refused)) == (1, 0, 1, 4)
    again = campaigns.fill(campaign, xlsx(ROWS), by=zhou)
    assert (again.new, again.known) == (0, 1)
    campaigns.move(campaign, "running", by=zhou)
    campaigns.move(campaign, "stopped", by=zhou)
    with pytest.raises(CampaignError, match="state"):
        campaigns.move(campaign, "running", by=zhou)
    figures = campaigns.progress([campaign])[campaign.pk]
    assert (figures["all"], figures["open"], figures["cancelled"]) == (1, 0, 1)


def test_people_of_a_sensitive_list_are_erased_and_their_number_is_counted_still(zhou: Person) -> None:
    today = clock.now().date()
    kept = replace(plan(), sensitive=True, keep_until=today)
    campaign = campaigns.open_campaign(kept, by=zhou)
    campaigns.fill(campaign, xlsx(ROWS), by=zhou)
    assert campaigns.erase_expired(clock.now(), today) == 0
    assert campaigns.erase_expired(clock.now(), today + dt.timedelta(days=1)) == 2
    assert set(Order.objects.values_list("number", "name", "note", "consent")) == {("", "", "", "")}
    assert campaigns.progress([campaign])[campaign.pk]["all"] == 2
    assert campaigns.erase_expired(clock.now(), today + dt.timedelta(days=1)) == 0
