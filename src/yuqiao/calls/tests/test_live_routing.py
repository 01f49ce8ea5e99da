"""Routing on real calls: a change-over while a call runs, a domain, a former interpreter, the page that says why."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from yuqiao.accounts.models import Role
from yuqiao.accounts.services import create_person, grant_role
from yuqiao.calls.tests.city import interpreter, seed
from yuqiao.calls.tests.stage import Stage, live, until
from yuqiao.hotline.models import Call, DialledNumber, Line, LineDomain, RoutingDecision
from yuqiao.lib import clock
from yuqiao.workforce.calendar import DAYS
from yuqiao.workforce.models import Interpreter, ServiceWindow

pytestmark = [pytest.mark.live, pytest.mark.django_db(transaction=True)]
#: So long after the beginning the shift changes.
CHANGE_AFTER = dt.timedelta(seconds=8)


def shifts() -> dt.datetime:
    """Let English be covered by residents now and by remote interpreters a few seconds later; return when."""
    change = timezone.localtime() + CHANGE_AFTER
    first, last = (change - dt.timedelta(hours=2)).time(), (change + dt.timedelta(hours=2)).time()
    for tier, begins, ends in (("resident", first, change.time()), ("remote", change.time(), last)):
        ServiceWindow.objects.create(
            language="en", tier=tier, days=DAYS, begins=begins, ends=ends, valid_from=dt.date(2026, 1, 1)
        )
    return change


def last_decision() -> RoutingDecision:
    """Return the last decision there is."""
    found = RoutingDecision.objects.order_by("-id").first()
    assert found is not None
    return found


def test_a_call_keeps_its_interpreter_over_the_change_over_and_a_replacement_is_of_the_new_shift(
    tmp_path: Path,
) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        await asyncio.to_thread(lambda: interpreter(stage, "third", "1003", "resident", en=3))
        for user in ("li", "wang", "third"):
            stage.answers(user)
        # The two residents are equal but for this.
        await asyncio.to_thread(
            lambda: Interpreter.objects.filter(number="1003").update(idle_since=clock.now().timestamp())
        )
        change = await asyncio.to_thread(shifts)
        anna = stage.dial("9601691", "anna")
        await stage.hear({"anna": ["li"], "li": ["anna"]})
        decided = await asyncio.to_thread(last_decision)
        assert decided.facts["cover"] == "resident"
        assert timezone.localtime() < change, "begun before the change"
        await until(lambda: timezone.localtime() > change, "the change-over", 15)
        await stage.hear({"anna": ["li"], "li": ["anna"]})
        (await stage.on("li")).hangup()
        await stage.hear({"anna": ["wang"], "wang": ["anna"]})
        decided = await asyncio.to_thread(last_decision)
        assert decided.facts["cover"] == "remote"
        assert {row[1]: row[3] for row in decided.facts["best"]}["1003"] != "chosen", "ready, but her shift is over"
        anna.hangup()
        await until(lambda: Call.objects.filter(phase="ended").exists(), "the call's end")

    live(journey, tmp_path)


def lines_of_two_kinds(stage: Stage) -> None:
    """Write a line about law and a second interpreter, who knows it; Li has been idle for longer."""
    law = Line.objects.create(number="12348", name_zh="法律服务", line_class="public")
    DialledNumber.objects.create(number="123481", line=law, way_in="direct", language="en")
    LineDomain.objects.create(line=law, domain="legal")
    interpreter(stage, "third", "1003", "resident", en=2)
    Interpreter.objects.filter(number="1003").update(domains=",legal,", idle_since=clock.now().timestamp())


def pages_of(calls: list[Call]) -> list[str]:
    """Return the calls' pages as a supervisor sees them."""
    zhou = create_person("zhou", by=None)
    grant_role(zhou, Role.SUPERVISOR, by=None)
    client = Client()
    client.force_login(zhou)
    return [client.get(f"/calls/{call.pk}/").content.decode() for call in calls]


def test_the_domain_decides_then_the_caller_gets_the_same_interpreter_again_and_the_page_says_so(
    tmp_path: Path,
) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        await asyncio.to_thread(lines_of_two_kinds, stage)
        for user in ("li", "third"):
            stage.answers(user)
        for number in ("123481", "9601691"):
            anna = stage.dial(number, "anna")
            await stage.hear({"anna": ["third"], "third": ["anna"]})
            anna.hangup()
            await until(lambda: not Call.objects.filter(ended_at=None).exists(), "the call's end")
            ready = Interpreter.objects.filter(number="1003", state="ready")
            await until(ready.exists, "the end of her wrap-up", 15)
        calls = await asyncio.to_thread(lambda: list(Call.objects.order_by("started_at")))
        by_domain, again = await asyncio.to_thread(pages_of, calls)
        for page in (by_domain, again):
            told = page[page.index('<section class="routing">') :]
            assert "1003" in told[: told.index("</p>")], "the first sentence names her"
        kept = await asyncio.to_thread(lambda: list(RoutingDecision.objects.order_by("id")))
        assert [row.facts["best"][0][7] for row in kept] == [0, 1], "the second time because she served before"
        assert {row[1]: row[3] for row in kept[0].facts["best"]}["1001"] == "domain"

    live(journey, tmp_path)
