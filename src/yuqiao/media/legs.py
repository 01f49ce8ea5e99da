"""The legs of one worker: names, rows, sockets; what comes in and what goes out is handled for all rows at once."""

from __future__ import annotations

import heapq
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from yuqiao.lib.g711 import PCMA, PCMU, Samples
from yuqiao.lib.sources import source_of
from yuqiao.media.arrivals import Arrivals
from yuqiao.media.dtmf import Keypad, Press
from yuqiao.media.ports import AudioParameters, Dtls, MixerError, Srtp
from yuqiao.media.reception import Receive, Reception
from yuqiao.media.reporting import EVERY, Reporting
from yuqiao.media.ring import JitterRing
from yuqiao.media.rtp import FRAME
from yuqiao.media.rtp_socket import RtpSocket, is_reachable
from yuqiao.media.speakers import MOST
from yuqiao.media.srtp import Seal
from yuqiao.media.transmission import Send, Transmission
from yuqiao.media.ways import Way, packed
from yuqiao.media.webrtc.browser import Browser
from yuqiao.media.webrtc.browsers import Browsers

log = logging.getLogger(__name__)

CAPACITY: Final = 1024
#: Ticks in which a browser is to be heard again. A page is back in 2 to 5 s after a reload; one whose machine sleeps or
#: changes from one network to another needs up to 15 s until its WebSocket and ICE have noticed (RFC 7675 5.1: 30 s).
RETURNING: Final = 1000
SETTLING: Final = 25  # ticks after which nothing waits any more of what came before a socket was locked


@dataclass(slots=True)
class Leg:
    """One party's connection; without a ``socket`` the row of a tap (`taps`). ``source``: as packets name it."""

    name: str
    row: int
    socket: RtpSocket | None
    source: bytes
    keypad: Keypad = field(default_factory=Keypad)
    audio: AudioParameters | None = None
    seal: Seal | None = None
    browser: Browser | None = None
    settled: bool = False  # nothing waits any more of what came before its socket was locked
    settles: int = 0  # the tick in which that is so, as it was locked last
    told_lost: bool = False
    told_malformed: bool = False


def _as_it_is(packet: bytes) -> bytes:
    return packet


