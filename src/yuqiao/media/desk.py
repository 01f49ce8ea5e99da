"""The mixing desk of one worker: what happens each 20 ms, and the commands that change it. Knows no clock and no
control socket: whoever owns it calls `tick`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from yuqiao.lib.g711 import Samples
from yuqiao.media.conference import Conferences, Sums
from yuqiao.media.legs import Legs
from yuqiao.media.playback import Playback, State
from yuqiao.media.ports import Address, AudioParameters, MixerError, MixerEvent, PlayTarget, RecordSource
from yuqiao.media.recorder import Recorder, Track
from yuqiao.media.rtp import FRAME
from yuqiao.media.rtp_socket import PortRange
from yuqiao.media.sounds import Shelf
from yuqiao.media.taps import DIRECTIONS, Taps
from yuqiao.media.transmission import clip

TICK: Final = 0.02  # seconds
SILENCE_CHECK: Final = 25  # ticks


@dataclass(slots=True)
class _Playing:
    playback: Playback
    target: PlayTarget
    told: bool = False


class Desk:
    """Legs, conferences, playbacks and recordings of one worker. ``events`` collects what its owner must tell."""

    def __init__(self, ports: PortRange, rtp_timeout: float) -> None:
        self.events: list[MixerEvent] = []
        self._ports = ports
        self._patience = round(rtp_timeout / TICK)
        self._legs = Legs()
        self._conferences = Conferences()
        self._taps = Taps()
        self._shelf = Shelf()
        self._playing: dict[str, _Playing] = {}
        self._recorder = Recorder()
        self._tick = 0
        self._at = 0.0

    def tick(self, at: float, ticks: int = 1) -> None:
        """Do one tick at UNIX time ``at``; ``ticks - 1`` were left out before it."""
        self._tick += ticks
        self._at = at
        legs = self._legs
        if not (legs.span or self._playing or self._recorder.is_busy):
            return
        for leg, press in legs.take_in(self._tick):
            self._tell("digit", leg=leg.name, value=press.digit, duration_ms=press.duration_ms)
        if ticks > 1:
            legs.ring.skip(legs.span, ticks - 1)
            self._recorder.skip(ticks - 1)
        voices = legs.voices()
        heard = np.zeros((legs.span, FRAME), dtype=np.int32)
        to_conferences, to_legs = self._play()
        sums = self._conferences.mix(self._taps.before(voices) if self._taps else voices, to_conferences, heard)
        for row, frame in to_legs:
            heard[row] += frame
        if self._taps:
            self._taps.after(heard)
        legs.transmission.send(heard, ticks)
        self._record(voices, heard, sums)
        if self._patience and self._tick % SILENCE_CHECK == 0:
            for leg in legs.gone_silent(self._tick, self._patience):
                self._tell("rtp-lost", leg=leg.name)

    def _tell(self, kind: str, *, leg: str = "", ref: str = "", value: str = "", duration_ms: int = 0) -> None:
        self.events.append(MixerEvent(kind, self._at, leg=leg, ref=ref, value=value, duration_ms=duration_ms))

    def _play(self) -> tuple[dict[str, Sums], list[tuple[int, Samples]]]:
        """Return this tick's frames of all playbacks: summed for each conference, and by row for legs."""
        to_conferences: dict[str, Sums] = {}
        to_legs: list[tuple[int, Samples]] = []
        for name, playing in list(self._playing.items()):
            frame = playing.playback.next_frame()
            if frame is not None:
                if not playing.told:
                    playing.told = True
                    self._tell("playback-started", ref=name)
                kind, target = playing.target
                if kind == "leg" and target in self._legs:
                    to_legs.append((self._legs.get(target).row, frame))
                elif kind == "conference":
                    to_conferences[target] = to_conferences.get(target, 0) + frame.astype(np.int32)
            if playing.playback.is_over:
                del self._playing[name]
                self._tell("playback-finished", ref=name, value=playing.playback.state)
        return to_conferences, to_legs

    def _record(self, voices: Samples, heard: NDArray[np.int32], sums: Sums) -> None:
        recorder = self._recorder
        for track in recorder.begin():
            self._tell("recording-started", ref=track.name)
        tracks = recorder.sources("leg-in")
        recorder.take(tracks, voices[self._rows(tracks)])
        tracks = recorder.sources("leg-out")
        rows = self._rows(tracks)
        out = clip(heard[rows])
        out[[not self._legs.transmission.is_sending(row) for row in rows]] = 0
        recorder.take(tracks, out)
        tracks = recorder.sources("conference")
        recorder.take(tracks, clip(sums[[self._conferences.index(track.source[1]) for track in tracks]]))
        recorder.end_tick()
        for track in recorder.closed():
            self._tell_recorded(track)

    def _rows(self, tracks: Sequence[Track]) -> list[int]:
        return [self._legs.get(track.source[1]).row for track in tracks]

    def _tell_recorded(self, track: Track) -> None:
        value = State.FAILED if track.failed else State.DONE
        self._tell("recording-finished", ref=track.name, value=value, duration_ms=track.position // 8)

    def open_leg(self, leg: str) -> Address:
        """As `Mixer.open_leg`."""
        if leg in self._legs:
            raise MixerError(f"leg {leg} is open already")
        socket = self._ports.bind()
        try:
            self._legs.open(leg, socket, self._tick)
        except MixerError:
            socket.close()
            raise
        return socket.address

    def tap(self, tap: str, leg: str, spy: str, whisper: str) -> None:
        """As `Mixer.tap`."""
        if tap in self._legs:
            raise MixerError(f"leg {tap} is open already")
        if spy not in DIRECTIONS or whisper not in DIRECTIONS:
            raise MixerError("a tap's directions are none, in, out and both")
        tapped = self._legs.get(leg)
        if tapped.socket is None:
            raise MixerError(f"{leg} is a tap itself")
        self._taps.open(self._legs.open_tap(tap).row, tapped.row, spy, whisper)

    def set_audio(self, leg: str, audio: AudioParameters) -> None:
        """As `Mixer.set_audio`."""
        self._legs.set_audio(leg, audio, self._tick)

    def close_leg(self, leg: str) -> Mapping[str, float]:
        """As `Mixer.close_leg`; its recordings are in `recordings_ending` until they are complete."""
        self._end_with("leg", leg, "leg-in", "leg-out")
        self._leave_behind(leg)
        self._conferences.forget(self._legs.get(leg).row)
        self._taps.forget(self._legs.get(leg).row)
        return self._legs.close(leg)

    @property
    def recordings_ending(self) -> frozenset[str]:
        """Names of recordings that are stopped but not yet complete on disk."""
        return frozenset(self._recorder.ending)

    def join(self, leg: str, conference: str) -> None:
        """As `Mixer.join`."""
        row = self._legs.get(leg).row
        if self._conferences.of(row) != conference:
            self._leave_behind(leg)
            self._conferences.join(row, conference)

    def leave(self, leg: str) -> None:
        """As `Mixer.leave`."""
        self._leave_behind(leg)
        self._conferences.leave(self._legs.get(leg).row)

    def _leave_behind(self, leg: str) -> None:
        """The last one out ends the conference's playbacks and recordings."""
        conference = self._conferences.of(self._legs.get(leg).row)
        if conference is not None and self._conferences.size(conference) == 1:
            self._end_with("conference", conference, "conference")

    def _end_with(self, target: str, name: str, *sources: str) -> None:
        for playing in self._playing.values():
            if playing.target == (target, name):
                playing.playback.stop()
        for recording in self._recorder.of(name, *sources):
            self._recorder.stop(recording)

    def mute(self, leg: str, *, muted: bool) -> None:
        """As `Mixer.mute`."""
        self._conferences.mute(self._legs.get(leg).row, muted=muted)

    def play(self, playback: str, target: PlayTarget, sounds: Sequence[str]) -> None:
        """As `Mixer.play`."""
        self._require(target[0] == "conference", target[1])
        if playback in self._playing:
            raise MixerError(f"playback {playback} is running already")
        self._playing[playback] = _Playing(Playback([self._shelf.fetch(name) for name in sounds]), target)

    def stop_playback(self, playback: str) -> None:
        """As `Mixer.stop_playback`."""
        if playback in self._playing:
            self._playing[playback].playback.stop()

    def record(self, recording: str, source: RecordSource, path: str) -> None:
        """As `Mixer.record`."""
        self._require(source[0] == "conference", source[1])
        self._recorder.record(recording, source, Path(path))

    def stop_recording(self, recording: str) -> None:
        """As `Mixer.stop_recording`."""
        self._recorder.stop(recording)

    def _require(self, is_conference: bool, name: str) -> None:
        if is_conference and name not in self._conferences:
            raise MixerError(f"no conference {name}")
        if not is_conference:
            self._legs.get(name)

    def finish(self) -> None:
        """Bring all recordings to their end; the desk does nothing any more."""
        self._recorder.finish()
        self._shelf.close()
        for track in self._recorder.closed():
            self._tell_recorded(track)

    def counters(self) -> Mapping[str, float]:
        """As `Mixer.counters`, of this worker."""
        return {
            "legs": len(self._legs),
            "conferences": len(self._conferences),
            "playbacks": len(self._playing),
            "recordings": len(self._recorder),
            "recording_pieces_dropped": self._recorder.dropped,
            **self._legs.totals(),
        }
