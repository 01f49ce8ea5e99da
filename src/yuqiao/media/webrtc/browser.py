"""A browser's leg: what comes on its socket beside RTP, and where its sound goes.

The socket stays unconnected: where its browser is, ICE tells, and that changes when the network does. RTP is heard from
wherever it was made with the keys of the handshake, by the compiled tick (`in_step`), and from nobody before. STUN and
DTLS wait until the tick has sent its sound (`browsers`).
"""

from __future__ import annotations

import contextlib
import logging
from collections import deque
from collections.abc import Callable
from typing import Final

from OpenSSL import SSL

from yuqiao.media.ports import Address, Dtls, Srtp
from yuqiao.media.rtp_socket import IGNORED, RtpSocket
from yuqiao.media.webrtc.demultiplexing import Kind, kind_of
from yuqiao.media.webrtc.dtls import Association
from yuqiao.media.webrtc.ice import Allowance, Credentials, IceLite

log = logging.getLogger(__name__)

WAITING: Final = 16  # datagrams of one leg; more are dropped, as on the way
TRIES: Final = 4.0  # handshakes begun anew per second, after one broke off


class Browser:
    """One leg's browser. ``keys``: what secures its RTP, None until the handshake is done. ``on_change`` is called when
    they come or go, or when the browser moved; by then ``socket`` points there."""

    def __init__(
        self,
        socket: RtpSocket,
        dtls: Dtls,
        shared: SSL.Context,
        on_change: Callable[[], None],
        queue: Callable[[Browser], None],
    ) -> None:
        self.dtls_refused = self.unsecured = 0
        self.ice = IceLite(Credentials.of(dtls))
        self._inbox: deque[tuple[bytes, Address]] = deque()
        self._socket = socket
        self._shared = shared
        self._on_change = on_change
        self._queue = queue
        self._dtls = dtls
        self._tries = Allowance(TRIES)
        self._failures = 0
        self._secured: Srtp | None = None  # when `on_change` was called last
        self._spoke: Address | None = None  # who sent DTLS last
        self._associate()

    @property
    def keys(self) -> Srtp | None:
        return self._association.keys

    @property
    def stun_refused(self) -> int:
        return self.ice.refused

    def settle(self, dtls: Dtls) -> None:
        """SDP settled something new: other credentials are a restart of ICE, and the association goes on; another
        certificate or role is another browser, to whom nothing goes under the former keys (RFC 8842 section 4)."""
        before, self._dtls = self._dtls, dtls
        if (before.fingerprint, before.active) != (dtls.fingerprint, dtls.active):
            self.close()
            self.ice.restart(Credentials.of(dtls))
            self.ice.forget()
            self._inbox.clear()  # what the other one said is no part of this handshake
            self._associate()
            self._change()
        else:
            self.ice.restart(Credentials.of(dtls))

    def _associate(self) -> None:
        self._association = Association(self._shared, self._dtls.fingerprint, active=self._dtls.active)
        self._begun = False
        self._spoke = None

    def receive(self, slot: memoryview) -> int:
        """Receive into ``slot``, as long as there are no keys; `IGNORED`. OSError as the socket raises it."""
        size, source = self._socket.socket.recvfrom_into(slot)
        if size and kind_of(slot[0]) is Kind.RTP:
            self.unsecured += 1
        else:
            self.take(bytes(slot[:size]), source[:2])
        return IGNORED

    def take(self, datagram: bytes, source: Address) -> None:
        """Keep what came for `work`, if it is STUN or DTLS and not too much waits."""
        kind = kind_of(datagram[0]) if datagram else Kind.NOTHING
        if kind is not Kind.NOTHING and len(self._inbox) < WAITING:
            self._inbox.append((datagram, source))
            self._queue(self)
        elif kind is Kind.DTLS:
            self.dtls_refused += 1
        else:
            self.ice.refused += 1

    def work(self, now: float) -> None:
        """Answer one datagram, if any waits."""
        if not self._inbox:
            return
        datagram, source = self._inbox.popleft()
        if kind_of(datagram[0]) is Kind.STUN:
            self._check(datagram, source, now)
        elif self.ice.is_proved(source):
            if self._association.is_vain(datagram) and self._tries.take(now):
                self._associate()
            self._spoke = source
            self._begin(now)
            self._tell(self._association.take(datagram, now))
            self._look()
        else:
            self.dtls_refused += 1

    def _check(self, datagram: bytes, source: Address, now: float) -> None:
        verdict = self.ice.take(datagram, source, now)
        if verdict.answer:
            self._send(verdict.answer, source)
        if not verdict.moved:
            return
        self._begin(now)
        self._change()

    def _begin(self, now: float) -> None:
        if not self._begun:
            self._begun = True
            self._tell(self._association.begin(now))

    def _look(self) -> None:
        """See what a step of the handshake brought."""
        if self._association.failed:
            self.dtls_refused += 1
            self._failures += 1
            if self._failures == 1:
                log.warning("a browser's DTLS failed: %s", self._association.failed)
        if self._secured != self.keys:
            self._change()

    def elapse(self, now: float) -> None:
        """Send again what was lost on the way, and nothing any more to who was not heard of for long."""
        if self._association.waits and self._begun:
            self._tell(self._association.elapse(now))
        if self.ice.lapse(now):
            self._change()

    def close(self) -> None:
        """Say goodbye."""
        self._tell(self._association.close())

    def _change(self) -> None:
        """Point the socket to where sound may go: nowhere without keys."""
        self._secured = self.keys
        self._socket.point(self.ice.target if self.keys is not None else None)
        self._on_change()

    def _tell(self, datagrams: list[bytes]) -> None:
        target = self.ice.target or self._spoke
        if target is not None:
            for datagram in datagrams:
                self._send(datagram, target)

    def _send(self, datagram: bytes, target: Address) -> None:
        with contextlib.suppress(OSError):  # a full buffer or nobody there: as good as lost on the way
            self._socket.socket.sendto(datagram, target)
