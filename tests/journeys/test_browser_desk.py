"""What an interpreter does at her desk in a call: by keys alone, through breaks of the network, seeing who speaks."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.journeys.browser_stage import BrowserStage, in_browsers, page_hears, picture
from tests.journeys.test_browser_interpreter import all_hear, answers
from tests.journeys.way import Way
from yuqiao.calls.tests.city import only_call
from yuqiao.calls.tests.stage import until
from yuqiao.hotline.models import CallEvent, CallNote, Topic, WrapUp

pytestmark = [pytest.mark.live, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: Chromium sees after some 5 s that nothing answers, and the page begins ICE anew 2 s later.
GONE_SECONDS = 30.0
#: Writes down what is shown on the desktop, besides showing it.
NOTICES = """
window.noticed = [];
window.Notification = class extends Notification {
  constructor(title, more) {
    super(title, more);
    window.noticed.push(`${title}: ${more.body}`);
  }
};
"""
#: `wait_for_function` would look again by `eval`, which the page's policy refuses.
METER_MOVES = """() => new Promise((moves) => {
  const look = () => document.getElementById("test-level").value > 0.3 ? moves() : setTimeout(look, 50);
  look();
})"""


async def notices_are_written_down(page: Page) -> None:
    await page.add_init_script(NOTICES)


async def tries_her_headset(page: Page) -> None:
    """By keys: the bar moves as she speaks, and she asks for notices on the desktop."""
    await page.get_by_text("Headset and keys").press("Enter")
    async with asyncio.timeout(20):
        await page.evaluate(METER_MOVES)
    await page.get_by_label("Show a notice on the desktop when a call comes").press("Space")
    await page.get_by_text("Headset and keys").press("Enter")


async def by_keys_alone(stage: BrowserStage) -> None:
    """She answers, sees who speaks, steps out and back in, writes, calls for help, hangs up and wraps up."""
    if not await asyncio.to_thread(Topic.objects.exists):  # a test that flushed the database took them with it
        await asyncio.to_thread(Topic.objects.create, name_zh="旅行出行", name_en="Travel")
    allowed = ["microphone", "notifications"]
    page = await stage.desk(await stage.browser("li"), "li", notices_are_written_down, permissions=allowed)
    await tries_her_headset(page)
    anna = await answers(stage, page)
    assert await page.evaluate("noticed") == ["Incoming call: 12345 市民热线 · English"]
    panel, keys = page.locator("#phone"), page.keyboard
    caller, agent, own = (
        page.locator(f".places li[{one}]") for one in ("data-role=caller", "data-role=agent", "data-own")
    )
    for place in (caller, agent, own):
        await expect(place).to_have_attribute("data-speaks", "", timeout=10_000)
    await picture(page, "desk-call")
    await agent.get_by_role("button", name="Mute the party").focus()
    await keys.press("Enter")
    await expect(agent).not_to_have_attribute("data-speaks", "", timeout=10_000)
    await expect(caller).to_have_attribute("data-speaks", "")

    await keys.press("F7")
    await expect(panel).to_have_attribute("data-call", "held")
    await picture(page, "desk-stepped-out")
    await stage.hear({"anna": [], "agent": ["anna"]})
    await page_hears(page, [])
    await keys.press("F7")
    await expect(panel).to_have_attribute("data-call", "talking")
    await stage.hear({"anna": ["li"], "agent": ["anna", "li"]})
    await page_hears(page, ["anna"])

    note = page.get_by_label("My notes on this call")
    await note.focus()
    await keys.type("lost a bag in the metro")
    await expect(page.locator(".kept")).to_contain_text("Kept")
    assert (await asyncio.to_thread(CallNote.objects.get)).text == "lost a bag in the metro"
    await keys.press("F4")
    await until(lambda: CallEvent.objects.filter(kind="escalated").exists(), "the escalation")

    await keys.press("Shift+F8")
    await expect(panel).to_have_attribute("data-call", "none")
    form = page.locator(".wrap-form")
    await expect(form).to_be_visible(timeout=10_000)
    began = time.monotonic()
    await keys.press("F6")
    anna.hangup()
    for step in ("What was wanted", "Topic", "Outcome"):
        await expect(form.locator("[data-step].now legend")).to_have_text(step)
        await keys.press("1")
        if step == "Topic" and await form.locator("[data-step].deeper").count():
            await keys.press("1")
    await keys.press("0")
    await expect(page.locator("#wrap-note")).to_be_focused()
    await keys.type("told her where lost property is")
    await keys.press("Enter")
    await expect(page.get_by_text("Wrap-up saved.")).to_be_visible()
    assert time.monotonic() - began < 20
    assert (await asyncio.to_thread(WrapUp.objects.get)).finished_at is not None


async def breaks(stage: BrowserStage) -> None:
    """The way of the sound breaks off, then the web process dies: the others hear a pause, and nobody's call ends."""
    way = Way()
    page = await stage.desk(await stage.browser("li"), "li", way.lead)
    anna = await answers(stage, page)
    panel = page.locator("#phone")
    way.open = False
    await stage.hear({"anna": ["agent"], "agent": ["anna"]})
    await expect(panel.locator("[data-problem=lost]")).to_be_visible(timeout=GONE_SECONDS * 1000)
    await picture(page, "desk-lost")
    await way.elsewhere()
    way.open = True
    await all_hear(stage, page)
    await expect(panel.locator("[data-problem=lost]")).to_be_hidden()

    await asyncio.to_thread(stage.kill, "web")
    await expect(panel).to_have_attribute("data-line", "connecting", timeout=15_000)
    await all_hear(stage, page)
    await expect(panel).to_have_attribute("data-call", "talking")
    await stage.start_web()
    await expect(panel).to_have_attribute("data-line", "ready", timeout=30_000)
    await all_hear(stage, page)
    legs = await asyncio.to_thread(lambda: list(only_call().legs.filter(role="interpreter").values("ended_at")))
    assert legs == [{"ended_at": None}], "one leg, from the first ring on"
    anna.hangup()
    await expect(panel).to_have_attribute("data-call", "none")
    way.close()


