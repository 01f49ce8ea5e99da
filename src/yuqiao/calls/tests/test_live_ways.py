"""Each way in as a real call: real processes, real SIP and RTP, judged by what the parties hear and what is written."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from yuqiao.calls.tests.city import finished_tracks, only_call, recording, seed
from yuqiao.calls.tests.stage import TOLD, Stage, live, until
from yuqiao.hotline.models import Call, Callback
from yuqiao.workforce.models import Interpreter

pytestmark = [pytest.mark.live, pytest.mark.django_db(transaction=True)]


async def ended(stage: Stage, outcome: str) -> Call:
    """Wait for the end of the one call and return it."""
    await until(lambda: Call.objects.filter(phase="ended").exists(), "the call's end on paper")
    call = await asyncio.to_thread(only_call)
    assert call.outcome == outcome
    assert not await asyncio.to_thread(lambda: Interpreter.objects.exclude(held_by="").exists())
    return call


def test_direct_with_a_known_language(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        stage.answers("li")
        anna = stage.dial("9601691", "anna")
        await stage.hear({"anna": ["li"], "li": ["anna"]})
        await recording()
        anna.hangup()
        call = await ended(stage, "served")
        tracks = await asyncio.to_thread(finished_tracks, stage, call)
        assert tracks == {"caller-1": {"anna"}, "interpreter-1": {"li"}, "mix": {"anna", "li"}}
        kinds = await asyncio.to_thread(lambda: list(call.events.values_list("kind", flat=True)))
        assert kinds[:2] == ["arrived", "language_known"]
        assert kinds[-1] == "ended"

    live(journey, tmp_path)


def test_direct_with_the_language_by_key(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        stage.answers("wang")
        anna = stage.dial("9601690", "anna")
        await until(lambda: Call.objects.filter(phase="choosing").exists(), "the menu")
        anna.press("2")
        await stage.hear({"anna": ["wang"], "wang": ["anna"]})
        anna.hangup()
        assert (await ended(stage, "served")).language == "ja"

    live(journey, tmp_path)


def test_beside_the_agent_on_one_leg(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        stage.answers("li")
        both = stage.dial("1101", "anna", "agent")
        await stage.hear({"anna": ["li"], "li": ["anna", "agent"]})
        await asyncio.sleep(1.0)  # for the recording
        both.hangup()
        call = await ended(stage, "served")
        tracks = await asyncio.to_thread(finished_tracks, stage, call)
        assert tracks["agent-1"] == {"anna", "agent"}

    live(journey, tmp_path)


def test_transferred_with_three_legs_and_recording(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        stage.answers("li")
        stage.answers("agent", after=0.5)
        anna = stage.dial("123451", "anna")
        everybody = {"anna": ["agent", "li"], "agent": ["anna", "li"], "li": ["anna", "agent"]}
        await stage.hear(everybody)
        await recording()
        (await stage.on("agent")).hangup()
        await stage.hear({"anna": ["li"], "li": ["anna"]})
        anna.hangup()
        call = await ended(stage, "served")
        tracks = await asyncio.to_thread(finished_tracks, stage, call)
        assert set(tracks) == {"caller-1", "agent-1", "interpreter-1", "mix"}
        assert tracks["mix"] == {"anna", "agent", "li"}

    live(journey, tmp_path)


def test_interpreter_adds_a_third_party_by_keys_and_ends_the_work(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        stage.answers("li")
        stage.answers("third")
        anna = stage.dial("9601691", "anna")
        await stage.hear({"anna": ["li"], "li": ["anna"]})
        li = await stage.on("li")
        li.press("*12315#")
        await stage.hear({"anna": ["li", "third"], "li": ["anna", "third"], "third": ["anna", "li"]})
        li.press("##")
        assert await anna.ended(10)
        await ended(stage, "served")

    live(journey, tmp_path)


def test_interpreter_lost_is_replaced_while_the_others_talk(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        stage.answers("li")
        stage.answers("wang", after=1.5)
        stage.answers("agent")
        anna = stage.dial("123451", "anna")
        await stage.hear({"anna": ["agent", "li"], "agent": ["anna", "li"]})
        (await stage.on("li")).hangup()
        await stage.hear({"anna": ["agent"], "agent": ["anna"]})
        await stage.hear({"anna": ["agent", "wang"], "agent": ["anna", "wang"], "wang": ["anna", "agent"]})
        anna.hangup()
        call = await ended(stage, "served")
        heads = await asyncio.to_thread(lambda: list(call.requests.order_by("created_at").values_list("head_of_queue")))
        assert heads == [(False,), (True,)]

    live(journey, tmp_path)


def test_a_busy_interpreter_is_passed_over(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        stage.refuses("li")
        stage.answers("wang")
        anna = stage.dial("9601691", "anna")
        await stage.hear({"anna": ["wang"], "wang": ["anna"]})
        anna.hangup()
        await ended(stage, "served")

    live(journey, tmp_path)


def test_nobody_free_means_a_callback(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        stage.refuses("li")
        stage.refuses("wang")
        for _ in range(2):
            anna = stage.dial("9601691", "anna")
            assert await anna.hears_one_of({"told": TOLD}, 15) == "told", "in the caller's own language"
            assert await anna.ended(15), "and let go"
        await until(lambda: Call.objects.filter(phase="ended").count() == 2, "both calls over")
        callback = await asyncio.to_thread(Callback.objects.get)
        assert (callback.number, callback.language, callback.done_at) == ("13900000001", "en", None)
        outcomes = await asyncio.to_thread(lambda: set(Call.objects.values_list("outcome", flat=True)))
        assert outcomes == {"callback"}

    live(journey, tmp_path)
