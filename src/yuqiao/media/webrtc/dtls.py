"""DTLS-SRTP of one leg (RFC 5764) by OpenSSL, without sockets and without a clock: datagrams in, datagrams and at last
keys out.

DTLS 1.2, whole handshakes, no renegotiation, no resumption: each leg has one association, and a reload of the page
another. The peer's certificate is whatever it likes; it must have the fingerprint that its SDP gave (RFC 5763 5).
"""

from __future__ import annotations

import base64
import contextlib
import hmac
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL

from yuqiao.media.ports import Srtp
from yuqiao.media.webrtc.certificate import Identity, fingerprint_of

DTLS_1_2: Final = 0xFEFD
_HELLO: Final = 13 + 12 + 2 + 32  # octets of a ClientHello up to the end of its random
#: Octets of one datagram: below what any path of IPv6 carries (1280) with all headers.
MTU: Final = 1200
_RECORD: Final = 13  # octets of a record's header (RFC 6347 4.1)
#: Seconds after which a flight that nobody answers is sent again, each time twice as long; OpenSSL waits for a second.
AGAIN: Final = 0.1
#: Bytes of an application nobody here talks to.
_IDLE: Final = 4096
_LABEL: Final = b"EXTRACTOR-dtls_srtp"
_CIPHERS: Final = (
    b"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384:"
    b"ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-CHACHA20-POLY1305:ECDHE-RSA-AES256-GCM-SHA384"
)


@dataclass(frozen=True, slots=True)
class Profile:
    """A way to secure RTP: as DTLS (RFC 5764 4.1.2, RFC 7714 14.2) and as SDES calls it, octets of key and of salt."""

    name: str
    suite: str
    key: int
    salt: int


#: Best first (RFC 8827 6.5 asks for the second of everybody).
PROFILES: Final = (
    Profile("SRTP_AEAD_AES_128_GCM", "AEAD_AES_128_GCM", 16, 12),
    Profile("SRTP_AES128_CM_SHA1_80", "AES_CM_128_HMAC_SHA1_80", 16, 14),
)


