"""A trunk and a mixer in memory, as strict as the real ones, for races too rare to wait for."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from yuqiao.media.ari.engine import Engine
from yuqiao.media.ari.events import Listener
from yuqiao.media.ari.switch import Switch
from yuqiao.media.ports import (
    Address,
    AudioParameters,
    CallObserver,
    Direction,
    EndCause,
    MixerError,
    MixerEvent,
    PlayTarget,
    RecordSource,
    SipCall,
    TransferRequest,
)

AUDIO = AudioParameters(("127.0.0.1", 4000), 8, 101)


class MemoryCall:
    """One leg; the test plays the far end through `observer`."""

    def __init__(self, number: str, dialled: str, call_id: str) -> None:
        self.caller_number, self.caller_name, self.dialled_number = number, "", dialled
        self.peer: Address = ("127.0.0.1", 5060)
        self.offer: AudioParameters | None = AUDIO
        self.headers: Mapping[str, str] = {"call-id": call_id, "hlang-send": "ja"}
        self.languages: tuple[str, ...] = ()
        self.carrier = self.diverted_from = ""
        self.observer: CallObserver | None = None
        self.log: list[str] = []
        self.answered = self.over = self.held = False
        self.refer: Callable[[TransferRequest], bool] = lambda wanted: False

    def ring(self) -> None:
        self.log.append("ring")

    def progress(self, local: Address, language: str = "") -> AudioParameters:
        if self.over or self.answered:
            raise ValueError("the call is over or answered")
        self.log.append("progress")
        return AUDIO

    def answer(self, local: Address, language: str = "") -> AudioParameters:
        if self.over or self.answered:
            raise ValueError("the call is over or answered")
        self.answered = True
        self.log.append("answer")
        return AUDIO

    def take_transfers(self, on_transfer: Callable[[TransferRequest], bool]) -> None:
        self.refer = on_transfer

    def transfer_progress(self, status: int) -> None:
        if self.over or not self.answered:
            raise ValueError("no transfer is open")
        self.log.append(f"transfer {status}")

    def hold(self, *, held: bool) -> None:
        self.log.append("hold" if held else "unhold")

    def hangup(self, cause: int = 16) -> None:
        self.end(cause)

    def end(self, cause: int = 16, status: int = 0) -> None:
        if not self.over:
            self.over = True
            self.log.append(f"end {cause}")
            asyncio.get_running_loop().call_soon(self._tell, EndCause(cause, "", status))

    def _tell(self, cause: EndCause) -> None:
        if self.observer is not None:
            self.observer.on_end(cause)


def _refuse(call: SipCall) -> CallObserver | None:
    return None


class MemoryTrunk:
    """Places calls nowhere; `calls` holds them in order, inbound and outbound."""

    def __init__(self) -> None:
        self.on_incoming: Callable[[SipCall], CallObserver | None] = _refuse
        self.calls: list[MemoryCall] = []
        self.invited: list[tuple[str, Mapping[str, str], float]] = []
        self.vias: list[str] = []
        self.endpoints: Mapping[str, str] = MappingProxyType({"city-a": "online"})
        self.counters: Mapping[str, int] = MappingProxyType({"requests": 0, "malformed": 0})

    async def start(self) -> None:
        return

    async def stop(self) -> None:
        return

    def incoming(self, number: str = "13800000001", dialled: str = "960169") -> MemoryCall:
        """A call comes in."""
        call = MemoryCall(number, dialled, f"in-{len(self.calls)}")
        self.calls.append(call)
        call.observer = self.on_incoming(call)
        return call

    def invite(
        self,
        target: str,
        *,
        local: Address,
        observer: CallObserver,
        caller_number: str,
        caller_name: str = "",
        headers: Mapping[str, str] = MappingProxyType({}),
        timeout: float = 60.0,
        languages: Sequence[str] = (),
        via: str = "",
    ) -> SipCall:
        if "bad" in target:
            raise ValueError("no SIP URI")
        call = MemoryCall(caller_number, target, f"out-{len(self.calls)}")
        call.observer = observer
        self.calls.append(call)
        self.invited.append((target, headers, timeout))
        self.vias.append(via)
        return call


_COUNTED = ("packets_in", "packets_out", "lost", "late", "malformed", "ssrc_in", "ssrc_out")
_MEASURED = ("jitter_ms", "jitter_most_ms", "wait_ms", "concealed_ms")
#: Of a leg that nobody spoke on.
FIGURES: Mapping[str, float] = dict.fromkeys((*_COUNTED, *_MEASURED), 0.0)


class MemoryMixer:
    """Keeps the books of a mixer. ``pauses`` says how many turns of the loop each command takes (0 once it is empty).

    It refuses what the real one refuses, so a verb that forgets a leg, or remembers one too long, is found out.
    """

    def __init__(self, pauses: Sequence[int] = ()) -> None:
        self.on_event: Callable[[MixerEvent], None] = lambda event: None
        self.legs: dict[str, str | None] = {}
        self.audio: dict[str, list[AudioParameters]] = {}
        self.muted: set[str] = set()
        self.gains: dict[tuple[str, str], float] = {}
        self.paused: set[str] = set()
        self.playbacks: dict[str, PlayTarget] = {}
        self.recordings: dict[str, RecordSource] = {}
        self.beside: dict[str, str | None] = {}
        self._pauses = iter(pauses)
        self._ports = itertools.count(20000)

    async def start(self) -> None:
        return

    async def stop(self) -> None:
        return

    async def _turns(self) -> None:
        for _ in range(next(self._pauses, 0)):
            await asyncio.sleep(0)

    def _tell(self, kind: str, **fields: Any) -> None:
        self.on_event(MixerEvent(kind, time.time(), **fields))

    def _known(self, leg: str) -> None:
        if leg not in self.legs:
            raise MixerError(f"no leg {leg}")

    async def open_leg(self, leg: str, *, beside: str | None = None) -> Address:
        if leg in self.legs:
            raise MixerError(f"leg {leg} is open already")
        if beside is not None:
            self._known(beside)
        await self._turns()
        self.legs[leg] = None
        self.beside[leg] = beside
        return "127.0.0.1", next(self._ports)

    async def tap(self, tap: str, leg: str, *, spy: str, whisper: str) -> None:
        if tap in self.legs:
            raise MixerError(f"leg {tap} is open already")
        self._known(leg)
        await self._turns()
        self._known(leg)
        self.legs[tap] = None

    async def set_audio(self, leg: str, audio: AudioParameters) -> None:
        self._known(leg)
        await self._turns()
        self.audio.setdefault(leg, []).append(audio)

    async def close_leg(self, leg: str) -> Mapping[str, float]:
        self._known(leg)
        await self._turns()
        del self.legs[leg]
        for ref in [ref for ref, target in self.playbacks.items() if target == ("leg", leg)]:
            del self.playbacks[ref]
            self._tell("playback-finished", ref=ref, value="stopped")
        for ref in [ref for ref, (kind, name) in self.recordings.items() if kind != "conference" and name == leg]:
            self._finish(ref)
        self._end_empty_conferences()
        return FIGURES

    async def statistics(self, leg: str) -> Mapping[str, float]:
        self._known(leg)
        await self._turns()
        self._known(leg)
        return FIGURES

    async def join(self, leg: str, conference: str) -> None:
        self._known(leg)
        await self._turns()
        self._known(leg)
        self.legs[leg] = conference

    async def leave(self, leg: str) -> None:
        self._known(leg)
        await self._turns()
        self._known(leg)
        self.legs[leg] = None
        self._end_empty_conferences()

    def _end_empty_conferences(self) -> None:
        for ref, (kind, name) in list(self.recordings.items()):
            if kind == "conference" and name not in self.legs.values():
                self._finish(ref)
        for ref, target in list(self.playbacks.items()):
            if target[0] == "conference" and target[1] not in self.legs.values():
                del self.playbacks[ref]
                self._tell("playback-finished", ref=ref, value="stopped")

    async def mute(self, leg: str, *, muted: bool) -> None:
        self._known(leg)
        await self._turns()
        (self.muted.add if muted else self.muted.discard)(leg)

    async def gain(self, leg: str, direction: Direction, factor: float) -> None:
        self._known(leg)
        await self._turns()
        self._known(leg)
        self.gains[leg, direction] = factor

    def _target(self, target: PlayTarget | RecordSource) -> None:
        kind, name = target
        if name not in (self.legs.values() if kind == "conference" else self.legs):
            raise MixerError(f"no {kind} {name}")

    async def play(self, playback: str, target: PlayTarget, sounds: Sequence[str]) -> None:
        self._target(target)
        await self._turns()
        self._target(target)
        self.playbacks[playback] = target
        self._tell("playback-started", ref=playback)

    async def stop_playback(self, playback: str) -> None:
        await self._turns()
        if self.playbacks.pop(playback, None) is not None:
            self._tell("playback-finished", ref=playback, value="stopped")

    async def record(self, recording: str, source: RecordSource, path: str) -> None:
        self._target(source)
        await self._turns()
        self._target(source)
        await asyncio.to_thread(Path(path).write_bytes, b"RIFF")
        self._target(source)
        self.recordings[recording] = source
        self._tell("recording-started", ref=recording)

    async def stop_recording(self, recording: str) -> None:
        await self._turns()
        if recording in self.recordings:
            self._finish(recording)

    async def mute_recording(self, recording: str, *, muted: bool) -> None:
        await self._turns()
        (self.muted.add if muted else self.muted.discard)(recording)

    async def pause_recording(self, recording: str, *, paused: bool) -> None:
        await self._turns()
        (self.paused.add if paused else self.paused.discard)(recording)

    def _finish(self, ref: str) -> None:
        del self.recordings[ref]
        self._tell("recording-finished", ref=ref, value="done", duration_ms=1540)

    @property
    def loads(self) -> Sequence[Mapping[str, float | str]]:
        return [{"name": "memory", "legs": len(self.legs)}]

    async def counters(self) -> Mapping[str, float]:
        return {"legs": len(self.legs), "malformed": 0.0}


class Office:
    """An engine over the two, with one application that listens to everything."""

    def __init__(self, folder: Path, pauses: Sequence[int] = (), grace: float = 15.0) -> None:
        self.trunk, self.mixer = MemoryTrunk(), MemoryMixer(pauses)
        self.switch = Switch(self.trunk, self.mixer, "yuqiao", folder / "sounds", folder / "recordings", grace=grace)
        self.engine = Engine(self.switch)
        self.heard: list[dict[str, Any]] = []
        self._listener: Listener | None = None

    def listen(self, app: str = "yuqiao", *, subscribe_all: bool = True) -> None:
        self._listener = self.switch.events.connect([app], subscribe_all=subscribe_all)

    def leave(self) -> None:
        assert self._listener is not None
        self.switch.events.disconnect(self._listener)

    def events(self) -> list[dict[str, Any]]:
        """All events heard so far."""
        if self._listener is not None:
            while not self._listener.waiting.empty():
                text = self._listener.waiting.get_nowait()
                assert text is not None
                self.heard.append(json.loads(text))
        return self.heard

    def kinds(self, channel_id: str = "") -> list[str]:
        """The types of all events heard so far, of one channel or of all."""
        return [event["type"] for event in self.events() if channel_id in ("", subject(event))]

    async def quiet(self) -> None:
        """Let the engine finish what it began."""
        await self.switch.settle(5.0)


def subject(event: dict[str, Any]) -> str:
    """Return the id of the channel an event is about, "" where it is about none."""
    return str((event.get("channel") or event.get("peer") or {}).get("id", ""))
