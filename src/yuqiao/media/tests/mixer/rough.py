"""A rough wire for RTP: stands between a phone and the media server, loses, delays, reorders and doubles datagrams.

Each datagram is lost with probability ``loss``; otherwise it waits for a time that is uniform between 0 and ``jitter``
seconds, independently of all others, so that it is overtaken by those that wait less; with probability ``double`` it
comes twice, the second copy with a wait of its own. ``seed`` repeats the dice.
"""

from __future__ import annotations

import heapq
import itertools
import random
import select
import socket
import threading
import time
from collections import Counter
from dataclasses import dataclass

from yuqiao.media.ports import Address
from yuqiao.media.tests.mixer.phone import Packet


@dataclass(frozen=True, slots=True)
class Roughness:
    """What a wire does to each datagram, in both directions."""

    loss: float = 0.05
    jitter: float = 0.060
    double: float = 0.02


class RoughWire:
    """Two sockets, ``near`` for the phone and ``far`` for the server, and a thread that passes between them.

    ``sent`` holds what the server sent, in its order, before the wire did anything to it: what a party is given to
    hear; what its phone makes of a rough way back is the phone's affair. ``counts`` by what happened: ``lost``,
    ``passed``, ``doubled``, ``overtaken``.
    """

    def __init__(self, phone: Address, *, seed: int, how: Roughness | None = None) -> None:
        self.how = how or Roughness()
        self.counts: Counter[str] = Counter()
        self.sent: list[Packet] = []
        self._dice = random.Random(seed)
        self._phone = phone
        self._server: Address | None = None
        self._near, self._far = _socket(), _socket()
        self.near: Address = self._near.getsockname()
        self.far: Address = self._far.getsockname()
        self._waiting: list[tuple[float, int, socket.socket, Packet]] = []
        self._numbers = itertools.count()
        self._last_passed = {self._near: -1, self._far: -1}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def point(self, server: Address) -> None:
        """Where the phone's packets go."""
        self._server = server

    def close(self) -> None:
        self._over.set()
        self._thread.join()
        self._near.close()
        self._far.close()

    def _run(self) -> None:
        while not self._over.is_set():
            pause = self._waiting[0][0] - time.monotonic() if self._waiting else 0.02
            for sock in select.select([self._near, self._far], [], [], min(0.02, max(0.0, pause)))[0]:
                self._take(sock)
            while self._waiting and self._waiting[0][0] <= time.monotonic():
                self._pass(*heapq.heappop(self._waiting)[1:])

    def _take(self, sock: socket.socket) -> None:
        try:
            data = sock.recv(65_535)
        except (BlockingIOError, ConnectionRefusedError):
            return
        if sock is self._far:
            self.sent.append(data)
        if self._dice.random() < self.how.loss:
            self.counts["lost"] += 1
            return
        copies = 2 if self._dice.random() < self.how.double else 1
        self.counts["doubled"] += copies - 1
        for _ in range(copies):
            due = time.monotonic() + self._dice.uniform(0.0, self.how.jitter)
            heapq.heappush(self._waiting, (due, next(self._numbers), sock, data))

    def _pass(self, number: int, came_by: socket.socket, data: Packet) -> None:
        self.counts["overtaken"] += number < self._last_passed[came_by]
        self._last_passed[came_by] = max(number, self._last_passed[came_by])
        leave_by, to = (self._far, self._server) if came_by is self._near else (self._near, self._phone)
        if to is not None:
            self.counts["passed"] += 1
            leave_by.sendto(data, to)


def _socket() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    sock.bind(("127.0.0.1", 0))
    return sock
