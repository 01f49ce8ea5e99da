"""The live streams of the board and of the big screen: server-sent events (WHATWG HTML, section 9.2)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.db import DatabaseError, close_old_connections
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import get_language

from yuqiao.accounts.models import Person
from yuqiao.web.console import feed, reading
from yuqiao.web.console.frames import trouble
from yuqiao.web.console.gate import Act, may
from yuqiao.web.console.pieces import BOARD

LOG = logging.getLogger(__name__)
#: A stream ends by itself after this long; the browser comes back, and its right to watch is checked anew.
LONGEST_SECONDS = 300.0
RETRY_MS = 1000


def last_seen(request: HttpRequest) -> int:
    """Return the id after which a browser wants events: from Last-Event-ID, or ``after`` on its first visit."""
    raw = request.headers.get("Last-Event-ID") or request.GET.get("after", "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 19 else 0


async def stream(request: HttpRequest) -> HttpResponseBase:
    """Follow the board live; 403 for who may not watch."""
    person = await request.auser()
    if not isinstance(person, Person) or not await sync_to_async(may)(person, Act.WATCH):
        return HttpResponse(status=403)
    return following(last_seen(request), BOARD)


def following(after: int, view: str) -> StreamingHttpResponse:
    """Return the answer that goes on as long as somebody watches."""
    language = get_language() or "zh-hans"
    response = StreamingHttpResponse(_events(after, view, language), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"  # nginx would keep events back
    return response


async def _events(after: int, view: str, language: str) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    end = loop.time() + LONGEST_SECONDS
    watcher = feed.FEED.join(language, view)
    try:
        yield f"retry: {RETRY_MS}\n\n".encode()
        try:
            yield await sync_to_async(_catch_up)(after, view, language)
        except DatabaseError:
            LOG.exception("the database does not answer; the browser comes back for what it missed")
            yield trouble("database")
            return
        while (left := end - loop.time()) > 0:
            try:
                chunk = await asyncio.wait_for(watcher.queue.get(), left)
            except TimeoutError:
                return
            if chunk is None:
                return
            yield chunk
    finally:
        feed.FEED.leave(watcher)


def _catch_up(after: int, view: str, language: str) -> bytes:
    try:
        return reading.catch_up(after, view, language)
    finally:
        close_old_connections()
