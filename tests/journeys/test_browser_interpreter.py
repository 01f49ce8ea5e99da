"""An interpreter's telephone is a page in a real Chromium, the others' are SIP phones: who hears whom, by tones.

Her microphone plays a tone from a file; what she hears is analysed in the page. One call goes
through much of what happens at a desk: it rings, she answers by a key, is whispered to, hands over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.journeys.browser_stage import BrowserStage, in_browsers, page_hears
from yuqiao.accounts.models import Person
from yuqiao.calls.tests.city import only_call
from yuqiao.calls.tests.stage import until
from yuqiao.demo.phone import Session
from yuqiao.hotline.models import CallEvent
from yuqiao.hotline.monitor_phones import remember_phone
from yuqiao.hotline.wishes import ask_monitor

pytestmark = [pytest.mark.live, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: The supervisor's voice is the stage's third one.
BOSS = "third"


async def all_hear(stage: BrowserStage, page: Page, *, li_also: Iterable[str] = ()) -> None:
    """Caller and agent hear Li and each other; she hears both, and whoever else speaks to her alone."""
    await stage.hear({"anna": ["agent", "li"], "agent": ["anna", "li"]})
    await page_hears(page, ["anna", "agent", *li_also])


async def answers(stage: BrowserStage, page: Page) -> Session:
    """Anna calls through her city's hotline; Li's page rings, and she answers by a key."""
    stage.answers("agent")
    anna = stage.dial("123451", "anna")
    panel = page.locator("#phone")
    await expect(panel).to_have_attribute("data-call", "ringing", timeout=15_000)
    await expect(page.locator("#desk-live .incoming")).to_contain_text("English")
    await page.keyboard.press("F8")
    await expect(panel).to_have_attribute("data-call", "talking", timeout=10_000)
    await all_hear(stage, page)
    return anna


async def speaks_is_whispered_to_and_hands_over(stage: BrowserStage, page: Page) -> None:
    anna = await answers(stage, page)
    panel, live_part = page.locator("#phone"), page.locator("#desk-live")
    await expect(panel.locator("[data-light=own]")).to_have_attribute("data-speaks", "")
    await page.keyboard.press("F9")
    await stage.hear({"anna": ["agent"], "agent": ["anna"]})
    await page.keyboard.press("F9")
    await all_hear(stage, page)

    def whisper() -> None:
        boss = Person.objects.create(username="boss")
        remember_phone(boss, stage.contact(BOSS))
        ask_monitor(only_call(), "whisper", "quality", phone=stage.contact(BOSS), by=boss)

    stage.answers(BOSS)
    await asyncio.to_thread(whisper)
    await all_hear(stage, page, li_also=[BOSS])

    stage.answers("wang")
    await live_part.get_by_role("button", name="Hand over to a colleague").click()
    await stage.hear({"anna": ["agent", "li", "wang"]})
    assert page.url == f"{stage.url}/", "asking does not leave the desk"
    await panel.locator("#hang-up").click()
    await stage.hear({"anna": ["agent", "wang"], "agent": ["anna", "wang"]})
    await expect(panel).to_have_attribute("data-call", "none")
    await expect(live_part.locator(".on-call")).to_have_count(0, timeout=10_000)
    anna.hangup()
    await until(lambda: only_call().ended_at is not None, "the call's end")
    kinds = await asyncio.to_thread(lambda: set(CallEvent.objects.values_list("kind", flat=True)))
    assert "interpreter_lost" not in kinds


async def loads_the_page_anew(stage: BrowserStage, page: Page) -> None:
    anna = await answers(stage, page)
    await stage.reload(page)
    await all_hear(stage, page)
    legs = await asyncio.to_thread(lambda: list(only_call().legs.filter(role="interpreter").values("ended_at")))
    assert legs == [{"ended_at": None}], "one leg, from the first ring on"

    other = await page.context.new_page()
    await other.goto(stage.url)
    await expect(other.locator("#phone")).to_have_attribute("data-line", "taken", timeout=10_000)
    await expect(page.locator("#phone")).to_have_attribute("data-call", "talking")
    await other.locator("#take-over").click()
    await expect(other.locator("#phone")).to_have_attribute("data-call", "talking", timeout=15_000)
    await expect(page.locator("#phone")).to_have_attribute("data-line", "taken")
    await all_hear(stage, other)
    anna.hangup()
    await expect(other.locator("#phone")).to_have_attribute("data-call", "none")


def at_the_desk(journey: Callable[[BrowserStage, Page], Coroutine[Any, Any, None]], folder: Path) -> None:
    """Play ``journey`` with Li at her desk in the browser."""

    async def play(stage: BrowserStage) -> None:
        await journey(stage, await stage.desk(await stage.browser("li"), "li"))

    in_browsers(play, folder)


def test_an_interpreter_answers_speaks_is_whispered_to_and_hands_over_in_the_browser(tmp_path: Path) -> None:
    at_the_desk(speaks_is_whispered_to_and_hands_over, tmp_path)


def test_a_page_loaded_anew_or_another_tab_takes_the_call_over_and_the_others_talk_on(tmp_path: Path) -> None:
    at_the_desk(loads_the_page_anew, tmp_path)
