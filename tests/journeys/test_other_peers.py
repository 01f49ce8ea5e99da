"""Calls through the whole platform from phones not written here: baresip and sipp."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from bench import sipp

from yuqiao.calls.tests.city import only_call, seed
from yuqiao.calls.tests.stage import Stage, live, until
from yuqiao.calls.tests.voices import VOICES
from yuqiao.hotline.models import Call
from yuqiao.lib.net import free_port
from yuqiao.lib.tone import level_of
from yuqiao.media.ari.tests.peers.baresip import Baresip, baresip

pytestmark = [pytest.mark.live, pytest.mark.django_db(transaction=True)]

AUDIBLE = -45.0
SIPP_SAYS = 440.0  # as anna does: the tone of bench.sipp's audio


async def ended() -> Call:
    await until(lambda: Call.objects.filter(phase="ended").exists(), "the call's end on paper")
    return await asyncio.to_thread(only_call)


def test_baresip_and_the_interpreter_hear_each_other(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        stage.answers("li")
        folder = tmp_path / "baresip"
        folder.mkdir()
        assert Baresip.voice == VOICES["anna"]
        async with baresip(folder) as phone:
            await phone.dial(f"sip:9601691@127.0.0.1:{stage.sip_port}")
            li = await stage.on("li")
            assert await li.hears_one_of(VOICES, 10.0) == "anna"

            def baresip_hears_li() -> bool:
                tail = phone.heard()[-8000:]
                return len(tail) == 8000 and bool(level_of(tail, VOICES["li"]) > AUDIBLE)

            await until(baresip_hears_li, "baresip hearing the interpreter")
            assert level_of(phone.heard()[-8000:], VOICES["anna"]) < AUDIBLE, "nobody hears themselves"
            await phone.hang_up()
            assert (await ended()).outcome == "served"

    live(journey, tmp_path)


def test_sipp_is_heard_by_the_interpreter_and_hangs_up(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        stage.answers("li")
        target = f"127.0.0.1:{stage.sip_port}"
        with sipp.callers(tmp_path, target, ["9601691"], hold_seconds=5.0, port=free_port()):
            li = await stage.on("li")
            assert await li.hears_one_of({"sipp": SIPP_SAYS}, 10.0) == "sipp"
            call = await ended()
        assert call.outcome == "served"
        assert call.interpreter_at is not None

    live(journey, tmp_path)
