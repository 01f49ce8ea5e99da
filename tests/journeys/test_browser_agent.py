"""An agent of a partner line asks on her page: two clicks, an interpreter answers, a third joins, she rates; and by her
own telephone, with a foreigner who is elsewhere."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from django.test import Client
from playwright.async_api import Page, expect

from tests.journeys.browser_stage import BrowserStage, in_browsers, page_hears, picture
from tests.pages.test_pages import AXE, RULES
from yuqiao.accounts.models import Person, Role
from yuqiao.accounts.services import create_person, grant_role
from yuqiao.calls.tests.city import only_call
from yuqiao.calls.tests.stage import until
from yuqiao.demo.phone import Exchange, Session
from yuqiao.hotline.models import Call, Complaint, LineRequest
from yuqiao.lib.net import free_port
from yuqiao.workforce.models import Interpreter, InterpreterLanguage

pytestmark = [pytest.mark.live, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: Telephones of the outside world, by number: the foreigner's, a clerk's of a department, the agent's own.
ANNA, CLERK, OWN = "01065120001", "01065120002", "8001"


class PartnerLine(BrowserStage):
    """A stage whose city reaches telephones outside; numbers are rung at the exchange of the phones."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        port = free_port()
        self.exchange = Exchange(self.exchange.voices, port=port)
        self.environment |= {"YUQIAO_OUTBOUND_CONTACT": f"sip:{{number}}@127.0.0.1:{port}"}

    def telephone(self, number: str, who: str) -> None:
        """Let ``who`` pick up at a number of the outside world."""

        async def pick_up(session: Session) -> None:
            session.answer()

        self.exchange.phones[number] = ((who,), pick_up)

    async def agent(self, voice: str = "agent") -> Page:
        """Open the page of an agent of the line 110; Li holds Arabic."""

        def write() -> Person:
            InterpreterLanguage.objects.create(interpreter=Interpreter.objects.get(number="1001"), language="ar")
            person = create_person("wu", by=None)
            grant_role(person, Role.AGENT, by=None, line_number="110")
            return person

        page = await self.page(await self.browser(voice), await asyncio.to_thread(write))
        await page.goto(self.url)
        return page


async def for_everybody(page: Page) -> None:
    """Axe finds nothing in the page as it is that keeps people out."""
    await page.evaluate(AXE.read_text())
    found = await page.evaluate("rules => axe.run(document, rules)", RULES)
    assert [one["id"] for one in found["violations"] if one["impact"] in {"serious", "critical"}] == []


async def in_her_page(stage: BrowserStage) -> None:
    assert isinstance(stage, PartnerLine)
    stage.answers("li", after=6.0)
    stage.telephone(CLERK, "third")
    page = await stage.agent()
    await page.get_by_role("link", name="Arabic").click()
    await expect(page.get_by_text("An interpreter is ready and is rung at once.")).to_be_visible()
    await picture(page, "agent-chosen")
    await for_everybody(page)
    await page.get_by_role("button", name="Ask now and speak in this page").click()
    await expect(page.get_by_text("An interpreter is being sought.")).to_be_visible(timeout=20_000)
    await picture(page, "agent-waiting")
    await stage.hear({"li": ["agent"]}, 25.0)
    await page_hears(page, ["li"])
    await expect(page.get_by_text("The interpreter is on the line.")).to_be_visible()
    await stage.reload(page)
    await stage.hear({"li": ["agent"]}, 25.0)
    await page_hears(page, ["li"])
    await page.get_by_label("A telephone number, or a line of the directory").fill(CLERK)
    await page.get_by_role("button", name="Ring", exact=True).click()
    await stage.hear({"li": ["agent", "third"], "third": ["agent", "li"]})
    await page_hears(page, ["li", "third"])
    await page.get_by_label("Notes").fill("护照丢失")
    await until(lambda: LineRequest.objects.get().note == "护照丢失", "the note to be kept")
    await picture(page, "agent-talking")
    await for_everybody(page)
    await page.get_by_role("button", name="Mute me").click()
    await stage.hear({"li": ["third"]})
    await page.locator("#hang-up").click()
    await expect(page.get_by_role("heading", name="How was your last call?")).to_be_visible(timeout=20_000)
    await picture(page, "agent-rating")
    await for_everybody(page)
    await page.get_by_text("2 ★").click()
    await page.get_by_label("The interpreting was wrong").check()
    await page.get_by_label("In a few words").fill("数字译错")
    await page.get_by_role("button", name="Send the rating").click()
    await expect(page.get_by_text("Thank you. Your rating is kept.")).to_be_visible()
    await picture(page, "agent-rated")
    await asyncio.to_thread(accounted_for)


def accounted_for() -> None:
    """The call is the line's, served, recorded with every party, counted, rated, and looked into."""
    call, request = only_call(), LineRequest.objects.get()
    assert (call.line and call.line.number, call.way_in, call.language) == ("110", "beside_agent", "ar")
    assert (call.outcome, request.call_id, request.score) == ("served", call.pk, 2)
    assert set(call.legs.exclude(answered_at=None).values_list("role", flat=True)) == {"agent", "interpreter", "third"}
    assert call.recordings.filter(kind="segment").count() >= 3
    assert Complaint.objects.get().call == call
    boss, reader = create_person("boss", by=None), Client()
    grant_role(boss, Role.SUPERVISOR, by=None)
    reader.force_login(boss)
    for figure in ("calls", "transfers", "served"):
        assert f"/calls/{call.pk}/" in reader.get(f"/statistics/{figure}/numerator/").content.decode(), figure


async def by_her_own_telephone(stage: BrowserStage) -> None:
    assert isinstance(stage, PartnerLine)
    stage.answers("li")
    stage.telephone(OWN, "agent")
    stage.telephone(ANNA, "anna")
    page = await stage.agent()
    await page.get_by_role("searchbox").fill("阿拉")
    await page.keyboard.press("Enter")
    await page.get_by_text("By telephone, or with a foreigner who is elsewhere").click()
    await page.get_by_label("Your own telephone").fill(OWN)
    await page.get_by_label("The foreigner's telephone").fill("12")
    await page.get_by_role("button", name="Ask now and ring my telephone").click()
    await expect(page.get_by_role("alert")).to_contain_text("This number does not look complete")
    await expect(page.get_by_label("Your own telephone")).to_have_value(OWN)
    await page.get_by_label("The foreigner's telephone").fill(ANNA)
    await page.get_by_role("button", name="Ask now and ring my telephone").click()
    await stage.hear({"agent": ["li", "anna"], "li": ["agent", "anna"], "anna": ["agent", "li"]}, 25.0)
    await expect(page.get_by_text("The interpreter is on the line.")).to_be_visible()
    await page.get_by_role("button", name="End the call").click()
    await until(lambda: Call.objects.get().ended_at is not None, "the call's end")


def test_an_agent_asks_in_two_clicks_speaks_in_her_page_adds_a_party_and_rates(tmp_path: Path) -> None:
    in_browsers(in_her_page, tmp_path, PartnerLine)


def test_an_agent_is_rung_at_her_telephone_and_the_foreigner_at_theirs(tmp_path: Path) -> None:
    in_browsers(by_her_own_telephone, tmp_path, PartnerLine)
