"""Taking in RTP: everything that waits on all sockets of a worker, a batch at a time.

Nearly all packets are the very next of their streams: 20 ms of the same codec from the same source. Such are taken in
by the compiled way (`in_step`), for legs whose socket is connected to who they hear and for browsers with keys, without
Python seeing them at all. All others are sorted here, with NumPy over the batch; each round holds at most one packet of
each leg, in the slot of its row.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from yuqiao.lib.g711 import PCMA, PCMU, Codes, Samples
from yuqiao.media.arrivals import Arrivals, arrived
from yuqiao.media.comfort import COMFORT, ComfortNoise
from yuqiao.media.in_step import ALAW, LAWS, compiled
from yuqiao.media.limits import ADDRESS, LETTERS, ROUNDS
from yuqiao.media.ports import Address
from yuqiao.media.ring import LONGEST, JitterRing
from yuqiao.media.rtcp import FIRST_KIND, LAST_KIND
from yuqiao.media.rtp import FRAME, HEADER, PLAIN, SLOT, Headers, read_headers
from yuqiao.media.srtp import address_of
from yuqiao.media.ways import Way, unpacked

Rows = NDArray[np.int64]
Receive = Callable[[memoryview], int]
#: Row, RTCP packet and when it came, UNIX seconds.
Report = tuple[int, bytes, float]
#: Row, payload, timestamp and SSRC of a telephone-event packet.
KeyPacket = tuple[int, bytes, int, int]
#: Row, what came that is no RTP, and from where.
Letter = tuple[int, bytes, Address]


class Reception:
    """The incoming side of ``capacity`` legs; arrays are indexed by a leg's row.

    ``listening``: media is wanted. ``events_type``: payload type of telephone-events, -1 for none. ``heard_tick``: when
    RTP last came. ``malformed``: datagrams that were no RTP. ``refused``: packets that were not made with the key,
    ``replayed``: those that came a second time or far too late. ``letters_lost``: datagrams that are no RTP beyond
    `LETTERS` of a leg and tick. ``reports``: RTCP that came on ports of RTP (RFC 5761), for who reads it.
    """

    def __init__(self, capacity: int, ring: JitterRing) -> None:
        self.ring = ring
        self.listening = np.zeros(capacity, dtype=bool)
        self.events_type = np.full(capacity, -1, dtype=np.int64)
        self.heard_tick = np.zeros(capacity, dtype=np.int64)
        self.malformed, self.refused, self.replayed, self.letters_lost = np.zeros((4, capacity), dtype=np.int64)
        self._capacity = capacity
        self._batch: Codes = np.full((capacity, SLOT), 0, dtype=np.uint8)
        self._slots = [memoryview(self._batch[slot]) for slot in range(capacity)]
        self._words = self._batch.view(np.uint32)[:, : HEADER // 4]
        self._header = np.zeros((capacity, 3), dtype=np.uint32)  # the last one of legs in step, 0 for others
        self._law = np.zeros(capacity, dtype=np.uint16)
        self._sizes = np.zeros(capacity, dtype=np.int64)  # of what lies in the slots
        self._ear = np.full(capacity, -1, dtype=np.int32)  # the sockets of those received without Python
        self._opens = np.zeros(capacity, dtype=np.uint64)
        self._shared = np.zeros(capacity, dtype=np.uint8)
        self._hearing: dict[int, Way] = {}  # their sessions must live as long as they are used
        self._letters_of = np.zeros(capacity, dtype=np.int64)
        self._letter_rows, self._letter_sizes = np.zeros((2, LETTERS * capacity), dtype=np.int64)
        self._letter_sources = np.zeros((LETTERS * capacity, ADDRESS), dtype=np.uint8)
        self._letters = np.zeros((LETTERS * capacity, SLOT), dtype=np.uint8)
        self._came, self._strange = np.zeros((2, capacity), dtype=np.int64)
        self.arrivals = Arrivals(capacity)
        self.comfort = ComfortNoise()
        self.reports: list[Report] = []
        self._descriptors = np.zeros(capacity, dtype=np.int64)
        self._epoll = select.epoll()
        self._ways: dict[int, tuple[Receive, int]] = {}  # of the others, by file descriptor
        ring.tables.give(
            ear=self._ear,
            opens=self._opens,
            shared=self._shared,
            refused=self.refused,
            replayed=self.replayed,
            letters_of=self._letters_of,
            letters_lost=self.letters_lost,
            letter_rows=self._letter_rows,
            letter_sizes=self._letter_sizes,
            letter_sources=self._letter_sources,
            letters=self._letters,
            slots=self._batch,
            sizes=self._sizes,
            headers=self._header,
            heard_tick=self.heard_tick,
            law=self._law,
            came=self._came,
            strange=self._strange,
        )

    def open(self, row: int, descriptor: int, receive: Receive, tick: int) -> None:
        """Begin to take in what comes for a leg; nothing of it is wanted yet."""
        self.heard_tick[row] = tick
        self.listening[row] = False
        self.events_type[row] = -1
        self.look_again(row)
        self._descriptors[row] = descriptor
        self.reroute(row, descriptor, receive)

    def look_again(self, row: int) -> None:
        """Look at a leg's next packet from all sides: what is wanted of it has changed."""
        self._header[row] = 0

    def reroute(self, row: int, descriptor: int, way: Receive | Way) -> None:
        """Receive in another way from now on."""
        self._ear[row] = -1
        if isinstance(way, Way):
            self._leave(descriptor)
            self._opens[row] = 0 if way.session is None else address_of(way.session)
            self._shared[row] = way.shared
            self._ear[row] = way.descriptor
            self._hearing[row] = way
        else:
            self._hearing.pop(row, None)
            if descriptor not in self._ways:
                self._epoll.register(descriptor, select.EPOLLIN)
            self._ways[descriptor] = (way, row)

    def _leave(self, descriptor: int) -> None:
        if self._ways.pop(descriptor, None) is not None:
            self._epoll.unregister(descriptor)

    def close(self, row: int, descriptor: int) -> None:
        """Stop taking in; call it before the socket is closed."""
        self._leave(descriptor)
        self._ear[row] = -1
        self._hearing.pop(row, None)
        for count in (self.malformed, self.refused, self.replayed, self.letters_lost):
            count[row] = 0
        self.listening[row] = False
        self.look_again(row)
        self.ring.reset(row)
        self.arrivals.reset(row)
        self.comfort.forget(row)

    def letters(self) -> list[Letter]:
        """Hand out what came to browsers since it was asked for last and is no RTP, in order."""
        tables = self.ring.tables
        found = [
            (
                int(self._letter_rows[at]),
                self._letters[at, : self._letter_sizes[at]].tobytes(),
                unpacked(self._letter_sources[at].tobytes()),
            )
            for at in range(tables.letter_count)
        ]
        self._letters_of[self._letter_rows[: tables.letter_count]] = 0
        tables.letter_count = 0
        return found

    @property
    def is_plain(self) -> bool:
        """All legs are received from without Python."""
        return not self._ways

    @property
    def is_calm(self) -> bool:
        """Nobody pauses."""
        return not self.comfort

    def drain(self, tick: int, span: int) -> tuple[list[KeyPacket], Rows]:
        """Take in all that waits for rows below ``span``. Returns telephone-event packets in order, and the rows that
        sent malformed ones."""
        keys: list[KeyPacket] = []
        malformed: list[Rows] = []
        tables = self.ring.tables
        for turn in range(ROUNDS):
            # What the compiled way has left is the first round.
            again = bool(tables.strange_count) or self._receive(tick, span, first=turn == 0)
            if tables.strange_count:
                rows = self._strange[: tables.strange_count].copy()
                tables.strange_count = 0
                more_keys, bad = self._take_in(rows, self._batch[rows], self._sizes[rows], tick)
                keys += more_keys
                malformed.append(bad)
            if not again:
                break
        return keys, np.concatenate(malformed) if malformed else np.zeros(0, dtype=np.int64)

    def _receive(self, tick: int, span: int, *, first: bool) -> bool:
        """Receive and take in what is in step; tell whether there may be more."""
        tables = self.ring.tables
        measured = first and Arrivals.are_due(tick)
        compiled().receive(tables, span, 1 if measured else ROUNDS, tick, self.ring.now)
        is_more, rows = self._receive_others(tick)
        if measured:
            self._measure(np.concatenate([self._came[: tables.came_count], rows]))
        return measured or is_more or bool(tables.strange_count)

    def take_others(self, tick: int) -> bool:
        """Take in what waits for legs that are not plain; tell whether all of it is in step. What is not is left to
        `drain`."""
        for _ in range(ROUNDS):
            is_more, _rows = self._receive_others(tick)
            if self.ring.tables.strange_count:
                return False
            if not is_more:
                break
        return True

    def _receive_others(self, tick: int) -> tuple[bool, Rows]:
        """Receive, in its own way, a packet of each leg that is not plain, and take in those that are in step; tell
        whether there may be more, and the rows of all that are media."""
        ready = self._epoll.poll(0, self._capacity) if self._ways else []
        found: list[int] = []
        for descriptor, _event in ready:
            receive, row = self._ways[descriptor]
            try:
                size = receive(self._slots[row])
            except OSError:  # ECONNREFUSED: what we sent before found nobody, udp(7)
                continue
            if size >= 0:
                self._sizes[row] = size
                found.append(row)
        rows = np.array(found, dtype=np.int64)
        if found:
            compiled().take(self.ring.tables, rows.ctypes.data, len(found), tick, self.ring.now)
        return bool(ready), rows

    def _measure(self, rows: Rows) -> None:
        """Ask the kernel when the packets of a batch came, if there are any."""
        if not rows.size:
            return
        header = self._words[rows].byteswap()
        kind = header[:, 0] >> 16 & 0xC07F
        coded = (kind == 0x8000 | PCMA) | (kind == 0x8000 | PCMU)
        chosen = rows[coded]
        if chosen.size:
            came = np.array([arrived(int(descriptor)) for descriptor in self._descriptors[chosen]])
            numbers = header[coded].astype(np.int64)
            self.arrivals.note(chosen, came, numbers[:, 1], numbers[:, 0] & 0xFFFF, numbers[:, 2])

    def _put_reports_aside(self, rows: Rows, batch: Codes, sizes: NDArray[np.int64]) -> NDArray[np.bool_] | None:
        """Take RTCP out of a batch; return what is left, None for all of it."""
        kind = batch[:, 1]
        control = (kind >= FIRST_KIND) & (kind <= LAST_KIND)
        if not control.any():
            return None
        for at in np.flatnonzero(control):
            when = arrived(int(self._descriptors[rows[at]])) / 1e9 or time.time()
            self.reports.append((int(rows[at]), batch[at, : sizes[at]].tobytes(), when))
        return ~control

    def _take_in(self, rows: Rows, batch: Codes, sizes: NDArray[np.int64], tick: int) -> tuple[list[KeyPacket], Rows]:
        """Sort one batch, ``sizes[i]`` bytes of ``rows[i]`` in ``batch[i]``; returns as `drain`."""
        rest = self._put_reports_aside(rows, batch, sizes)
        if rest is not None:
            rows, batch, sizes = rows[rest], batch[rest], sizes[rest]
        headers = read_headers(batch, sizes)
        good = headers.valid & (headers.payload_length <= LONGEST)
        bad = rows[~good]
        if bad.size:
            self.malformed[bad] += 1
            rows, batch, headers = rows[good], batch[good], headers.select(good)
        self.heard_tick[rows] = tick
        self._header[rows] = 0
        kind = headers.payload_type
        coded = (kind == PCMA) | (kind == PCMU)
        ours = coded | (kind == self.events_type[rows])
        if not ours.all():  # another codec or a stranger's stream is no part of it
            ours |= self._hear_noise(rows, batch, headers)
            rows, batch, headers, coded = rows[ours], batch[ours], headers.select(ours), coded[ours]
            kind = headers.payload_type
        newer = self.ring.note(rows, headers.seq, headers.ssrc)
        audio = coded & self.listening[rows]
        if audio.all():
            self._place(rows, batch, headers, newer)
            return [], bad
        keys = []
        for at in np.flatnonzero((kind == self.events_type[rows]) & self.listening[rows]):
            payload = batch[at, HEADER : HEADER + headers.payload_length[at]].tobytes()
            keys.append((int(rows[at]), payload, int(headers.timestamp[at]), int(headers.ssrc[at])))
        if audio.any():
            self._place(rows[audio], batch[audio], headers.select(audio), newer[audio])
        return keys, bad

    def _hear_noise(self, rows: Rows, batch: Codes, headers: Headers) -> NDArray[np.bool_]:
        """Take in comfort noise; tell which packets of the batch were such."""
        noise: NDArray[np.bool_] = (headers.payload_type == COMFORT) & self.ring.is_from(rows, headers.ssrc)
        for at in np.flatnonzero(noise & self.listening[rows]):
            self.comfort.announce(int(rows[at]), batch[at, HEADER : HEADER + headers.payload_length[at]].tobytes())
        return noise

    def _place(self, rows: Rows, batch: Codes, headers: Headers, newer: NDArray[np.bool_]) -> None:
        """Decode by table and put into the rings."""
        longest = max(FRAME, int(headers.payload_length.max(initial=0)))
        codes = batch[:, HEADER : HEADER + longest]
        law = np.where(headers.payload_type == PCMA, ALAW, 0).astype(np.uint16)
        audio: Samples = np.take(LAWS, codes + law[:, None])
        ready = self.ring.write(rows, headers.timestamp, newer, audio, headers.payload_length) & (batch[:, 0] == PLAIN)
        self._header[rows[ready]] = np.ascontiguousarray(batch[ready, :HEADER]).view(np.uint32).byteswap()
        self._law[rows] = law
