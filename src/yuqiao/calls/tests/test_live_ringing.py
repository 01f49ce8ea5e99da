"""Phones that ring for a call, as real calls: dead ones, mobiles and their voicemails, several at once, called away."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from yuqiao.calls.tests.city import interpreter, seed
from yuqiao.calls.tests.stage import CALLS, OTHER_PROMPT, Stage, live, until
from yuqiao.calls.tests.test_live_callback import CallsBack, comes_on_duty, missed
from yuqiao.calls.tests.voices import VOICES
from yuqiao.demo.hearing import HEARD_LEVEL, levels
from yuqiao.demo.phone import Session
from yuqiao.hotline.models import Call, CallEvent, Leg
from yuqiao.workforce.calendar import DAYS
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


def off_shift(stage: Stage, *users: str) -> None:
    """Nobody is on duty; these agreed to be rung on their mobiles, whenever it is."""
    Interpreter.objects.update(state="off")
    for user in users:
        mine = Interpreter.objects.filter(person__username=user)
        assert mine.update(mobile=stage.contact(user), mobile_days=DAYS, mobile_begins=0, mobile_ends=0)


def ever_heard(session: Session) -> set[str]:
    """Return whose tones are anywhere in all that arrived at a phone."""
    found = levels(session.rtp.tape.latest(60), [*VOICES.values(), OTHER_PROMPT]).max(axis=0, initial=-120)
    return {name for name, level in zip((*VOICES, "prompt"), found, strict=True) if level >= HEARD_LEVEL}


def session_of(stage: Stage, user: str) -> Session | None:
    """Return the newest leg of a phone, answered or not."""
    return next((one for one in reversed(stage.exchange.sessions) if user in one.parties), None)


async def rings(stage: Stage, user: str) -> Session:
    """Wait until a phone rings."""
    found = await until(lambda: session_of(stage, user), f"{user}'s phone rings")
    assert found is not None
    return found


def test_a_voicemail_hears_nobody_is_heard_by_nobody_and_the_next_mobile_takes_the_call(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        await asyncio.to_thread(off_shift, stage, "li", "wang")
        await asyncio.to_thread(lambda: Interpreter.objects.filter(number="1002").update(idle_since=1.0))
        stage.answers("li", after=0.1)  # a machine: it picks up and talks, and never presses a key
        stage.answers("wang")
        anna = stage.dial("9601691", "anna")
        machine = await stage.on("li")
        wang = await stage.on("wang")
        assert machine.over, "one after the other"
        assert 7.0 < machine.ended_at - machine.answered_at < 10.0
        await until(lambda: wang.hears({"prompt": OTHER_PROMPT}), "the prompt")
        wang.press("1")
        await stage.hear({"anna": ["wang"], "wang": ["anna"]})
        assert ever_heard(machine) == {"prompt"}
        assert "li" not in ever_heard(anna)
        assert "li" not in ever_heard(wang)
        anna.hangup()
        await ended()
        call = await call_of("9601691")
        written = await kinds(call)
        assert written.count("confirmation_asked") == 2
        assert written.count("voicemail_suspected") == 1
        legs = await asyncio.to_thread(lambda: list(call.legs.filter(role="interpreter", answered_at=None)))
        assert [leg.label for leg in legs] == ["1001"], "a machine never answered"
        off = Interpreter.objects.filter(state="off")
        await until(lambda: off.count() == 2, "nobody is on duty for having been rung, or for this call")

    live(journey, tmp_path)


def two_at_once(stage: Stage) -> None:
    """The police's line rings two at once: Li and a second resident."""
    seed(stage)
    interpreter(stage, "third", "1003", "resident", en=3)


def test_of_two_who_pick_up_almost_together_exactly_one_joins(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(two_at_once, stage)
        stage.answers("li", after=0.5)
        stage.answers("third", after=0.6)
        anna = stage.dial("1101", "anna")
        li, third = await rings(stage, "li"), await rings(stage, "third")
        await until(lambda: stage.session("li") or stage.session("third"), "one of them")
        await until(lambda: li.over or third.over, "the other is hung up")
        winner, loser = ("li", "third") if third.over else ("third", "li")
        await stage.hear({"anna": [winner], winner: ["anna"]})
        other = third if winner == "li" else li
        assert not ever_heard(other) & {"anna", winner}
        number = {"li": "1001", "third": "1003"}
        assert (await states())[number[loser]] == "ready", "free again at once"
        anna.hangup()
        await ended()
        written = await kinds(await call_of("1101"))
        assert written.count("interpreter_rung") == 2
        assert written.count("interpreter_answered") == written.count("interpreter_joined") == 1
        assert written.count("interpreter_not_needed") == 1

    live(journey, tmp_path)


def test_of_two_one_refuses_and_the_other_takes_the_call(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(two_at_once, stage)
        stage.refuses("li")
        stage.answers("third", after=1.0)
        anna = stage.dial("1101", "anna")
        await stage.hear({"anna": ["third"], "third": ["anna"]})
        anna.hangup()
        await ended()

    live(journey, tmp_path)


def test_a_call_server_dies_while_two_phones_ring_and_one_mobile_hears_the_prompt(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(two_at_once, stage)
        await asyncio.to_thread(off_shift, stage, "li", "third")
        stage.answers("li")
        stage.never_answers("third")
        anna = stage.dial("1101", "anna")
        li = await stage.on("li")
        third = await rings(stage, "third")
        await until(lambda: CallEvent.objects.filter(kind="confirmation_asked").exists(), "it is written")
        stage.kill("calls")
        third.answer()  # nobody is there to ask her
        stage.start("calls-2", *CALLS)
        await until(lambda: CallEvent.objects.filter(kind="confirmation_asked").count() == 2, "both are asked")
        assert not third.over
        third.press("1")
        await stage.hear({"anna": ["third"], "third": ["anna"]})
        assert await li.ended(5)
        assert ever_heard(li) == {"prompt"}
        anna.hangup()
        await ended()

    live(journey, tmp_path)


def test_a_dead_phone_is_helped_out_within_about_three_seconds(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        with dead_phone("li") as contact:
            await asyncio.to_thread(lambda: Interpreter.objects.filter(number="1001").update(contact=contact))
            stage.answers("wang")
            began = time.monotonic()
            anna = stage.dial("9601691", "anna")
            await stage.hear({"anna": ["wang"], "wang": ["anna"]})
            assert time.monotonic() - began >= 3.0
            call = await call_of("9601691")
            at = await asyncio.to_thread(lambda: {event.kind: event.at for event in call.events.order_by("-id")})
            assert at["no_ringing_heard"] - at["interpreter_rung"] < timedelta(seconds=4.5)
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
        live_caller = stage.dial("9601691", "third")
        assert await first.ended(5), "her phone stops ringing for the callback"
        await stage.hear({"third": ["li"], "li": ["third"]})
        assert first.answered_at == 0
        back = await asyncio.to_thread(lambda: Call.objects.get(way_in="callback"))
        assert "interpreter_preempted" in await kinds(back)
        assert await asyncio.to_thread(lambda: CallEvent.objects.filter(kind="preempting").exists())
        live_caller.hangup()
        await until(lambda: Call.objects.filter(phase="ended", outcome="served").exists(), "the caller served")

    live(journey, tmp_path, CallsBack)
