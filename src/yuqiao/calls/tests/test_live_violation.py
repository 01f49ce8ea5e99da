"""An interpreter declines a call: the next one serves it, and a proposal awaits a person's judgement."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from yuqiao.calls.tests.city import seed
from yuqiao.calls.tests.stage import Stage, live, until
from yuqiao.hotline.models import Leg, Violation
from yuqiao.workforce.models import Interpreter, PresenceSpan

pytestmark = [pytest.mark.live, pytest.mark.database, pytest.mark.django_db(transaction=True)]


def test_who_declines_is_proposed_and_the_legs_tell_who_worked_how_long(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        li = await asyncio.to_thread(lambda: Interpreter.objects.get(number="1001"))
        stage.refuses("li")
        stage.answers("wang")
        anna = stage.dial("9601691", "anna")
        await stage.hear({"anna": ["wang"], "wang": ["anna"]})
        case = await until(Violation.objects.first, "the proposal")
        assert case is not None
        assert (case.state, case.kind, case.interpreter_id) == ("proposed", "refused", li.pk)
        anna.hangup()
        leg = await until(
            lambda: Leg.objects.filter(interpreter__number="1002", lasted__isnull=False).first(), "the end of her leg"
        )
        assert leg is not None
        assert leg.tier == "remote"
        assert leg.ended_at is not None
        assert leg.lasted == leg.ended_at - leg.created_at
        await until(lambda: Interpreter.objects.filter(number="1002", state="ready").exists(), "the wrap-up's end")
        assert not await asyncio.to_thread(PresenceSpan.objects.exists), "nobody here signed on by hand"

    live(journey, tmp_path)
