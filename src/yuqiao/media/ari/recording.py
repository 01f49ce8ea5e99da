"""Recording channels and bridges into WAV files."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import logging
from collections.abc import Awaitable
from pathlib import Path

from yuqiao.media.ari.errors import AriError, missing, unsupported
from yuqiao.media.ari.names import inside
from yuqiao.media.ari.recordings import LiveRecording, stored
from yuqiao.media.ari.switch import Switch
from yuqiao.media.ports import MixerError, RecordSource

logger = logging.getLogger(__name__)

#: Seconds the mixer may take to complete a file before the recording is declared failed.
PATIENCE = 5.0


class Recordings:
    """Verbs on recordings. ``target`` is ARI's ``channel:ID`` or ``bridge:ID``, ``source`` what the mixer taps."""

    def __init__(self, switch: Switch) -> None:
        self.switch = switch
        self._by_ref: dict[str, LiveRecording] = {}
        self._refs = itertools.count(1)

    async def record(
        self, target: str, source: RecordSource, apps: set[str], *, name: str, if_exists: str, max_seconds: int
    ) -> LiveRecording:
        """Begin a recording. AriError 400 for a bad name, 409 when one of that name exists or the mixer refuses."""
        path = self._free_path(name, if_exists)
        recording = LiveRecording(name, f"recording-{next(self._refs)}", path, source, target, apps)
        self.switch.recordings[name] = self._by_ref[recording.ref] = recording
        try:
            await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
            await self.switch.mixer.record(recording.ref, source, str(path))
        except (MixerError, OSError) as error:
            self._forget(recording)
            recording.finished.set()
            raise AriError(409, f"Recording could not be started: {error}") from error
        recording.begun = True
        if recording.stop_asked:
            await self._stop(recording)
            return recording
        if recording.paused:
            await self._ask(self.switch.mixer.pause_recording(recording.ref, paused=True))
        if recording.muted:
            await self._ask(self.switch.mixer.mute_recording(recording.ref, muted=True))
        if max_seconds:
            recording.seconds_left = float(max_seconds)
            self._let_time_run(recording)
        return recording

    def refuse_in_bridge(self, target: str, apps: set[str], name: str) -> LiveRecording:
        """What Asterisk does for a channel that is in a bridge: it takes the order and reports that it failed."""
        recording = LiveRecording(name, "", self.switch.recordings_folder, ("leg-in", ""), target, apps)
        shown = recording.as_json() | {"state": "failed", "cause": "Cannot record channel while in bridge"}
        self.switch.events.publish("RecordingFailed", apps, recording=shown)
        return recording

    def _free_path(self, name: str, if_exists: str) -> Path:
        path = inside(self.switch.recordings_folder, name, ".wav")
        if if_exists not in {"fail", "overwrite", "append"}:
            raise AriError(400, "ifExists invalid")
        if if_exists == "append":
            raise unsupported("Appending to a recording")
        if name in self.switch.recordings or (if_exists == "fail" and path.exists()):
            raise AriError(409, f"Recording '{name}' already exists and can not be overwritten")
        return path

    def _let_time_run(self, recording: LiveRecording) -> None:
        """A recording that may last so long ends then; time in which it is paused does not count."""
        if recording.seconds_left is None or recording.paused:
            return
        loop = asyncio.get_running_loop()
        recording.ends_at = loop.time() + recording.seconds_left
        loop.call_at(recording.ends_at, self._expire, recording, recording.ends_at)

    def _expire(self, recording: LiveRecording, due: float) -> None:
        if recording.ends_at == due and not recording.finished.is_set():
            self.switch.spawn(self._stop(recording))

    async def pause(self, name: str, *, paused: bool) -> None:
        """Leave out of the file what is said, or go on. AriError 404; 409 when the mixer refuses."""
        recording = self.live(name)
        if recording.paused is paused:
            return
        recording.paused, recording.left_out = paused, True
        if not paused:
            self._let_time_run(recording)
        elif recording.ends_at is not None:
            recording.seconds_left = max(0.0, recording.ends_at - asyncio.get_running_loop().time())
            recording.ends_at = None
        if recording.begun:
            await self._ask(self.switch.mixer.pause_recording(recording.ref, paused=paused))

    async def mute(self, name: str, *, muted: bool) -> None:
        """Record silence in place of what is said, or what is said again. AriError 404; 409 when the mixer refuses."""
        recording = self.live(name)
        recording.muted = muted
        if recording.begun:
            await self._ask(self.switch.mixer.mute_recording(recording.ref, muted=muted))

    async def _ask(self, command: Awaitable[None]) -> None:
        try:
            await command
        except MixerError as error:
            raise AriError(409, f"Recording could not be changed: {error}") from error

    def live(self, name: str) -> LiveRecording:
        """Return the recording in progress; AriError 404."""
        if name not in self.switch.recordings:
            raise missing("Recording")
        return self.switch.recordings[name]

    def of(self, target: str) -> list[LiveRecording]:
        """Return the recordings in progress on ``target``."""
        return [recording for recording in self.switch.recordings.values() if recording.target == target]

    async def stop(self, name: str) -> None:
        """Complete the file. AriError 404."""
        await self._stop(self.live(name))

    async def discard(self, name: str) -> None:
        """Stop and throw the file away; RecordingFinished then has the state ``canceled``. AriError 404."""
        recording = self.live(name)
        recording.discard = True
        await self._stop(recording)

    async def _stop(self, recording: LiveRecording) -> None:
        recording.stop_asked = True
        try:
            if recording.begun:
                await self.switch.mixer.stop_recording(recording.ref)
        except MixerError as error:
            self._end(recording, "failed", None, cause=str(error))
        await self._await_end(recording)

    async def stop_all(self, target: str) -> None:
        """Stop what is recorded on ``target`` and wait until it is complete."""
        await asyncio.gather(*(self._stop(recording) for recording in self.of(target)))

    async def finished(self, target: str) -> None:
        """Wait until the recordings on ``target``, whose source is gone, are complete."""
        await asyncio.gather(*(self._await_end(recording) for recording in self.of(target)))

    async def _await_end(self, recording: LiveRecording) -> None:
        try:
            await asyncio.wait_for(recording.finished.wait(), PATIENCE)
        except TimeoutError:
            self.switch.counters["recordings_lost"] += 1
            self._end(recording, "failed", None, cause="The mixer did not complete the file")

    def started(self, ref: str, at: dt.datetime) -> None:
        """The mixer took the first sample at ``at``; tracks are aligned by this time."""
        recording = self._by_ref.get(ref)
        if recording is not None:
            recording.state, recording.started_at = "recording", at
            self.switch.events.publish("RecordingStarted", recording.apps, at, recording=recording.as_json())

    def ended(self, ref: str, how: str, duration_ms: int, at: dt.datetime) -> None:
        """The file is complete (``done``) or could not be written (``failed``); told as of its last sample."""
        recording = self._by_ref.get(ref)
        if recording is not None:
            recording.duration_ms = duration_ms
            if recording.started_at is not None and not recording.left_out:
                at = recording.started_at + dt.timedelta(milliseconds=duration_ms)
            self._end(recording, how, at, cause="" if how == "done" else "The file could not be written")

    def _end(self, recording: LiveRecording, how: str, at: dt.datetime | None, *, cause: str = "") -> None:
        if recording.finished.is_set():
            return
        self._forget(recording)
        recording.finished.set()
        recording.state = "failed" if how == "failed" else "canceled" if recording.discard else "done"
        recording.cause = cause
        if recording.discard:
            recording.path.unlink(missing_ok=True)
        kind = "RecordingFailed" if how == "failed" else "RecordingFinished"
        self.switch.events.publish(kind, recording.apps, at, recording=recording.as_json())

    def _forget(self, recording: LiveRecording) -> None:
        self._by_ref.pop(recording.ref, None)
        if self.switch.recordings.get(recording.name) is recording:
            del self.switch.recordings[recording.name]

    def stored(self) -> list[dict[str, str]]:
        """Return the StoredRecording models of all complete files."""
        return stored(self.switch.recordings_folder, self.switch.recordings)

    def file(self, name: str) -> Path:
        """Return the path of a complete recording; AriError 404."""
        path = inside(self.switch.recordings_folder, name, ".wav")
        if name in self.switch.recordings or not path.is_file():
            raise missing("Recording")
        return path
