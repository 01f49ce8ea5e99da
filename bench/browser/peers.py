"""The load: parties that shake hands as a browser does, or none, and then send 20 ms of PCMA fifty times a second."""

from __future__ import annotations

import base64
import secrets
import socket
import struct
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from pylibsrtp import Policy, Session

from yuqiao.lib import clock, tone
from yuqiao.lib.g711 import PCMA, encode
from yuqiao.media.ports import Address, AudioParameters, Dtls, Srtp
from yuqiao.media.webrtc import certificate
from yuqiao.media.webrtc.demultiplexing import Kind, kind_of
from yuqiao.media.webrtc.dtls import Association, context
from yuqiao.media.webrtc.tests.browser_phone import check

HOST: Final = "127.0.0.1"
FRAME, PACKET = 160, 0.020
#: Seconds between two checks of a browser whose connection is good (Chromium).
CONSENT: Final = 2.5
_PROFILES: Final = {
    "AES_CM_128_HMAC_SHA1_80": Policy.SRTP_PROFILE_AES128_CM_SHA1_80,
    "AEAD_AES_128_GCM": Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
}


class Party:
    """A party with a plain phone. What is sent to it waits in its socket until the kernel drops it."""

    def __init__(self, number: int) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((HOST, 0))
        self.leg: Address = (HOST, 9)
        self._ssrc, self._sent = secrets.randbits(32), 0
        voice = encode(tone.sine(400 + 10 * number, 1.0, -20), PCMA)
        self._voice = [voice[at : at + FRAME] for at in range(0, len(voice), FRAME)]

    @property
    def audio(self) -> AudioParameters:
        """What SDP would settle."""
        return AudioParameters(self.socket.getsockname(), PCMA, None)

    def connect(self, leg: Address) -> None:
        """Get in."""
        self.leg = leg

    def say(self) -> None:
        """Send the next packet."""
        self.socket.sendto(self._next(), self.leg)

    def remain(self) -> None:
        """Do what has to be done from time to time: nothing."""

    def _next(self) -> bytes:
        count = self._sent = self._sent + 1
        header = struct.pack("!BBHII", 0x80, PCMA, count & 0xFFFF, count * FRAME & 0xFFFFFFFF, self._ssrc)
        return header + self._voice[count % len(self._voice)]


class BrowserParty(Party):
    """A party with a browser; ``profiles`` are those of SRTP that it offers."""

    def __init__(self, number: int, server: str, profiles: str) -> None:
        super().__init__(number)
        identity = certificate.make(clock.now())
        self.dtls = Dtls(secrets.token_hex(4), secrets.token_hex(12), secrets.token_hex(4), identity.fingerprint)
        shared = context(identity)
        shared.set_tlsext_use_srtp(profiles.encode())
        self._association = Association(shared, server, active=True)
        self._seal: Callable[[bytes], bytes]

    @property
    def audio(self) -> AudioParameters:
        return AudioParameters((HOST, 9), PCMA, None, rtcp_mux=True, dtls=self.dtls)

    def connect(self, leg: Address) -> None:
        """Check, then shake hands. RuntimeError when it does not come to an end."""
        self.leg = leg
        self.socket.settimeout(0.1)
        deadline = time.monotonic() + 10
        answered = False
        while self._association.keys is None:
            now = time.monotonic()
            if now > deadline:
                raise RuntimeError(f"a browser did not get in: {self._association.failed}")
            self._send(self._association.elapse(now) if answered else [check(self.dtls)])
            try:
                datagram = self.socket.recv(2048)
            except TimeoutError:
                continue
            if kind_of(datagram[0]) is Kind.STUN and not answered:
                answered = True
                self._send(self._association.begin(now))
            elif kind_of(datagram[0]) is Kind.DTLS:
                self._send(self._association.take(datagram, now))
        self._seal = _sealer(self._association.keys)

    def say(self) -> None:
        self.socket.sendto(self._seal(self._next()), self.leg)

    def remain(self) -> None:
        """Check that the media server still agrees (RFC 7675)."""
        self._send([check(self.dtls)])

    def _send(self, datagrams: Sequence[bytes]) -> None:
        for datagram in datagrams:
            self.socket.sendto(datagram, self.leg)


def _sealer(keys: Srtp) -> Callable[[bytes], bytes]:
    policy = Policy(base64.b64decode(keys.ours), Policy.SSRC_ANY_OUTBOUND, 0, _PROFILES[keys.suite])
    return Session(policy).protect


class Choir:
    """All parties; one thread speaks for them, evenly over each 20 ms."""

    def __init__(self, parties: Sequence[Party]) -> None:
        self._parties = parties
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._speak)
        self._thread.start()

    def close(self) -> None:
        """Fall silent."""
        self._over.set()
        self._thread.join()
        for party in self._parties:
            party.socket.close()

    def _speak(self) -> None:
        due, round_ = time.monotonic(), 0
        rounds = round(CONSENT / PACKET)
        while not self._over.is_set():
            for place, party in enumerate(self._parties):
                if place % 10 == 0:
                    time.sleep(max(0.0, due + PACKET * place / len(self._parties) - time.monotonic()))
                party.say()
                if (round_ + place) % rounds == 0:
                    party.remain()
            round_ += 1
            due = max(due + PACKET, time.monotonic() - 0.1)
            time.sleep(max(0.0, due - time.monotonic()))
