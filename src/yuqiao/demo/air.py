"""The simulated parties' RTP: every 20 ms each leg sends a piece of what its party says and keeps what it receives.

One thread serves all legs of a process. Audio is G.711 (RFC 3551); keys go as telephone events (RFC 4733 section 2.5),
during which the party is silent.
"""

from __future__ import annotations

import contextlib
import secrets
import socket
import struct
import threading
import time
from collections import deque
from typing import Final

from yuqiao.demo.tape import Frame, Sent, Tape
from yuqiao.lib import g711
from yuqiao.lib.g711 import Samples
from yuqiao.media.ports import Address, AudioParameters
from yuqiao.media.rtp import FRAME, HEADER, payload_bounds

TICK: Final = 0.02
LATEST: Final = 0.2
KEYS: Final = "0123456789*#ABCD"
KEY_FRAMES: Final = 5
KEY_PAUSE_FRAMES: Final = 5
END_REPEATS: Final = 3
KEY_VOLUME: Final = 10  # -10 dBm0, RFC 4733 2.3.3
_HEADER: Final = struct.Struct("!BBHII")


class RtpLeg:
    """One leg's socket, its voice and its tape. Thread-safe: the air's thread ticks it, others command it."""

    def __init__(self, host: str, voice: Samples, tape: Tape) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((host, 0))
        self._socket.setblocking(False)
        self._voice = voice
        self.tape = tape
        self.began_at = 0.0
        self.said = 0
        self._audio: AudioParameters | None = None
        self._encoded = b""
        self._lock = threading.Lock()
        self._seq, self._timestamp = secrets.randbits(16), secrets.randbits(32)
        self._ssrc = secrets.randbits(32)
        self._key_packets: deque[tuple[int, bytes] | None] = deque()

    @property
    def address(self) -> Address:
        """Where we receive."""
        host, port = self._socket.getsockname()
        return str(host), int(port)

    @property
    def remote(self) -> Address | None:
        """Where we send, once that is settled."""
        return self._audio.remote if self._audio is not None else None

    @property
    def sent(self) -> Sent:
        """What was said so far."""
        return Sent(self.began_at, self.said)

    def set_audio(self, audio: AudioParameters) -> None:
        """Begin to send, or follow a change of the session."""
        with self._lock:
            if self._audio is None:
                self.began_at = time.time()
            if self._audio is None or self._audio.payload_type != audio.payload_type:
                self._encoded = g711.encode(self._voice, audio.payload_type)
            self._audio = audio

    def press(self, keys: str) -> None:
        """Send keys one after the other, 100 ms each with 100 ms between. ValueError for what is no key."""
        with self._lock:
            for key in keys:
                event = KEYS.index(key)
                for frame in range(1, KEY_FRAMES + 1):
                    end = frame == KEY_FRAMES
                    payload = struct.pack("!BBH", event, KEY_VOLUME | (0x80 if end else 0), frame * FRAME)
                    self._key_packets.append((END_REPEATS if end else 1, payload))
                self._key_packets.extend([None] * KEY_PAUSE_FRAMES)

    @property
    def pressing(self) -> bool:
        """Whether keys are still being sent."""
        return bool(self._key_packets)

    def tick(self) -> None:
        """Send one frame, take in what came."""
        with self._lock:
            self._receive()
            if self._audio is not None and self._audio.send:
                self._send(self._audio)

    def _send(self, audio: AudioParameters) -> None:
        place = self.said % len(self._encoded)
        voice = self._encoded[place : place + FRAME]
        if len(voice) < FRAME:
            voice += self._encoded[: FRAME - len(voice)]
        key = self._key_packets.popleft() if self._key_packets else None
        if key is None:
            self._packet(audio, audio.payload_type, voice, self._timestamp)
        elif audio.dtmf_payload_type is not None:
            repeats, payload = key
            frame = int.from_bytes(payload[2:4], "big") // FRAME
            began = (self._timestamp - (frame - 1) * FRAME) & 0xFFFFFFFF  # all packets of a key carry its beginning
            marker = 0x80 if frame == 1 else 0
            for _ in range(repeats):
                self._packet(audio, audio.dtmf_payload_type | marker, payload, began)
        self.said += FRAME
        self._timestamp = (self._timestamp + FRAME) & 0xFFFFFFFF

    def _packet(self, audio: AudioParameters, kind: int, payload: bytes, timestamp: int) -> None:
        header = _HEADER.pack(0x80, kind, self._seq, timestamp, self._ssrc)
        self._seq = (self._seq + 1) & 0xFFFF
        with contextlib.suppress(OSError):  # a full buffer or a peer that is gone: as on any network
            self._socket.sendto(header + payload, audio.remote)

    def _receive(self) -> None:
        while True:
            try:
                packet = self._socket.recv(2048)
            except BlockingIOError:
                return
            except OSError:
                continue  # an ICMP error of what was sent before
            bounds = payload_bounds(packet)
            kind = packet[1] & 0x7F if len(packet) >= HEADER else -1
            if bounds is not None and kind in {g711.PCMU, g711.PCMA}:
                _, _, _, timestamp, ssrc = _HEADER.unpack_from(packet)
                self.tape.add(Frame(time.time(), timestamp, ssrc, kind, packet[bounds[0] : bounds[1]]))

    def close(self) -> None:
        """Close socket and tape."""
        with self._lock:
            self._audio = None
            self._receive()
            self._socket.close()
            self.tape.close()


class Air:
    """The thread that ticks all legs each 20 ms; when it was held up for long it goes on instead of bursting."""

    def __init__(self) -> None:
        self._legs: set[RtpLeg] = set()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="air", daemon=True)
        self.skipped = 0

    def start(self) -> None:
        """Begin to tick."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread and close what is left."""
        self._over.set()
        self._thread.join(2)
        for leg in list(self._legs):
            self.remove(leg)

    def add(self, leg: RtpLeg) -> None:
        """Tick ``leg`` from now on."""
        with self._lock:
            self._legs.add(leg)

    def remove(self, leg: RtpLeg) -> None:
        """Close ``leg`` and forget it; harmless if it is gone."""
        with self._lock:
            known = leg in self._legs
            self._legs.discard(leg)
        if known:
            leg.close()

    def _run(self) -> None:
        due = time.monotonic()
        while not self._over.is_set():
            with self._lock:
                for leg in self._legs:
                    leg.tick()
            due += TICK
            wait = due - time.monotonic()
            if wait > 0:
                self._over.wait(wait)
            elif wait < -LATEST:
                self.skipped += round(-wait / TICK)
                due = time.monotonic()
