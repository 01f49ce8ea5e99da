"""The legs of one worker: names, rows, sockets; what comes in and what goes out is handled for all rows at once."""

from __future__ import annotations

import heapq
import logging
from collections import deque
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from yuqiao.lib.g711 import PCMA, PCMU, Samples
from yuqiao.media.dtmf import Keypad, Press
from yuqiao.media.ports import AudioParameters, MixerError
from yuqiao.media.reception import Reception
from yuqiao.media.ring import JitterRing
from yuqiao.media.rtp import FRAME
from yuqiao.media.rtp_socket import RtpSocket, is_reachable
from yuqiao.media.transmission import Transmission

log = logging.getLogger(__name__)

CAPACITY: Final = 1024
SETTLING: Final = 25  # ticks after which nothing waits any more of what came before a socket was locked


@dataclass(slots=True)
class Leg:
    """One party's connection; without a ``socket`` the row of a tap (`taps`)."""

    name: str
    row: int
    socket: RtpSocket | None
    keypad: Keypad = field(default_factory=Keypad)
    audio: AudioParameters | None = None
    told_lost: bool = False
    told_malformed: bool = False


class Legs:
    """All legs of a worker by name; each has a row in the arrays, the lowest that was free."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.ring = JitterRing(capacity)
        self.reception = Reception(capacity, self.ring)
        self.transmission = Transmission(capacity)
        self.span = 0  # rows 0 … span-1 may be in use
        self.former: dict[str, float] = {}  # counters of closed legs, summed
        self._by_name: dict[str, Leg] = {}
        self._by_row: dict[int, Leg] = {}
        self._held: set[int] = set()
        self._settling: deque[tuple[int, Leg]] = deque()  # tick, and the leg that may be received the fast way then
        self._tick = 0
        self._free = list(range(capacity))

    def __len__(self) -> int:
        return len(self._by_name)

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def get(self, name: str) -> Leg:
        """Return the leg called ``name``; MixerError when there is none."""
        leg = self._by_name.get(name)
        if leg is None:
            raise MixerError(f"no leg {name}")
        return leg

    def names(self) -> list[str]:
        return list(self._by_name)

    def open(self, name: str, socket: RtpSocket, tick: int) -> Leg:
        """Take ``socket`` over as a new leg, without media until `set_audio`. MixerError when there is no row left."""
        leg = self._enter(name, socket)
        self.reception.open(leg.row, socket.socket.fileno(), socket.learn, tick)
        socket.on_lock = lambda: self._settle(leg, socket)
        return leg

    def open_tap(self, name: str) -> Leg:
        """Give a tap a row: it neither receives nor sends. MixerError when there is no row left."""
        return self._enter(name, None)

    def _enter(self, name: str, socket: RtpSocket | None) -> Leg:
        if not self._free:
            raise MixerError("this worker has no room for another leg")
        row = heapq.heappop(self._free)
        leg = self._by_name[name] = self._by_row[row] = Leg(name, row, socket)
        self.span = max(self.span, row + 1)
        self.transmission.open(row)
        return leg

    def close(self, name: str) -> dict[str, float]:
        """Close a leg and return its counters."""
        leg = self.get(name)
        counters = self.counters(leg)
        self.transmission.direct(leg.row, None, PCMA)
        if leg.socket is not None:
            self.reception.close(leg.row, leg.socket.socket.fileno())
            leg.socket.close()
        del self._by_name[name], self._by_row[leg.row]
        self._held.discard(leg.row)
        heapq.heappush(self._free, leg.row)
        self.span = max(self._by_row, default=-1) + 1
        for key, value in counters.items():
            self.former[key] = self.former.get(key, 0) + value
        return counters

    def counters(self, leg: Leg) -> dict[str, float]:
        """Return the counters of one leg as `Mixer.close_leg` does."""
        row = leg.row
        return {
            "packets_in": float(self.ring.received[row]),
            "packets_out": float(self.transmission.packets[row]),
            "lost": float(self.ring.lost(row)),
            "late": float(self.ring.late[row]),
            "malformed": float(self.reception.malformed[row] + (leg.socket.malformed if leg.socket else 0)),
        }

    def totals(self) -> dict[str, float]:
        """Return the counters of all legs there are and were."""
        sums = dict(self.former)
        for leg in self._by_name.values():
            for key, value in self.counters(leg).items():
                sums[key] = sums.get(key, 0) + value
        return sums

    def set_audio(self, name: str, audio: AudioParameters, tick: int) -> None:
        """Begin or change a leg's media. MixerError for another codec or an address that is none."""
        leg = self.get(name)
        if leg.socket is None:
            raise MixerError(f"{name} is a tap, which has no media of its own")
        if audio.payload_type not in (PCMU, PCMA):
            raise MixerError(f"payload type {audio.payload_type} is neither PCMU nor PCMA")
        reachable = is_reachable(audio.remote)
        leg.socket.point(audio.remote if reachable else None)
        leg.audio = audio
        reception = self.reception
        if audio.receive and not reception.listening[leg.row]:
            reception.heard_tick[leg.row] = tick
        reception.listening[leg.row] = audio.receive
        reception.events_type[leg.row] = -1 if audio.dtmf_payload_type is None else audio.dtmf_payload_type
        self._route(leg, leg.socket)

    def _settle(self, leg: Leg, socket: RtpSocket) -> None:
        """The socket is locked on to its source: send the fast way, and soon receive so too."""
        self._settling.append((self._tick + SETTLING, leg))
        self._route(leg, socket)

    def _receive_fast(self) -> None:
        while self._settling and self._settling[0][0] <= self._tick:
            _, leg = self._settling.popleft()
            if self._by_row.get(leg.row) is leg and leg.socket is not None and leg.socket.locked:
                plain = leg.socket.socket
                self.reception.reroute(leg.row, plain.fileno(), plain.recv_into)

    def _route(self, leg: Leg, socket: RtpSocket) -> None:
        if not socket.locked:
            self.reception.reroute(leg.row, socket.socket.fileno(), socket.learn)
        if leg.audio is not None:
            wanted = leg.audio.send and is_reachable(leg.audio.remote)
            way = socket.socket.send if socket.locked else socket.send
            self.transmission.direct(leg.row, way if wanted else None, leg.audio.payload_type)

    def take_in(self, tick: int) -> list[tuple[Leg, Press]]:
        """Take in all packets that wait; return the keys that were pressed."""
        self._tick = tick
        self._receive_fast()
        packets, malformed = self.reception.drain(tick)
        presses: list[tuple[Leg, Press]] = []
        for row, payload, timestamp, ssrc in packets:
            leg = self._by_row[row]
            presses += [(leg, press) for press in leg.keypad.hear(payload, timestamp, ssrc, tick)]
            (self._held.add if leg.keypad.is_held else self._held.discard)(row)
        for row in list(self._held):
            leg = self._by_row[row]
            presses += [(leg, press) for press in leg.keypad.elapse(tick)]
            if not leg.keypad.is_held:
                self._held.discard(row)
        for row in malformed:
            leg = self._by_row[int(row)]
            if not leg.told_malformed:
                leg.told_malformed = True
                log.warning("leg %s sends datagrams that are no RTP; they are dropped and counted", leg.name)
        return presses

    def voices(self) -> Samples:
        """Return the next frame of each row, ``(span, 160)``."""
        frames = np.empty((self.span, FRAME), dtype=np.int16)
        self.ring.read(self.span, frames)
        return frames

    def gone_silent(self, tick: int, patience: int) -> list[Leg]:
        """Return the legs that should be heard and were not for ``patience`` ticks; each once for one silence."""
        quiet: NDArray[np.bool_] = tick - self.reception.heard_tick[: self.span] >= patience
        newly = []
        for row, leg in self._by_row.items():
            silent = bool(quiet[row] and self.reception.listening[row])
            if silent and not leg.told_lost:
                newly.append(leg)
            leg.told_lost = silent
        return newly
