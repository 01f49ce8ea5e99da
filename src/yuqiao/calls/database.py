"""One thread for all database work of the call server, so that the loop never blocks and writes never race each other.

Work that a caller waits for goes before bookkeeping. A database that is locked or away for a moment is asked again:
the audio goes on meanwhile.
"""

from __future__ import annotations

import asyncio
import itertools
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, connection

log = structlog.get_logger(__name__)

T = TypeVar("T")
SOON, LATER, LAST = 0, 1, 2
FIRST_RETRY, LAST_RETRY = 0.05, 1.0
_Work = tuple[int, int, Callable[[], Any] | None, "Future[Any] | None"]


class DatabaseThread:
    """Runs functions one after the other in a thread of its own, each with Django's connection of that thread."""

    def __init__(self) -> None:
        self._work: queue.PriorityQueue[_Work] = queue.PriorityQueue()
        self._number = itertools.count()
        self._thread = threading.Thread(target=self._run, name="database", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what was asked for, close the connection, end the thread."""
        self._work.put((LAST + 1, next(self._number), None, None))
        self._thread.join()

    async def once(self, function: Callable[..., T], *arguments: Any, order: int = SOON) -> T:
        """Run ``function(*arguments)`` in the thread; its exception is raised here."""
        future: Future[T] = Future()
        self._work.put((order, next(self._number), lambda: function(*arguments), future))
        return await asyncio.wrap_future(future)

    async def surely(self, function: Callable[..., T], *arguments: Any, order: int = SOON) -> T:
        """As `once`, but tried again for as long as the database is locked or cannot be reached.

        ``function`` must be one transaction, so that a failed attempt leaves nothing behind.
        """
        delay = FIRST_RETRY
        while True:
            try:
                return await self.once(function, *arguments, order=order)
            except (OperationalError, InterfaceError) as error:
                log.warning("database_waits", error=type(error).__name__, delay=delay)
                await asyncio.sleep(delay)
                delay = min(delay * 2, LAST_RETRY)

    def _run(self) -> None:
        while True:
            _order, _number, function, future = self._work.get()
            if function is None or future is None:
                break
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(function())
            except BaseException as error:  # the waiting coroutine decides what it means
                if isinstance(error, DatabaseError | InterfaceError):
                    connection.close()  # a broken connection must not serve the next one
                future.set_exception(error)
        connection.close()
