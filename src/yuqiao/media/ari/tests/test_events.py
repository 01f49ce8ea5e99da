"""Who is told what: applications, subscribeAll, replacement, and listeners that do not read."""

from __future__ import annotations

import asyncio
import json
from collections import Counter

import pytest

from yuqiao.media.ari.events import MOST_WAITING, Events, Listener


def kinds(listener: Listener) -> list[str]:
    texts = [listener.waiting.get_nowait() for _ in range(listener.waiting.qsize())]
    return [json.loads(text)["type"] for text in texts if text is not None]


@pytest.fixture
def events() -> Events:
    return Events("engine", Counter())


async def test_an_application_hears_its_own_and_one_that_subscribed_hears_all(events: Events) -> None:
    own, every = events.connect(["a", "b"], subscribe_all=False), events.connect(["all"], subscribe_all=True)
    events.publish("One", "a")
    events.publish("Two", "other")
    events.publish("Three", ())
    events.publish("Four", {"a", "b"})
    assert kinds(own) == ["One", "Four", "Four"]
    assert kinds(every) == ["One", "Two", "Three", "Four"]


async def test_events_carry_application_timestamp_and_engine(events: Events) -> None:
    listener = events.connect(["a"], subscribe_all=False)
    events.publish("One", "a", channel={"id": "语"})
    text = listener.waiting.get_nowait()
    assert text is not None
    event = json.loads(text)
    assert (event["application"], event["asterisk_id"], event["channel"]) == ("a", "engine", {"id": "语"})
    assert event["timestamp"].endswith("+0000")


async def test_a_second_connection_replaces_the_first(events: Events) -> None:
    first = events.connect(["a"], subscribe_all=False)
    second = events.connect(["a"], subscribe_all=False)
    events.publish("One", "a")
    assert kinds(first) == ["ApplicationReplaced"]
    assert kinds(second) == ["One"]
    events.disconnect(first)
    assert events.apps == ["a"]
    events.disconnect(second)
    assert events.apps == []


async def test_waiting_for_an_application_ends_when_it_comes(events: Events) -> None:
    waiting = asyncio.create_task(events.wait_for("a"))
    await asyncio.sleep(0)
    events.connect(["b"], subscribe_all=False)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not waiting.done()
    events.connect(["a"], subscribe_all=False)
    await asyncio.wait_for(waiting, 10)


async def test_a_listener_that_does_not_read_is_cut_off_once(events: Events) -> None:
    listener = events.connect(["a"], subscribe_all=False)
    for _ in range(MOST_WAITING + 5):
        events.publish("One", "a")
    assert listener.waiting.qsize() == MOST_WAITING + 1
    assert len(kinds(listener)) == MOST_WAITING
