"""Calls that the engine lost in one moment, told in the order of their urgency: emergency lines are rung first.

A mixer worker that dies takes all its calls with it, and the engine tells of each leg in no order that means anything.
"""

from __future__ import annotations

import asyncio
from typing import Final

from yuqiao.calls.task import CallTask
from yuqiao.engines.events import LegEnded
from yuqiao.hotline.events import Event

#: Seconds within which the engine has told of all legs that it lost together.
MOMENT: Final = 0.03


class Together:
    """Passes events on to their calls: at once, or for a call just lost, in a moment, still one after the other."""

    def __init__(self) -> None:
        self._waiting: dict[CallTask, list[Event]] = {}

    def tell(self, call: CallTask, event: Event) -> None:
        """Give a call an event."""
        lost = isinstance(event, LegEnded) and event.by_engine
        if not lost and call not in self._waiting:
            call.tell(event)
            return
        if not self._waiting:
            asyncio.get_running_loop().call_later(MOMENT, self._pass_on)
        self._waiting.setdefault(call, []).append(event)

    def _pass_on(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for call, events in sorted(waiting.items(), key=lambda one: -one[0].priority):
            for event in events:
                call.tell(event)