class Legs:
    """All legs of a worker by name; each has a row in the arrays, the lowest that was free."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.ring = JitterRing(capacity)
        self.reception = Reception(capacity, self.ring)
        self.transmission = Transmission(capacity, self.ring.tables)
        self.reporting = Reporting(capacity, self.ring, self.transmission, self.reception.arrivals)
        self.browsers = Browsers()
        self.span = 0  # rows 0 … span-1 may be in use
        self.former: dict[str, float] = {}  # counters of closed legs, summed
        self.rerouted = False  # who is sent to has changed, and not by a command
        self._by_name: dict[str, Leg] = {}
        self._by_row: dict[int, Leg] = {}
        self._held: set[int] = set()
        self._browsing: set[int] = set()  # rows of browsers
        self._settling: deque[tuple[int, Leg]] = deque()  # tick, and the leg that may be received the fast way then
        self._tick = 0
        self._voices = np.full((capacity, FRAME), 0, dtype=np.int16)
        self.ring.tables.give(voices=self._voices)
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
        self.reporting.open(leg.row, socket)
        socket.on_lock = lambda: self._settle(leg, socket)
        return leg

    def open_tap(self, name: str) -> Leg:
        """Give a tap a row: it neither receives nor sends. MixerError when there is no row left."""
        return self._enter(name, None)

    def _enter(self, name: str, socket: RtpSocket | None) -> Leg:
        if not self._free:
            raise MixerError("this worker has no room for another leg")
        row = heapq.heappop(self._free)
        leg = self._by_name[name] = self._by_row[row] = Leg(name, row, socket, source_of(name).to_bytes(4, "big"))
        self.span = max(self.span, row + 1)
        self.transmission.open(row)
        return leg

    def close(self, name: str) -> dict[str, float]:
        """Close a leg and return its statistics."""
        leg = self.get(name)
        counters = self.counters(leg)
        statistics = self.statistics(leg)
        self.transmission.direct(leg.row, None, PCMA)
        if leg.socket is not None:
            self.reporting.close(leg.row)
            self._dismiss(leg, leg.socket)
            self.reception.close(leg.row, leg.socket.socket.fileno())
            leg.socket.close()
        del self._by_name[name], self._by_row[leg.row]
        self._held.discard(leg.row)
        heapq.heappush(self._free, leg.row)
        self.span = max(self._by_row, default=-1) + 1
        for key, value in counters.items():
            self.former[key] = self.former.get(key, 0) + value
        return statistics

    def statistics(self, leg: Leg) -> dict[str, float]:
        """Return what `Mixer.statistics` says of one leg."""
        return {**self.counters(leg), **self.reporting.figures(leg.row)}

    def counters(self, leg: Leg) -> dict[str, float]:
        """Return what can be summed over legs."""
        row = leg.row
        return {
            "packets_in": float(self.ring.received[row]),
            "packets_out": float(self.transmission.packets[row]),
            "lost": float(self.ring.lost(row)),
            "late": float(self.ring.late[row]),
            "srtp_refused": float(self.reception.refused[row] + (leg.seal.refused if leg.seal else 0)),
            "srtp_replayed": float(self.reception.replayed[row] + (leg.seal.replayed if leg.seal else 0)),
            "stun_refused": float(leg.browser.stun_refused if leg.browser else 0),
            "dtls_refused": float(leg.browser.dtls_refused if leg.browser else 0),
            "unsecured": float(leg.browser.unsecured if leg.browser else 0),
            "letters_lost": float(self.reception.letters_lost[row]),
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
        if audio.dtls is not None:
            self._admit(leg, leg.socket, audio.dtls)
            leg.audio = audio
        else:
            reachable = is_reachable(audio.remote)
            self._dismiss(leg, leg.socket)
            leg.socket.point(audio.remote if reachable else None, audio.peer_host)
            leg.audio = audio
            self._secure(leg, leg.socket, audio.srtp)
        reception = self.reception
        if audio.receive and not reception.listening[leg.row]:
            reception.heard_tick[leg.row] = tick
        reception.listening[leg.row] = audio.receive
        reception.events_type[leg.row] = -1 if audio.dtmf_payload_type is None else audio.dtmf_payload_type
        reception.look_again(leg.row)
        self._route(leg, leg.socket)
        self.reporting.set_audio(leg.row, audio, tick)

    def _secure(self, leg: Leg, socket: RtpSocket, keys: Srtp | None) -> None:
        """Secure a leg by ``keys``, or no more; `_route` it then."""
        if keys is not None and leg.seal is not None:
            leg.seal.renew(keys)
        else:
            leg.seal = None if keys is None else Seal(keys)
        socket.open = None if leg.seal is None else leg.seal.open
        if leg.seal is None:
            self.reporting.secure(leg.row, _as_it_is, _as_it_is)
        else:
            self.reporting.secure(leg.row, leg.seal.seal_report, leg.seal.open_report)

    def _admit(self, leg: Leg, socket: RtpSocket, dtls: Dtls) -> None:
        """Let a browser come to a leg, or follow what SDP settled anew with it. MixerError without a certificate."""
        if leg.browser is not None:
            leg.browser.settle(dtls)
            return
        leg.browser = browser = self.browsers.open(socket, dtls, lambda: self._follow(leg, socket, browser))
        self._browsing.add(leg.row)
        socket.point(None)
        self._secure(leg, socket, None)

    def _follow(self, leg: Leg, socket: RtpSocket, browser: Browser) -> None:
        """A browser was given its keys, lost them, or is somewhere else."""
        self._secure(leg, socket, browser.keys)
        self._route(leg, socket)
        self.rerouted = True

    def _dismiss(self, leg: Leg, socket: RtpSocket) -> None:
        """A leg is no browser's, or no more."""
        if leg.browser is not None:
            self.browsers.close(leg.browser)
            leg.browser = None
            self._browsing.discard(leg.row)
            self.transmission.name(leg.row, b"")

    def _settle(self, leg: Leg, socket: RtpSocket) -> None:
        """The socket is locked on to its source: send the fast way, and soon receive so too."""
        leg.settles = self._tick + SETTLING
        self._settling.append((leg.settles, leg))
        self._route(leg, socket)

    def _receive_fast(self) -> None:
        while self._settling and self._settling[0][0] <= self._tick:
            tick, leg = self._settling.popleft()
            is_open = self._by_row.get(leg.row) is leg and leg.settles == tick  # not locked anew since
            if is_open and leg.socket is not None and leg.socket.locked:
                leg.settled = True
                self._hear(leg, leg.socket)

    def _route(self, leg: Leg, socket: RtpSocket) -> None:
        """Receive and send in the ways that what was settled asks for."""
        self._hear(leg, socket)
        if leg.audio is not None:
            wanted = leg.audio.send and socket.remote is not None
            self.transmission.direct(leg.row, self._way_out(leg, socket) if wanted else None, leg.audio.payload_type)

    def _hear(self, leg: Leg, socket: RtpSocket) -> None:
        leg.settled = leg.settled and socket.locked
        descriptor, session = socket.socket.fileno(), None if leg.seal is None else leg.seal.incoming
        way: Receive | Way = socket.learn
        if leg.browser is not None:
            way = leg.browser.receive if session is None else Way(descriptor, session, shared=True)
        elif leg.settled:
            way = Way(descriptor, session)
        self.reception.reroute(leg.row, descriptor, way)

    def _way_out(self, leg: Leg, socket: RtpSocket) -> Send | Way:
        descriptor, session = socket.socket.fileno(), None if leg.seal is None else leg.seal.outgoing
        if socket.locked:
            return Way(descriptor, session)
        if leg.browser is not None and socket.remote is not None:
            return Way(descriptor, session, target=packed(socket.remote))
        return socket.send if leg.seal is None else leg.seal.sender(socket.send)

    def take_in(self, tick: int) -> list[tuple[Leg, Press]]:
        """Take in all packets that wait; return the keys that were pressed."""
        self._tick = tick
        packets, malformed = self.reception.drain(tick, self.span)
        self._receive_fast()
        self.hand_out()
        if self.reception.reports:
            for report in self.reception.reports:
                self.reporting.take(*report)
            self.reception.reports.clear()
        self.reporting.tick(tick, self.span)
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

    def hand_out(self) -> None:
        """Give browsers what came for them that is no RTP."""
        for row, datagram, source in self.reception.letters():
            browser = self._by_row[row].browser
            if browser is not None:
                browser.take(datagram, source)

    def name_speakers(self, loud: NDArray[np.bool_], heard_by: Callable[[int], Sequence[int]]) -> None:
        """Name in what each browser is sent those who are ``loud`` (by row) of the rows that it hears."""
        for row in self._browsing:
            speakers = [self._by_row[other].source for other in heard_by(row) if loud[other]]
            self.transmission.name(row, b"".join(speakers[:MOST]))

    @property
    def is_calm(self) -> bool:
        """The compiled way will do in the next tick, but for who is not plain."""
        return not (self._held or self._settling) and self.reception.is_calm and self.transmission.is_calm

    @property
    def is_plain(self) -> bool:
        """Nothing of any leg needs Python in a tick in which all is calm."""
        return self.reception.is_plain and self.transmission.is_plain

    @property
    def calm_ticks(self) -> int:
        """Ticks before the next in which something is to be looked at besides what comes and goes, if all is calm."""
        after = self._tick + 1
        return 0 if Arrivals.are_due(after) else min(self.ring.depth.left, -after % EVERY)

    def went_on(self, ticks: int) -> None:
        """The compiled way did so many ticks."""
        self._tick += ticks
        self.ring.went_on(ticks)

    @property
    def frames(self) -> Samples:
        """The frame of each row that was read last, by `voices` or the compiled way."""
        return self._voices[: self.span]

    def voices(self) -> Samples:
        """Return the next frame of each row, ``(span, 160)``, until the next tick."""
        frames = self.frames
        self.ring.read(self.span, frames)
        if self.reception.comfort:
            self.reception.comfort.add(frames, self.ring.concealment.gap)
        return frames

    def gone_silent(self, tick: int, patience: int) -> list[Leg]:
        """Return the legs that should be heard and were not for ``patience`` ticks; each once for one silence.

        A browser is waited for longer: a page that is loaded anew, or whose network changed, comes back to its call.
        """
        since = tick - self.reception.heard_tick[: self.span]
        quiet: NDArray[np.bool_] = since >= patience
        newly = []
        for row, leg in self._by_row.items():
            silent = bool(quiet[row] and self.reception.listening[row])
            if silent and leg.browser is not None:
                silent = bool(since[row] >= RETURNING)
            if silent and not leg.told_lost:
                newly.append(leg)
            leg.told_lost = silent
        return newly
