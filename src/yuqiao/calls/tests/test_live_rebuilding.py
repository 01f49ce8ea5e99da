"""Our own media server fails in the middle of calls: a worker of it, or all of it. Everybody is called back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from yuqiao.accounts.models import JournalEntry
from yuqiao.calls.tests.asterisk_stage import AsteriskStage
from yuqiao.calls.tests.city import finished_tracks, only_call
from yuqiao.calls.tests.stage import OTHER_PROMPT, Stage, live, until
from yuqiao.calls.tests.test_live_during import ALL_THREE, CALLER, RingsBack, three
from yuqiao.calls.tests.voices import VOICES
from yuqiao.demo.phone import Exchange, Session
from yuqiao.hotline.models import Call, CallEvent
from yuqiao.lib.net import free_port
from yuqiao.lib.tone import sine

pytestmark = [pytest.mark.live, pytest.mark.django_db(transaction=True)]


def test_the_media_server_dies_and_everybody_is_called_back_with_an_apology(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        assert isinstance(stage, RingsBack)
        stage.caller_picks_up()
        await three(stage)
        old = list(stage.exchange.sessions)
        stage.kill("media")
        for session in old:
            session.die()  # nobody tells the phones, but nobody speaks to them any more either
        stage.start("media-2", "yuqiao.config.cli", "media")
        await until(lambda: len(stage.exchange.sessions) == 6, "all three rung again")
        anna = await stage.on("anna")
        assert await anna.hears_one_of({"sorry": OTHER_PROMPT}, 10)
        await stage.hear(ALL_THREE)
        await until(lambda: CallEvent.objects.filter(kind="rebuilt").exists(), "the end of the gap on paper")
        await asyncio.sleep(1.0)  # so that there is something in the second segments
        anna.hangup()
        await until(lambda: Call.objects.filter(phase="ended").exists(), "the call's end on paper")
        call = await asyncio.to_thread(only_call)
        assert call.outcome == "served"
        tracks = await asyncio.to_thread(finished_tracks, stage, call)
        for part in ("1", "2"):
            assert tracks[f"caller-{part}"] == {"anna"}, "recorded up to the kill, and again after it"
            assert tracks[f"interpreter-{part}"] == {"li"}
        assert tracks["mix"] == {"anna", "agent", "li"}
        kinds = await asyncio.to_thread(lambda: list(call.events.values_list("kind", flat=True)))
        for kind in ("engine_lost", "rebuilt", "interpreter_joined", "interpreter_back"):
            assert kinds.count(kind) == 1, kind
        actions = await asyncio.to_thread(lambda: set(JournalEntry.objects.values_list("action", flat=True)))
        assert actions >= {"call.engine_lost", "call.rebuilt"}

    live(journey, tmp_path, RingsBack)


class AsteriskRingsBack(AsteriskStage):
    """A stage with Asterisk, whose call server can ring the caller."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        port = free_port()
        self.exchange = Exchange({name: sine(tone, 1.0, -20.0) for name, tone in VOICES.items()}, port=port)
        self.environment |= {"YUQIAO_OUTBOUND_CONTACT": f"sip:{{number}}@127.0.0.1:{port}"}

        async def pick_up(session: Session) -> None:
            session.answer()

        self.exchange.phones[CALLER] = (("anna",), pick_up)


@pytest.mark.asterisk
def test_asterisk_dies_and_everybody_is_called_back_the_same_way(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        assert isinstance(stage, AsteriskRingsBack)
        await three(stage)
        old = list(stage.exchange.sessions)
        stage.kill("media")
        for session in old:
            session.die()
        await asyncio.to_thread(stage._launch)
        await until(lambda: len(stage.exchange.sessions) >= 6, "all three rung again", 60)
        await stage.hear(ALL_THREE)
        await until(lambda: CallEvent.objects.filter(kind="rebuilt").exists(), "the end of the gap on paper")
        call = await asyncio.to_thread(only_call)
        assert await asyncio.to_thread(lambda: call.legs.filter(end_cause="41").count()) == 3
        anna = await stage.on("anna")
        anna.hangup()
        await until(lambda: Call.objects.filter(phase="ended", outcome="served").exists(), "the end on paper")

    live(journey, tmp_path, AsteriskRingsBack)
