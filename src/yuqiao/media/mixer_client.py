"""The mixer as signalling sees it: worker processes, started, watched and replaced."""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from yuqiao.lib import clock
from yuqiao.media.balance import Load, least_loaded
from yuqiao.media.control import Message, audio_message
from yuqiao.media.ports import Address, AudioParameters, Direction, MixerError, MixerEvent, PlayTarget, RecordSource
from yuqiao.media.webrtc import certificate
from yuqiao.media.worker_process import WorkerProcess

log = logging.getLogger(__name__)

#: Seconds a new leg waits for a worker when the only one died; an application's command takes no longer (5 s).
PATIENCE: Final = 4.0


def _ignore(_event: MixerEvent) -> None:
    """Where events go until somebody asks for them."""


class MixerPool:
    """`yuqiao.media.ports.Mixer` over worker processes.

    A new leg goes to the least loaded worker (`balance`), or beside another. When a worker dies or hangs,
    ``worker-died`` comes once for each of its legs (``leg`` set, ``ref`` the worker), its playbacks and recordings end
    as ``failed``, and ``worker-died`` comes once more with ``leg`` empty; the legs and conferences are gone, and a new
    worker takes its place.

    RTP uses the even ports of ``rtp_ports`` (first, last) at ``rtp_host``; ``rtp_timeout`` is in seconds, 0 for never.
    """

    def __init__(self, *, rtp_host: str, rtp_ports: tuple[int, int], workers: int, rtp_timeout: float = 10.0) -> None:
        if workers < 1:
            raise ValueError("a mixer needs at least one worker")
        self.on_event: Callable[[MixerEvent], None] = _ignore
        self._identity = certificate.make(clock.now())
        self._options = [
            ["--host", rtp_host, "--rtp-timeout", str(rtp_timeout), "--ports", *map(str, (*rtp_ports, index, workers))]
            for index in range(workers)
        ]
        self._workers: list[WorkerProcess] = []
        self._legs: dict[str, WorkerProcess] = {}
        self._conference_of: dict[str, str] = {}
        self._playbacks: dict[str, WorkerProcess] = {}
        self._recordings: dict[str, WorkerProcess] = {}
        self._generation = itertools.count(1)
        self._replaced = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False

    async def start(self) -> None:
        """Start the workers; returns when all are ready. MixerError when one does not come up."""
        for index in range(len(self._options)):
            self._workers.append(await self._spawn(index))

    async def stop(self) -> None:
        """End the workers; what is being recorded is finished first."""
        self._stopping = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(worker.stop() for worker in self._workers))
        self._workers.clear()

    @property
    def pids(self) -> list[int]:
        """The process ids of the workers."""
        return [worker.pid for worker in self._workers]

    async def _spawn(self, index: int) -> WorkerProcess:
        name = f"mixer-{index}-{next(self._generation)}"
        worker = WorkerProcess(name, self._options[index], on_event=self._on_event, on_death=self._on_death)
        await worker.start()
        worker.tell("identify", **asdict(self._identity))
        return worker

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the certificate that browsers' legs show: 64 hexadecimal digits, lower case. Another at each
        start."""
        return self._identity.fingerprint

    def _on_event(self, event: MixerEvent) -> None:
        if event.kind == "playback-finished":
            self._playbacks.pop(event.ref, None)
        elif event.kind == "recording-finished":
            self._recordings.pop(event.ref, None)
        self.on_event(event)

    def _on_death(self, dead: WorkerProcess) -> None:
        if self._stopping:
            return
        now = time.time()
        log.error("mixer worker %s died with %d legs; starting a new one", dead.name, dead.load)
        # Legs first: whoever hears that a recording failed knows by then that its leg is lost, and begins no other.
        for leg in [leg for leg, worker in self._legs.items() if worker is dead]:
            self._forget(leg)
            self.on_event(MixerEvent("worker-died", now, leg=leg, ref=dead.name))
        for kind, running in (("playback-finished", self._playbacks), ("recording-finished", self._recordings)):
            for ref in [ref for ref, worker in running.items() if worker is dead]:
                del running[ref]
                self.on_event(MixerEvent(kind, now, ref=ref, value="failed"))
        self.on_event(MixerEvent("worker-died", now, ref=dead.name))
        if dead in self._workers:
            task = asyncio.ensure_future(self._replace(dead))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _replace(self, dead: WorkerProcess) -> None:
        """Start a worker in the place of one that died, trying again each second."""
        index = self._workers.index(dead)
        await dead.stop()
        while True:
            try:
                self._workers[index] = await self._spawn(index)
            except (MixerError, OSError):
                log.exception("cannot start a mixer worker; trying again")
                await asyncio.sleep(1)
            else:
                self._replaced.set()
                return

    async def _least_loaded(self) -> WorkerProcess:
        """Return the worker for a new conference; if none is left, wait for the one that is being started."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not any(worker.is_alive for worker in self._workers):
                    self._replaced.clear()
                    await self._replaced.wait()
        except TimeoutError:
            raise MixerError("no mixer worker is running") from None
        loads = [
            Load(number, worker.load, worker.busy, worker.measured)
            for number, worker in enumerate(self._workers)
            if worker.is_alive
        ]
        return self._workers[least_loaded(loads).number]

    @property
    def loads(self) -> list[Mapping[str, float | str]]:
        """See `Mixer.loads`."""
        return [
            {"name": worker.name, "pid": worker.pid, "legs": worker.load, "busy": worker.busy, **worker.told}
            for worker in self._workers
            if worker.is_alive
        ]

    def _worker_of(self, leg: str) -> WorkerProcess:
        worker = self._legs.get(leg)
        if worker is None:
            raise MixerError(f"no leg {leg}")
        return worker

    def _worker_with(self, conference: str) -> WorkerProcess:
        for leg, joined in self._conference_of.items():
            if joined == conference:
                return self._legs[leg]
        raise MixerError(f"no conference {conference}")

    def _forget(self, leg: str) -> WorkerProcess | None:
        self._conference_of.pop(leg, None)
        worker = self._legs.pop(leg, None)
        if worker is not None:
            worker.load -= 1
        return worker

    async def open_leg(self, leg: str, *, beside: str | None = None) -> Address:
        if leg in self._legs:
            raise MixerError(f"leg {leg} is open already")
        worker = await self._least_loaded() if beside is None else self._worker_of(beside)
        if leg in self._legs:
            raise MixerError(f"leg {leg} is open already")
        self._legs[leg] = worker
        worker.load += 1
        try:
            host, port = await worker.ask("open_leg", leg=leg)
        except BaseException:  # also when the caller was cancelled: no leg may stay open that nobody knows of
            if self._forget(leg) is not None and worker.is_alive:
                worker.tell("close_leg", leg=leg)
            raise
        return str(host), int(port)

    async def tap(self, tap: str, leg: str, *, spy: str, whisper: str) -> None:
        if tap in self._legs:
            raise MixerError(f"leg {tap} is open already")
        worker = self._legs[tap] = self._worker_of(leg)
        worker.load += 1
        try:
            await worker.ask("tap", tap=tap, leg=leg, spy=spy, whisper=whisper)
        except BaseException:  # as in `open_leg`
            if self._forget(tap) is not None and worker.is_alive:
                worker.tell("close_leg", leg=tap)
            raise

    async def set_audio(self, leg: str, audio: AudioParameters) -> None:
        await self._worker_of(leg).ask("set_audio", leg=leg, audio=audio_message(audio))

    async def close_leg(self, leg: str) -> Mapping[str, float]:
        self._worker_of(leg)
        worker = self._forget(leg)
        assert worker is not None  # noqa: S101 - looked up above
        counters: Message = await worker.ask("close_leg", leg=leg)
        return counters

    async def statistics(self, leg: str) -> Mapping[str, float]:
        figures: Message = await self._worker_of(leg).ask("statistics", leg=leg)
        return figures

    async def join(self, leg: str, conference: str) -> None:
        worker = self._worker_of(leg)
        others = {self._legs[other] for other, joined in self._conference_of.items() if joined == conference}
        if others - {worker}:
            raise MixerError(f"leg {leg} and conference {conference} live on different workers")
        before = self._conference_of.get(leg)
        self._conference_of[leg] = conference
        try:
            await worker.ask("join", leg=leg, conference=conference)
        except MixerError:
            if before is None:
                self._conference_of.pop(leg, None)
            elif leg in self._legs:
                self._conference_of[leg] = before
            raise

    async def leave(self, leg: str) -> None:
        worker = self._worker_of(leg)
        self._conference_of.pop(leg, None)
        await worker.ask("leave", leg=leg)

    async def mute(self, leg: str, *, muted: bool) -> None:
        await self._worker_of(leg).ask("mute", leg=leg, muted=muted)

    async def gain(self, leg: str, direction: Direction, factor: float) -> None:
        await self._worker_of(leg).ask("gain", leg=leg, direction=direction, factor=factor)

    def _worker_for(self, target: PlayTarget | RecordSource) -> WorkerProcess:
        kind, name = target
        return self._worker_with(name) if kind == "conference" else self._worker_of(name)

    async def play(self, playback: str, target: PlayTarget, sounds: Sequence[str]) -> None:
        fields = {"target": target, "sounds": list(sounds)}
        await self._begin(self._playbacks, playback, target, "play", playback=playback, **fields)

    async def stop_playback(self, playback: str) -> None:
        await self._change(self._playbacks, playback, "stop_playback", playback=playback)

    async def record(self, recording: str, source: RecordSource, path: str) -> None:
        fields = {"source": source, "path": path}
        await self._begin(self._recordings, recording, source, "record", recording=recording, **fields)

    async def stop_recording(self, recording: str) -> None:
        await self._change(self._recordings, recording, "stop_recording", recording=recording)

    async def mute_recording(self, recording: str, *, muted: bool) -> None:
        await self._change(self._recordings, recording, "mute_recording", recording=recording, muted=muted)

    async def pause_recording(self, recording: str, *, paused: bool) -> None:
        await self._change(self._recordings, recording, "pause_recording", recording=recording, paused=paused)

    async def _begin(
        self, running: dict[str, WorkerProcess], ref: str, place: PlayTarget | RecordSource, verb: str, **fields: Any
    ) -> None:
        if ref in running:
            raise MixerError(f"{ref} is running already")
        worker = running[ref] = self._worker_for(place)
        try:
            await worker.ask(verb, **fields)
        except MixerError:
            running.pop(ref, None)
            raise

    async def _change(self, running: dict[str, WorkerProcess], ref: str, verb: str, **fields: Any) -> None:
        """Ask for an end, or for silence; what ended by itself meanwhile needs none."""
        worker = running.get(ref)
        if worker is not None and worker.is_alive:
            await worker.ask(verb, **fields)

    async def counters(self) -> Mapping[str, float]:
        sums: dict[str, float] = {"workers": 0.0}
        for worker in [worker for worker in self._workers if worker.is_alive]:
            sums["workers"] += 1
            for key, value in (await worker.ask("counters")).items():
                sums[key] = sums.get(key, 0.0) + value
        return sums
