"""A citizen calls from the public page in a real Chromium on a phone's screen; the interpreter's phone is SIP.

The microphone plays a tone from a file; what the page is sent is analysed in it.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.journeys.browser_stage import BrowserStage, in_browsers, page_hears, picture
from yuqiao.calls.tests.city import only_call
from yuqiao.calls.tests.stage import until
from yuqiao.hotline.models import CallEvent, Rating
from yuqiao.lib.phones import is_guest

pytestmark = [pytest.mark.live, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


async def call_over(stage: BrowserStage) -> None:
    """The call is a guest's, was served in one piece, and is over on paper."""
    call = await until(lambda: only_call() if only_call().ended_at else None, "the call's end")
    assert call is not None
    assert is_guest(call.caller_number)
    assert (call.language, call.way_in) == ("en", "direct")
    kinds = await asyncio.to_thread(lambda: set(CallEvent.objects.values_list("kind", flat=True)))
    assert "interpreter_lost" not in kinds


async def calls_and_is_understood(stage: BrowserStage) -> None:
    """She calls, waits, speaks with the interpreter, mutes and unmutes herself, hangs up and rates."""
    page = await stage.citizen(await stage.browser("anna"))
    words = page.locator("#words")
    stage.answers("li", after=5.0)
    await page.get_by_role("button", name="Call now").click()
    await expect(words).to_have_text("An interpreter is being called.", timeout=20_000)
    await picture(page, "call-waiting")
    await stage.hear({"li": ["anna"]}, 25.0)
    await page_hears(page, ["li"])
    await expect(words).to_have_text("The interpreter is on the line.")
    await page.get_by_role("button", name="Mute my microphone").click()
    await stage.hear({"li": []})
    await page.get_by_role("button", name="Mute my microphone").click()
    await stage.hear({"li": ["anna"]})
    await picture(page, "call-talking")
    await page.get_by_role("button", name="Hang up").click()
    await expect(words).to_have_text("The call is over.")
    await page.get_by_role("link", name="Rate this call").click()
    await page.get_by_text("Very good").click()
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_text("Thank you for your rating!")).to_be_visible()
    await call_over(stage)
    assert await asyncio.to_thread(lambda: Rating.objects.get().score) == 5


async def loads_the_page_anew(stage: BrowserStage) -> None:
    """Once while an interpreter is sought, twice while they talk: one call, and both hear each other again."""
    page = await stage.citizen(await stage.browser("anna"))
    stage.never_answers("li")
    await page.get_by_role("button", name="Call now").click()
    await expect(page.locator("#words")).to_have_text("An interpreter is being called.", timeout=20_000)
    await stage.reload(page)
    stage.answers("wang")
    stage.refuses("li")
    await stage.hear({"wang": ["anna"]}, 25.0)
    await page_hears(page, ["wang"])
    for _ in range(2):
        await stage.reload(page)
        await stage.hear({"wang": ["anna"]})
        await page_hears(page, ["wang"])
    await expect(page.locator("#words")).to_have_text("The interpreter is on the line.")
    await page.get_by_role("button", name="Hang up").click()
    await call_over(stage)


def test_a_citizen_calls_from_the_page_and_is_understood(tmp_path: Path) -> None:
    in_browsers(calls_and_is_understood, tmp_path)


def test_a_page_loaded_anew_in_a_call_goes_on_with_it(tmp_path: Path) -> None:
    in_browsers(loads_the_page_anew, tmp_path)
