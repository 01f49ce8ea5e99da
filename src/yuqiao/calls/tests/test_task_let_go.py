"""A call that is over leaves nothing for the garbage collector: its task and its hands go with the last who knows."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from weakref import ref

import pytest

from yuqiao.calls.tests.test_task import ScriptedEngine, running, until
from yuqiao.engines import events as engine
from yuqiao.hotline.models import Call
from yuqiao.hotline.tests.rows import line
from yuqiao.lib import clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_collector() -> Iterator[None]:
    line()
    gc.collect()
    gc.disable()
    yield
    gc.enable()


async def test_a_task_is_gone_when_its_call_is_over() -> None:
    async with running(ScriptedEngine()) as (call, _database):
        await until(Call.objects.exists)
        kept = ref(call)
        hands = ref(call._hands)
        call.tell(engine.LegEnded("leg-1", 16, clock.now().timestamp()))
        await until(lambda: Call.objects.filter(ended_at__isnull=False).exists())
        del call
    assert (kept(), hands()) == (None, None)
