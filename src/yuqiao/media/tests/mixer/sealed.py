"""A phone that speaks SRTP (RFC 3711)."""

from __future__ import annotations

import base64
import secrets
from dataclasses import replace

from pylibsrtp import Error, Policy, Session

from yuqiao.media.ports import AudioParameters, Srtp
from yuqiao.media.tests.mixer.phone import Packet, Phone

SUITES = {
    "AES_CM_128_HMAC_SHA1_80": Policy.SRTP_PROFILE_AES128_CM_SHA1_80,
    "AES_CM_128_HMAC_SHA1_32": Policy.SRTP_PROFILE_AES128_CM_SHA1_32,
}


def new_key() -> str:
    return base64.b64encode(secrets.token_bytes(30)).decode()


class SealedPhone(Phone):
    """Says a tone under ``key``; ``ours`` is what the mixer seals with. ``wrong``: packets it could not open."""

    def __init__(self, freq: float, suite: str = "AES_CM_128_HMAC_SHA1_80") -> None:
        self.suite, self.ours, self.key = suite, new_key(), new_key()
        self.wrong = 0
        self.sealed: list[Packet] = []
        self.reports: list[Packet] = []  # RTCP as it came
        self._seal = self._session(self.key, Policy.SSRC_ANY_OUTBOUND)
        self._open = self._session(self.ours, Policy.SSRC_ANY_INBOUND)
        super().__init__(freq, deliver=self._seal_all)

    def _session(self, key: str, direction: int) -> Session:
        return Session(Policy(key=base64.b64decode(key), ssrc_type=direction, srtp_profile=SUITES[self.suite]))

    @property
    def audio(self) -> AudioParameters:
        return replace(super().audio, srtp=Srtp(self.suite, self.ours, self.key))

    def rekey(self, key: str) -> None:
        """Seal with another key from now on."""
        self.key, self._seal = key, self._session(key, Policy.SSRC_ANY_OUTBOUND)
        self.sealed.clear()

    def seal(self, packet: Packet) -> Packet:
        return self._seal.protect(packet)

    def _seal_all(self, packets: list[Packet]) -> list[Packet]:
        made = [self.seal(packet) for packet in packets]
        self.sealed += made
        return made

    def take(self, packet: Packet) -> Packet | None:
        try:
            if 192 <= packet[1] <= 223:
                self.reports.append(packet)
                return self._open.unprotect_rtcp(packet)
            return self._open.unprotect(packet)
        except Error:
            self.wrong += 1
            return None

    def seal_report(self, packet: Packet) -> Packet:
        return self._seal.protect_rtcp(packet)

    def open_report(self, packet: Packet) -> Packet:
        return self._open.unprotect_rtcp(packet)
