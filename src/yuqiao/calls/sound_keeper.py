"""Keeps how legs sounded. It decides nothing in a call, so it is written behind everything else, many at a time."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from yuqiao.calls.database import LAST, DatabaseThread
from yuqiao.engines.events import LegMeasured
from yuqiao.hotline import sound

PATIENCE = 2.0  # seconds for what is still to be written when the server stops
#: So many legs are written in one transaction: a few milliseconds, in which calls must wait.
MOST: Final = 20

log = structlog.get_logger(__name__)


class SoundKeeper:
    """Writes what the engine measured. While the database has better to do, what waits is a list and nothing more."""

    def __init__(self, database: DatabaseThread) -> None:
        self._database = database
        self._waiting: list[LegMeasured] = []
        self._writing: asyncio.Task[None] | None = None

    def keep(self, measured: LegMeasured) -> None:
        """Write it when there is time."""
        self._waiting.append(measured)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())

    async def stop(self) -> None:
        """Wait a moment until all is written."""
        if self._writing is not None:
            _, waiting = await asyncio.wait({self._writing}, timeout=PATIENCE)
            for task in waiting:
                task.cancel()

    async def _write(self) -> None:
        while self._waiting:
            some, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            if await self._failure(some):
                for one in some:  # whichever it is, it shall cost no others
                    if failure := await self._failure([one]):
                        log.warning("sound_not_kept", error=failure)
        self._writing = None

    async def _failure(self, some: list[LegMeasured]) -> str:
        """Write; return what is wrong with them, "" when all is well."""
        try:
            await self._database.surely(sound.keep_all, some, order=LAST)
        except Exception as error:  # whatever it is, calls go on, and so do the next figures
            return type(error).__name__
        return ""
