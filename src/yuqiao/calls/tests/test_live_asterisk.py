"""The same journeys with Asterisk 22 in the place of our media server (`asterisk_stage`)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from yuqiao.calls.tests.asterisk_stage import AsteriskStage
from yuqiao.calls.tests.city import finished_tracks, only_call, seed
from yuqiao.calls.tests.stage import CALLS, Stage, live, until
from yuqiao.calls.tests.test_live_monitoring import listens_whispers_and_joins_in
from yuqiao.hotline.models import Call
from yuqiao.hotline.wishes import ask_add_party

pytestmark = [
    pytest.mark.live,
    pytest.mark.django_db(transaction=True),
    pytest.mark.asterisk,
]


def test_a_three_party_call_with_a_third_party_and_a_kill(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        for user in ("li", "agent", "third"):
            stage.answers(user, after=1.0)
        anna = stage.dial("123451", "anna")
        everybody = {"anna": ["agent", "li"], "agent": ["anna", "li"], "li": ["anna", "agent"]}
        await stage.hear(everybody)
        stage.kill("calls")
        await asyncio.sleep(1.0)  # the audio must go on all the while nobody controls it
        await stage.hear(everybody, within=1.0)
        stage.start("calls-2", *CALLS)
        await until(lambda: b"reviewed" in (stage.folder / "calls-2.log").read_bytes(), "the next call server")
        call = await asyncio.to_thread(only_call)
        await asyncio.to_thread(lambda: ask_add_party(call, "12315", by=None))
        await stage.hear({"third": ["anna", "agent", "li"], "anna": ["agent", "li", "third"]})
        await asyncio.sleep(1.5)  # for the recording
        anna.hangup()
        await until(lambda: Call.objects.filter(phase="ended").exists(), "the call's end on paper")
        call = await asyncio.to_thread(only_call)
        tracks = await asyncio.to_thread(finished_tracks, stage, call)
        assert tracks["caller-1"] == {"anna"}
        assert tracks["interpreter-1"] == {"li"}
        assert tracks["third-1"] == {"third"}
        assert tracks["mix"] == {"anna", "agent", "li", "third"}

    live(journey, tmp_path, AsteriskStage)


def test_language_by_key_replacement_and_goodbye(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        stage.answers("li")
        stage.answers("wang")
        anna = stage.dial("9601690", "anna")
        await until(lambda: Call.objects.filter(phase="choosing").exists(), "the menu")
        await asyncio.sleep(0.5)  # the key comes in the middle of a prompt
        anna.press("1")
        await stage.hear({"anna": ["li"], "li": ["anna"]})
        (await stage.on("li")).hangup()
        await stage.hear({"anna": ["wang"], "wang": ["anna"]})
        (await stage.on("wang")).press("##")
        assert await anna.ended(10)
        await until(lambda: Call.objects.filter(phase="ended", outcome="served").exists(), "the end on paper")

    live(journey, tmp_path, AsteriskStage)


def test_a_supervisor_listens_whispers_and_joins_in(tmp_path: Path) -> None:
    live(listens_whispers_and_joins_in, tmp_path, AsteriskStage)
