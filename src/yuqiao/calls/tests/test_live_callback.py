"""A missed call returned as a real call: an interpreter becomes free, the caller is rung, both hear each other."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from yuqiao.calls.tests.asterisk_stage import AsteriskStage, on_both_engines
from yuqiao.calls.tests.city import finished_tracks, recording, seed
from yuqiao.calls.tests.stage import CALLS, TOLD, Stage, live, until
from yuqiao.calls.tests.voices import VOICES
from yuqiao.demo.phone import Exchange, Session
from yuqiao.hotline.models import Call, Callback
from yuqiao.lib import clock
from yuqiao.lib.net import free_port
from yuqiao.lib.tone import sine
from yuqiao.workforce.models import Interpreter

pytestmark = [pytest.mark.live, pytest.mark.django_db(transaction=True)]

CALLER = "13900000001"


class CallsBack(Stage):
    """A stage whose call server rings callers, at any hour and after short pauses."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        port = free_port()
        self.exchange = Exchange({name: sine(tone, 1.0, -20.0) for name, tone in VOICES.items()}, port=port)
        self.environment |= {
            "YUQIAO_OUTBOUND_CONTACT": f"sip:{{number}}@127.0.0.1:{port}",
            "YUQIAO_CALLBACK_HOURS": "00:00-23:59",
            "YUQIAO_CALLBACK_PAUSE_SECONDS": "1",
        }

    def caller_picks_up(self) -> None:
        """Let Anna answer when her number is rung."""

        async def pick_up(session: Session) -> None:
            session.answer()

        self.exchange.phones[CALLER] = (("anna",), pick_up)

    def caller_is_busy(self) -> None:
        """Let Anna's phone be busy."""

        async def refuse(session: Session) -> None:
            session.hangup(17)

        self.exchange.phones[CALLER] = (("anna",), refuse)


class AsteriskCallsBack(CallsBack, AsteriskStage):
    """The same with Asterisk."""


RINGING_BACK = on_both_engines(CallsBack, AsteriskCallsBack)


async def missed(stage: CallsBack) -> Callback:
    """Anna calls while nobody is on duty, is told, and is let go; returns what she is owed."""
    await asyncio.to_thread(seed, stage)
    await asyncio.to_thread(lambda: Interpreter.objects.update(state="off"))
    anna = stage.dial("9601691", "anna")
    assert await anna.hears_one_of({"told": TOLD}, 15) == "told"
    assert await anna.ended(15)
    await until(lambda: Call.objects.filter(phase="ended").exists(), "the missed call's end on paper")
    return await asyncio.to_thread(Callback.objects.get)


async def comes_on_duty() -> None:
    """Li is ready from now on."""
    li = Interpreter.objects.filter(number="1001")
    await asyncio.to_thread(lambda: li.update(state="ready", state_since=clock.now()))


@RINGING_BACK
def test_a_missed_caller_is_called_back_as_soon_as_somebody_is_free(tmp_path: Path, kind: type[Stage]) -> None:
    async def journey(stage: Stage) -> None:
        assert isinstance(stage, CallsBack)
        stage.answers("li")
        stage.caller_picks_up()
        owed = await missed(stage)
        await comes_on_duty()
        await stage.hear({"anna": ["li"], "li": ["anna"]})
        await recording()
        (await stage.on("anna")).hangup()
        back = await until(lambda: Call.objects.filter(way_in="callback", phase="ended").first(), "its end on paper")
        assert back is not None
        await asyncio.to_thread(owed.refresh_from_db)
        assert (owed.outcome, owed.proof_id, owed.running_id, owed.attempts) == ("answered", back.pk, None, 1)
        assert owed.done_at == back.interpreter_at
        assert (back.outcome, back.returns_id, back.language, back.caller_number) == ("served", owed.pk, "en", CALLER)
        tracks = await asyncio.to_thread(finished_tracks, stage, back)
        assert tracks == {"caller-1": {"anna"}, "interpreter-1": {"li"}, "mix": {"anna", "li"}}
        assert not await asyncio.to_thread(lambda: Interpreter.objects.exclude(held_by="").exists())

    live(journey, tmp_path, kind)


@RINGING_BACK
def test_a_busy_caller_is_tried_again_and_a_killed_call_server_forgets_nobody(
    tmp_path: Path, kind: type[Stage]
) -> None:
    async def journey(stage: Stage) -> None:
        assert isinstance(stage, CallsBack)
        stage.never_answers("li")
        stage.caller_is_busy()
        owed = await missed(stage)
        await comes_on_duty()
        running = Callback.objects.exclude(running=None)
        await until(lambda: running.exists() and stage.exchange.sessions[-1].parties == ("li",), "Li is rung")
        rung = stage.exchange.sessions[-1]
        stage.kill("calls")
        stage.start("calls", *CALLS)
        await until(lambda: (stage.folder / "calls.log").read_bytes().count(b"reviewed") == 2, "the next call server")
        rung.answer()
        stage.answers("li")
        busy = Call.objects.filter(way_in="callback", phase="ended", outcome="not_reached")
        await until(busy.exists, "the first attempt, by the second call server", 30)
        stage.caller_picks_up()
        await stage.hear({"anna": ["li"], "li": ["anna"]}, 30)
        (await stage.on("anna")).hangup()
        served = Call.objects.filter(way_in="callback", phase="ended", outcome="served")
        await until(served.exists, "its end on paper")
        await asyncio.to_thread(owed.refresh_from_db)
        assert (owed.outcome, owed.running_id) == ("answered", None)
        assert owed.attempts >= 2

    live(journey, tmp_path, kind)
