"""The demonstration from its first process to its verdict."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.management import call_command

from yuqiao.accounts.models import Person
from yuqiao.demo import city, facts, report, voices
from yuqiao.demo.cast import MORTAL, PERSONAS, TONES
from yuqiao.demo.director import Director, Played
from yuqiao.demo.judge import Verdict, judge
from yuqiao.demo.party import voice_of
from yuqiao.demo.phone import Exchange
from yuqiao.demo.plans import PLANS, Mishap, Plan
from yuqiao.demo.stage import HOST, LonePhone, Platform, Ports
from yuqiao.hotline import wishes
from yuqiao.hotline.models import Call, Lease, Recording
from yuqiao.lib import clock
from yuqiao.lib.g711 import Samples
from yuqiao.workforce.models import Interpreter, PresenceState
from yuqiao.workforce.services import set_presence

FEWEST_CALLS: Final = 12
#: While the demonstration stays up: a call every so many seconds, and how many of them. Mishaps that need the stage to
#: be set for them are played once only.
CALL_EVERY: Final = 15.0
CALLS_AFTERWARDS: Final = 240
ONCE_ONLY: Final = frozenset({Mishap.KILLED, Mishap.NOBODY})


class ShowError(RuntimeError):
    """The demonstration could not be given; the message says why."""


class Show:
    """Everything the demonstration runs. `close` ends it in order, however far it came."""

    def __init__(self, folder: Path, ports: Ports, *, media: bool = True) -> None:
        self.folder = folder
        self.ports = ports
        self.media = media
        self.password = city.password_of_this_run()
        self.reasons: list[str] = []
        self._exchange: Exchange | None = None
        self._platform: Platform | None = None
        self._lone: LonePhone | None = None
        self._director: Director | None = None
        self._voices: dict[str, Samples] = {}

    @property
    def skipped_ticks(self) -> int:
        """See `Exchange.skipped_ticks`."""
        return self._exchange.skipped_ticks if self._exchange else 0

    async def open(self) -> None:
        """Make voices, write the city, start the platform and wait until it takes calls."""
        began = time.monotonic()
        report.say(0, "准备声音和样例城市", "making voices and the sample city")
        try:
            await asyncio.to_thread(self._make_voices)
        except voices.NoVoiceError as error:
            raise ShowError(str(error)) from error
        self._exchange = Exchange(self._voices)
        await self._exchange.start()
        self._lone = LonePhone(MORTAL, self.folder / "parties")
        await self._lone.ready()
        await asyncio.to_thread(self._write_city)
        report.say(0, "启动平台", "starting the platform: " + "media, " * self.media + "calls, web, work")
        self._platform = Platform(self.ports, self.folder / "platform.log", media=self.media)
        await self._platform.ready(calls_are_served)
        report.say(0, "平台就绪", f"the platform is ready after {time.monotonic() - began:.1f} s")

    def _make_voices(self) -> None:
        voices.make_prompts(self.folder / "sounds", TONES)
        speakers = [key for key in PERSONAS if key != MORTAL]
        with ThreadPoolExecutor(4) as pool:
            self._voices = dict(zip(speakers, pool.map(voice_of, speakers), strict=True))

    def _write_city(self) -> None:
        assert self._exchange is not None  # noqa: S101
        assert self._lone is not None  # noqa: S101
        elsewhere = {MORTAL: self._lone.port}
        here = self._exchange.address[1]
        call_command("migrate", verbosity=0)
        city.seed(lambda user: f"sip:{user}@{HOST}:{elsewhere.get(user, here)}", self.password)

    async def play_and_judge(self, recordings_within: float, plans: Sequence[Plan] = PLANS) -> list[Verdict]:
        """Play the calls, wait for the finished recordings, judge."""
        assert self._exchange is not None  # noqa: S101
        assert self._platform is not None  # noqa: S101
        assert self._lone is not None  # noqa: S101
        self._director = Director(self._exchange, self._platform.sip, report.say, self._lone.kill, _add_party)
        self._director.cast(elsewhere=[MORTAL])
        played = await self._director.play(plans)
        await self._lone.revive()
        await asyncio.to_thread(_back_on_duty, MORTAL)
        report.say(0, "等待录音成轨", "waiting for the finished recordings")
        await self._recordings(recordings_within)
        return await asyncio.to_thread(self._judge, played)

    async def _recordings(self, within: float) -> None:
        """Wait until every call is over and has its finished mix, or ``within`` seconds are gone."""
        deadline = time.monotonic() + within
        unfinished = await asyncio.to_thread(_unfinished_calls)
        while unfinished and time.monotonic() < deadline:
            await asyncio.sleep(0.2)
            unfinished = await asyncio.to_thread(_unfinished_calls)
        if unfinished:
            self.reasons.append(f"{unfinished} calls are not over or have no finished recording after {within:.0f} s")

    def _judge(self, played: Sequence[Played]) -> list[Verdict]:
        assert self._exchange is not None  # noqa: S101
        assert self._lone is not None  # noqa: S101
        rung = [facts.of_session(one, self._voices) for one in self._exchange.sessions if one.number in PERSONAS]
        mortal_voice = voice_of(MORTAL)
        for life in self._lone.lives:
            rung += facts.of_folder(MORTAL, life, mortal_voice)
        found = facts.gather(played, rung, self._voices)
        if len(found) != len(played) or len(found) < FEWEST_CALLS:
            self.reasons.append(f"{len(found)} of {len(played)} calls reached the platform")
        return [judge(one, Path(settings.RECORDINGS_DIR), exact=self.media) for one in found]

    def say_where_to_look(self) -> None:
        """Print address and logins."""
        report.where_to_look(f"http://{HOST}:{self.ports.web}/", f"{HOST}:{self.ports.sip}", self.password)

    async def stay(self, over: asyncio.Event) -> None:
        """Stay up until somebody ends it, or the platform is gone; meanwhile a call now and then, for an hour."""
        assert self._platform is not None  # noqa: S101
        report.say(0, "继续来电", "now and then a call goes on, for an hour, so that the page has something to show")
        running: dict[str, asyncio.Task[object]] = {}
        due, left = time.monotonic() + CALL_EVERY, CALLS_AFTERWARDS
        while not over.is_set() and not self._platform.ended:
            running = {caller: task for caller, task in running.items() if not task.done()}
            free = [plan for plan in PLANS if plan.caller not in running and plan.mishap not in ONCE_ONLY]
            if left and free and time.monotonic() >= due:
                plan = replace(random.choice(free), at=0.0, talk=random.uniform(10, 30))
                running[plan.caller] = asyncio.create_task(self._one_more(plan))
                due, left = time.monotonic() + CALL_EVERY, left - 1
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), 1.0)
        for task in running.values():
            task.cancel()
        await asyncio.gather(*running.values(), return_exceptions=True)

    async def _one_more(self, plan: Plan) -> None:
        """Play one call that nobody judges, and keep nothing of what was heard."""
        assert self._exchange is not None  # noqa: S101
        assert self._director is not None  # noqa: S101
        await self._director.play([plan])
        self._exchange.forget()

    async def close(self) -> None:
        """Hang up, end the platform and the phones."""
        if self._exchange is not None:
            await self._exchange.stop()
        if self._platform is not None:
            await asyncio.to_thread(self._platform.stop)
        if self._lone is not None:
            await asyncio.to_thread(self._lone.stop)


def calls_are_served() -> bool:
    """Whether a call server holds the lease."""
    return Lease.objects.filter(until__gt=clock.now()).exists()


def _unfinished_calls() -> int:
    """Return how many calls are not over, or were recorded and have no finished mix yet."""
    running = Call.objects.filter(ended_at=None).count()
    recorded = Call.objects.exclude(ended_at=None).filter(recordings__isnull=False).distinct()
    return running + recorded.exclude(recordings__kind=Recording.Kind.MIX).count()


def _back_on_duty(number: str) -> None:
    """Sign an interpreter in again whom the platform had to sign off, since her phone was dead."""
    interpreter = Interpreter.objects.select_related("person").get(number=number)
    if interpreter.state == PresenceState.OFF:
        set_presence(interpreter.pk, PresenceState.READY, interpreter.person)


async def _add_party(plan: Plan) -> None:
    """Ask for a third party as a supervisor does, by a command row."""

    def ask() -> None:
        call = Call.objects.get(caller_number=PERSONAS[plan.caller].number, ended_at=None)
        wishes.ask_add_party(call, plan.third, by=Person.objects.get(username="supervisor"))

    await asyncio.to_thread(ask)
