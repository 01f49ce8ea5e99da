"""The question after a real call: the interpreter presses ##, the caller hears it alone, one key makes one row."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from yuqiao.calls.tests.city import only_call, seed
from yuqiao.calls.tests.stage import ASKED, Stage, live, until
from yuqiao.hotline.models import Call, Rating

pytestmark = [pytest.mark.live, pytest.mark.django_db(transaction=True)]


def test_one_key_after_the_call_becomes_a_rating(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        stage.answers("li")
        anna = stage.dial("9601691", "anna")
        await stage.hear({"anna": ["li"], "li": ["anna"]})
        li = await stage.on("li")
        li.press("##")
        assert await anna.hears_one_of({"asked": ASKED}, 10) == "asked", "in her own language"
        assert await li.ended(5), "she is alone"
        anna.press("55")
        assert await anna.ended(10), "thanked and let go"
        await until(lambda: Call.objects.filter(phase="ended").exists(), "the call's end on paper")
        call = await asyncio.to_thread(only_call)
        rating = await asyncio.to_thread(Rating.objects.get)
        assert (rating.call_id, rating.score, rating.way, rating.language) == (call.pk, 5, "key", "en")
        assert call.outcome == "served"

    live(journey, tmp_path)


def test_who_presses_nothing_is_let_go(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        stage.answers("li")
        anna = stage.dial("9601691", "anna")
        await stage.hear({"anna": ["li"], "li": ["anna"]})
        (await stage.on("li")).press("##")
        assert await anna.hears_one_of({"asked": ASKED}, 10) == "asked"
        assert await anna.ended(8), "question, 3 s, goodbye"
        await until(lambda: Call.objects.filter(phase="ended", outcome="served").exists(), "its end on paper")
        assert not await asyncio.to_thread(Rating.objects.exists)

    live(journey, tmp_path)
