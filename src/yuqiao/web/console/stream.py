"""The board's live stream: server-sent events (WHATWG HTML, section 9.2)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import get_language

from yuqiao.accounts.models import Person
from yuqiao.web.console import feed
from yuqiao.web.console.gate import Act, may

#: A stream ends by itself after this long; the browser comes back, and its right to watch is checked anew.
LONGEST_SECONDS = 300.0
RETRY_MS = 1000


def frame(message: tuple[int | None, str, str]) -> str:
    """Return one event as it goes over the wire; ``data`` is a single line of JSON."""
    event_id, name, data = message
    first = "" if event_id is None else f"id: {event_id}\n"
    return f"{first}event: {name}\ndata: {data}\n\n"


def last_seen(request: HttpRequest) -> int:
    """Return the id after which a browser wants events: from Last-Event-ID, or ``after`` on its first visit."""
    raw = request.headers.get("Last-Event-ID") or request.GET.get("after", "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 19 else 0


async def stream(request: HttpRequest) -> HttpResponseBase:
    """Follow the board live; 403 for who may not watch."""
    person = await request.auser()
    if not isinstance(person, Person) or not await sync_to_async(may)(person, Act.WATCH):
        return HttpResponse(status=403)
    response = StreamingHttpResponse(
        _events(last_seen(request), get_language() or "zh-hans"), content_type="text/event-stream"
    )
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"  # nginx would keep events back
    return response


async def _events(after: int, language: str) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    end = loop.time() + LONGEST_SECONDS
    watcher = feed.FEED.join(language)
    try:
        yield f"retry: {RETRY_MS}\n\n"
        for missed in await sync_to_async(_catch_up)(after, language):
            if missed is not None:
                yield frame(missed)
        while (left := end - loop.time()) > 0:
            try:
                message = await asyncio.wait_for(watcher.queue.get(), left)
            except TimeoutError:
                return
            if message is None:
                return
            yield frame(message)
    finally:
        feed.FEED.leave(watcher)


def _catch_up(after: int, language: str) -> list[feed.Message]:
    try:
        return feed.catch_up(after, language)
    finally:
        close_old_connections()
