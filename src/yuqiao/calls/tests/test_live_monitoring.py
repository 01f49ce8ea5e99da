"""A supervisor listens, whispers and joins in, on real SIP and RTP: who hears whom is told by tones."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from yuqiao.accounts.models import JournalEntry, Person
from yuqiao.calls.tests.city import finished_tracks, only_call
from yuqiao.calls.tests.stage import OTHER_PROMPT, Stage, live, until
from yuqiao.calls.tests.test_live_during import ALL_THREE, asked, ended, happened, three
from yuqiao.hotline.models import CallEvent, Monitoring
from yuqiao.hotline.monitor_phones import phone_of, remember_phone
from yuqiao.hotline.monitors import LISTEN
from yuqiao.hotline.wishes import ask_announce, ask_drop_leg, ask_monitor, ask_monitor_end

pytestmark = [pytest.mark.live, pytest.mark.django_db(transaction=True)]

#: The supervisor's voice is the stage's third one.
BOSS = "third"
#: What the others hear while she is not heard.
UNDISTURBED = {"anna": ALL_THREE["anna"], "agent": ALL_THREE["agent"]}


def ask(mode: str) -> None:
    """The supervisor asks from the desk."""
    boss = Person.objects.get(username="boss")
    ask_monitor(only_call(), mode, "quality", phone=phone_of(boss), by=boss)


async def supervised(stage: Stage) -> None:
    """Three talk, and a supervisor listens."""

    def write() -> None:
        remember_phone(Person.objects.create(username="boss"), stage.contact(BOSS))
        ask(LISTEN)

    await three(stage)
    stage.answers(BOSS)
    await asyncio.to_thread(write)
    await stage.hear({BOSS: ["anna", "agent", "li"], **ALL_THREE})


async def listens_whispers_and_joins_in(stage: Stage) -> None:
    """The journey of a supervisor through all three modes, by desk and by keys; the engine may be another one."""
    await supervised(stage)
    boss = await stage.on(BOSS)
    await asyncio.to_thread(ask, "whisper")
    await stage.hear({BOSS: ["anna", "agent", "li"], "li": ["anna", "agent", BOSS], **UNDISTURBED})
    await asyncio.sleep(1.0)  # so that a whisper in a recording would be found
    boss.press("4")
    await stage.hear({BOSS: ["anna", "agent", "li"], **ALL_THREE})
    boss.press("6")
    await stage.hear({BOSS: ["anna", "agent", "li"], "anna": ["agent", "li", BOSS], "li": ["anna", "agent", BOSS]})
    boss.press("5")
    await stage.hear({BOSS: ["anna", "agent", "li"], "li": ["anna", "agent", BOSS], **UNDISTURBED})
    await asyncio.to_thread(lambda: ask_monitor_end(only_call(), by=Person.objects.get(username="boss")))
    await stage.hear(ALL_THREE)
    assert await boss.ended(5)
    (await stage.on("anna")).hangup()
    call = await ended()
    tracks = await asyncio.to_thread(finished_tracks, stage, call)
    assert [tracks[f"{role}-1"] for role in ("caller", "agent", "interpreter")] == [{"anna"}, {"agent"}, {"li"}]
    assert set(tracks) == {"caller-1", "agent-1", "interpreter-1", "mix"}
    told = await asyncio.to_thread(lambda: list(call.events.filter(kind__startswith="monitor_").order_by("id")))
    assert [one.data.get("mode", one.kind) for one in told] == [
        *("listen", "whisper", "listen", "barge", "whisper"),
        "monitor_off",
    ]
    journal = await asyncio.to_thread(lambda: list(JournalEntry.objects.filter(action__startswith="call.monitor")))
    assert [entry.detail.get("mode", "end") for entry in journal] == [
        *("listen", "whisper", "listen", "barge", "whisper"),
        "end",
    ]
    row = await asyncio.to_thread(Monitoring.objects.get)
    assert (row.purpose, row.ended_at is not None) == ("quality", True)


def test_a_supervisor_listens_whispers_to_the_interpreter_alone_and_joins_in(tmp_path: Path) -> None:
    live(listens_whispers_and_joins_in, tmp_path)


def test_the_ear_moves_to_the_new_interpreter_and_ends_with_the_call(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await supervised(stage)
        await asyncio.to_thread(ask, "whisper")
        await stage.hear({"li": ["anna", "agent", BOSS]})
        stage.answers("wang")
        await asyncio.to_thread(lambda: ask_drop_leg(only_call(), only_call().legs.get(label="1001").pk, by=None))
        await stage.hear({BOSS: ["anna", "agent", "wang"], "wang": ["anna", "agent", BOSS]})
        boss = await stage.on(BOSS)
        (await stage.on("anna")).hangup()
        await ended()
        assert await boss.ended(5), "she is not left on the line"
        kinds = await asyncio.to_thread(lambda: set(CallEvent.objects.values_list("kind", flat=True)))
        assert {"interpreter_lost", "monitor_off"} <= kinds

    live(journey, tmp_path)


def test_a_new_call_server_goes_on_with_who_listens(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await supervised(stage)
        await asyncio.to_thread(ask, "whisper")
        await happened("monitor_mode")
        await stage.hear({"li": ["anna", "agent", BOSS]})
        stage.kill("calls")
        stage.start("calls", "yuqiao.config.cli", "calls")
        boss = await stage.on(BOSS)
        boss.press("4")
        await until(lambda: (stage.folder / "calls.log").read_bytes().count(b"reviewed") > 1, "taken over", 25)
        boss.press("4")
        await stage.hear({BOSS: ["anna", "agent", "li"], **ALL_THREE})
        (await stage.on("anna")).hangup()
        await ended()

    live(journey, tmp_path)


def test_a_party_is_muted_and_everybody_is_told_something(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        anna = await three(stage)
        await asked("mute", "agent")
        await stage.hear({"anna": ["li"], "li": ["anna"], "agent": ["anna", "li"]})
        await asked("unmute", "agent")
        await stage.hear(ALL_THREE)
        await asyncio.to_thread(lambda: ask_announce(only_call(), "slowly", by=None))
        told = [(await stage.on(user)).hears_one_of({"told": OTHER_PROMPT}, 10) for user in ("anna", "agent", "li")]
        assert await asyncio.gather(*told) == ["told"] * 3
        anna.hangup()
        await ended()

    live(journey, tmp_path)
