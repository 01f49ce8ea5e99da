"""During a call, on real SIP and RTP: hold, consultation, handing over, one key for help, and lines that break."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from yuqiao.accounts.models import Person
from yuqiao.calls.tests.asterisk_stage import AsteriskStage, on_both_engines
from yuqiao.calls.tests.city import finished_tracks, only_call, recording, seed
from yuqiao.calls.tests.stage import OTHER_PROMPT, Stage, live, until
from yuqiao.calls.tests.voices import VOICES
from yuqiao.demo.phone import Exchange, Session
from yuqiao.hotline.models import Call, CallCommand, CallEvent, FloorManager, Incident, LadderStep
from yuqiao.hotline.wishes import ask_another, ask_steer
from yuqiao.lib import clock
from yuqiao.lib.net import free_port
from yuqiao.lib.tone import sine
from yuqiao.workforce.models import Interpreter

pytestmark = [pytest.mark.live, pytest.mark.django_db(transaction=True)]

CALLER = "13900000001"
ALL_THREE = {"anna": ["agent", "li"], "agent": ["anna", "li"], "li": ["anna", "agent"]}


class RingsBack(Stage):
    """A stage whose call server can ring the caller."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        port = free_port()
        self.exchange = Exchange({name: sine(tone, 1.0, -20.0) for name, tone in VOICES.items()}, port=port)
        self.environment |= {"YUQIAO_OUTBOUND_CONTACT": f"sip:{{number}}@127.0.0.1:{port}"}

    def caller_picks_up(self) -> None:
        """Let Anna answer when her number is rung."""

        async def pick_up(session: Session) -> None:
            session.answer()

        self.exchange.phones[CALLER] = (("anna",), pick_up)


class AsteriskRingsBack(RingsBack, AsteriskStage):
    """The same with Asterisk."""


BOTH = on_both_engines(Stage, AsteriskStage)
RINGING_BACK = on_both_engines(RingsBack, AsteriskRingsBack)


async def three(stage: Stage) -> Session:
    """Caller, agent and interpreter talk, and are recorded."""
    await asyncio.to_thread(seed, stage)
    stage.answers("li")
    stage.answers("agent")
    anna = stage.dial("123451", "anna")
    await stage.hear(ALL_THREE)
    await recording()
    return anna


async def asked(kind: str, role: str = "") -> None:
    """A supervisor asks from the desk, of the newest leg with this role."""

    def write() -> None:
        call = only_call()
        legs = {"leg": call.legs.filter(role=role).latest("created_at").pk} if role else {}
        ask_steer(call, kind, by=None, **legs)

    await asyncio.to_thread(write)


async def ended(outcome: str = "served") -> Call:
    await until(lambda: Call.objects.filter(phase="ended").exists(), "the call's end on paper")
    call = await asyncio.to_thread(only_call)
    assert call.outcome == outcome
    assert not await asyncio.to_thread(lambda: Interpreter.objects.exclude(held_by="").exists())
    assert not await asyncio.to_thread(lambda: CallCommand.objects.filter(done_at=None).exists())
    return call


async def happened(kind: str) -> None:
    await until(lambda: CallEvent.objects.filter(kind=kind).exists(), kind)


@BOTH
def test_a_held_caller_hears_nobody_and_comes_back(tmp_path: Path, kind: type[Stage]) -> None:
    async def journey(stage: Stage) -> None:
        anna = await three(stage)
        li = await stage.on("li")
        li.press("*1#")
        await stage.hear({"anna": [], "agent": ["li"], "li": ["agent"]})
        assert await anna.hears_one_of({"stay": OTHER_PROMPT, "tone": 450.0}, 5), "she is asked to stay"
        await asked("resume", "caller")
        await stage.hear(ALL_THREE)
        await asyncio.sleep(1.0)  # so that there is something in the second segment
        anna.hangup()
        tracks = await asyncio.to_thread(finished_tracks, stage, await ended())
        assert tracks["caller-1"] == {"anna"}
        assert tracks["mix"] == {"anna", "agent", "li"}
        segments = await asyncio.to_thread(
            lambda: only_call().recordings.filter(kind="segment", leg__role="caller").count()
        )
        assert segments == 2, "nothing is recorded of a party who waits"

    live(journey, tmp_path, kind)


@BOTH
def test_interpreter_and_agent_consult_apart_from_the_caller(tmp_path: Path, kind: type[Stage]) -> None:
    async def journey(stage: Stage) -> None:
        anna = await three(stage)
        li = await stage.on("li")
        li.press("*2#")
        await stage.hear({"anna": [], "agent": ["li"], "li": ["agent"]})
        await asyncio.sleep(1.0)  # what they say now must not be in the mix
        li.press("*2#")
        await stage.hear(ALL_THREE)
        anna.hangup()
        call = await ended()
        tracks = await asyncio.to_thread(finished_tracks, stage, call)
        assert tracks["interpreter-1"] == {"li"}
        kinds = await asyncio.to_thread(lambda: list(call.events.values_list("kind", flat=True)))
        assert kinds.count("consult_began") == kinds.count("consult_ended") == 1
        assert kinds.count("interpreter_joined") == kinds.count("agent_joined") == 1
        mixes = await asyncio.to_thread(lambda: list(call.recordings.filter(kind="mix_segment").order_by("id")))
        assert len(mixes) == 2, "the mix holds no private word"
        first, second = ((one.offset_ms or 0, one.duration_ms or 0) for one in mixes)
        assert second[0] - sum(first) > 1000

    live(journey, tmp_path, kind)


