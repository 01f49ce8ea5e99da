"""How legs sounded is written behind everything else: many at once when there was no time before, and all of them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence

import pytest
from django.db import IntegrityError
from structlog.testing import capture_logs

from yuqiao.calls.database import DatabaseThread
from yuqiao.calls.sound_keeper import MOST, SoundKeeper
from yuqiao.engines.events import LegMeasured
from yuqiao.hotline import sound
from yuqiao.hotline.models import Call, Leg, LegRole, WayIn
from yuqiao.lib.clock import now

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]
COUNT = 3 * MOST


@pytest.fixture
def database() -> Iterator[DatabaseThread]:
    thread = DatabaseThread()
    thread.start()
    yield thread
    thread.stop()


@pytest.fixture
def legs() -> list[str]:
    at = now()
    call = Call.objects.create(dialled="960169", way_in=WayIn.DIRECT, started_at=at)
    names = [f"leg-{number}" for number in range(COUNT)]
    Leg.objects.bulk_create(Leg(id=name, call=call, role=LegRole.CALLER, created_at=at) for name in names)
    return names


def measured(leg: str) -> LegMeasured:
    return LegMeasured(leg, 0.0, received=3000, lost=0, jitter=2.0, sent=3000, late=0)


def judged() -> int:
    return Leg.objects.filter(mos__isnull=False).count()


async def test_what_waited_while_the_database_was_busy_is_written_in_few_transactions(
    database: DatabaseThread, legs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    keep_all = sound.keep_all

    def counted(some: Sequence[LegMeasured]) -> int:
        sizes.append(len(some))
        return keep_all(some)

    monkeypatch.setattr(sound, "keep_all", counted)
    busy, keeper = threading.Event(), SoundKeeper(database)
    working = asyncio.create_task(database.once(busy.wait))
    for leg in legs:
        keeper.keep(measured(leg))
        await asyncio.sleep(0)
    busy.set()
    await working
    await keeper.stop()
    assert await database.once(judged) == COUNT
    assert sum(sizes) == COUNT
    assert max(sizes) <= MOST
    assert len(sizes) <= 1 + COUNT // MOST, "not one by one"


async def test_one_that_cannot_be_written_costs_no_others(
    database: DatabaseThread, legs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = sound.keep

    def refuse(one: LegMeasured) -> bool:
        if one.leg == legs[0]:
            raise IntegrityError("made to fail")
        return keep(one)

    monkeypatch.setattr(sound, "keep", refuse)
    keeper = SoundKeeper(database)
    with capture_logs() as said:
        for leg in legs:
            keeper.keep(measured(leg))
        await keeper.stop()
    assert await database.once(judged) == COUNT - 1
    assert [(one["event"], one["error"]) for one in said] == [("sound_not_kept", "IntegrityError")]


async def test_a_later_leg_is_written_as_well(database: DatabaseThread, legs: list[str]) -> None:
    keeper = SoundKeeper(database)
    for leg in legs[:2]:
        keeper.keep(measured(leg))
        await keeper.stop()
    assert await database.once(judged) == 2
