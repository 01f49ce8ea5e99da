"""The mixing desk of one worker: what happens each 20 ms, and the commands that change it. Knows no clock and no
control socket: whoever owns it calls `tick`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from yuqiao.lib.g711 import Samples
from yuqiao.media import speakers
from yuqiao.media.conference import Conferences, Sums
from yuqiao.media.in_step import CALLED, CONFERENCE, DUE, LEG_IN, LEG_OUT, PAUSE, SILENCE, compiled
from yuqiao.media.legs import CAPACITY, Legs
from yuqiao.media.limits import LATE_NS, TICK, TICK_NS, TOO_FAR_BEHIND_NS
from yuqiao.media.loudness import STRONGEST, Volume, soften
from yuqiao.media.playback import Playback, State
from yuqiao.media.ports import Address, AudioParameters, MixerError, MixerEvent, PlayTarget, RecordSource
from yuqiao.media.recorder import Recorder, Track
from yuqiao.media.rtp import FRAME
from yuqiao.media.rtp_socket import PortRange
from yuqiao.media.sounds import Shelf
from yuqiao.media.taps import DIRECTIONS, Taps
from yuqiao.media.webrtc.certificate import Identity

SILENCE_CHECK: Final = 20  # ticks


@dataclass(slots=True)
class _Playing:
    playback: Playback
    target: PlayTarget
    told: bool = False


class Desk:
    """Legs, conferences, playbacks and recordings of one worker. ``events`` collects what its owner must tell. Who
    gives a command sets ``changed``; ``now`` is the number of the last tick."""

    def __init__(self, ports: PortRange, rtp_timeout: float) -> None:
        self.events: list[MixerEvent] = []
        self._ports = ports
        self._patience = round(rtp_timeout / TICK)
        self._legs = Legs()
        self._conferences = Conferences()
        self._taps = Taps()
        self._said, self._heard = Volume(), Volume()
        self._shelf = Shelf()
        self._playing: dict[str, _Playing] = {}
        tables = self._legs.ring.tables
        self._recorder = Recorder(tables)
        self._hearing, self._sums = np.full((2, CAPACITY, FRAME), 0, dtype=np.int32)
        self._tables = tables.give(heard=self._hearing, sums=self._sums)
        self.changed = True
        self.now = 0
        self._at = 0.0

    def tick(self, at: float, ticks: int = 1) -> None:
        """Do one tick at UNIX time ``at``; ``ticks - 1`` were left out before it."""
        self.now += ticks
        self._at = at
        legs = self._legs
        for leg, press in legs.take_in(self.now):
            self._tell("digit", leg=leg.name, value=press.digit, duration_ms=press.duration_ms)
        if ticks > 1:
            legs.ring.skip(legs.span, ticks - 1)
            self._recorder.skip(ticks - 1)
        voices = legs.voices()
        heard = self._hearing[: legs.span]
        heard[:] = 0
        to_conferences, to_legs = self._play()
        spoken = self._amplified(voices) if self._said else voices
        sums = self._conferences.mix(self._taps.before(spoken) if self._taps else spoken, to_conferences, heard)
        for row, frame in to_legs:
            heard[row] += frame
        if self._taps:
            self._taps.after(heard)
        if self._heard:
            self._heard.apply(heard)
        self._name_speakers(spoken)
        legs.transmission.send(legs.span, ticks)
        self._record(sums)
        legs.browsers.work(self.now)
        self.changed = False
        if self._patience and self.now % SILENCE_CHECK == 0:
            for leg in legs.gone_silent(self.now, self._patience):
                self._tell("rtp-lost", leg=leg.name)

    def _name_speakers(self, spoken: Samples) -> None:
        if self._legs.browsers and self.now % speakers.EVERY == 0:
            self._legs.name_speakers(speakers.loud(spoken), self._conferences.heard_by)

    def _amplified(self, voices: Samples) -> Samples:
        louder = voices.astype(np.int32)
        self._said.apply(louder)
        return soften(louder)

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

    def _record(self, sums: Sums) -> None:
        recorder = self._recorder
        anew, self._legs.rerouted = self.changed or self._legs.rerouted, False
        if not recorder.is_busy:
            return
        for track in recorder.begin():
            self._tell("recording-started", ref=track.name)
        self._sums[: len(sums)] = sums
        recorder.take(self._source_of, anew=anew)
        recorder.end_tick()
        for track in recorder.closed():
            self._tell_recorded(track)

    def _source_of(self, track: Track) -> tuple[int, int]:
        """Return the source of ``track`` as `in_step` counts them, and its row or that of its conference."""
        kind, name = track.source
        if kind == "conference":
            return CONFERENCE, self._conferences.index(name)
        row = self._legs.get(name).row
        if kind == "leg-in":
            return LEG_IN, row
        return (LEG_OUT if self._legs.transmission.is_sending(row) else SILENCE), row

    @property
    def _calm_ticks(self) -> int:
        """The next ticks for which the compiled way will do, for what is plain and if all stay in step."""
        if self.changed or self._legs.rerouted or self._playing or self._taps or self._said or self._heard:
            return 0
        if not (self._conferences.is_calm and self._legs.is_calm):
            return 0
        return min(self._legs.calm_ticks, self._recorder.calm_ticks)

    def rest(self, control: int, due: float) -> tuple[bool, int, int]:
        """Tick from ``due`` (monotonic seconds) on as long as nothing is to be decided. Returns whether the socket
        ``control`` can be read (if not, a tick is due for `tick`), how many ticks were done, and how many of them began
        late."""
        legs, tables = self._legs, self._tables
        at, done, late = round(due * 1e9), 0, 0
        while True:
            why = self._run(control, at) if legs.is_plain else self._step_beside_others(control, at)
            done, late, at = done + tables.done, late + tables.late, at + tables.done * TICK_NS
            if why != PAUSE:
                return why == CALLED, done, late
            legs.hand_out()
            self._name_speakers(legs.frames)
            legs.browsers.work(self.now)

    def _run(self, control: int, due: int) -> int:
        """Let the compiled way tick from ``due`` (ns) on; return why it came back."""
        legs = self._legs
        why: int = compiled().run(
            self._tables,
            self._conferences.seating.table,
            legs.span,
            control,
            due,
            self._calm_ticks,
            legs.browsers.patience(self.now),
            self.now + 1,
            legs.ring.now,
            self._recorder.column,
        )
        self._went_on(self._tables.done)
        return why

    def _step_beside_others(self, control: int, due: int) -> int:
        """As `_run`, a single tick, in which Python receives and sends for the legs that are not plain."""
        legs, tables, tick = self._legs, self._tables, self.now + 1
        tables.done = tables.late = 0
        behind = compiled().wait_for(control, due)
        if behind < 0:
            return CALLED
        if not self._calm_ticks or behind > TOO_FAR_BEHIND_NS or not legs.reception.take_others(tick):
            return DUE
        seating, column = self._conferences.seating.table, self._recorder.column
        if not compiled().step(tables, seating, legs.span, tick, legs.ring.now, column):
            return DUE
        tables.done, tables.late = 1, behind > LATE_NS
        self._went_on(1)
        legs.transmission.send_others()
        return PAUSE

    def _went_on(self, ticks: int) -> None:
        if ticks:
            self.now += ticks
            self._legs.went_on(ticks)
            self._recorder.went_on(ticks)

    def _tell_recorded(self, track: Track) -> None:
        value = State.FAILED if track.failed else State.DONE
        self._tell("recording-finished", ref=track.name, value=value, duration_ms=track.position // 8)

    def open_leg(self, leg: str) -> Address:
        """As `Mixer.open_leg`."""
        if leg in self._legs:
            raise MixerError(f"leg {leg} is open already")
        socket = self._ports.bind()
        try:
            self._legs.open(leg, socket, self.now)
        except MixerError:
            socket.close()
            raise
        return socket.address

    def identify(self, certificate: str, key: str, fingerprint: str) -> None:
        """Take the media server's certificate, for legs of browsers."""
        self._legs.browsers.identify(Identity(certificate, key, fingerprint))

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
        self._legs.set_audio(leg, audio, self.now)

    def close_leg(self, leg: str) -> Mapping[str, float]:
        """As `Mixer.close_leg`; its recordings are in `recordings_ending` until they are complete."""
        self._end_with("leg", leg, "leg-in", "leg-out")
        self._leave_behind(leg)
        row = self._legs.get(leg).row
        self._conferences.forget(row, self._legs.ring.upcoming(row))
        for what in (self._taps, self._said, self._heard):
            what.forget(row)
        return self._legs.close(leg)

    def statistics(self, leg: str) -> Mapping[str, float]:
        """As `Mixer.statistics`."""
        return self._legs.statistics(self._legs.get(leg))

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

    def gain(self, leg: str, direction: str, factor: float) -> None:
        """As `Mixer.gain`."""
        if direction not in {"said", "heard"} or not 0 <= factor <= STRONGEST:
            raise MixerError(f"a gain is of what is said or heard, and from 0 to {STRONGEST:g}")
        (self._said if direction == "said" else self._heard).set(self._legs.get(leg).row, factor)

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

    def mute_recording(self, recording: str, *, muted: bool) -> None:
        """As `Mixer.mute_recording`."""
        self._recorder.mute(recording, muted=muted)

    def pause_recording(self, recording: str, *, paused: bool) -> None:
        """As `Mixer.pause_recording`."""
        self._recorder.pause(recording, paused=paused)

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
