"""The live feed of this web process: one thread reads what is new while somebody watches, and tells every watcher.

It reads rows (the call server writes them in another process), renders what changed once for each view and language,
and hands the same bytes to all. A beat goes out only after the database has answered; when it does not, watchers are
told so, and a page that hears nothing at all knows that it is stale.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import defaultdict
from dataclasses import dataclass

from django.db import DatabaseError, connections

from yuqiao.web.console.frames import trouble
from yuqiao.web.console.pieces import BOARD
from yuqiao.web.console.reading import Key, Reader

LOG = logging.getLogger(__name__)

#: How often the database is asked whether anything was committed.
POLL_SECONDS = 0.04
AGAIN_SECONDS = 1.0
#: Chunks kept for one browser; who is further behind is cut off, and comes back for what it missed.
QUEUE_LENGTH = 400

#: What a watcher gets: events as bytes; None ends the stream.
Chunk = bytes | None


@dataclass(frozen=True, eq=False, slots=True)
class Watcher:
    """One open stream: its event loop, its queue, what it shows, and its reader's language."""

    loop: asyncio.AbstractEventLoop
    queue: asyncio.Queue[Chunk]
    key: Key


class Feed:
    """All watchers of this process, and the thread that serves them while there are any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watchers: set[Watcher] = set()
        self._thread: threading.Thread | None = None

    def join(self, language: str, view: str = BOARD) -> Watcher:
        """Begin to watch, from the running event loop."""
        watcher = Watcher(asyncio.get_running_loop(), asyncio.Queue(QUEUE_LENGTH), (view, language))
        with self._lock:
            self._watchers.add(watcher)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="feed", daemon=True)
                self._thread.start()
        return watcher

    def leave(self, watcher: Watcher) -> None:
        """Stop watching; the thread ends by itself when nobody is left."""
        with self._lock:
            self._watchers.discard(watcher)

    def close(self) -> None:
        """End every stream, because this process ends; safe within a signal handler. Browsers come back elsewhere."""
        for watcher in list(self._watchers):
            watcher.loop.call_soon_threadsafe(self._cut_off, watcher)

    def _run(self) -> None:
        reader: Reader | None = None
        while watchers := self._present():
            begun = time.monotonic()
            keys = {one.key for one in watchers}
            try:
                reader = reader or Reader()
                self._tell(watchers, reader.calls(keys, begun))
                self._tell(watchers, reader.staff(keys, begun))
                self._tell(watchers, reader.pieces(keys, begun))
            except DatabaseError:
                LOG.exception("the feed could not read the database; trying again in a second")
                self._tell(watchers, dict.fromkeys(keys, trouble("database")))
                connections.close_all()
                time.sleep(AGAIN_SECONDS)
            time.sleep(max(0.01, POLL_SECONDS - (time.monotonic() - begun)))
        connections.close_all()

    def _present(self) -> list[Watcher]:
        """Return who watches; when nobody does, the thread is over, and the next watcher starts another."""
        with self._lock:
            if not self._watchers:
                self._thread = None
            return list(self._watchers)

    def _tell(self, watchers: list[Watcher], told: dict[Key, bytes]) -> None:
        """Wake each event loop once, however many of its streams there is something for."""
        by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Watcher, bytes]]] = defaultdict(list)
        for watcher in watchers:
            if chunk := told.get(watcher.key):
                by_loop[watcher.loop].append((watcher, chunk))
        for loop, chunks in by_loop.items():
            try:
                loop.call_soon_threadsafe(self._deliver, chunks)
            except RuntimeError:  # this loop has ended
                for watcher, _ in chunks:
                    self.leave(watcher)

    def _deliver(self, chunks: list[tuple[Watcher, bytes]]) -> None:
        for watcher, chunk in chunks:
            try:
                watcher.queue.put_nowait(chunk)
            except asyncio.QueueFull:
                self._cut_off(watcher)

    def _cut_off(self, watcher: Watcher) -> None:
        self.leave(watcher)
        while not watcher.queue.empty():
            watcher.queue.get_nowait()
        watcher.queue.put_nowait(None)


FEED = Feed()