async def loads_the_page_anew_unheard(stage: BrowserStage) -> None:
    """Muted, she loads the page anew and stays so; stepped out as well, she stays out; nobody hears her meanwhile."""
    page = await stage.desk(await stage.browser("li"), "li")
    anna = await answers(stage, page)
    panel, keys = page.locator("#phone"), page.keyboard
    mute, out = panel.locator("#mute"), panel.locator("#hold")
    apart = {"anna": ["agent"], "agent": ["anna"]}
    await keys.press("F9")
    await stage.hear(apart)
    await stage.reload(page)
    await page_hears(page, ["anna", "agent"])
    await expect(mute).to_have_attribute("aria-pressed", "true")
    await stage.hear(apart)

    await keys.press("F7")
    await expect(panel).to_have_attribute("data-call", "held")
    await page.reload()
    await expect(panel).to_have_attribute("data-call", "held", timeout=15_000)
    await expect(out).to_have_attribute("aria-pressed", "true")
    await expect(mute).to_have_attribute("aria-pressed", "true")
    await page_hears(page, [])
    await stage.hear(apart)
    await keys.press("F9")
    await expect(mute).to_have_attribute("aria-pressed", "false")
    await page.reload()
    await expect(panel).to_have_attribute("data-call", "held", timeout=15_000)
    await expect(mute).to_have_attribute("aria-pressed", "false")
    await page_hears(page, [])
    await stage.hear(apart)
    await keys.press("F7")
    await expect(panel).to_have_attribute("data-call", "talking")
    await all_hear(stage, page)

    await keys.press("Shift+F8")
    await expect(panel).to_have_attribute("data-call", "none")
    await expect(mute).to_have_attribute("aria-pressed", "false")
    anna.hangup()


def test_a_call_by_keys_alone_and_its_wrap_up_within_twenty_seconds(tmp_path: Path) -> None:
    in_browsers(by_keys_alone, tmp_path)


def test_a_network_that_breaks_off_and_a_web_process_that_dies_are_a_pause(tmp_path: Path) -> None:
    in_browsers(breaks, tmp_path)


def test_who_is_muted_or_has_stepped_out_is_so_in_the_page_loaded_anew(tmp_path: Path) -> None:
    in_browsers(loads_the_page_anew_unheard, tmp_path)
