"""An interpreter is told in private what a call is about before she joins, on real SIP and RTP."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from yuqiao.calls.tests.city import seed
from yuqiao.calls.tests.stage import OTHER_PROMPT, Stage, live
from yuqiao.calls.tests.test_live_during import ended
from yuqiao.calls.tests.voices import VOICES

pytestmark = [pytest.mark.live, pytest.mark.django_db(transaction=True)]


class Briefs(Stage):
    """A stage whose interpreters are briefed for a second and a half."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.environment |= {"YUQIAO_BRIEFING_SECONDS": "1.5"}


def test_the_interpreter_hears_the_briefing_alone_and_then_the_caller(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        stage.answers("li")
        anna = stage.dial("9601691", "anna")
        li = await stage.on("li")
        assert await li.hears_one_of({"briefing": OTHER_PROMPT, "anna": VOICES["anna"]}, 5) == "briefing"
        assert "li" not in anna.hears(VOICES), "before the merge nobody hears her"
        await stage.hear({"anna": ["li"], "li": ["anna"]})
        anna.hangup()
        await ended()

    live(journey, tmp_path, Briefs)
