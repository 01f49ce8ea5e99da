"""The pages of results in a real browser: everything fits, nothing fails, and words of both languages have room."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from yuqiao.accounts.models import Role
from yuqiao.hotline.models import Call, Leg, Outage, Violation
from yuqiao.hotline.reporting import services
from yuqiao.lib.clock import now
from yuqiao.web.console.tests import cast
from yuqiao.web.console.tests.conftest import Visitor
from yuqiao.workforce.models import PresenceSpan

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: Where pictures go that somebody wants to look at; nowhere unless named.
PICTURES = os.environ.get("YUQIAO_TEST_PICTURES", "")
HOUR = dt.timedelta(hours=1)


def day_of_work() -> None:
    """Write a morning's calls, one interpreter's shift, an outage, two cases."""
    li = cast.interpreter("E-01", "en")
    midnight = now().replace(hour=0, minute=0, second=0, microsecond=0)
    for n in range(12):
        call = cast.finished_call(3600 + 300 * n, language=("en", "ja")[n % 2])
        leg = Leg.objects.get(call=call, role="interpreter")
        began = midnight - 3 * HOUR + n * HOUR / 4
        Leg.objects.filter(pk=leg.pk).update(
            interpreter=li, created_at=began, lasted=HOUR / 8, tier=("resident", "mobile")[n == 3]
        )
    PresenceSpan.objects.create(
        interpreter=li, kind="on", began_at=midnight - 3 * HOUR, ended_at=midnight, lasted=3 * HOUR
    )
    Outage.objects.create(
        service="calls", began_at=now() - HOUR, ended_at=now() - HOUR + HOUR / 600, automatic=True,
        cause="call_server_away", entered_at=now(),
    )  # fmt: skip
    for state in ("proposed", "confirmed"):
        Violation.objects.create(
            kind="missed_ring", state=state, interpreter=li, call=Call.objects.first(), happened_at=now() - HOUR,
            proposed_at=now(), rule="服务规范 3.2" if state == "confirmed" else "", reason="20 秒未接",
        )  # fmt: skip


@pytest.mark.parametrize(("language", "dark"), [("zh-hans", False), ("en", True)])
def test_the_pages_of_results(visitor: Visitor, language: str, dark: bool) -> None:
    day_of_work()
    person = cast.person("wu", Role.PROJECT_MANAGER)
    services.begin(f"{now():%Y}", by=person)
    visitor.sign_in(person, language)
    today = f"{timezone.localtime(now().replace(hour=0)):%Y-%m-%d}"
    for name, path in {
        "outages": "/outages/",
        "violations": "/violations/",
        "workload": f"/workload/?day={today}",
        "statistics": "/statistics/",
        "report": f"/reports/{now():%Y}/",
    }.items():
        page = visitor.open(path)
        page.emulate_media(color_scheme="dark" if dark else "light")
        expect(page.locator("h1")).to_be_visible()
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} is wider than the window"
        if PICTURES:
            page.screenshot(path=str(Path(PICTURES) / f"{name}-{language}.png"), full_page=True)
        page.close()
    assert visitor.problems == []
