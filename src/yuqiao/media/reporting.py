"""RTCP of all legs (RFC 3550 section 6): who is sent a report when, what peers report, and the figures of each leg.

Reports are few, one in five seconds and leg, so here Python runs once for each. Their times are the kernel's.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from yuqiao.media import rtcp
from yuqiao.media.arrivals import Arrivals
from yuqiao.media.limits import TICK
from yuqiao.media.ports import AudioParameters
from yuqiao.media.ring import JitterRing
from yuqiao.media.rtcp_socket import RtcpSocket
from yuqiao.media.rtp import FRAME
from yuqiao.media.rtp_socket import RtpSocket
from yuqiao.media.transmission import Transmission

EVERY: Final = 10  # ticks from one look at what came and what is due to the next
_NEVER: Final = 1 << 60


@dataclass(slots=True)
class Party:
    """What RTCP knows of one leg. ``seal`` and ``unseal`` are what SRTCP does to a packet, None drops it; what shares
    the port of RTP is unsealed there."""

    socket: RtpSocket
    control: RtcpSocket | None = None
    mux: bool = False
    seal: Callable[[bytes], bytes] = lambda packet: packet
    unseal: Callable[[bytes], bytes | None] = lambda packet: packet
    began: bool = False
    told_packets: int = 0  # that we had sent at our last report
    ssrc: int = -1  # theirs,
    expected: int = 0  # packets of it at our last report,
    received: int = 0  # and how many came
    heard: tuple[int, float] | None = None  # their last sender report: the middle of its time, when it came
    block: rtcp.Block | None = None  # what they said last of what we send
    round_trips: list[float] = field(default_factory=lambda: [0, 0, 0, 0])  # how many, sum, least, most


class Reporting:
    """The RTCP of ``capacity`` legs by row."""

    def __init__(self, capacity: int, ring: JitterRing, transmission: Transmission, arrivals: Arrivals) -> None:
        self._ring = ring
        self._transmission = transmission
        self._arrivals = arrivals
        self._parties: dict[int, Party] = {}
        self._due = np.full(capacity, _NEVER, dtype=np.int64)
        self._names = rtcp.canonical_name()
        self._poll = select.epoll()
        self._row_of: dict[int, int] = {}  # by file descriptor
        self.malformed = 0

    def open(self, row: int, socket: RtpSocket) -> Party:
        """A new leg; it reports once it has media."""
        party = self._parties[row] = Party(socket)
        self._due[row] = _NEVER
        return party

    def set_audio(self, row: int, audio: AudioParameters, tick: int) -> None:
        """SDP settled where the peer's RTCP is. A port of ours that is taken means no RTCP, and no harm."""
        party = self._parties[row]
        party.mux = audio.rtcp_mux
        if audio.rtcp_port == 0:
            self._due[row] = _NEVER
            return
        if not audio.rtcp_mux:
            self._listen(row, party)
        if party.control is not None:
            host, port = audio.remote
            theirs = audio.rtcp_port or (port + 1 if 0 < port < 65535 else 0)
            party.control.point((host, theirs) if theirs and party.socket.remote is not None else None)
        if self._due[row] == _NEVER:
            self._due[row] = tick + round(rtcp.until_next(first=True) / TICK)

    def _listen(self, row: int, party: Party) -> None:
        host, port = party.socket.address
        if party.control is None and port < 65535:
            try:
                party.control = RtcpSocket((host, port + 1))
            except OSError:
                return
            descriptor = party.control.socket.fileno()
            self._row_of[descriptor] = row
            self._poll.register(descriptor, select.EPOLLIN)

    def secure(self, row: int, seal: Callable[[bytes], bytes], unseal: Callable[[bytes], bytes | None]) -> None:
        """Pass a leg's reports through ``seal`` and ``unseal`` from now on."""
        party = self._parties[row]
        party.seal, party.unseal = seal, unseal

    def close(self, row: int) -> None:
        """Say goodbye (section 6.3.7) and forget the leg; call it before its RTP socket is closed."""
        party = self._parties.pop(row, None)
        if party is None:
            return
        self._due[row] = _NEVER
        if party.began:
            self._send(row, party, bye=True)
        if party.control is not None:
            descriptor = party.control.socket.fileno()
            self._poll.unregister(descriptor)
            del self._row_of[descriptor]
            party.control.close()

    def tick(self, tick: int, span: int) -> None:
        """Take in what came on ports of RTCP, and report to whom it is time."""
        if tick % EVERY:
            return
        for descriptor, _event in self._poll.poll(0) if self._row_of else ():
            self._take_from(self._row_of[descriptor])
        for row in np.flatnonzero(self._due[:span] <= tick):
            self._due[row] = tick + round(rtcp.until_next() / TICK)
            self._send(int(row), self._parties[int(row)])

    def _take_from(self, row: int) -> None:
        party = self._parties[row]
        if party.control is not None and party.socket.source is not None:
            for packet, at in party.control.take(party.socket.source[0]):
                plain = party.unseal(packet)
                if plain is None:
                    self.malformed += 1
                else:
                    self.take(row, plain, at)

    def take(self, row: int, packet: bytes, at: float) -> None:
        """A peer's report, as it is in the clear, came at UNIX time ``at``."""
        party = self._parties.get(row)
        compound = rtcp.read(packet)
        if party is None or compound is None:
            self.malformed += 1
            return
        if compound.sent is not None:
            party.heard = (compound.sent, at)
        ours = self._transmission.ssrc(row)
        for block in compound.blocks:
            if block.ssrc != ours:
                continue
            party.block = block
            taken = rtcp.round_trip(block, at)
            if taken is not None:
                count, total, least, most = party.round_trips
                party.round_trips = [count + 1, total + taken, min(least, taken) if count else taken, max(most, taken)]

    def _send(self, row: int, party: Party, *, bye: bool = False) -> None:
        now, transmission = time.time(), self._transmission
        packets = int(transmission.packets[row])
        sent = None
        if packets > party.told_packets:
            sent = rtcp.Sent(transmission.timestamp(row), packets, packets * FRAME)
        party.told_packets = packets
        packet = rtcp.write(transmission.ssrc(row), self._names, now, sent, self._block(row, party, now), bye=bye)
        party.began = True
        sealed = party.seal(packet)
        if party.mux:
            party.socket.say(sealed)
        elif party.control is not None:
            party.control.send(sealed)

    def _block(self, row: int, party: Party, now: float) -> rtcp.Block | None:
        """Return what is to be told of their stream; None when nothing of it came since the last report."""
        stream = self._ring.stream(row)
        if stream is None:
            return None
        if stream.ssrc != party.ssrc:
            party.ssrc, party.expected, party.received = stream.ssrc, 0, 0
        if stream.received == party.received:
            return None
        expected, received = stream.expected - party.expected, stream.received - party.received
        party.expected, party.received = stream.expected, stream.received
        last, delay = 0, 0
        if party.heard is not None:
            last, delay = party.heard[0], min(max(0, round((now - party.heard[1]) * 65536)), 0xFFFFFFFF)
        return rtcp.Block(
            stream.ssrc,
            rtcp.fraction_lost(expected, received),
            stream.expected - stream.received,
            stream.highest,
            round(self._arrivals.jitter[row] * 8),
            last,
            delay,
        )

    def figures(self, row: int) -> dict[str, float]:
        """Return what `Mixer.statistics` says besides counts."""
        stream = self._ring.stream(row)
        figures = {
            "jitter_ms": float(self._arrivals.jitter[row]),
            "jitter_most_ms": float(self._arrivals.most[row]),
            "wait_ms": float(self._ring.wait[row] / 8),
            "concealed_ms": float(self._ring.concealment.concealed[row] / 8),
            "ssrc_in": float(stream.ssrc if stream is not None else 0),
            "ssrc_out": float(self._transmission.ssrc(row)),
        }
        party = self._parties.get(row)
        if party is not None and party.block is not None:
            figures["lost_there"] = float(max(0, party.block.lost))
            figures["jitter_there_ms"] = party.block.jitter / 8
        if party is not None and party.round_trips[0]:
            count, total, least, most = party.round_trips
            figures["round_trip_ms"] = total / count * 1000
            figures["round_trip_least_ms"], figures["round_trip_most_ms"] = least * 1000, most * 1000
        return figures
