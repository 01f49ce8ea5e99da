"""Phones that ring for a call, as real calls: dead ones, mobiles and their voicemails, several at once, called away."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from yuqiao.calls.tests.city import seed
from yuqiao.calls.tests.stage import Stage, live, until
from yuqiao.calls.tests.test_live_callback import CallsBack, comes_on_duty, missed
from yuqiao.hotline.models import Call, CallEvent, Leg
from yuqiao.workforce.models import Interpreter

pytestmark = [pytest.mark.live, pytest.mark.django_db(transaction=True)]


async def ended(count: int = 1) -> None:
    """Wait for the end of so many calls; nobody is left held."""
    await until(lambda: Call.objects.filter(phase="ended").count() == count, "the calls' end on paper")
    assert not await asyncio.to_thread(lambda: Interpreter.objects.exclude(held_by="").exists())


async def states() -> dict[str, str]:
    """Return each interpreter's presence by number."""
    return await asyncio.to_thread(lambda: dict(Interpreter.objects.values_list("number", "state")))


async def kinds(call: Call) -> list[str]:
    """Return the call's history."""
    return await asyncio.to_thread(lambda: list(call.events.values_list("kind", flat=True)))


async def call_of(number: str) -> Call:
    """Return the call that came to this number."""
    return await asyncio.to_thread(lambda: Call.objects.get(dialled=number))


@contextmanager
def dead_phone(user: str) -> Iterator[str]:
    """Yield the address of a phone that is plugged in and says nothing, not even that it rings."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        yield f"sip:{user}@127.0.0.1:{silent.getsockname()[1]}"


def test_a_dead_phone_is_helped_out_within_about_three_seconds(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        with dead_phone("li") as contact:
            await asyncio.to_thread(lambda: Interpreter.objects.filter(number="1001").update(contact=contact))
            stage.answers("wang")
            began = time.monotonic()
            anna = stage.dial("9601691", "anna")
            await stage.hear({"anna": ["wang"], "wang": ["anna"]})
            took = time.monotonic() - began
            assert 3.0 <= took < 5.0, f"{took:.1f} s"
            anna.hangup()
            await ended()
            written = await kinds(await call_of("9601691"))
            assert written.count("no_ringing_heard") == 1
            assert "interpreter_unreachable" in written
            assert (await states())["1001"] == "off", "the supervisor sees it"

    live(journey, tmp_path)


def test_a_caller_gets_who_rings_for_a_callback(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        assert isinstance(stage, CallsBack)
        stage.never_answers("li")
        await missed(stage)
        await comes_on_duty()
        rings = Leg.objects.filter(role="interpreter", call__way_in="callback", ended_at=None)
        await until(rings.exists, "Li is rung for the callback")
        await until(lambda: stage.exchange.sessions[-1].parties == ("li",), "her phone rings")
        first = stage.exchange.sessions[-1]
        stage.answers("li")
        began = time.monotonic()
        live_caller = stage.dial("9601691", "third")
        assert await first.ended(5), "her phone stops ringing for the callback"
        await stage.hear({"third": ["li"], "li": ["third"]})
        assert time.monotonic() - began < 4.0
        assert first.answered_at == 0
        back = await asyncio.to_thread(lambda: Call.objects.get(way_in="callback"))
        assert "interpreter_preempted" in await kinds(back)
        assert await asyncio.to_thread(lambda: CallEvent.objects.filter(kind="preempting").exists())
        live_caller.hangup()
        await until(lambda: Call.objects.filter(phase="ended", outcome="served").exists(), "the caller served")

    live(journey, tmp_path, CallsBack)
