"""The database thread: order, failures, and a database that is locked for a while."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest
from django.db import OperationalError

from yuqiao.calls.database import LATER, SOON, DatabaseThread


@pytest.fixture
def database() -> Iterator[DatabaseThread]:
    thread = DatabaseThread()
    thread.start()
    yield thread
    thread.stop()


async def test_what_somebody_waits_for_goes_before_bookkeeping(database: DatabaseThread) -> None:
    gate, order = threading.Event(), list[str]()
    jobs = [
        asyncio.create_task(database.once(gate.wait)),
        asyncio.create_task(database.once(order.append, "later", order=LATER)),
        asyncio.create_task(database.once(order.append, "soon", order=SOON)),
    ]
    await asyncio.sleep(0)  # all three are handed over, the first holds the thread
    gate.set()
    await asyncio.gather(*jobs)
    assert order == ["soon", "later"]


async def test_a_locked_database_is_asked_again_and_other_errors_are_raised(database: DatabaseThread) -> None:
    attempts = []

    def locked_twice() -> str:
        attempts.append(1)
        if len(attempts) < 3:
            raise OperationalError("database is locked")
        return "done"

    assert await database.surely(locked_twice) == "done"
    assert len(attempts) == 3

    def wrong() -> None:
        raise KeyError("a mistake of ours")

    with pytest.raises(KeyError):
        await database.surely(wrong)
    assert await database.once(lambda: 1) == 1, "the thread goes on"


async def test_work_nobody_waits_for_any_more_is_left_out(database: DatabaseThread) -> None:
    gate, done = threading.Event(), list[int]()
    first = asyncio.create_task(database.once(gate.wait))
    second = asyncio.create_task(database.once(done.append, 1))
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    gate.set()
    await first
    await database.once(lambda: None)
    assert done == []
