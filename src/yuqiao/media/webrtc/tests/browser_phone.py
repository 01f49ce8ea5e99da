"""A browser's phone for tests: checks by STUN, shakes hands by DTLS and says a tone over SRTP, from a real socket."""

from __future__ import annotations

import asyncio
import base64
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from aioice import stun
from pylibsrtp import Error, Policy, Session

from yuqiao.lib import clock
from yuqiao.lib.g711 import PCMA
from yuqiao.media.ports import Address, AudioParameters, Dtls, Srtp
from yuqiao.media.tests.mixer.phone import EVENTS, Packet, Phone
from yuqiao.media.webrtc import certificate
from yuqiao.media.webrtc.demultiplexing import Kind, kind_of
from yuqiao.media.webrtc.dtls import Association, context

_PROFILES = {
    "AES_CM_128_HMAC_SHA1_80": Policy.SRTP_PROFILE_AES128_CM_SHA1_80,
    "AEAD_AES_128_GCM": Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
}


def check(dtls: Dtls, *, nominate: bool = True, password: str | None = None, username: str | None = None) -> Packet:
    """Return a connectivity check of the browser that ``dtls`` describes, seen from the media server."""
    return bytes(_check(dtls, nominate=nominate, password=password, username=username))


def _check(
    dtls: Dtls, *, nominate: bool = True, password: str | None = None, username: str | None = None
) -> stun.Message:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = f"{dtls.ufrag}:{dtls.their_ufrag}" if username is None else username
    message.attributes["PRIORITY"] = 1_853_824_767
    message.attributes["ICE-CONTROLLING"] = 77
    if nominate:
        message.attributes["USE-CANDIDATE"] = None
    message.add_message_integrity((dtls.password if password is None else password).encode())
    return message


class BrowserPhone(Phone):
    """``dtls`` is what signalling tells the mixer of it. ``keys``: once the handshake is done; ``answers``: STUN's as
    they came; ``records``: DTLS that it sent; ``sealed``: SRTP that it sent; ``unexpected``: what it could not open."""

    def __init__(self, freq: float, server: str, *, waits: bool = False) -> None:
        """``server`` is the fingerprint that the media server's SDP gives; ``waits``: that begins the handshake."""
        self._identity = certificate.make(clock.now())
        self.dtls = Dtls(
            secrets.token_hex(4), secrets.token_hex(12), secrets.token_hex(4), self._identity.fingerprint, waits
        )
        self.answers: list[stun.Message] = []
        self.records: list[Packet] = []
        self.sealed: list[Packet] = []
        self.unexpected: list[Packet] = []
        self._keys: Srtp | None = None
        self._leg: Address | None = None
        self._asked: set[bytes] = set()  # the transactions of the checks it made
        self._is_proved = False  # one of them was answered: what was on its way to who was here before has come by now
        self._lock = threading.Lock()  # the one who listens and the one who sends again
        self._server = server
        self._association = self._associate(server)
        super().__init__(freq, PCMA, deliver=self._seal_all)

    def _associate(self, server: str) -> Association:
        return Association(context(self._identity), server, active=not self.dtls.active)

    @property
    def audio(self) -> AudioParameters:
        return AudioParameters(("127.0.0.1", 9), PCMA, EVENTS, rtcp_mux=True, dtls=self.dtls)

    @property
    def keys(self) -> Srtp | None:
        return self._keys

    @property
    def failed(self) -> str:
        return self._association.failed

    @property
    def is_over(self) -> bool:
        """Whether the media server said goodbye."""
        return self._association.over

    def restart_ice(self) -> None:
        """Go on with other credentials."""
        self.dtls = replace(self.dtls, ufrag=secrets.token_hex(4), password=secrets.token_hex(12), their_ufrag="new")

    def reload(self) -> None:
        """Be a page that was loaded anew: another certificate, no keys."""
        with self._lock:
            self._keys = self._leg = None
            self._asked.clear()
            self._is_proved = False
            self._identity = certificate.make(clock.now())
            self.restart_ice()
            self.dtls = replace(self.dtls, fingerprint=self._identity.fingerprint)
            self._association = self._associate(self._server)
            self.answers.clear()

    async def connect(self, leg: Address, *, to: Address | None = None, seconds: float = 8.0) -> None:
        """Check, shake hands and begin to talk; ``to`` where something stands between. Fails when it is not in time."""
        self._leg = to or leg
        deadline = time.monotonic() + seconds
        await self._until(lambda: self._is_proved, self.check, deadline)
        with self._lock:
            self._send(self._association.begin(time.monotonic()))
        await self._until(lambda: self._keys is not None or bool(self.failed), self._go_on, deadline)
        assert self._keys is not None, f"no keys: {self.failed}"
        self.talk_to(self._leg)

    async def _until(self, condition: Callable[[], bool], again: Callable[[], None], deadline: float) -> None:
        while not condition():
            assert time.monotonic() < deadline, f"waited in vain {self.failed}"
            again()
            await asyncio.sleep(0.05)

    def _go_on(self) -> None:
        with self._lock:
            self._send(self._association.elapse(time.monotonic()))

    def check(self, leg: Address | None = None, *, nominate: bool = True) -> None:
        """Send a connectivity check."""
        target = leg or self._leg
        assert target is not None
        request = _check(self.dtls, nominate=nominate)
        self._asked.add(request.transaction_id)
        self.socket.sendto(bytes(request), target)

    def _send(self, datagrams: list[Packet]) -> None:
        for datagram in datagrams:
            self.records.append(datagram)
            assert self._leg is not None
            self.socket.sendto(datagram, self._leg)

    def take(self, packet: Packet) -> Packet | None:
        kind = kind_of(packet[0])
        if kind is Kind.STUN:
            self._answered(stun.parse_message(packet))
        elif kind is Kind.DTLS:
            with self._lock:
                self._hear(packet)
        elif self._keys is None:
            self.unexpected.append(packet)
        else:
            return self._opened(packet)
        return None

    def _answered(self, answer: stun.Message) -> None:
        with self._lock:
            if answer.message_class is stun.Class.RESPONSE and answer.transaction_id in self._asked:
                self._is_proved = True
        self.answers.append(answer)

    def _hear(self, record: Packet) -> None:
        if self._leg is None or not self._is_proved:
            return
        self._send(self._association.take(record, time.monotonic()))
        if self._keys is None and self._association.keys is not None:
            self._take_keys(self._association.keys)

    def _take_keys(self, keys: Srtp) -> None:
        self._seal = _session(keys.suite, keys.ours, Policy.SSRC_ANY_OUTBOUND)
        self._open = _session(keys.suite, keys.theirs, Policy.SSRC_ANY_INBOUND)
        self._keys = keys

    def _opened(self, packet: Packet) -> Packet | None:
        try:
            if 192 <= packet[1] <= 223:
                self._open.unprotect_rtcp(packet)
                return None
            return self._open.unprotect(packet)
        except Error:
            self.unexpected.append(packet)
            return None

    def seal_report(self, packet: Packet) -> Packet:
        return self._seal.protect_rtcp(packet)

    def _seal_all(self, packets: list[Packet]) -> list[Packet]:
        made = [self._seal.protect(packet) for packet in packets] if self._keys is not None else []
        self.sealed += made
        return made


def _session(suite: str, key: str, direction: int) -> Session:
    return Session(Policy(key=base64.b64decode(key), ssrc_type=direction, srtp_profile=_PROFILES[suite]))
