"""A citizen's page comes back when its call is over: it says so, opens no other for the same proof, and goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.journeys.browser_stage import BrowserStage, in_browsers
from yuqiao.calls.tests.city import only_call
from yuqiao.calls.tests.stage import until

pytestmark = [pytest.mark.live, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


async def comes_back_too_late(stage: BrowserStage) -> None:
    """Away for longer than the line waits for her sound; then the page tells how it went, and may be loaded anew."""
    page = await stage.citizen(await stage.browser("anna"))
    phone = page.locator("#phone")
    stage.answers("li")
    await page.get_by_role("button", name="Call now").click()
    await stage.hear({"li": ["anna"]}, 25.0)
    await expect(phone).to_have_attribute("data-call", "talking")
    address = page.url
    await page.goto("about:blank")
    (await stage.on("li")).hangup()
    stage.refuses("li")
    stage.refuses("wang")
    await until(lambda: only_call().ended_at, "the call's end", 150.0)
    await page.goto(address)
    await expect(page.locator("#words")).to_have_text("The call is over.", timeout=20_000)
    await expect(page.get_by_role("link", name="Rate this call")).to_be_visible()
    await expect(page.locator("[data-problem]:visible")).to_have_count(0)
    await page.reload()
    await expect(phone).to_have_attribute("data-call", "none")
    await expect(page.get_by_role("button", name="Call now")).to_be_visible()


def test_a_page_that_comes_back_after_its_call_says_so(tmp_path: Path) -> None:
    in_browsers(comes_back_too_late, tmp_path)
