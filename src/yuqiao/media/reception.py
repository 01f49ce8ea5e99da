"""Taking in RTP: everything that waits on all sockets of a worker, a batch at a time.

Python runs once for each packet (one ``recv_into``); headers, decoding and placing are NumPy over the batch. epoll
tells who has a packet, so no receive is tried in vain; asked again until nobody has one, each round holds at most one
packet of each leg.
"""

from __future__ import annotations

import select
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from yuqiao.lib.g711 import ALAW_TO_LINEAR, PCMA, PCMU, ULAW_TO_LINEAR, Codes, Samples
from yuqiao.media.ring import LONGEST, JitterRing
from yuqiao.media.rtp import FRAME, HEADER, SLOT, Headers, read_headers

Rows = NDArray[np.int64]
Receive = Callable[[memoryview], int]
#: Row, payload, timestamp and SSRC of a telephone-event packet.
KeyPacket = tuple[int, bytes, int, int]

ROUNDS: Final = 16  # a flood on one socket must not hold up the tick
_LAWS = np.concatenate([ULAW_TO_LINEAR, ALAW_TO_LINEAR])


class Reception:
    """The incoming side of ``capacity`` legs; arrays are indexed by a leg's row.

    ``listening``: media is wanted. ``events_type``: payload type of telephone-events, -1 for none. ``heard_tick``: when
    RTP last came. ``malformed``: datagrams that were no RTP.
    """

    def __init__(self, capacity: int, ring: JitterRing) -> None:
        self.ring = ring
        self.listening = np.zeros(capacity, dtype=bool)
        self.events_type = np.full(capacity, -1, dtype=np.int64)
        self.heard_tick = np.zeros(capacity, dtype=np.int64)
        self.malformed = np.zeros(capacity, dtype=np.int64)
        self._capacity = capacity
        self._batch: Codes = np.zeros((capacity, SLOT), dtype=np.uint8)
        self._slots = [memoryview(self._batch[slot]) for slot in range(capacity)]
        self._epoll = select.epoll()
        self._ways: dict[int, tuple[Receive, int]] = {}  # by file descriptor

    def open(self, row: int, descriptor: int, receive: Receive, tick: int) -> None:
        """Begin to take in what comes for a leg; nothing of it is wanted yet."""
        self.heard_tick[row] = tick
        self.malformed[row] = 0
        self.listening[row] = False
        self.events_type[row] = -1
        self._ways[descriptor] = (receive, row)
        self._epoll.register(descriptor, select.EPOLLIN)

    def reroute(self, row: int, descriptor: int, receive: Receive) -> None:
        """Receive in another way from now on."""
        self._ways[descriptor] = (receive, row)

    def close(self, row: int, descriptor: int) -> None:
        """Stop taking in; call it before the socket is closed."""
        self._epoll.unregister(descriptor)
        del self._ways[descriptor]
        self.listening[row] = False
        self.ring.reset(row)

    def drain(self, tick: int) -> tuple[list[KeyPacket], Rows]:
        """Take in all that waits. Returns telephone-event packets in order, and the rows that sent malformed ones."""
        keys: list[KeyPacket] = []
        malformed: list[Rows] = []
        for _ in range(ROUNDS):
            ready = self._epoll.poll(0, self._capacity)
            if not ready:
                break
            rows, sizes = self._receive(ready)
            if rows:
                more_keys, bad = self._take_in(np.array(rows), self._batch[: len(rows)], np.array(sizes), tick)
                keys += more_keys
                malformed.append(bad)
        return keys, np.concatenate(malformed) if malformed else np.zeros(0, dtype=np.int64)

    def _receive(self, ready: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
        rows: list[int] = []
        sizes: list[int] = []
        used, slots, ways = 0, self._slots, self._ways
        for descriptor, _event in ready:
            receive, row = ways[descriptor]
            try:
                size = receive(slots[used])
            except OSError:  # ECONNREFUSED: what we sent before found nobody, udp(7)
                continue
            if size >= 0:
                rows.append(row)
                sizes.append(size)
                used += 1
        return rows, sizes

    def _take_in(self, rows: Rows, batch: Codes, sizes: NDArray[np.int64], tick: int) -> tuple[list[KeyPacket], Rows]:
        """Sort one batch, ``sizes[i]`` bytes of ``rows[i]`` in ``batch[i]``; returns as `drain`."""
        headers = read_headers(batch, sizes)
        good = headers.valid & (headers.payload_length <= LONGEST)
        bad = rows[~good]
        if bad.size:
            self.malformed[bad] += 1
            rows, batch, headers = rows[good], batch[good], headers.select(good)
        self.heard_tick[rows] = tick
        kind = headers.payload_type
        coded = (kind == PCMA) | (kind == PCMU)
        ours = coded | (kind == self.events_type[rows])
        if not ours.all():  # comfort noise, another codec, or RTCP on the same port: no part of the stream
            rows, batch, headers, coded = rows[ours], batch[ours], headers.select(ours), coded[ours]
            kind = headers.payload_type
        newer = self.ring.note(rows, headers.seq, headers.ssrc)
        audio = coded & self.listening[rows]
        if audio.all():
            self._place(rows, batch, headers, newer)
            return [], bad
        keys = []
        for at in np.flatnonzero(~coded & self.listening[rows]):
            payload = batch[at, HEADER : HEADER + headers.payload_length[at]].tobytes()
            keys.append((int(rows[at]), payload, int(headers.timestamp[at]), int(headers.ssrc[at])))
        if audio.any():
            self._place(rows[audio], batch[audio], headers.select(audio), newer[audio])
        return keys, bad

    def _place(self, rows: Rows, batch: Codes, headers: Headers, newer: NDArray[np.bool_]) -> None:
        """Decode by table and put into the rings."""
        longest = max(FRAME, int(headers.payload_length.max(initial=0)))
        codes = batch[:, HEADER : HEADER + longest]
        kind = headers.payload_type
        audio: Samples
        if (kind == PCMA).all():
            audio = np.take(ALAW_TO_LINEAR, codes)
        else:
            audio = np.take(_LAWS, codes + np.where(kind == PCMA, 256, 0)[:, None])
        self.ring.write(rows, headers.timestamp, newer, audio, headers.payload_length)
