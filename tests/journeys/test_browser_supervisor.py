"""A supervisor's telephone is the page of the call she listens to, in a real Chromium: who hears her, by tones."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.journeys.browser_stage import BrowserStage, in_browsers, page_hears, picture
from tests.journeys.test_browser_agent import for_everybody
from yuqiao.accounts.models import JournalEntry, Person, Role
from yuqiao.accounts.services import create_person, grant_role
from yuqiao.calls.tests.city import finished_tracks, only_call
from yuqiao.calls.tests.stage import until
from yuqiao.hotline.models import Call, MonitorPhone

pytestmark = [pytest.mark.live, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: The supervisor's voice is the stage's third one.
BOSS = "third"
#: What each hears of the others while nobody hears her, and what she hears in every mode.
ALL_THREE = {"anna": ["agent", "li"], "agent": ["anna", "li"], "li": ["anna", "agent"]}
TO_LI = {**ALL_THREE, "li": ["anna", "agent", BOSS]}
TO_ALL = {user: [*others, BOSS] for user, others in ALL_THREE.items()}


async def supervisor(stage: BrowserStage) -> Page:
    """Open the board for a supervisor who keeps no phone on file."""

    def write() -> Person:
        person = create_person("boss", by=None)
        grant_role(person, Role.SUPERVISOR, by=None)
        return person

    page = await stage.page(await stage.browser(BOSS), await asyncio.to_thread(write))
    await page.goto(f"{stage.url}/board/")
    await expect(page.locator("#phone")).to_have_attribute("data-line", "ready", timeout=15_000)
    await for_everybody(page)
    return page


async def listens_whispers_and_joins_in(stage: BrowserStage) -> None:
    stage.answers("li")
    stage.answers("agent")
    anna = stage.dial("123451", "anna")
    await stage.hear(ALL_THREE, 25.0)
    page = await supervisor(stage)
    await page.get_by_role("link", name="Listen in").click()
    panel = page.locator("#phone")
    await expect(panel).to_have_attribute("data-line", "ready", timeout=15_000)
    number = page.get_by_label("My phone for listening in")
    await expect(number).to_be_hidden()
    await page.get_by_label("Ring another phone than this page").check()
    await expect(number).to_be_editable()
    await page.get_by_label("Ring another phone than this page").uncheck()
    await expect(number).to_be_hidden()
    await picture(page, "supervisor-ready")

    await page.get_by_label("What for").select_option("training")
    await page.get_by_role("button", name="Whisper to the interpreter").click()
    await expect(panel).to_have_attribute("data-call", "talking", timeout=20_000)
    await stage.hear(TO_LI, 25.0)
    await page_hears(page, ["anna", "agent", "li"])
    await expect(page.get_by_role("button", name="Whisper to the interpreter")).to_have_attribute(
        "aria-pressed", "true"
    )
    await picture(page, "supervisor-whispers")
    await for_everybody(page)

    await stage.reload(page)
    await stage.hear(TO_LI)
    await page_hears(page, ["anna", "agent", "li"])
    await page.keyboard.press("F9")
    await stage.hear(ALL_THREE)
    await page.keyboard.press("F9")
    await stage.hear(TO_LI)
    await page.get_by_role("button", name="Join the conversation").click()
    await stage.hear(TO_ALL)
    await page_hears(page, ["anna", "agent", "li"])
    await page.get_by_role("button", name="Listen silently").click()
    await stage.hear(ALL_THREE)
    await page_hears(page, ["anna", "agent", "li"])
    await page.get_by_role("button", name="Stop listening in").click()
    await expect(panel).to_have_attribute("data-call", "none", timeout=15_000)
    anna.hangup()
    await until(lambda: Call.objects.get().ended_at is not None, "the call's end")
    await asyncio.to_thread(accounted_for, stage)


def accounted_for(stage: BrowserStage) -> None:
    """What she did is in the journal and the history; her voice is in no party's recording; no phone was kept."""
    call = only_call()
    tracks = finished_tracks(stage, call)
    assert [tracks[f"{role}-1"] for role in ("caller", "agent", "interpreter")] == [{"anna"}, {"agent"}, {"li"}]
    told = call.events.filter(kind__startswith="monitor_").order_by("id")
    assert [one.data.get("mode", one.kind) for one in told] == ["whisper", "barge", "listen", "monitor_off"]
    entries = JournalEntry.objects.filter(action__startswith="call.monitor", actor__username="boss").order_by("id")
    assert [one.detail.get("mode", "end") for one in entries] == ["whisper", "barge", "listen", "end"]
    assert entries[0].detail["purpose"] == "training"
    assert not MonitorPhone.objects.exists()


async def is_rung_in_the_other_tab(stage: BrowserStage) -> None:
    """Where she did not press the button the page rings, and answers by her key alone."""
    stage.answers("li")
    stage.answers("agent")
    anna = stage.dial("123451", "anna")
    await stage.hear(ALL_THREE, 25.0)
    board = await supervisor(stage)
    page = await board.context.new_page()
    await page.goto(f"{stage.url}/calls/{(await asyncio.to_thread(only_call)).pk}/")
    await expect(page.locator("#phone")).to_have_attribute("data-line", "taken", timeout=15_000)
    await page.get_by_role("button", name="Listen silently").click()
    await expect(board.locator("#phone")).to_have_attribute("data-call", "ringing", timeout=15_000)
    await expect(board.locator("#answer")).to_be_visible()
    await board.bring_to_front()
    await board.keyboard.press("F8")
    await expect(board.locator("#phone")).to_have_attribute("data-call", "talking", timeout=15_000)
    await page_hears(board, ["anna", "agent", "li"])
    await stage.hear(ALL_THREE)
    await board.locator("#hang-up").click()
    await expect(board.locator("#phone")).to_have_attribute("data-call", "none", timeout=15_000)
    await until(lambda: only_call().events.filter(kind="monitor_off").exists(), "her end")
    await stage.hear(ALL_THREE)
    anna.hangup()
    await until(lambda: Call.objects.get().ended_at is not None, "the call's end")


def test_a_supervisor_whispers_joins_in_and_listens_by_the_page_of_the_call(tmp_path: Path) -> None:
    in_browsers(listens_whispers_and_joins_in, tmp_path)


def test_a_page_in_which_she_did_not_ask_rings_and_is_answered_by_key(tmp_path: Path) -> None:
    in_browsers(is_rung_in_the_other_tab, tmp_path)
