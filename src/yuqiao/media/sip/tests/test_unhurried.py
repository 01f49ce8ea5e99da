"""The clock of tests with timers: it stands still while the program works, and no timer comes out of turn."""

from __future__ import annotations

import asyncio
import time

import pytest

UNHURRIED = True


async def test_work_takes_no_time_and_waiting_does() -> None:
    loop = asyncio.get_running_loop()
    before = loop.time()
    time.sleep(0.1)  # noqa: ASYNC251 (a machine that is held up)
    assert loop.time() == before
    await asyncio.sleep(0.4)
    assert loop.time() - before == pytest.approx(0.4, abs=0.001)


async def test_timers_fire_in_their_order_however_long_one_takes() -> None:
    loop, fired = asyncio.get_running_loop(), list[int]()
    over = asyncio.Event()

    def take_long() -> None:
        fired.append(1)
        time.sleep(0.1)

    def begin_another() -> None:
        fired.append(2)
        loop.call_later(0.005, fired.append, 25)

    loop.call_later(0.03, fired.append, 3)
    loop.call_later(0.01, take_long)
    loop.call_later(0.02, begin_another)
    loop.call_later(0.04, over.set)
    await over.wait()
    assert fired == [1, 2, 25, 3]
