"""The live feed of this web process: one thread reads what is new while somebody watches, and tells every watcher.

It reads rows (the call server writes them in another process), renders each changed call once per language, and hands
it to the event loop. A beat goes out only after the database has answered, so a page whose beats stop is really stale.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connections
from django.db.models import Q

from yuqiao.hotline.models import Call, CallEvent
from yuqiao.lib.clock import now
from yuqiao.web.console import board, words
from yuqiao.web.console.follower import Follower
from yuqiao.web.console.today import Today, today

LOG = logging.getLogger(__name__)

POLL_SECONDS = 0.2
PANELS_SECONDS = 1.0
#: The day is counted anew this often; it grows, and nobody reads a median twice a second.
TODAY_SECONDS = 3.0
BEAT_SECONDS = 2.0
#: Messages kept for one browser; who is further behind is cut off, and comes back for what it missed.
QUEUE_LENGTH = 400
#: A browser that comes back is told again of so many events before the last it saw (they may have been overtaken).
OVERLAP = 200
#: Who missed more calls than this gets the whole page anew.
MOST_CATCH_UP = 120

#: What a watcher gets: (event id or None, event name, data); None ends the stream.
Message = tuple[int | None, str, str] | None


@dataclass(frozen=True, eq=False, slots=True)
class Watcher:
    """One open stream: its event loop, its queue and its reader's language."""

    loop: asyncio.AbstractEventLoop
    queue: asyncio.Queue[Message]
    language: str


class Feed:
    """All watchers of this process, and the thread that serves them while there are any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watchers: set[Watcher] = set()
        self._thread: threading.Thread | None = None

    def join(self, language: str) -> Watcher:
        """Begin to watch, from the running event loop."""
        watcher = Watcher(asyncio.get_running_loop(), asyncio.Queue(QUEUE_LENGTH), language)
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
        reader: _Reader | None = None
        while watchers := self._present():
            begun = time.monotonic()
            try:
                reader = reader or _Reader()
                for language, messages in reader.read(sorted({one.language for one in watchers}), begun).items():
                    self._tell([one for one in watchers if one.language == language], messages)
            except DatabaseError:
                LOG.exception("the feed could not read the database; trying again in a second")
                connections.close_all()
                time.sleep(1)
            time.sleep(max(0.02, POLL_SECONDS - (time.monotonic() - begun)))
        connections.close_all()

    def _present(self) -> list[Watcher]:
        """Return who watches; when nobody does, the thread is over, and the next watcher starts another."""
        with self._lock:
            if not self._watchers:
                self._thread = None
            return list(self._watchers)

    def _tell(self, watchers: list[Watcher], messages: list[Message]) -> None:
        for watcher in watchers:
            try:
                watcher.loop.call_soon_threadsafe(self._deliver, watcher, messages)
            except RuntimeError:  # its loop has ended
                self.leave(watcher)

    def _deliver(self, watcher: Watcher, messages: list[Message]) -> None:
        try:
            for message in messages:
                watcher.queue.put_nowait(message)
        except asyncio.QueueFull:
            self._cut_off(watcher)

    def _cut_off(self, watcher: Watcher) -> None:
        self.leave(watcher)
        while not watcher.queue.empty():
            watcher.queue.get_nowait()
        watcher.queue.put_nowait(None)


class _Reader:
    """What the thread remembers from one look at the database to the next."""

    def __init__(self) -> None:
        # Begin a little early: what was committed while the first watcher came in is told twice rather than never.
        self._follower = Follower(max(0, newest_event() - OVERLAP))
        self._panels: dict[str, str] = {}
        self._panels_due = 0.0
        self._today: Today | None = None
        self._today_due = 0.0
        self._beat_due = 0.0

    def read(self, languages: list[str], at: float) -> dict[str, list[Message]]:
        """Return what is new since the last look, for each of these languages."""
        changed = self._changed_calls(at)
        messages = {language: call_messages(changed, language, self._follower.newest) for language in languages}
        if changed or at >= self._panels_due:
            self._panels_due = at + PANELS_SECONDS
            figures = self._figures(at)
            for language in languages:
                text = json.dumps(board.render_panels(now(), language, figures), ensure_ascii=False)
                if self._panels.get(language) != text:
                    self._panels[language] = text
                    messages[language].append((None, "panels", text))
        if at >= self._beat_due:
            self._beat_due = at + BEAT_SECONDS
            for language in languages:
                messages[language].append(beat())
        return messages

    def _figures(self, at: float) -> Today:
        if self._today is None or at >= self._today_due:
            self._today, self._today_due = today(now()), at + TODAY_SECONDS
        return self._today

    def _changed_calls(self, at: float) -> list[Call]:
        wanted = Q(id__gt=self._follower.newest)
        if missing := self._follower.missing:
            wanted |= Q(id__in=missing)
        rows = dict(CallEvent.objects.filter(wanted).order_by("id").values_list("id", "call_id"))
        fresh = self._follower.take(rows, at)
        return board.changed_calls({rows[one] for one in fresh}) if fresh else []


def newest_event() -> int:
    """Return the id of the newest event, 0 before the first."""
    return CallEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0


def beat() -> Message:
    """Return a sign of life with our clock."""
    return (None, "beat", json.dumps({"now": words.epoch_ms(now())}))


def call_messages(changed: list[Call], language: str, event_id: int) -> list[Message]:
    """Return one message for each changed call; the last one carries the id up to which everything is told."""
    at = now()
    rendered: list[dict[str, Any]] = [board.render_call(call, at, language) for call in changed]
    ids = [None] * (len(rendered) - 1) + [event_id] if rendered else []
    return [(ids[n], "call", json.dumps(one, ensure_ascii=False)) for n, one in enumerate(rendered)]


def catch_up(after: int, language: str) -> list[Message]:
    """Return what a browser that saw everything up to event ``after`` has missed."""
    newest = newest_event()
    missed: set[UUID] = set(CallEvent.objects.filter(id__gt=after - OVERLAP).values_list("call_id", flat=True))
    if after > newest or len(missed) > MOST_CATCH_UP:
        return [(newest, "renew", "{}")]
    messages = call_messages(board.changed_calls(missed), language, newest)
    panels = json.dumps(board.render_panels(now(), language), ensure_ascii=False)
    return [*messages, (None, "panels", panels), beat()]


FEED = Feed()
