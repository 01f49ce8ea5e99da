"""A whole way: an Arabic caller hangs up, an SMS reaches the gateway, its page opens on a phone, the rating counts."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
import re
from pathlib import Path

import pytest
from playwright.async_api import async_playwright, expect

from yuqiao.calls.tests.city import interpreter, seed
from yuqiao.calls.tests.stage import Stage, live, until
from yuqiao.hotline.figures.definition import Scope
from yuqiao.hotline.figures.report import totals
from yuqiao.hotline.models import Call, DialledNumber, Invitation, Line, SurveyPolicy
from yuqiao.hotline.tests.gateway import GatewayServer, gateway
from yuqiao.lib import clock
from yuqiao.lib.net import free_port, listens
from yuqiao.web.citizen.words import RATING

pytestmark = [pytest.mark.live, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


class Writes(Stage):
    """A stage with the web, a worker and a gateway for messages."""

    gateway: GatewayServer

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.web_port = free_port()
        self.environment |= {
            "YUQIAO_WEB_LISTEN": f"127.0.0.1:{self.web_port}",
            "YUQIAO_PUBLIC_URL": f"http://127.0.0.1:{self.web_port}",
            "YUQIAO_MESSAGE_SENDERS": "sms",
            "YUQIAO_MESSAGE_HOURS": "00:00-23:59",
            "YUQIAO_SMS_URL": self.gateway.url,
            "YUQIAO_SMS_SECRET": "only-for-this-test",
        }


def seed_arabic(stage: Stage) -> None:
    """Arabic by number, and everybody on the line may be written to."""
    seed(stage)
    own = Line.objects.get(number="960169")
    DialledNumber.objects.create(number="9601698", line=own, way_in="direct", language="ar")
    SurveyPolicy.objects.create(line=own, link="always")
    interpreter(stage, "third", "1003", "remote", ar=3)


async def rate(url: str, picture: str) -> None:
    """Open the page on a small screen and rate."""
    async with async_playwright() as running:
        browser = await running.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        context = await browser.new_context(viewport={"width": 360, "height": 740}, locale="en-GB")
        page = await context.new_page()
        await page.goto(url)
        assert await page.locator("html").get_attribute("dir") == "rtl"
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
        if picture:
            await page.screenshot(path=f"{picture}-form.png", full_page=True)
        await page.get_by_text(RATING["ar"].scores[4]).click()
        await page.get_by_label(RATING["ar"].words).fill("شكرا")
        await page.get_by_role("button", name=RATING["ar"].send).click()
        await expect(page.get_by_role("status")).to_have_text(RATING["ar"].thanks)
        if picture:
            await page.screenshot(path=f"{picture}-thanks.png", full_page=True)
        await browser.close()


def test_who_hung_up_first_rates_by_the_link(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        assert isinstance(stage, Writes)
        await asyncio.to_thread(seed_arabic, stage)
        stage.start("web", "yuqiao.config.cli", "web")
        stage.start("work", "yuqiao.config.cli", "work", "--interval", "0.2")
        stage.answers("third")
        anna = stage.dial("9601698", "anna")
        await stage.hear({"anna": ["third"], "third": ["anna"]})
        anna.hangup()
        await until(lambda: Call.objects.filter(phase="ended", outcome="served").exists(), "its end on paper")
        await until(lambda: len(stage.gateway.taken) == 1, "the message at the gateway", 30)
        headers, body = stage.gateway.taken[0]
        message = json.loads(body)
        assert (message["to"], headers["Authorization"]) == ("13900000001", "Bearer only-for-this-test")
        found = re.search(r"http://\S+/r/\S+/", message["text"])
        assert found is not None
        await until(lambda: Invitation.objects.filter(state="sent", attempts=1).exists(), "sent on paper")
        await until(lambda: listens(stage.web_port), "the web")
        await rate(found[0], os.environ.get("YUQIAO_PICTURES", "") and f"{os.environ['YUQIAO_PICTURES']}/rate-ar")
        now = clock.now()
        scope = Scope(now - dt.timedelta(hours=1), now + dt.timedelta(minutes=1), language="ar")
        satisfaction = (await asyncio.to_thread(totals, scope))["satisfaction"]
        assert (satisfaction.numerator, satisfaction.denominator) == (1, 1)

    with gateway() as server:
        Writes.gateway = server
        live(journey, tmp_path, Writes)
