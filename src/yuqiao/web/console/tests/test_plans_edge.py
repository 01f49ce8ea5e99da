"""The pages of plans in a real browser: nothing overflows, nothing fails, and the banner leads to the emergency."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from yuqiao.accounts.models import Person, Role
from yuqiao.hotline import bookings, campaigns, emergencies, orders
from yuqiao.hotline.models import Call
from yuqiao.lib.clock import now
from yuqiao.lib.hours import Hours
from yuqiao.web.console.tests import cast
from yuqiao.web.console.tests.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HOUR = dt.timedelta(hours=1)


def a_busy_city(zhou: Person) -> tuple[str, str]:
    """Write what the pages show; return the addresses of a list and of a booking."""
    line = cast.line()
    li = cast.interpreter("J-01", "ja", state="off")
    cast.interpreter("K-02", "ko")
    for week in range(1, 5):
        Call.objects.bulk_create(
            Call(
                line=line,
                dialled="1",
                way_in="direct",
                language="ja",
                started_at=now() - dt.timedelta(weeks=week, minutes=9),
            )
            for _ in range(2)
        )
    for number in range(12):
        cast.call(60 + number, language="ja", time_to_interpreter=dt.timedelta(seconds=3 + number))
    emergencies.stand_by(
        li, "ja", "1234567H", dt.time(0), dt.time(0), valid_from=now().date() - dt.timedelta(days=2), by=zhou
    )
    lasting = emergencies.begin("台风“山竹”登陆，涉外来电激增", ["ja", "ko"], 6, by=zhou)
    type(lasting).objects.update(began_at=now() - HOUR)
    for minutes in (5, 90):
        at = now() + dt.timedelta(minutes=minutes)
        orders.arrange(
            orders.Wanted("13900000002", "ko", at, "Kim", "12345", with_agent=True, note="产检预约"), by=zhou
        )
    event = bookings.Event(
        "第138届广交会外商咨询",
        "on_site",
        ("ja", "ko"),
        2,
        now() + HOUR,
        now() + 9 * HOUR,
        "Chen",
        "13900000009",
        "A 馆",
    )
    booking = bookings.book(event, by=zhou)
    bookings.assign(booking, "J-01", "ja", by=zhou)
    plan = campaigns.Plan("产后随访", Hours(dt.time(9), dt.time(20)), 3, 120, 1, now() + dt.timedelta(days=9))
    campaign = campaigns.open_campaign(plan, by=zhou)
    campaigns.fill(campaign, "号码,语种,同意来源,姓名\r\n13900000002,ko,社区登记表,Kim\r\n".encode(), by=zhou)
    return f"/lists/{campaign.pk}/", f"/bookings/{booking.pk}/"


def keep(page: Page, name: str) -> None:
    """Keep a picture where YUQIAO_SCREENSHOTS says, to be looked at."""
    folder = os.environ.get("YUQIAO_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("width", [1280, 400])
def test_pages_of_plans_fit_and_work(visitor: Visitor, width: int) -> None:
    zhou = cast.person("zhou", Role.SUPERVISOR, name="周主管")
    a_list, a_booking = a_busy_city(zhou)
    visitor.sign_in(zhou, "zh-hans")
    for path in ("/emergency/", "/appointments/", "/bookings/", "/lists/", a_list, a_booking, "/board/"):
        page = visitor.open(path)
        page.set_viewport_size({"width": width, "height": 900})
        expect(page.locator("main h1").first).to_be_visible()
        expect(page.locator("a.banner")).to_contain_text("台风")
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        keep(page, f"{path.strip('/').replace('/', '-')}-{width}")
        assert wider <= 0, f"{path} is {wider} px too wide"
        page.close()
    page = visitor.open("/emergency/")
    page.get_by_role("button", name="关闭应急模式").click()
    expect(page.locator("a.banner")).to_have_count(0)
    expect(page.get_by_text("应急模式未开启")).to_be_visible()
    assert visitor.problems == []
