"""The mixing desk of one worker: what happens each 20 ms, and the commands that change it. Knows no clock and no
control socket: whoever owns it calls `tick`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from yuqiao.media.conference import Conferences
from yuqiao.media.legs import Legs
from yuqiao.media.ports import Address, AudioParameters, MixerError, MixerEvent
from yuqiao.media.rtp import FRAME
from yuqiao.media.rtp_socket import PortRange

TICK: Final = 0.02  # seconds
SILENCE_CHECK: Final = 25  # ticks


class Desk:
    """Legs, conferences, playbacks and recordings of one worker."""

    def __init__(self, ports: PortRange, rtp_timeout: float) -> None:
        self.events: list[MixerEvent] = []
        self._ports = ports
        self._patience = round(rtp_timeout / TICK)
        self._legs = Legs()
        self._conferences = Conferences()
        self._tick = 0
        self._at = 0.0

    def tick(self, at: float, ticks: int = 1) -> None:
        """Do one tick at UNIX time ``at``; ``ticks - 1`` were skipped before it."""
        self._tick += ticks
        self._at = at
        legs = self._legs
        for leg, press in legs.take_in(self._tick):
            self._tell("digit", leg=leg.name, value=press.digit, duration_ms=press.duration_ms)
        if ticks > 1:
            legs.ring.skip(legs.span, ticks - 1)
        voices = legs.voices()
        heard = np.zeros((legs.span, FRAME), dtype=np.int32)
        self._conferences.mix(voices, {}, heard)
        legs.transmission.send(heard, ticks)
        if self._tick % SILENCE_CHECK == 0:
            for leg in legs.gone_silent(self._tick, self._patience):
                self._tell("rtp-lost", leg=leg.name)

    def _tell(self, kind: str, *, leg: str = "", ref: str = "", value: str = "", duration_ms: int = 0) -> None:
        self.events.append(MixerEvent(kind, self._at, leg=leg, ref=ref, value=value, duration_ms=duration_ms))

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

    def set_audio(self, leg: str, audio: AudioParameters) -> None:
        """As `Mixer.set_audio`."""
        self._legs.set_audio(leg, audio, self._tick)

    def close_leg(self, leg: str) -> Mapping[str, float]:
        """As `Mixer.close_leg`."""
        self._conferences.forget(self._legs.get(leg).row)
        return self._legs.close(leg)

    def join(self, leg: str, conference: str) -> None:
        """As `Mixer.join`."""
        self._conferences.join(self._legs.get(leg).row, conference)

    def leave(self, leg: str) -> None:
        """As `Mixer.leave`."""
        self._conferences.leave(self._legs.get(leg).row)

    def mute(self, leg: str, *, muted: bool) -> None:
        """As `Mixer.mute`."""
        self._conferences.mute(self._legs.get(leg).row, muted=muted)

    def finish(self) -> None:
        """End everything that must be brought to an end before the process does."""

    def counters(self) -> Mapping[str, float]:
        """As `Mixer.counters`, of this worker."""
        return {"legs": len(self._legs), "conferences": len(self._conferences), **self._legs.totals()}
