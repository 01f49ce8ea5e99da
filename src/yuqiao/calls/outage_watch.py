"""Writes into the outage log what the call server notices: it was away itself, or its engine is (S42)."""

from __future__ import annotations

import asyncio
import datetime as dt

from yuqiao.calls.database import LAST, DatabaseThread
from yuqiao.hotline import outages
from yuqiao.hotline.models import Service
from yuqiao.lib import clock


class OutageWatch:
    """One call server's part of the log. It costs nothing while everything is there."""

    def __init__(self, database: DatabaseThread) -> None:
        self._database = database
        self._noting: asyncio.Task[None] | None = None
        self.gone_at: dt.datetime | None = None

    @property
    def away(self) -> float:
        """For how many seconds nobody reached the engine; 0 while somebody does."""
        return 0.0 if self.gone_at is None else max(0.0, (clock.now() - self.gone_at).total_seconds())

    def engine_lost(self) -> None:
        """The engine is not reached from now on: noted unless it is back before that counts as an outage."""
        self.gone_at = self.gone_at or clock.now()
        if self._noting is None or self._noting.done():
            self._noting = asyncio.create_task(self._note(clock.now()))

    async def _note(self, since: dt.datetime) -> None:
        await asyncio.sleep(outages.SHORTEST.total_seconds())
        await self._database.surely(outages.began, Service.MEDIA, since, outages.ENGINE_UNREACHABLE, order=LAST)

    async def at_work(self) -> None:
        """Engine and call server are there, with all calls: whatever was open is over."""
        self.stop()
        self.gone_at = None
        now = clock.now()
        for service in (Service.MEDIA, Service.CALLS):
            await self._database.surely(outages.over, service, now, order=LAST)

    async def lapsed(self, seconds: float) -> None:
        """The lease is held again, after so many seconds in which it could not be renewed."""
        now = clock.now()
        await self._database.surely(outages.lapsed, now - dt.timedelta(seconds=seconds), now, order=LAST)

    def stop(self) -> None:
        """Note nothing any more."""
        if self._noting is not None:
            self._noting.cancel()
