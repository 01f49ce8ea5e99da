"""The live feed within one process: who watches is told, who is too slow is cut off, who comes back catches up."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from django.db import connections
from django.http import StreamingHttpResponse
from django.test import AsyncClient, RequestFactory

from yuqiao.accounts.models import Role
from yuqiao.web.console import feed, reading, stream
from yuqiao.web.console.tests import cast
from yuqiao.workforce.models import Interpreter

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def run_in_thread(task: Any) -> Any:
    """Run rows' work off the event loop, and close its connection."""

    def work() -> Any:
        try:
            return task()
        finally:
            connections.close_all()

    return asyncio.to_thread(work)


PATIENCE = 120  # seconds: whoever gives way to calls may wait long for a processor
Told = tuple[int | None, str, Any]  # id, name, data of an event


def parsed(chunk: bytes) -> list[Told]:
    """The events of a chunk."""
    events: list[Told] = []
    for text in filter(None, chunk.decode().split("\n\n")):
        fields = dict(line.split(": ", 1) for line in text.split("\n"))
        events.append((int(fields["id"]) if "id" in fields else None, fields["event"], json.loads(fields["data"])))
    return events


async def until(watcher: feed.Watcher, name: str) -> Told:
    """The next event of this name; what came with it is passed over."""
    while True:
        chunk = await asyncio.wait_for(watcher.queue.get(), PATIENCE)
        assert chunk is not None
        for event in parsed(chunk):
            if event[1] == name:
                return event


def wait_for_threads() -> None:
    """The feed's thread ends when nobody watches."""
    deadline = time.monotonic() + PATIENCE
    while any(thread.name == "feed" for thread in threading.enumerate()):
        assert time.monotonic() < deadline, "the feed's thread goes on with nobody watching"
        time.sleep(0.02)


@pytest.fixture(autouse=True)
def _feed_has_ended() -> Any:
    yield
    wait_for_threads()


async def test_each_reader_is_told_in_her_language() -> None:
    live = feed.Feed()
    chinese, english = live.join("zh-hans"), live.join("en")
    try:
        await until(chinese, "beat")
        call = await run_in_thread(lambda: cast.call(3))
        event = await run_in_thread(lambda: cast.event(call, "arrived"))
        for watcher, word in ((chinese, "通话中"), (english, "Talking")):
            event_id, _, data = await until(watcher, "call")
            assert event_id == event.pk
            assert word in data["html"]
    finally:
        live.leave(chinese)
        live.leave(english)


async def test_beats_carry_our_clock() -> None:
    live = feed.Feed()
    before = time.time()
    watcher = live.join("en")
    try:
        _, _, data = await until(watcher, "beat")
        assert before - 0.01 <= data["now"] / 1000 <= time.time() + 0.01
    finally:
        live.leave(watcher)


async def test_who_is_too_slow_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "QUEUE_LENGTH", 1)
    monkeypatch.setattr(reading, "BEAT_SECONDS", 0.0)
    live = feed.Feed()
    watcher = live.join("en")
    deadline = time.monotonic() + PATIENCE
    while True:
        await asyncio.sleep(0.05)
        assert time.monotonic() < deadline
        if watcher.queue.full() and watcher.queue._queue[0] is None:  # type: ignore[attr-defined]
            return


def test_a_state_is_told_before_the_rest_is_read_and_not_twice() -> None:
    helper = cast.interpreter("K-01", "ko")
    cast.interpreter("J-01", "ja")
    board, wall = ("board", "en"), ("wall", "en")
    reader = reading.Reader()
    reader.calls({board, wall}, 0.0)
    assert reader.staff({board, wall}, 0.0) == {}  # nobody has the rows yet
    reader.pieces({board, wall}, 0.0)
    Interpreter.objects.filter(pk=helper.pk).update(state="busy")
    reader.calls({board, wall}, 10.0)
    told = reader.staff({board, wall}, 10.0)
    ((_, name, rows),) = parsed(told.pop(board))
    assert (name, set(rows), told) == ("pieces", {"staff-ko"}, {})
    assert 'data-state="busy"' in rows["staff-ko"]
    assert reader.staff({board, wall}, 10.0) == {}
    rest = reader.pieces({board, wall}, 10.0)
    assert "staff-ko" not in {one for _, name, data in parsed(rest[board]) if name == "pieces" for one in data}
    assert "wall" in {one for _, name, data in parsed(rest[wall]) if name == "pieces" for one in data}


def test_a_browser_that_comes_back_gets_what_it_missed() -> None:
    first, second = cast.call(30), cast.call(20)
    seen = cast.event(first, "arrived")
    newest = cast.event(second, "arrived")
    told = parsed(reading.catch_up(seen.pk, "board", "en"))
    calls = [message for message in told if message[1] == "call"]
    assert str(second.pk) in {data["id"] for _, _, data in calls}
    assert calls[-1][0] == newest.pk
    assert [message[1] for message in told][-2:] == ["pieces", "beat"]


def test_a_browser_that_missed_too_much_renews_its_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_CATCH_UP", 2)
    for _ in range(3):
        newest = cast.event(cast.call(9), "arrived")
    assert parsed(reading.catch_up(0, "board", "en")) == [(newest.pk, "renew", {})]


def test_a_page_that_missed_nothing_is_not_renewed_however_many_calls_live(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_CATCH_UP", 2)
    for _ in range(5):
        newest = cast.event(cast.call(9), "arrived")
    assert "renew" not in {name for _, name, _ in parsed(reading.catch_up(newest.pk, "board", "en"))}


def test_a_browser_of_another_database_renews_its_page() -> None:
    assert parsed(reading.catch_up(10**9, "board", "en")) == [(0, "renew", {})]


@pytest.mark.parametrize(
    ("header", "query", "seen"),
    [("7", "?after=3", 7), ("", "?after=3", 3), ("x", "", 0), ("", "?after=-1", 0), ("9" * 30, "", 0)],
)
def test_where_a_browser_stands(header: str, query: str, seen: int) -> None:
    headers = {"last-event-id": header} if header else {}
    assert stream.last_seen(RequestFactory().get(f"/board/stream/{query}", headers=headers)) == seen


async def frames(response: StreamingHttpResponse) -> AsyncIterator[str]:
    """The frames of a stream, as text."""
    rest = ""
    async for piece in response:
        rest += bytes(piece).decode()
        *whole, rest = rest.split("\n\n")
        for frame in whole:
            yield frame


async def test_the_stream_ends_so_that_rights_are_checked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LONGEST_SECONDS", 0.5)
    client = AsyncClient()
    await client.aforce_login(await run_in_thread(lambda: cast.person("wang", Role.SUPERVISOR)))
    response: Any = await client.get("/board/stream/")
    assert response["Content-Type"] == "text/event-stream"
    received = [frame async for frame in frames(response)]
    assert received[0] == "retry: 1000"
    assert any(frame.startswith("event: pieces\ndata: {") for frame in received)


async def test_streams_end_when_their_process_does() -> None:
    live = feed.Feed()
    watcher = live.join("en")
    await until(watcher, "beat")
    live.close()
    while (chunk := await asyncio.wait_for(watcher.queue.get(), PATIENCE)) is not None:
        assert {name for _, name, _ in parsed(chunk)} <= {"beat", "pieces"}
