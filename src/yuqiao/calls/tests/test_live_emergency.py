"""Emergency mode on a real call: two who are at home are rung at once, and the one who presses 1 helps (S32)."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

import pytest

from yuqiao.accounts.models import Person
from yuqiao.calls.tests.city import seed
from yuqiao.calls.tests.stage import Stage, live, until
from yuqiao.calls.tests.test_live_ringing import ended, rings
from yuqiao.hotline import emergencies
from yuqiao.hotline.models import Call, CallEvent, Emergency, Leg
from yuqiao.lib import clock
from yuqiao.workforce.calendar import DAYS
from yuqiao.workforce.models import Interpreter

pytestmark = [pytest.mark.live, pytest.mark.django_db(transaction=True)]


def _a_typhoon(stage: Stage) -> None:
    """Nobody is on duty; Li and Wang have mobiles and stand by, at hours they agreed to for emergencies alone."""
    seed(stage)
    zhou = Person.objects.create(username="zhou")
    for user in ("li", "wang"):
        mine = Interpreter.objects.filter(person__username=user)
        mine.update(state="off", mobile=stage.contact(user))
        since = clock.now().date() - dt.timedelta(days=2)
        emergencies.stand_by(mine.get(), "en", DAYS, dt.time(0), dt.time(0), valid_from=since, by=zhou)
    emergencies.begin("台风", ["en"], 6, by=zhou)


def test_two_mobiles_ring_at_once_and_who_presses_the_key_helps(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(_a_typhoon, stage)
        stage.never_answers("li")
        stage.never_answers("wang")
        anna = stage.dial("9601691", "anna")
        both = Leg.objects.filter(role="interpreter", interpreter__number__in=["1001", "1002"])
        await until(lambda: both.count() == 2, "both are rung")
        first, second = await asyncio.to_thread(lambda: [leg.created_at for leg in both])
        assert abs((first - second).total_seconds()) < 1, "at once, not one after the other"
        wang = await rings(stage, "wang")
        await rings(stage, "li")
        wang.answer()
        asked = CallEvent.objects.filter(kind="confirmation_asked")
        await until(asked.exists, "she hears that 1 is to be pressed")
        wang.press("1")
        await stage.hear({"anna": ["wang"], "wang": ["anna"]})
        anna.hangup()
        await ended()
        states = await asyncio.to_thread(lambda: set(Interpreter.objects.values_list("state", "held_by")))
        assert states <= {("off", ""), ("wrap_up", "")}, "at home again, not on duty"
        lasting = await asyncio.to_thread(Emergency.objects.get)
        report = await asyncio.to_thread(lambda: emergencies.roster(lasting, clock.now()))
        assert [(one.interpreter.number, one.rung, one.answered) for one in report] == [("1001", 1, 0), ("1002", 1, 1)]
        (english,) = await asyncio.to_thread(lambda: emergencies.by_language(lasting, clock.now()))
        assert (english.calls, english.served) == (1, 1)
        assert await asyncio.to_thread(lambda: Call.objects.get().outcome) == "served"

    live(journey, tmp_path)
