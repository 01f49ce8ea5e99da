"""Parties that say pips and note, by the kernel's clock, when they hear them: real SIP, real RTP, 20 ms PCMA."""

from __future__ import annotations

import asyncio
import contextlib
import random
import select
import socket
import struct
import threading
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Final

import numpy as np

from bench.rooms import PARTIES
from yuqiao.lib import g711, tone
from yuqiao.media.ports import Address, AudioParameters, EndCause
from yuqiao.media.sip.trunk import SipTrunk

HOST: Final = "127.0.0.1"
FRAME, RATE, PACKET_NS = 160, 8000, 20_000_000
PIP_EVERY: Final = 25  # packets
PIP_SAMPLES: Final = 320
LOUD: Final = 4000  # of 16 bits: half a pip's height, far above any other sound here
SILENCE: Final = g711.encode(np.zeros(FRAME, dtype=np.int16), g711.PCMA)
#: socket(7): the kernel's time of arrival, as struct timespec.
SO_TIMESTAMPNS: Final = 35
LATE_NS: Final = 5_000_000
LONGEST_DELAY_NS: Final = 400_000_000


class Party:
    """One leg; a ``speaker`` says pips, all others silence."""

    def __init__(self, number: str, *, speaker: bool, chance: random.Random) -> None:
        self.number = number
        self.speaker = speaker
        self.phase_ns = chance.randrange(PACKET_NS)
        self.said: list[int] = []  # when each pip would be heard without a conference, ns
        self.heard: list[tuple[int, bytes]] = []  # arrival in ns, packet
        self.answered = asyncio.Event()
        self.over = asyncio.Event()
        self.to: Address | None = None
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.bind((HOST, 0))
        self._chance = chance
        self._ssrc, self._sent = chance.getrandbits(32), 0
        self._waiting: list[bytes] = []

    def on_progress(self, status: int, audio: AudioParameters | None) -> None:
        """Ringing."""

    def on_answer(self, audio: AudioParameters) -> None:
        """The call stands."""
        self.to = audio.remote
        self.answered.set()

    def on_audio_change(self, audio: AudioParameters) -> None:
        """Follow where the sound is wanted."""
        self.to = audio.remote

    def on_digit(self, digit: str, duration_ms: int) -> None:
        """Nobody presses keys."""

    def on_end(self, cause: EndCause) -> None:
        """The call is over."""
        self.to = None
        self.over.set()
        self.answered.set()

    def say(self) -> None:
        """Send the next packet, if anybody wants it."""
        if self.to is None:
            return
        offset = -1
        if self.speaker and self._sent % PIP_EVERY == PIP_EVERY - 1:
            offset = self._chance.randrange(FRAME)
            self._waiting = pip(offset)
        payload = self._waiting.pop(0) if self._waiting else SILENCE
        header = struct.pack("!BBHII", 0x80, 8, self._sent & 0xFFFF, self._sent * FRAME & 0xFFFFFFFF, self._ssrc)
        self._sent += 1
        if offset >= 0:
            self.said.append(time.time_ns() + offset * 10**9 // RATE)
        with contextlib.suppress(OSError):
            self.socket.sendto(header + payload, self.to)

    def hear(self) -> None:
        """Keep a packet that waits, with the moment it came."""
        try:
            packet, notes, _flags, _source = self.socket.recvmsg(2048, 64)
        except BlockingIOError:
            return
        seconds, rest = struct.unpack("qq", notes[0][2])
        if len(packet) == FRAME + 12:
            self.heard.append((seconds * 10**9 + rest, packet))

    def onsets(self) -> Iterator[int]:
        """Yield when each pip heard can be played first, ns."""
        quiet_since = 0
        for at, packet in list(self.heard):
            loud = np.flatnonzero(np.abs(g711.decode(packet[12:], g711.PCMA).astype(np.int32)) > LOUD)
            if loud.size:
                if at - quiet_since > 5 * PACKET_NS:
                    yield at + int(loud[0]) * 10**9 // RATE
                quiet_since = at

    def late(self) -> tuple[int, int]:
        """Return how many packets came over 5 ms after their place in the stream's grid, and how many came."""
        heard = list(self.heard)  # it grows meanwhile
        if not heard:
            return 0, 0
        stamps = np.array([struct.unpack("!I", packet[4:8])[0] for _, packet in heard], dtype=np.int64)
        behind = np.array([at for at, _ in heard]) - np.unwrap(stamps, period=2**32) * (10**9 // RATE)
        return int((behind > np.median(behind) + LATE_NS).sum()), len(behind)


def pip(offset: int) -> list[bytes]:
    """Return packets in which a pip of 40 ms begins at sample ``offset`` of the first, at full height at once."""
    wave = tone.sine(1000, PIP_SAMPLES / RATE + 0.01, -3)[2:][:PIP_SAMPLES]  # from its crest on
    samples = np.zeros(-(-(offset + PIP_SAMPLES) // FRAME) * FRAME, dtype=np.int16)
    samples[offset : offset + PIP_SAMPLES] = wave
    coded = g711.encode(samples, g711.PCMA)
    return [coded[at : at + FRAME] for at in range(0, len(coded), FRAME)]


class Ensemble:
    """All parties: one thread speaks for them, one listens. The first of each three is the one that says pips."""

    def __init__(self, parties: Sequence[Party]) -> None:
        self.parties = parties
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._speak), threading.Thread(target=self._listen)]

    @classmethod
    @contextlib.asynccontextmanager
    async def gathered(cls, target: str, numbers: Sequence[str], chance: random.Random) -> AsyncIterator[Ensemble]:
        """Let one party dial each of ``numbers`` at ``target`` (host:port); RuntimeError when one is not answered."""
        trunk = SipTrunk(host=HOST, port=0, on_incoming=lambda call: None)
        await trunk.start()
        parties = [Party(number, speaker=place % PARTIES == 0, chance=chance) for place, number in enumerate(numbers)]
        ensemble = cls(parties)
        calls = []
        for thread in ensemble._threads:
            thread.start()
        try:
            for place, party in enumerate(parties):
                where, caller = f"sip:{party.number}@{target}", str(7000 + place)
                local = party.socket.getsockname()
                calls.append(trunk.invite(where, local=local, observer=party, caller_number=caller))
                await asyncio.wait_for(party.answered.wait(), 10)
                if party.over.is_set():
                    raise RuntimeError(f"{party.number} was not answered")
            await asyncio.sleep(1)  # what comes of the last one's joining is not measured
            yield ensemble
        finally:
            for call in calls:
                call.hangup()
            ensemble.close()
            await trunk.stop()

    def close(self) -> None:
        """Fall silent."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        for party in self.parties:
            party.socket.close()

    def forget(self) -> None:
        """Begin anew with what was said and heard."""
        for party in self.parties:
            party.said, party.heard = [], []

    def _speak(self) -> None:
        began = time.monotonic_ns()
        turn = sorted(self.parties, key=lambda party: party.phase_ns)
        while not self._over.is_set():
            for party in turn:
                wait = began + party.phase_ns - time.monotonic_ns()
                if wait > 0:
                    time.sleep(wait / 1e9)
                party.say()
            began += PACKET_NS

    def _listen(self) -> None:
        by_file = {party.socket.fileno(): party for party in self.parties}
        with select.epoll() as ready:
            for descriptor in by_file:
                ready.register(descriptor, select.EPOLLIN)
            while not self._over.is_set():
                for descriptor, _event in ready.poll(0.1):
                    by_file[descriptor].hear()

    def delays_ms(self) -> Iterator[float]:
        """Yield for each pip and listener by how much later it came than straight from the speaker."""
        for place in range(0, len(self.parties), PARTIES):
            speaker, *listeners = self.parties[place : place + PARTIES]
            said = np.array(speaker.said, dtype=np.int64)
            for listener in listeners:
                for onset in listener.onsets():
                    before = said[said < onset]
                    if before.size and onset - before[-1] < LONGEST_DELAY_NS:
                        yield float(onset - before[-1]) / 1e6

    def share_late(self) -> float:
        """Return which share of the packets heard was late."""
        late, all_of_them = np.sum([party.late() for party in self.parties], axis=0)
        return float(late / max(1, all_of_them))
