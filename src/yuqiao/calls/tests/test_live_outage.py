"""A call server killed for some seconds stands in the outage log with that length, and availability knows it."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

import pytest

from yuqiao.calls.tests.city import seed
from yuqiao.calls.tests.stage import CALLS, Stage, live, until
from yuqiao.hotline.figures.availability import availability
from yuqiao.hotline.figures.definition import Scope
from yuqiao.hotline.models import Lease, Outage
from yuqiao.lib import clock

pytestmark = [pytest.mark.live, pytest.mark.database, pytest.mark.django_db(transaction=True)]


def hour() -> Scope:
    now = clock.now()
    return Scope(now - dt.timedelta(hours=1), now, at=now)


def test_kill_9_of_the_call_server_is_an_outage_of_that_length(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        stage.answers("li")
        anna = stage.dial("9601691", "anna")
        await stage.hear({"anna": ["li"]})
        await until(lambda: Lease.objects.exclude(alive_at=None).exists(), "a renewal of the lease")
        stage.kill("calls")
        killed = clock.now()
        await until(lambda: availability(hour()).down > 0, "the figure, before anybody wrote the outage down")
        stage.start("calls-2", *CALLS)
        outage = await until(lambda: Outage.objects.filter(ended_at__isnull=False).first(), "the outage's end")
        assert outage is not None
        assert outage.ended_at is not None
        assert (outage.service, outage.automatic) == ("calls", True)
        assert abs((outage.began_at - killed).total_seconds()) < 1.5, "from its last renewal"
        assert abs((clock.now() - outage.ended_at).total_seconds()) < 2.0
        found = await asyncio.to_thread(lambda: availability(hour()))
        assert found.down == (outage.ended_at - outage.began_at) // dt.timedelta(milliseconds=1)
        await stage.hear({"anna": ["li"]})
        anna.hangup()

    live(journey, tmp_path)


def test_an_engine_that_was_away_is_one_too(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        stage.kill("media")
        await until(lambda: Outage.objects.filter(service="media", ended_at=None).exists(), "the outage")
        stage.start("media-2", "yuqiao.config.cli", "media")
        await until(lambda: Outage.objects.filter(service="media", ended_at__isnull=False).exists(), "its end")
        assert await asyncio.to_thread(Outage.objects.count) == 1

    live(journey, tmp_path)
