"""Loss, jitter and an estimate of the opinion score stand on the call's record, leg by leg."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from yuqiao.calls.tests.city import seed
from yuqiao.calls.tests.stage import Stage, live, until
from yuqiao.hotline.models import Leg

pytestmark = [pytest.mark.live, pytest.mark.database, pytest.mark.django_db(transaction=True)]


def test_loss_jitter_and_mos_of_each_leg_are_on_the_calls_record(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        stage.answers("li")
        anna = stage.dial("9601691", "anna")
        await stage.hear({"anna": ["li"], "li": ["anna"]})
        await asyncio.sleep(2.5)  # with less than two seconds nobody can judge
        anna.hangup()
        legs = await until(
            lambda: len(measured := list(Leg.objects.exclude(sound={}))) == 2 and measured, "both legs' figures"
        )
        assert legs
        for leg in legs:
            assert leg.sound["received"] > 100
            assert leg.sound["sent"] > 100
            assert {"lost", "late", "jitter", "wait"} <= leg.sound.keys()
            assert leg.mos is not None
            assert 3.5 < leg.mos <= 4.41  # a busy machine may hold packets up
            assert leg.mos_there is None  # these phones speak no RTCP

    live(journey, tmp_path)