@BOTH
def test_the_floor_manager_consults_with_the_interpreter_and_is_merged(tmp_path: Path, kind: type[Stage]) -> None:
    async def journey(stage: Stage) -> None:
        anna = await three(stage)
        await asyncio.to_thread(on_duty, stage)
        stage.answers("third")
        await asked("consult")
        await stage.hear({"third": ["li"], "li": ["third"], "anna": ["agent"], "agent": ["anna"]})
        await asked("merge")
        await stage.hear({"third": ["anna", "agent", "li"], "anna": ["agent", "li", "third"]})
        anna.hangup()
        await ended()

    live(journey, tmp_path, kind)


def on_duty(stage: Stage) -> None:
    """A floor manager with a phone begins the shift."""
    boss = Person.objects.create(username="boss")
    FloorManager.objects.create(person=boss, contact=stage.contact("third"), on_duty_since=clock.now())
    LadderStep.objects.create(level=1, role="supervisor", way="board", minutes=5)


@BOTH
def test_one_key_rings_the_floor_manager_and_opens_an_incident(tmp_path: Path, kind: type[Stage]) -> None:
    async def journey(stage: Stage) -> None:
        anna = await three(stage)
        await asyncio.to_thread(on_duty, stage)
        stage.answers("third")
        (await stage.on("li")).press("*5#")
        await stage.hear({"third": ["anna", "agent", "li"], "anna": ["agent", "li", "third"]})
        incident = await asyncio.to_thread(lambda: Incident.objects.select_related("interpreter").get())
        assert incident.interpreter is not None
        assert (incident.kind, incident.level, incident.interpreter.number) == ("escalation", 1, "1001")
        assert incident.due_at is not None
        anna.hangup()
        await ended()

    live(journey, tmp_path, kind)


@BOTH
def test_the_call_is_handed_over_to_a_colleague_who_is_on_before_the_first_leaves(
    tmp_path: Path, kind: type[Stage]
) -> None:
    async def journey(stage: Stage) -> None:
        anna = await three(stage)
        stage.answers("wang")
        li = await stage.on("li")
        li.press("*4#")
        await stage.hear({"wang": ["anna", "agent", "li"], "anna": ["agent", "li", "wang"]})
        await happened("handed_over")
        li.hangup()
        await stage.hear({"wang": ["anna", "agent"], "anna": ["agent", "wang"], "agent": ["anna", "wang"]})
        anna.hangup()
        call = await ended()
        kinds = await asyncio.to_thread(lambda: list(call.events.values_list("kind", flat=True)))
        assert "interpreter_lost" not in kinds
        assert "replacement_requested" not in kinds

    live(journey, tmp_path, kind)


@BOTH
def test_another_interpreter_is_asked_for_and_comes_before_the_first_leaves(tmp_path: Path, kind: type[Stage]) -> None:
    async def journey(stage: Stage) -> None:
        anna = await three(stage)
        stage.answers("wang")
        await asyncio.to_thread(Interpreter.objects.filter(number="1002").update, gender="f")
        await asyncio.to_thread(lambda: ask_another(only_call(), gender="f", by=None))
        await stage.hear({"wang": ["anna", "agent", "li"], "anna": ["agent", "li", "wang"]})
        await happened("handed_over")
        (await stage.on("li")).hangup()
        await stage.hear({"wang": ["anna", "agent"], "anna": ["agent", "wang"]})
        anna.hangup()
        call = await ended()
        told = await asyncio.to_thread(lambda: call.events.get(kind="another_asked").data)
        assert told == {"gender": "f"}

    live(journey, tmp_path, kind)


@RINGING_BACK
def test_a_lost_caller_is_rung_again_while_the_others_stay(tmp_path: Path, kind: type[Stage]) -> None:
    async def journey(stage: Stage) -> None:
        assert isinstance(stage, RingsBack)
        anna = await three(stage)
        stage.caller_picks_up()
        anna.die()
        agent, li = await stage.on("agent"), await stage.on("li")
        assert await agent.hears_one_of({"lost": OTHER_PROMPT}, 10), "they are told"
        await until(lambda: stage.session("anna") not in {None, anna}, "the caller is rung")
        await stage.hear(ALL_THREE)
        assert not agent.over
        assert not li.over
        await asyncio.sleep(1.0)  # for the recording of the new leg
        again = await stage.on("anna")
        again.hangup()
        call = await ended()
        tracks = await asyncio.to_thread(finished_tracks, stage, call)
        assert tracks["caller-1"] == tracks["caller-2"] == {"anna"}
        kinds = await asyncio.to_thread(lambda: list(call.events.values_list("kind", flat=True)))
        assert kinds.count("notice_played") == 1, "consent once given holds"
        assert kinds.count("caller_back") == 1

    live(journey, tmp_path, kind)


@RINGING_BACK
def test_a_lost_caller_who_rings_in_is_put_back_into_the_call(tmp_path: Path, kind: type[Stage]) -> None:
    async def journey(stage: Stage) -> None:
        anna = await three(stage)
        stage.never_answers(CALLER)
        anna.die()
        await until(lambda: Call.objects.filter(phase="recalling").exists(), "the caller is rung")
        again = stage.dial("123451", "anna")
        await stage.hear(ALL_THREE)
        again.hangup()
        await ended()

    live(journey, tmp_path, kind)


@BOTH
def test_a_lost_agent_is_rung_again_while_the_others_talk(tmp_path: Path, kind: type[Stage]) -> None:
    async def journey(stage: Stage) -> None:
        anna = await three(stage)
        first = await stage.on("agent")
        first.die()
        await until(lambda: stage.session("agent") not in {None, first}, "the agent is rung")
        await stage.hear(ALL_THREE)
        anna.hangup()
        call = await ended()
        kinds = await asyncio.to_thread(lambda: list(call.events.values_list("kind", flat=True)))
        assert kinds.count("agent_lost") == 1

    live(journey, tmp_path, kind)
