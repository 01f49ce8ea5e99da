"""A phone for tests: a real UDP socket that says a tone each 20 ms and keeps what it hears."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import numpy as np

from yuqiao.lib import g711
from yuqiao.lib.tone import level_of, sine
from yuqiao.media.ports import Address, AudioParameters

EVENTS = 101
HEARD = -30.0  # dB: a tone sent at -15 that is there
NOT_HEARD = -55.0

Packet = bytes
Deliver = Callable[[list[Packet]], list[Packet]]


def rtp(kind: int, seq: int, timestamp: int, ssrc: int, payload: bytes) -> Packet:
    return struct.pack("!BBHII", 0x80, kind, seq & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc) + payload


class Phone:
    """Says ``freq`` Hz from `talk_to` on until closed; ``deliver`` may drop, delay or reorder each tick's packets."""

    def __init__(
        self,
        freq: float,
        payload_type: int = g711.PCMA,
        *,
        ptime: int = 20,
        seq: int = 1000,
        timestamp: int = 5000,
        deliver: Deliver = lambda packets: packets,
    ) -> None:
        self.payload_type = payload_type
        self.seq, self.timestamp, self.ssrc = seq, timestamp, int(freq)
        self.heard: list[tuple[float, bytes]] = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(0.05)
        self._ptime, self._deliver = ptime, deliver
        self._voice = g711.encode(sine(freq, 1.0, -15), payload_type) if freq else b""
        self._place = 0
        self._to: Address | None = None
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._talk), threading.Thread(target=self._listen)]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
        self.socket.close()

    @property
    def audio(self) -> AudioParameters:
        return AudioParameters(self.socket.getsockname(), self.payload_type, EVENTS)

    def talk_to(self, address: Address) -> None:
        self._to = address

    @property
    def peer(self) -> Address | None:
        """Where it sends to."""
        return self._to

    def hush(self) -> None:
        """Send nothing from now on."""
        self._to = None

    def next_packet(self) -> Packet:
        """Return the next piece of the tone."""
        count = self._ptime * 8
        twice = self._voice * 2
        payload = twice[self._place : self._place + count]
        packet = rtp(self.payload_type, self.seq, self.timestamp, self.ssrc, payload)
        self._place = (self._place + count) % len(self._voice)
        self.seq += 1
        self.timestamp += count
        return packet

    def _talk(self) -> None:
        due = time.monotonic()
        while not self._over.wait(max(0.0, due - time.monotonic())):
            due += self._ptime / 1000
            target = self._to
            if target is not None and self._voice:
                for packet in self._deliver([self.next_packet()]):
                    self.socket.sendto(packet, target)

    def press(self, digit: str, *, ends: int = 3) -> None:
        """Send a key of 100 ms as RFC 4733 says, without its ``ends`` when 0; meanwhile the voice is silent."""
        target, self._to = self._to, None
        assert target is not None
        time.sleep(0.03)  # a packet of the voice may be on its way
        code = "0123456789*#ABCD".index(digit)
        for step in range(5):
            payload = struct.pack("!BBH", code, 10, 160 * (step + 1))
            self.socket.sendto(rtp(EVENTS, self.seq, self.timestamp, self.ssrc, payload), target)
            self.seq += 1
            time.sleep(0.02)
        for _ in range(ends):
            payload = struct.pack("!BBH", code, 0x80 | 10, 800)
            self.socket.sendto(rtp(EVENTS, self.seq, self.timestamp, self.ssrc, payload), target)
            self.seq += 1
        self.timestamp += 960
        self._to = target

    def _listen(self) -> None:
        while not self._over.is_set():
            try:
                packet = self.socket.recv(2048)
            except (TimeoutError, ConnectionRefusedError):
                continue
            opened = self.take(packet)
            if opened is not None:
                self.heard.append((time.monotonic(), opened))

    def take(self, packet: Packet) -> Packet | None:
        """Return what is heard of a packet as it came."""
        return packet

    def hears(self, freq: float, seconds: float = 0.4) -> float:
        """Return the level of a tone in the last ``seconds`` heard."""
        return level_of(self.last(seconds), freq)

    def last(self, seconds: float) -> g711.Samples:
        """Return the last ``seconds`` heard, as far as there are."""
        packets = [packet for _, packet in self.heard[-round(seconds * 50) :]]
        payload = b"".join(packet[12 + 4 * (packet[0] & 0x0F) :] for packet in packets)  # behind whom it names
        return g711.decode(payload, self.payload_type) if payload else np.zeros(0, dtype=np.int16)
