"""Calls lost in one moment: emergency lines first, and what a call is told stays in order."""

from __future__ import annotations

import asyncio

from yuqiao.calls.database import DatabaseThread
from yuqiao.calls.task import CallTask
from yuqiao.calls.tests.test_task import ScriptedEngine
from yuqiao.calls.together import MOMENT, Together
from yuqiao.engines.events import KeyPressed, LegEnded, PlaybackEnded
from yuqiao.hotline.events import Event
from yuqiao.hotline.state import CallState, Timing


class Listening(CallTask):
    """A call that notes what it is told, and when in comparison with the others."""

    def __init__(self, priority: int, heard: list[tuple[int, Event]]) -> None:
        state = CallState("11111111-2222-4333-8444-555555555555", 1000.0, priority=priority)
        super().__init__(
            DatabaseThread(), ScriptedEngine(), timing=Timing(), saved=state, on_change=print, allowed=lambda: True
        )
        self._heard = heard

    def tell(self, event: Event) -> None:
        self._heard.append((self.priority, event))


async def test_the_emergency_line_is_told_first_and_each_call_in_its_own_order() -> None:
    heard: list[tuple[int, Event]] = []
    together, ordinary, emergency = Together(), Listening(10, heard), Listening(100, heard)
    lost = [LegEnded(leg, 41, 1.0, by_engine=True) for leg in ("a", "b", "c")]
    failed = PlaybackEnded("p", "a", 1.0, done=False)
    together.tell(ordinary, lost[0])
    together.tell(ordinary, failed)  # told after the loss, so it must not come before
    together.tell(emergency, lost[1])
    together.tell(ordinary, lost[2])
    assert heard == []
    await asyncio.sleep(2 * MOMENT)
    assert heard == [(100, lost[1]), (10, lost[0]), (10, failed), (10, lost[2])]


async def test_everything_else_is_told_at_once() -> None:
    heard: list[tuple[int, Event]] = []
    together, call = Together(), Listening(10, heard)
    for event in (KeyPressed("a", "1", 1.0), LegEnded("a", 41, 1.0)):
        together.tell(call, event)
        assert heard[-1] == (10, event)
