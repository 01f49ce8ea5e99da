"""The call server dies in the middle of calls: the audio goes on, the next one goes on with them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from yuqiao.calls.tests.city import finished_tracks, only_call, recording, seed
from yuqiao.calls.tests.stage import CALLS, DEADLINE, Stage, live, until
from yuqiao.demo.phone import Session
from yuqiao.hotline.models import Call, CallCommand, Lease
from yuqiao.hotline.outages import LEASE
from yuqiao.hotline.wishes import ask_add_party, ask_drop_leg, ask_end
from yuqiao.lib import clock
from yuqiao.workforce.models import Interpreter

pytestmark = [pytest.mark.live, pytest.mark.database, pytest.mark.django_db(transaction=True)]


async def ended(count: int = 1) -> None:
    await until(lambda: Call.objects.filter(phase="ended").count() == count, "the calls' end on paper")
    assert not await asyncio.to_thread(lambda: Interpreter.objects.exclude(held_by="").exists())


def lease_of(pid: int) -> bool:
    """Whether the call server with that process id holds the lease."""
    held = Lease.objects.filter(name=LEASE, until__gt=clock.now()).values_list("holder", flat=True)
    return any(holder.split("-")[-2] == str(pid) for holder in held)


def test_kill_9_in_a_three_party_call(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        for user in ("li", "agent", "third"):
            stage.answers(user)
        anna = stage.dial("123451", "anna")
        everybody = {"anna": ["agent", "li"], "agent": ["anna", "li"], "li": ["anna", "agent"]}
        await stage.hear(everybody)
        await recording()
        stage.kill("calls")
        for _ in range(3):
            await asyncio.sleep(0.5)  # the audio must go on all the while nobody controls it
            await stage.hear(everybody, within=0.5)
        stage.start("calls-2", *CALLS)
        await until(lambda: b"reviewed" in (stage.folder / "calls-2.log").read_bytes(), "the next call server")
        call = await asyncio.to_thread(only_call)
        await asyncio.to_thread(lambda: ask_add_party(call, "12315", by=None))
        await stage.hear({"third": ["anna", "agent", "li"], "anna": ["agent", "li", "third"]})
        await asyncio.sleep(1.0)  # for the recording
        anna.hangup()
        await ended()
        call = await asyncio.to_thread(only_call)
        assert call.outcome == "served"
        tracks = await asyncio.to_thread(finished_tracks, stage, call)
        assert tracks == {
            "caller-1": {"anna"},
            "agent-1": {"agent"},
            "interpreter-1": {"li"},
            "third-1": {"third"},
            "mix": {"anna", "agent", "li", "third"},
        }
        kinds = await asyncio.to_thread(lambda: list(call.events.values_list("kind", flat=True)))
        for kind in ("arrived", "interpreter_joined", "agent_joined", "third_joined", "caller_left", "ended"):
            assert kinds.count(kind) == 1, f"a complete record has {kind} once"

    live(journey, tmp_path)


def test_what_happened_while_no_call_server_ran_is_caught_up(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        rings, killed = asyncio.Event(), asyncio.Event()

        async def pick_up(session: Session) -> None:
            rings.set()
            await killed.wait()
            session.answer()

        stage.exchange.phones["li"] = (("li",), pick_up)
        stage.answers("wang")
        stage.dial("9601691", "anna")
        # Her row alone would not do: killed between claiming and ringing, nobody would ring her until the next server.
        await asyncio.wait_for(rings.wait(), DEADLINE)
        stage.kill("calls")
        killed.set()
        await stage.on("li")  # she answers, but nobody is there to join her
        gap = stage.dial("9601691", "third")  # and somebody new calls meanwhile
        stage.start("calls-2", *CALLS)
        await stage.hear({"anna": ["li"], "li": ["anna"], "third": ["wang"], "wang": ["third"]})
        gap.hangup()
        anna = stage.session("anna")
        assert anna is not None
        anna.hangup()
        await ended(2)

    live(journey, tmp_path)


def test_a_caller_who_left_meanwhile_is_noticed(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        stage.answers("li")
        anna = stage.dial("9601691", "anna")
        await stage.hear({"anna": ["li"], "li": ["anna"]})
        stage.kill("calls")
        anna.hangup()
        stage.start("calls-2", *CALLS)
        await ended()
        await until(lambda: stage.session("li") is None, "the interpreter let go")

    live(journey, tmp_path)


def test_a_stand_by_waits_and_takes_over_and_an_orderly_stop_hands_on_at_once(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        stage.answers("li")
        stage.start("calls-2", *CALLS)
        log = stage.folder / "calls-2.log"
        await until(lambda: b"standing_by" in log.read_bytes(), "the stand-by")
        anna = stage.dial("9601691", "anna")
        await stage.hear({"anna": ["li"], "li": ["anna"]})
        assert b"active" not in log.read_bytes()
        first = stage.processes["calls"]
        assert await asyncio.to_thread(lease_of, first.pid)
        first.terminate()
        assert await asyncio.to_thread(first.wait, 10) == 0
        assert not await asyncio.to_thread(lease_of, first.pid), "handed on, not left to run out"
        await until(lambda: b"reviewed" in log.read_bytes(), "the stand-by at work")
        anna.hangup()
        await ended()

    live(journey, tmp_path)


def test_commands_from_the_desk(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        stage.answers("li")
        stage.answers("third")
        anna = stage.dial("9601691", "anna")
        await stage.hear({"anna": ["li"], "li": ["anna"]})
        call = await asyncio.to_thread(only_call)
        await asyncio.to_thread(lambda: ask_add_party(call, stage.contact("third"), by=None))
        await stage.hear({"third": ["anna", "li"]})
        leg = await asyncio.to_thread(lambda: call.legs.get(role="third"))
        await asyncio.to_thread(lambda: ask_drop_leg(call, leg.pk, by=None))
        await until(lambda: stage.session("third") is None, "the third party dropped")
        await asyncio.to_thread(lambda: ask_add_party(call, "404", by=None))
        await until(lambda: CallCommand.objects.filter(error="no such line").exists(), "an answer to the command")
        await asyncio.to_thread(lambda: ask_end(call, by=None))
        assert await anna.ended(10)
        await ended()
        assert not await asyncio.to_thread(lambda: CallCommand.objects.filter(done_at=None).exists())

    live(journey, tmp_path)


def test_the_media_server_dies_and_whoever_cannot_be_called_back_is_settled(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        stage.answers("li")
        anna = stage.dial("9601691", "anna")
        await stage.hear({"anna": ["li"], "li": ["anna"]})
        stage.kill("media")
        stage.start("media-2", "yuqiao.config.cli", "media")
        await ended()
        call = await asyncio.to_thread(only_call)
        assert call.outcome == "callback", "no way back to her number is configured"
        anna.hangup()
        await until(lambda: Interpreter.objects.filter(number="1001", state="ready").exists(), "Li ready again")
        stage.dial("9601691", "third")
        await stage.hear({"third": ["li"]})

    live(journey, tmp_path)
