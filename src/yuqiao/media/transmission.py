"""Sending RTP: one frame to each leg that has somewhere to send to, from one array that is the packets themselves."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from yuqiao.lib.g711 import LINEAR_TO_ALAW, LINEAR_TO_ULAW, PCMA, PCMU, Samples
from yuqiao.media.rtp import FRAME, MARKER, PLAIN, WIRE

Send = Callable[[memoryview], int]


class Transmission:
    """The outgoing side of ``capacity`` legs; ``packets`` counts what each row sent."""

    def __init__(self, capacity: int) -> None:
        self.packets = np.zeros(capacity, dtype=np.int64)
        self._wire = np.zeros(capacity, dtype=WIRE)
        self._seq = np.zeros(capacity, dtype=np.uint16)
        self._timestamp = np.zeros(capacity, dtype=np.uint32)
        octets = self._wire.view(np.uint8).reshape(capacity, WIRE.itemsize)
        self._views = [memoryview(octets[row]) for row in range(capacity)]
        self._ways: dict[int, Send] = {}
        self._senders: list[tuple[Send, memoryview]] = []
        self._rows = self._mulaw = np.zeros(0, dtype=np.int64)
        self._fresh: list[int] = []

    def open(self, row: int) -> None:
        """A new leg: SSRC, sequence number and timestamp begin at random (RFC 3550 section 5.1)."""
        self._wire[row] = (PLAIN, PCMA, 0, 0, secrets.randbits(32), 0)
        self._seq[row] = secrets.randbits(16)
        self._timestamp[row] = secrets.randbits(32)
        self.packets[row] = 0

    def direct(self, row: int, send: Send | None, payload_type: int) -> None:
        """Send a leg's packets by ``send`` from now on, or not at all (None)."""
        if send is None:
            self._ways.pop(row, None)
            if row in self._fresh:
                self._fresh.remove(row)
        else:
            if row not in self._ways:
                self._fresh.append(row)
            self._ways[row] = send
        self._wire["kind"][row] = payload_type | (MARKER if row in self._fresh else 0)
        self._senders = [(way, self._views[at]) for at, way in self._ways.items()]
        self._rows = np.array(list(self._ways), dtype=np.int64)
        self._mulaw = self._rows[self._wire["kind"][self._rows] & 0x7F == PCMU]

    def is_sending(self, row: int) -> bool:
        """Tell whether the leg of ``row`` is sent anything."""
        return row in self._ways

    def send(self, frames: NDArray[np.int32], ticks: int) -> None:
        """Send ``frames[row]`` (``(legs, 160)``, clipped to 16 bits) to each row's leg; ``ticks`` of time have gone by
        since the last."""
        span = len(frames)
        wire = self._wire[:span]
        shifted = frames + 32768
        wire["payload"] = np.take(LINEAR_TO_ALAW, shifted, mode="clip")
        if self._mulaw.size:
            wire["payload"][self._mulaw] = np.take(LINEAR_TO_ULAW, shifted[self._mulaw], mode="clip")
        self._timestamp[:span] += np.uint32((FRAME * ticks) & 0xFFFFFFFF)
        self._seq[self._rows] += np.uint16(1)
        wire["seq"] = self._seq[:span]
        wire["timestamp"] = self._timestamp[:span]
        for send, packet in self._senders:
            try:
                send(packet)
            except OSError:  # nobody there (ECONNREFUSED), no route, or a full buffer: as good as lost on the way
                continue
        self.packets[self._rows] += 1
        if self._fresh:
            self._wire["kind"][self._fresh] &= 0x7F
            self._fresh.clear()


def clip(frames: NDArray[np.int32]) -> Samples:
    """Return ``frames`` as 16-bit samples, the loudest cut off."""
    return np.clip(frames, -32768, 32767).astype(np.int16)
