"""Events to applications: who listens, and what of it they are told."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from yuqiao.lib import clock

logger = logging.getLogger(__name__)

#: A listener that lets so many events pile up is cut off: it would learn of calls long after they ended.
MOST_WAITING = 10_000


@dataclass(eq=False)
class Listener:
    """One WebSocket: the applications it registered and the events it has not been sent yet (None: it is cut off)."""

    apps: set[str]
    subscribe_all: bool
    waiting: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)


class Events:
    """Delivers each event to the application it concerns and to those that subscribed to all, as Asterisk does."""

    def __init__(self, asterisk_id: str, counters: Counter[str]) -> None:
        self.asterisk_id = asterisk_id
        self._counters = counters
        self._by_app: dict[str, Listener] = {}
        self._arrived = asyncio.Event()

    @property
    def apps(self) -> list[str]:
        """The applications that are connected now, in the order they came."""
        return list(self._by_app)

    def connect(self, apps: Iterable[str], *, subscribe_all: bool) -> Listener:
        """Register ``apps`` for a new listener; a listener that had one of them before is told ApplicationReplaced."""
        listener = Listener(set(apps), subscribe_all)
        for app in sorted(listener.apps):
            former = self._by_app.pop(app, None)
            if former is not None:
                self._send(former, app, "ApplicationReplaced", {}, clock.now())
                former.apps.discard(app)
            self._by_app[app] = listener
        self._arrived.set()
        self._arrived = asyncio.Event()
        return listener

    def disconnect(self, listener: Listener) -> None:
        """Forget ``listener``; the applications it still holds are no longer registered."""
        for app in [app for app, held in self._by_app.items() if held is listener]:
            del self._by_app[app]

    async def wait_for(self, app: str) -> None:
        """Return as soon as ``app`` is registered."""
        while app not in self._by_app:
            await self._arrived.wait()

    def publish(self, kind: str, app: str | Iterable[str], at: dt.datetime | None = None, **fields: Any) -> None:
        """Send event ``kind`` to ``app`` (one, several or none) and to every application subscribed to all."""
        concerned = {app} if isinstance(app, str) else set(app)
        moment = at or clock.now()
        for name, listener in self._by_app.items():
            if name in concerned or listener.subscribe_all:
                self._send(listener, name, kind, fields, moment)

    def _send(self, listener: Listener, app: str, kind: str, fields: dict[str, Any], moment: dt.datetime) -> None:
        if listener.waiting.qsize() >= MOST_WAITING:
            if listener.waiting.qsize() == MOST_WAITING:
                self._counters["listeners_cut_off"] += 1
                logger.warning("an ARI listener does not read its events and is cut off")
                listener.waiting.put_nowait(None)
            return
        stamp = {"timestamp": clock.iso(moment), "asterisk_id": self.asterisk_id, "application": app}
        self._counters["events"] += 1
        listener.waiting.put_nowait(json.dumps({"type": kind, **fields, **stamp}, ensure_ascii=False))
