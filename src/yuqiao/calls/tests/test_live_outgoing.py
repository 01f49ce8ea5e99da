"""Calls that we begin, on real SIP and RTP: an appointment at its minute, a list that asks leave, a machine."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

import pytest

from yuqiao.calls.tests.city import seed
from yuqiao.calls.tests.stage import Stage, live, until
from yuqiao.calls.tests.test_live_callback import CALLER, CallsBack, comes_on_duty, missed
from yuqiao.demo.phone import Session
from yuqiao.hotline.models import Call, Callback, Campaign, Line, NoCallNumber, Order
from yuqiao.lib import clock

pytestmark = [pytest.mark.live, pytest.mark.django_db(transaction=True)]


def arranged(**more: object) -> Order:
    now = clock.now()
    facts: dict[str, object] = {
        "kind": "scheduled",
        "number": CALLER,
        "language": "en",
        "begins_at": now,
        "next_try_at": now,
        "latest_at": now + dt.timedelta(minutes=30),
        "created_at": now,
    }
    return Order.objects.create(**facts | more)


def test_an_appointment_joins_interpreter_person_and_agent_at_its_minute(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        assert isinstance(stage, CallsBack)
        await asyncio.to_thread(seed, stage)
        stage.answers("li")
        stage.answers("agent")
        stage.caller_picks_up()
        at = clock.now() + dt.timedelta(seconds=2)
        mayor = await asyncio.to_thread(lambda: Line.objects.get(number="12345"))
        wanted = await asyncio.to_thread(lambda: arranged(line=mayor, with_agent=True, begins_at=at, next_try_at=at))
        assert not await asyncio.to_thread(Call.objects.exists), "not before its minute"
        others = {"anna": ["li", "agent"], "li": ["anna", "agent"], "agent": ["li", "anna"]}
        await stage.hear(others)
        (await stage.on("anna")).hangup()
        call = await until(lambda: Call.objects.filter(way_in="scheduled", phase="ended").first(), "its end on paper")
        assert call is not None
        assert call.started_at >= at
        await asyncio.to_thread(wanted.refresh_from_db)
        assert (wanted.outcome, wanted.proof_id, wanted.attempts) == ("answered", call.pk, 1)
        assert await asyncio.to_thread(Call.objects.count) == 1, "nobody is called twice"

    live(journey, tmp_path, CallsBack)


def test_a_list_keeps_quiet_hours_and_a_wish_for_no_more_calls(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        assert isinstance(stage, CallsBack)
        await asyncio.to_thread(seed, stage)
        for user in ("li", "wang"):
            stage.answers(user)
        stage.caller_picks_up()
        await asyncio.to_thread(_two_lists)
        put_off = Order.objects.filter(campaign__name="安静时段", next_try_at__gt=clock.now())
        await until(put_off.exists, "the list in its quiet hours waits")
        assert not await asyncio.to_thread(Call.objects.exists)
        await asyncio.to_thread(lambda: Campaign.objects.filter(name="复诊随访").update(state="running"))
        # English is spoken by two, so one may go; Wang alone speaks Japanese and stays for callers.
        await stage.hear({"anna": ["li"], "li": ["anna"]})
        for key in "*8#":
            (await stage.on("li")).press(key)
        await until(NoCallNumber.objects.filter(number=CALLER).exists, "her wish is noted")
        (await stage.on("anna")).hangup()
        await until(lambda: Call.objects.filter(way_in="outreach", phase="ended").exists(), "its end on paper")
        outcomes = await asyncio.to_thread(lambda: dict(Order.objects.values_list("campaign__name", "outcome")))
        assert outcomes == {"复诊随访": "answered", "安静时段": "refused"}

    live(journey, tmp_path, CallsBack)


def _two_lists() -> None:
    now = clock.now()
    soon, late = (dt.time(0), dt.time(23, 59, 59)), (dt.time(0), dt.time(0, 0, 1))
    for name, (first, last), state in (("复诊随访", soon, "paused"), ("安静时段", late, "running")):
        campaign = Campaign.objects.create(
            name=name,
            first_hour=first,
            last_hour=last,
            state=state,
            created_at=now,
            ends_at=now + dt.timedelta(days=2),
        )
        arranged(kind="outreach", campaign=campaign, consent="登记表", latest_at=now + dt.timedelta(days=2))


def test_a_callback_that_a_machine_answers_is_tried_again_until_the_person_does(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        assert isinstance(stage, CallsBack)
        stage.answers("li")
        owed = await missed(stage)

        async def machine(session: Session) -> None:
            session.answer()

        stage.exchange.phones[CALLER] = (("third",), machine)  # another voice than hers
        await comes_on_duty()
        await stage.hear({"third": ["li"], "li": ["third"]})
        stage.caller_picks_up()
        for key in "*9#":
            (await stage.on("li")).press(key)
        await until(lambda: Call.objects.filter(way_in="callback", outcome="machine").exists(), "marked as a machine")
        again = Callback.objects.filter(pk=owed.pk, done_at=None, proof=None)
        await until(again.exists, "open again")
        await stage.hear({"anna": ["li"], "li": ["anna"]})
        (await stage.on("anna")).hangup()
        served = Call.objects.filter(way_in="callback", phase="ended", outcome="served")
        await until(served.exists, "its end on paper")
        await asyncio.to_thread(owed.refresh_from_db)
        assert (owed.outcome, owed.attempts) == ("answered", 2)

    live(journey, tmp_path, CallsBack)
