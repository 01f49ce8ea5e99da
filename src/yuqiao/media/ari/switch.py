"""What all parts of the engine share: the tables, the way out to SIP and mixer, and the tasks that run behind."""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from yuqiao.lib.faults import where
from yuqiao.media.ari.bridges import Bridge
from yuqiao.media.ari.channels import Channel
from yuqiao.media.ari.errors import AriError, missing
from yuqiao.media.ari.events import Events
from yuqiao.media.ari.playbacks import Playback
from yuqiao.media.ari.recordings import LiveRecording
from yuqiao.media.ports import Mixer, Trunk

logger = logging.getLogger(__name__)

#: Seconds a new call rings on while no application is connected, so that a restart of the call server loses nobody.
GRACE = 15.0


@dataclass(eq=False)
class Switch:
    """Tables by id. Everything runs in one event loop, so a step without ``await`` is atomic."""

    trunk: Trunk
    mixer: Mixer
    app: str
    sounds: Path
    recordings_folder: Path
    counters: Counter[str] = field(default_factory=Counter)
    asterisk_id: str = "yuqiao"
    grace: float = GRACE
    channels: dict[str, Channel] = field(default_factory=dict)
    bridges: dict[str, Bridge] = field(default_factory=dict)
    playbacks: dict[str, Playback] = field(default_factory=dict)
    recordings: dict[str, LiveRecording] = field(default_factory=dict)
    stopping: bool = False

    def __post_init__(self) -> None:
        self.events = Events(self.asterisk_id, self.counters)
        self._numbers = itertools.count()
        self._names: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()

    def new_id(self) -> str:
        """Return an id as Asterisk makes them: UNIX seconds, a point, a running number."""
        return f"{int(time.time())}.{next(self._numbers)}"

    def new_name(self, technology: str, endpoint: str) -> str:
        """Return a channel name as Asterisk makes them, for example ``PJSIP/yuqiao-0000000a``."""
        number = self._names[technology]
        self._names[technology] += 1
        return f"{technology}/{endpoint}-{number:08x}"

    def channel(self, channel_id: str) -> Channel:
        """Return the living channel; AriError 404 once it is over."""
        channel = self.channels.get(channel_id)
        if channel is None or channel.over:
            raise missing("Channel")
        return channel

    def controlled(self, channel_id: str) -> Channel:
        """Return the living channel if an application controls it; AriError 404 or 409."""
        channel = self.channel(channel_id)
        if not channel.in_stasis:
            raise AriError(409, "Channel not in Stasis application")
        return channel

    def bridge(self, bridge_id: str) -> Bridge:
        """Return the bridge; AriError 404."""
        if bridge_id not in self.bridges:
            raise missing("Bridge")
        return self.bridges[bridge_id]

    def alive(self, channel: Channel) -> None:
        """Raise the 404 of a channel that ended while something was awaited."""
        if channel.over:
            raise missing("Channel")

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run ``work`` behind; a failure is logged and counted, never lost and never fatal."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.counters["task_failures"] += 1
            logger.error("a task of the ARI engine failed: %s", where(error))

    async def settle(self, seconds: float) -> None:
        """Wait at most ``seconds`` for the tasks that run behind, then cancel what is left."""
        if self._tasks:
            _, pending = await asyncio.wait(set(self._tasks), timeout=seconds)
            for task in pending:
                task.cancel()
            await asyncio.gather(*pending, return_exceptions=True)
