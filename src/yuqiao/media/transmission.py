"""Sending RTP: one frame to each leg that has somewhere to send to, from one array that is the packets themselves."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Final

import numpy as np

from yuqiao.lib.g711 import PCMA
from yuqiao.media.in_step import Tables, compiled
from yuqiao.media.limits import ADDRESS
from yuqiao.media.rtp import MARKER, PLAIN, WIRE
from yuqiao.media.speakers import MOST
from yuqiao.media.srtp import address_of
from yuqiao.media.ways import Way

_NOBODY: Final = -1

Send = Callable[[memoryview], int]


class Transmission:
    """The outgoing side of ``capacity`` legs; ``packets`` counts what each row sent. ``heard[row]`` (``(legs, 160)``,
    softened to 16 bits when sent) is what each row's leg is to hear."""

    def __init__(self, capacity: int, tables: Tables) -> None:
        self.packets = np.zeros(capacity, dtype=np.int64)
        self._wire = np.zeros(capacity, dtype=WIRE)
        self._seq = np.zeros(capacity, dtype=np.uint16)
        self._timestamp = np.zeros(capacity, dtype=np.uint32)
        octets = self._wire.view(np.uint8).reshape(capacity, WIRE.itemsize)
        self._views = [memoryview(octets[row]) for row in range(capacity)]
        self._sending = np.zeros(capacity, dtype=np.uint8)
        self._mouth = np.full(capacity, _NOBODY, dtype=np.int32)  # the sockets of those sent to without Python
        self._seals = np.zeros(capacity, dtype=np.uint64)
        self._targets = np.zeros((capacity, ADDRESS), dtype=np.uint8)
        self._target_sizes = np.zeros(capacity, dtype=np.uint8)
        self._names = np.zeros((capacity, 4 * MOST), dtype=np.uint8)  # whom sealed packets name as heard
        self._named = np.zeros(capacity, dtype=np.uint8)
        self._saying: dict[int, Way] = {}  # their sessions must live as long as they are used
        self._ways: dict[int, Send] = {}  # of the others
        self._fresh: list[int] = []
        self._tables = tables.give(
            wire=octets,
            seq=self._seq,
            timestamp=self._timestamp,
            packets=self.packets,
            sending=self._sending,
            mouth=self._mouth,
            seals=self._seals,
            targets=self._targets,
            target_sizes=self._target_sizes,
            names=self._names,
            named=self._named,
        )

    def open(self, row: int) -> None:
        """A new leg: SSRC, sequence number and timestamp begin at random (RFC 3550 section 5.1)."""
        self._wire[row] = (PLAIN, PCMA, 0, 0, secrets.randbits(32), 0)
        self._seq[row] = secrets.randbits(16)
        self._timestamp[row] = secrets.randbits(32)
        self.packets[row] = 0
        self._named[row] = 0

    def direct(self, row: int, way: Send | Way | None, payload_type: int) -> None:
        """Send a leg's packets that way from now on, or not at all (None)."""
        if way is None and row in self._fresh:
            self._fresh.remove(row)
        elif way is not None and not self._sending[row]:
            self._fresh.append(row)
        self._sending[row] = way is not None
        self._wire["kind"][row] = payload_type | (MARKER if row in self._fresh else 0)
        self._mouth[row] = _NOBODY
        self._ways.pop(row, None)
        self._saying.pop(row, None)
        if isinstance(way, Way):
            self._seals[row] = 0 if way.session is None else address_of(way.session)
            self._targets[row, : len(way.target)] = np.frombuffer(way.target, dtype=np.uint8)
            self._target_sizes[row] = len(way.target)
            self._mouth[row] = way.descriptor
            self._saying[row] = way
        elif way is not None:
            self._ways[row] = way

    def name(self, row: int, sources: bytes) -> None:
        """Name these contributing sources (RFC 3550 section 5.1: four octets for each, none, or up to `MOST`) in each
        packet that is sealed for a leg."""
        self._names[row, : len(sources)] = np.frombuffer(sources, dtype=np.uint8)
        self._named[row] = len(sources) // 4

    @property
    def is_calm(self) -> bool:
        """Nobody is sent to for the first time."""
        return not self._fresh

    @property
    def is_plain(self) -> bool:
        """All legs are sent to without Python."""
        return not self._ways

    def is_sending(self, row: int) -> bool:
        """Tell whether the leg of ``row`` is sent anything."""
        return bool(self._sending[row])

    def ssrc(self, row: int) -> int:
        """Return the SSRC of what is sent to the leg of ``row``."""
        return int(self._wire["ssrc"][row])

    def timestamp(self, row: int) -> int:
        """Return the RTP timestamp of what was sent last to the leg of ``row``."""
        return int(self._timestamp[row])

    def send(self, span: int, ticks: int) -> None:
        """Send what rows below ``span`` hear; ``ticks`` of time have gone by since the last."""
        compiled().send_frames(self._tables, span, ticks)
        self.send_others()
        if self._fresh:
            self._wire["kind"][self._fresh] &= 0x7F
            self._fresh.clear()

    def send_others(self) -> None:
        """Send the packets that are made to the legs that are not plain."""
        for row, send in self._ways.items():
            try:
                send(self._views[row])
            except OSError:  # nobody there (ECONNREFUSED), no route, or a full buffer: as good as lost on the way
                continue