def context(identity: Identity) -> SSL.Context:
    """Return what all associations of a worker share."""
    made = SSL.Context(SSL.DTLS_METHOD)
    made.set_min_proto_version(DTLS_1_2)
    made.set_max_proto_version(DTLS_1_2)
    made.set_options(SSL.OP_NO_QUERY_MTU | SSL.OP_NO_TICKET | SSL.OP_NO_RENEGOTIATION)
    made.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    made.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_: True)  # by its fingerprint, later
    made.use_certificate(x509.load_pem_x509_certificate(identity.certificate.encode()))
    key = serialization.load_pem_private_key(identity.key.encode(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101 - as `certificate.make` made it
    made.use_privatekey(key)
    made.set_cipher_list(_CIPHERS)
    made.set_tlsext_use_srtp(":".join(profile.name for profile in PROFILES).encode())
    return made


def keys_of(profile: Profile, exported: bytes, *, active: bool) -> Srtp:
    """Return the keys of both directions out of what was exported (RFC 5764 4.2): both keys, the client's first, then
    both salts. ``active``: we are the client."""
    keys, salts = exported[: 2 * profile.key], exported[2 * profile.key :]
    client, server = (
        base64.b64encode(
            keys[at * profile.key : (at + 1) * profile.key] + salts[at * profile.salt : (at + 1) * profile.salt]
        ).decode()
        for at in (0, 1)
    )
    return Srtp(profile.suite, *((client, server) if active else (server, client)))


def datagrams(records: bytes, mtu: int = MTU) -> list[bytes]:
    """Return ``records`` (whole records of DTLS 1.2, one after the other) in datagrams of up to ``mtu`` octets: none is
    cut in two, and their order stays."""
    made: list[bytes] = []
    at = 0
    while at < len(records):
        end = at + _RECORD + int.from_bytes(records[at + 11 : at + 13], "big")
        if made and len(made[-1]) + end - at <= mtu:
            made[-1] += records[at:end]
        else:
            made.append(records[at:end])
        at = end
    return made


def hello_of(datagram: bytes) -> bytes:
    """Return the random of the ClientHello that a datagram begins with (RFC 6347 4.3.2), empty for anything else."""
    is_hello = len(datagram) >= _HELLO and (datagram[0], datagram[13]) == (22, 1) and datagram[3:5] == bytes(2)
    return datagram[_HELLO - 32 : _HELLO] if is_hello and datagram[19:22] == bytes(3) else b""


class Association:
    """One DTLS association. ``keys``: what it gave once it stands and the peer is who it should be. ``failed``: why it
    never will; ``over``: the peer closed it."""

    def __init__(self, shared: SSL.Context, fingerprint: str, *, active: bool) -> None:
        self.keys: Srtp | None = None
        self.failed = ""
        self.over = False
        self._fingerprint = fingerprint.lower()
        self._active = active
        self._stands = False
        self._hello = b""
        self._flight: list[bytes] = []
        self._again_at, self._pause = 0.0, AGAIN
        self._connection = SSL.Connection(shared)
        self._connection.set_ciphertext_mtu(MTU)
        if active:
            self._connection.set_connect_state()
        else:
            self._connection.set_accept_state()

    def begin(self, now: float) -> list[bytes]:
        """Begin the handshake where that is ours to do; returns the datagrams to send, as all of these do."""
        return self._go_on(now) if self._active else []

    def take(self, datagram: bytes, now: float) -> list[bytes]:
        """Take in a datagram of the peer at ``now``, seconds of a clock that only goes forward."""
        if self.failed or self.over:
            return []
        self._hello = self._hello or hello_of(datagram)
        self._connection.bio_write(datagram)
        if not self._stands:
            return self._go_on(now)
        self._listen()
        return self._said()

    def elapse(self, now: float) -> list[bytes]:
        """Send again what nobody answered in time. Ours first, the very same datagrams; then OpenSSL's turn comes
        (`DTLSv1_get_timeout`), which wraps the same messages in new records."""
        if self.failed or self._stands:
            return []
        wait = self._connection.DTLSv1_get_timeout()
        if wait is not None and wait <= 0:
            with contextlib.suppress(SSL.Error):
                self._connection.DTLSv1_handle_timeout()
            return self._said()
        if not self._flight or now < self._again_at:
            return []
        self._again_at, self._pause = now + 2 * self._pause, 2 * self._pause
        return self._flight

    @property
    def waits(self) -> bool:
        """Whether `elapse` may have something to do."""
        return not (self._stands or self.failed)

    def is_vain(self, datagram: bytes) -> bool:
        """Tell whether another association would do better with this datagram: the handshake broke off by what came on
        the wire, or the peer begins another one before this is done (RFC 6347 4.2.8)."""
        other = hello_of(datagram) if self._hello and not self._active else b""
        return not self._stands and (bool(self.failed) or other not in (b"", self._hello))

    def close(self) -> list[bytes]:
        """Tell the peer that it is over."""
        if not self._stands or self.over:
            return []
        self.over = True
        with contextlib.suppress(SSL.Error):
            self._connection.shutdown()
        return self._said()

    def _go_on(self, now: float) -> list[bytes]:
        try:
            self._connection.do_handshake()
        except SSL.WantReadError:
            pass
        except SSL.Error as error:
            self.failed = _why(error)
        else:
            self._stands = True
            self._settle()
        said = self._said()
        if said:
            self._flight, self._pause, self._again_at = said, AGAIN, now + AGAIN
        if self._stands and self.failed:
            said += self.close()
        return said

    def _settle(self) -> None:
        """The handshake is done: see who it was, then take the keys."""
        theirs = self._connection.get_peer_certificate(as_cryptography=True)
        if theirs is None or not hmac.compare_digest(fingerprint_of(theirs), self._fingerprint):
            self.failed = "the certificate is not the one that SDP announced"
            return
        chosen = self._connection.get_selected_srtp_profile().decode()
        profile = next((profile for profile in PROFILES if profile.name == chosen), None)
        if profile is None:
            self.failed = "no profile of SRTP in common"
            return
        exported = self._connection.export_keying_material(_LABEL, 2 * (profile.key + profile.salt))
        self.keys = keys_of(profile, exported, active=self._active)

    def _listen(self) -> None:
        """Let OpenSSL see what came after the handshake: its last flight asked for again, or the end."""
        try:
            while self._connection.recv(_IDLE):  # nobody here listens to what an application may say
                pass
        except SSL.ZeroReturnError:
            self.over = True
            self.keys = None
        except SSL.Error:
            return

    def _said(self) -> list[bytes]:
        try:
            return datagrams(self._connection.bio_read(1 << 16))
        except SSL.Error:  # nothing to say
            return []


def _why(error: SSL.Error) -> str:
    """Return OpenSSL's reasons; they hold nothing of anybody."""
    reasons = error.args[0] if error.args and isinstance(error.args[0], list) else []
    return ", ".join(str(reason[-1]) for reason in reasons) or type(error).__name__
