"""One call's task when things go wrong: a mistake of ours, an engine that fails, a lease that ran out."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from yuqiao.calls import task as task_module
from yuqiao.calls.database import DatabaseThread
from yuqiao.calls.hands import Hands
from yuqiao.calls.outage_watch import OutageWatch
from yuqiao.calls.task import CallTask
from yuqiao.engines import events as engine
from yuqiao.engines.ari import Ari, AriError
from yuqiao.hotline import services
from yuqiao.hotline.effects import Ring
from yuqiao.hotline.events import Event
from yuqiao.hotline.models import Call, CallEvent, InterpreterRequest
from yuqiao.hotline.rules import step
from yuqiao.hotline.state import CallState, Timing
from yuqiao.hotline.tests.rows import interpreter, line
from yuqiao.workforce.models import Interpreter

pytestmark = pytest.mark.django_db(transaction=True)


class ScriptedEngine(Ari):
    """An engine that does as told, to bring about failures that a real one seldom shows."""

    def __init__(self, refuse: Callable[[str, str], bool] = lambda _verb, _path: False) -> None:
        super().__init__("http://127.0.0.1:1/ari", "u", "p", "yuqiao")
        self.commands: list[tuple[str, str]] = []
        self.refuse = refuse

    async def _command(self, verb: str, path: str, **_parameters: str | int) -> Any:
        self.commands.append((verb, path))
        if self.refuse(verb, path):
            raise AriError(500, path)


@asynccontextmanager
async def running(
    ari: Ari, allowed: Callable[[], bool] = lambda: True
) -> AsyncIterator[tuple[CallTask, DatabaseThread]]:
    """A call that has just arrived, in its task."""
    database = DatabaseThread()
    database.start()
    arrival = engine.LegArrived("leg-1", "9601691", "13900000001", time.time())
    call = CallTask(database, ari, timing=Timing(), arrival=arrival, on_change=lambda _task: None, allowed=allowed)
    job = asyncio.create_task(call.run())
    try:
        yield call, database
        await asyncio.wait_for(job, 10)
    finally:
        job.cancel()
        await asyncio.gather(job, return_exceptions=True)
        database.stop()


async def until(condition: Callable[[], Any]) -> None:
    """Wait for a condition on rows or on what the engine was told."""
    async with asyncio.timeout(10):
        while not await asyncio.to_thread(condition):  # noqa: ASYNC110 (rows tell nobody that they changed)
            await asyncio.sleep(0.01)


@pytest.fixture(autouse=True)
def _city() -> None:
    line()
    interpreter("1001")
    interpreter("1002", tier="remote")


async def test_a_mistake_of_ours_ends_this_call_gracefully(monkeypatch: pytest.MonkeyPatch) -> None:
    ari = ScriptedEngine()

    def broken(call: CallState, event: Event) -> Any:
        if isinstance(event, engine.KeyPressed):
            raise ZeroDivisionError("a mistake")
        return step(call, event)

    monkeypatch.setattr(task_module, "step", broken)
    async with running(ari) as (call, _):
        await until(lambda: InterpreterRequest.objects.filter(state="claimed").exists())
        call.tell(engine.KeyPressed("leg-1", "1", time.time()))
    assert ("DELETE", "channels/leg-1") in ari.commands
    assert sum(verb == "DELETE" for verb, _ in ari.commands) == 2
    row = await asyncio.to_thread(Call.objects.get)
    assert (row.phase, row.outcome) == ("ended", "failed")
    assert not await asyncio.to_thread(Interpreter.objects.exclude(held_by="").exists)


async def test_an_engine_that_cannot_ring_costs_nobody_her_place_and_the_caller_is_called_back() -> None:
    ari = ScriptedEngine(lambda verb, path: (verb, path) == ("POST", "channels"))
    async with running(ari) as (call, _):
        await until(lambda: InterpreterRequest.objects.filter(state="unmet").exists())
        call.tell(engine.LegEnded("leg-1", 16, time.time()))
    row = await asyncio.to_thread(Call.objects.get)
    assert (row.phase, row.outcome) == ("ended", "callback")
    states = await asyncio.to_thread(lambda: set(Interpreter.objects.values_list("state", "held_by")))
    assert states == {("ready", "")}


async def test_an_engine_that_cannot_answer_ends_the_call() -> None:
    ari = ScriptedEngine(lambda _verb, path: path.endswith("/answer"))
    async with running(ari) as (call, _):
        await until(lambda: call.call is not None and len(call.call.legs) == 2)
        assert call.call is not None
        call.tell(engine.LegEnded(call.call.legs[1].id, 16, time.time()))
    row = await asyncio.to_thread(Call.objects.get)
    assert (row.phase, row.outcome) == ("ended", "abandoned")


async def test_without_the_lease_nothing_is_written() -> None:
    ari, lease = ScriptedEngine(), [True]
    async with running(ari, lambda: lease[0]) as (call, database):
        await until(lambda: InterpreterRequest.objects.filter(state="claimed").exists())
        lease[0] = False
        assert call.call is not None
        for leg in call.call.legs:
            call.tell(engine.LegEnded(leg.id, 16, time.time()))
        await asyncio.sleep(3 * task_module.FLUSH_SECONDS)  # well past the moment it would have been written
        await database.once(lambda: None)
        assert (await asyncio.to_thread(Call.objects.get)).phase == "arriving"
        lease[0] = True
    assert (await asyncio.to_thread(Call.objects.get)).phase == "ended"


async def test_stopped_in_the_middle_of_a_write_nothing_is_written_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    database, begun = DatabaseThread(), threading.Event()
    database.start()
    arrival = engine.LegArrived("leg-1", "9601691", "13900000001", time.time())
    call = CallTask(
        database,
        ScriptedEngine(),
        timing=Timing(),
        arrival=arrival,
        on_change=lambda _task: None,
        allowed=lambda: True,
    )
    job = asyncio.create_task(call.run())
    await until(lambda: InterpreterRequest.objects.filter(state="claimed").exists())
    commit = services.commit

    def slow(*arguments: Any) -> Any:
        begun.set()
        time.sleep(0.3)
        return commit(*arguments)

    monkeypatch.setattr(services, "commit", slow)
    assert call.call is not None
    call.tell(engine.LegEnded(call.call.legs[1].id, 17, time.time()))
    await asyncio.to_thread(begun.wait)
    job.cancel()
    await asyncio.gather(job, return_exceptions=True)
    await call.flush()
    await asyncio.to_thread(database.stop)
    kinds = await asyncio.to_thread(lambda: list(CallEvent.objects.values_list("kind", flat=True)))
    assert kinds.count("interpreter_refused") == 1
    assert kinds.count("interpreter_rung") == 2
    assert await asyncio.to_thread(Interpreter.objects.exclude(held_by="").count) == 1


async def test_a_leg_beside_another_is_placed_once_the_engine_knows_that_one() -> None:
    ari = ScriptedEngine()
    known, order = asyncio.Event(), list[str]()

    async def slow(verb: str, path: str, **parameters: str | int) -> Any:
        if parameters["channelId"] == "first":
            await known.wait()
        order.append(f"{parameters['channelId']} beside {parameters.get('originator', 'nobody')}")

    ari._command = slow  # type: ignore[method-assign]
    hands = Hands(ari, "call", lambda _event: None)
    hands.perform(Ring("first", "sip:a@b", "", "960169", 6))
    hands.perform(Ring("second", "sip:c@d", "first", "960169", 6))
    await asyncio.sleep(0)
    known.set()
    await hands.drain()
    assert order == ["first beside nobody", "second beside first"]


async def test_a_leg_is_placed_anywhere_when_the_one_beside_it_is_over() -> None:
    ari, asked = ScriptedEngine(), list[object]()

    async def refuse(verb: str, path: str, **parameters: str | int) -> Any:
        asked.append(parameters.get("originator"))
        if "originator" in parameters:
            raise AriError(400, path)

    ari._command = refuse  # type: ignore[method-assign]
    await ari.ring("second", "sip:c@d", beside="first", caller_id="960169", seconds=6)
    assert asked == ["first", None]


async def test_how_long_the_engine_was_away_counts_from_its_loss_until_all_calls_are_reviewed() -> None:
    database = DatabaseThread()
    database.start()
    watch = OutageWatch(database)
    assert watch.away == 0.0
    watch.engine_lost()
    first = watch.gone_at
    watch.engine_lost()
    assert watch.gone_at == first is not None
    await asyncio.sleep(0.01)
    assert watch.away > 0.0
    await watch.at_work()
    assert watch.away == 0.0
    database.stop()
