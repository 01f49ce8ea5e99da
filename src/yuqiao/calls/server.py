"""The call server: holds the lease, listens to the engine, and gives each call its own task.

Several may run; one is active. The active one that dies leaves the audio untouched: the next one lists channels and
bridges, matches them with its rows and goes on.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import sys
from collections.abc import Sequence
from typing import Any

import structlog
from django.conf import settings

from yuqiao.calls.database import LAST, DatabaseThread
from yuqiao.calls.listening import Listening
from yuqiao.calls.outage_watch import OutageWatch
from yuqiao.calls.sound_keeper import SoundKeeper
from yuqiao.calls.task import CallTask
from yuqiao.calls.together import Together
from yuqiao.engines import events
from yuqiao.engines.ari import PASSING_PREFIXES, SNOOP_PREFIX, Ari, Holdings
from yuqiao.engines.ari_events import languages_offered
from yuqiao.engines.speech.base import LanguageEar
from yuqiao.engines.speech.http import HttpEar
from yuqiao.hotline import events as desk
from yuqiao.hotline import incidents, outages, queue, reminders, services, standing_by, wishes
from yuqiao.hotline.effects import EngineEffect
from yuqiao.hotline.models import CallCommand
from yuqiao.hotline.monitoring import leg_ids
from yuqiao.hotline.recalling import awaits
from yuqiao.hotline.state import CallState, Timing, TrackPhase
from yuqiao.lib import clock
from yuqiao.workforce import desk_phones
from yuqiao.workforce import services as workforce

log = structlog.get_logger(__name__)

LEASE = outages.LEASE
LEASE_SECONDS, RENEW_SECONDS = 4.0, 1.0
BEAT_SECONDS = 0.15
#: After so many beats what is due by the minute is looked at.
SELDOM = 40


class LeaseLostError(RuntimeError):
    """Another call server took over; this one must stop acting at once."""


class CallServer:
    """All calls of one active call server."""

    def __init__(
        self,
        ari: Ari,
        database: DatabaseThread,
        holder: str,
        timing: Timing,
        wrap_up: float,
        *,
        ear: LanguageEar | None = None,
    ) -> None:
        self._ari = ari
        self._listening = Listening(ari, ear, settings.SPEECH_LISTEN)
        self._database = database
        self._holder = holder
        self._timing = self._calm = timing
        self._wrap_up = wrap_up
        self._by_leg: dict[str, CallTask] = {}
        self._by_call: dict[str, CallTask] = {}
        self._running: dict[asyncio.Task[None], CallTask] = {}
        self._hanging_up: set[asyncio.Task[None]] = set()
        self._sounds = SoundKeeper(database)
        self._held_back: list[events.EngineEvent] | None = None
        self._lease_until = 0.0
        self._reviewed = asyncio.Event()
        self._outages = OutageWatch(database)
        self._together = Together()
        ari.on_event = self.hear
        ari.on_connected = self.review
        ari.on_disconnected = self._outages.engine_lost

    async def run(self) -> None:
        """Wait for the lease, then serve until cancelled. LeaseLostError when somebody else took over."""
        await self._wait_for_lease()
        log.info("active", holder=self._holder)
        await self._database.surely(self._inherit)
        self._outages.engine_lost()  # until it is reached
        jobs = [asyncio.create_task(one) for one in (self._keep_lease(), self._beat(), self._ari.run())]
        try:
            done, _ = await asyncio.wait(jobs, return_when=asyncio.FIRST_COMPLETED)
            for job in done:
                job.result()
        finally:
            await self._stop(jobs)

    async def _stop(self, jobs: list[asyncio.Task[None]]) -> None:
        self._outages.stop()
        await self._listening.stop()
        for job in [*jobs, *self._running]:
            job.cancel()
        await asyncio.gather(*jobs, *self._running, return_exceptions=True)
        await self._sounds.stop()
        if self._owns_lease:
            for call in set(self._by_call.values()):
                with contextlib.suppress(Exception):
                    await call.flush()
            with contextlib.suppress(Exception):
                await self._database.once(services.drop_lease, LEASE, self._holder)

    # --- the lease

    @property
    def _owns_lease(self) -> bool:
        return asyncio.get_running_loop().time() < self._lease_until

    async def _wait_for_lease(self) -> None:
        waiting = False
        while not await self._renew():
            if not waiting:
                log.info("standing_by", holder=self._holder)
                waiting = True
            await asyncio.sleep(RENEW_SECONDS / 2)

    async def _renew(self) -> bool:
        asked = asyncio.get_running_loop().time()
        if await self._database.surely(services.hold_lease, LEASE, self._holder, LEASE_SECONDS):
            self._lease_until = asked + LEASE_SECONDS
            return True
        return False

    async def _keep_lease(self) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            held_until = self._lease_until
            if not await self._renew():
                raise LeaseLostError("another call server holds the lease")
            late = asyncio.get_running_loop().time() - held_until
            if late > 0:
                await self._outages.lapsed(late + LEASE_SECONDS)

    # --- events

    def hear(self, event: events.EngineEvent) -> None:
        """Take one event of the engine to its call."""
        if self._held_back is not None:
            self._held_back.append(event)
            return
        match event:
            case events.LegArrived():
                self._arrive(event)
            case events.RecordingBegan() | events.RecordingEnded():
                self._tell(self._by_call.get(event.name.rpartition("-")[0]), event)
            case events.EngineReviewed():
                pass
            case events.LegMeasured():
                self._sounds.keep(event)
            case events.LegControlled() if event.leg not in self._by_leg:
                self._hang_up_stray(event.leg)
            case _:
                self._tell(self._by_leg.get(event.leg), event)

    def _hang_up_stray(self, leg: str) -> None:
        """Somebody we rang answers after their call was settled without them."""
        log.warning("stray_leg", leg=leg)
        task = asyncio.create_task(self._ari.hang_up(leg))
        self._hanging_up.add(task)
        task.add_done_callback(self._hung_up)

    def _hung_up(self, task: asyncio.Task[None]) -> None:
        self._hanging_up.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.warning("command_failed", command="HangUp", error=str(task.exception()))

    def _tell(self, call: CallTask | None, event: desk.Event) -> None:
        if call is not None:
            self._together.tell(call, event)

    def _arrive(self, event: events.LegArrived) -> None:
        if event.leg in self._by_leg:
            return
        lost = [call for call in self._by_call.values() if call.call is not None and awaits(call.call, event)]
        if len(lost) == 1:
            self._by_leg[event.leg] = lost[0]
            lost[0].tell(event)
            return
        self._by_leg[event.leg] = self._start(self._task(arrival=event))

    def _task(
        self,
        *,
        arrival: events.LegArrived | None = None,
        saved: CallState | None = None,
        acts: Sequence[EngineEffect] = (),
    ) -> CallTask:
        return CallTask(
            self._database,
            self._ari,
            timing=self._timing,
            arrival=arrival,
            saved=saved,
            acts=acts,
            on_change=self._know,
            allowed=lambda: self._owns_lease,
            on_turn=lambda task: self._listening.follow(task.call, task.tell),
        )

    async def _call_back(self) -> None:
        """Begin every callback that is due and can be made now, one transaction each."""
        while self._owns_lease:
            begun = await self._database.surely(services.begin_due_outbound, self._timing, order=LAST)
            if begun is None:
                return
            call = self._task(saved=begun[0], acts=begun[1])
            self._know(call)
            self._start(call)

    def _start(self, call: CallTask) -> CallTask:
        task = asyncio.create_task(call.run())
        self._running[task] = call
        task.add_done_callback(self._forget)
        return call

    def _know(self, task: CallTask) -> None:
        """Remember which call a leg belongs to, before anything can happen to it."""
        if task.call is not None:
            self._by_call[task.call.id] = task
            for leg in leg_ids(task.call):
                self._by_leg.setdefault(leg, task)

    def _forget(self, task: asyncio.Task[None]) -> None:
        over = self._running.pop(task)
        if over.call is not None:
            self._by_call.pop(over.call.id, None)
            for leg in leg_ids(over.call):
                self._by_leg.pop(leg, None)
        self._by_leg = {leg: call for leg, call in self._by_leg.items() if call is not over}

    # --- taking over

    def _inherit(self) -> None:
        """What the database needs when a call server becomes the active one."""
        away = outages.took_over(clock.now())
        if away is not None:
            self._outages.gone_at = away  # so long nobody watched the engine
            log.warning("nobody_was_at_work", since=away.isoformat())
        released = services.release_orphans()
        carried = {leg.command for call in services.open_calls() for leg in call.legs if leg.command is not None}
        returned = wishes.return_commands(self._holder, carried)
        if released or returned:
            log.info("inherited", interpreters_released=released, commands_returned=returned)

    async def review(self) -> None:
        """After each connection: bring every open call in line with the engine, adopt and sweep what is left over."""
        self._held_back = []
        try:
            holdings = await self._ari.holdings()
            open_calls = await self._database.surely(services.open_calls)
            for saved in sorted(open_calls, key=lambda one: -one.priority):  # emergency lines first
                if saved.id not in self._by_call:
                    call = self._task(saved=saved)
                    self._know(call)
                    self._start(call)
            calls = dict(self._by_call)
            for call_id, call in sorted(calls.items(), key=lambda one: -one[1].priority):
                call.tell(await self._seen(call_id, call, holdings))
            await self._sweep(holdings)
            self._reviewed.set()
            await self._outages.at_work()
            log.info("reviewed", calls=len(calls), channels=len(holdings.channels))
        finally:
            held_back, self._held_back = self._held_back, None
            for event in held_back:
                self.hear(event)

    async def _seen(self, call_id: str, call: CallTask, holdings: Holdings) -> events.EngineReviewed:
        state = call.call
        up = frozenset(channel["id"] for channel in holdings.channels if channel["state"] == "Up")
        there = frozenset(channel["id"] for channel in holdings.channels)
        bridge = next((one for one in holdings.bridges if one["id"] == call_id), dict[str, Any](channels=[]))
        names = [track.name for track in state.tracks if track.phase is not TrackPhase.OVER] if state else []
        running = await asyncio.gather(*(self._ari.is_recording(name) for name in names))
        return events.EngineReviewed(
            clock.now().timestamp(),
            up=up,
            ringing=there - up,
            joined=frozenset(bridge["channels"]),
            recording=frozenset(name for name, runs in zip(names, running, strict=True) if runs),
            since=holdings.since,
            away=self._outages.away,
        )

    async def _sweep(self, holdings: Holdings) -> None:
        """Channels without a call: a fresh caller is served, the remains of an ended call are hung up."""
        for channel in holdings.channels:
            leg = str(channel["id"])
            if leg in self._by_leg or not self._ari.is_ours(channel):
                continue
            if leg.startswith(PASSING_PREFIXES):
                stray = True  # who listened is gone; whoever goes on with the call listens anew
            elif leg.startswith(SNOOP_PREFIX):
                call_id = leg.removeprefix(SNOOP_PREFIX).rpartition("-")[0]
                stray = call_id not in self._by_call
            else:
                stray = await self._database.surely(services.is_known, leg)
                if not stray:
                    number, dialled = channel["caller"]["number"], channel["dialplan"]["exten"]
                    at = clock.now().timestamp()
                    self._arrive(events.LegArrived(leg, str(dialled), str(number), at, languages_offered(channel)))
            if stray:
                with contextlib.suppress(Exception):
                    await self._ari.hang_up(leg)

    # --- the beat: what other processes and the clock want

    async def _beat(self) -> None:
        beats = 0
        await self._reviewed.wait()
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            beats += 1
            for command in await self._database.surely(wishes.take_commands, self._holder, order=LAST):
                await self._take(command)
            if any(call.waits for call in self._by_call.values()):
                for call_id in await self._database.surely(queue.whose_turn, order=LAST):
                    self._tell(self._by_call.get(call_id), desk.TryAgain(clock.now().timestamp()))
            if beats % 5 == 0:
                await self._database.surely(workforce.end_wrap_ups, clock.now(), self._wrap_up, order=LAST)
                await self._database.surely(desk_phones.forget_silent, clock.now(), order=LAST)
                self._timing = await self._database.surely(standing_by.patience, self._calm, order=LAST)
                await self._call_back()
                await self._database.surely(incidents.fire_due, clock.now(), order=LAST)
            if beats % SELDOM == 0:
                await self._database.surely(reminders.do_due, clock.now(), order=LAST)
                await self._database.surely(outages.recordings_proved, clock.now(), order=LAST)

    async def _take(self, command: CallCommand) -> None:
        call = self._by_call.get(str(command.call_id))
        if call is None:
            await self._database.surely(wishes.refuse_command, command.pk, "the call is over")
            return
        event = wishes.event_of(command, clock.now().timestamp())
        if event is None:
            await self._database.surely(wishes.refuse_command, command.pk, "unknown command")
            return
        call.tell(event)


def timing_from_settings() -> Timing:
    """Return how long things may take, as the settings say."""
    return Timing(
        ring=float(settings.RING_SECONDS),
        wait=float(settings.WAIT_SECONDS),
        survey=float(settings.SURVEY_SECONDS),
        confirm=float(settings.CONFIRM_SECONDS),
        dead=float(settings.DEAD_PHONE_SECONDS),
        repeat=float(settings.WAITING_PROMPT_SECONDS),
        briefing=settings.BRIEFING_SECONDS,
        music=f"sound:{settings.WAITING_MUSIC}" if settings.WAITING_MUSIC else "",
        pause=float(settings.RECORDING_PAUSE_SECONDS),
    )


async def serve() -> int:
    """Serve until SIGTERM or SIGINT; returns the exit status (1: somebody else took over)."""
    # The database thread gives up the GIL at each query; at Python's 5 ms a busy loop would make it wait for long.
    sys.setswitchinterval(0.0005)
    holder = f"{socket.gethostname()[:32]}-{os.getpid()}-{secrets.token_hex(4)}"
    database = DatabaseThread()
    database.start()
    ari = Ari(settings.ARI_URL, settings.ARI_USER, settings.ARI_PASSWORD, settings.ARI_APP, settings.ARI_ENDPOINT)
    ear = HttpEar(settings.SPEECH_URL) if settings.SPEECH_URL else None
    server = CallServer(ari, database, holder, timing_from_settings(), float(settings.WRAP_UP_SECONDS), ear=ear)
    running = asyncio.ensure_future(server.run())
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    try:
        await running
    except asyncio.CancelledError:
        log.info("stopped")
        return 0
    except LeaseLostError:
        log.warning("lease_lost", holder=holder)
        return 1
    finally:
        database.stop()
    return 0


def main() -> int:
    """Run the call server (``yuqiao calls``); Django is set up already."""
    settings.DEBUG = False  # with it, Django would keep the text of every query, at the cost of the query itself
    return asyncio.run(serve())
