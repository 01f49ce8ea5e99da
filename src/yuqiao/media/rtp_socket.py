"""One leg's UDP socket: whom it hears.

Media is taken only from one address. The socket listens unconnected until a packet comes from the address of the
leg's SDP. When that address stays mute and another port of its host, or the host that signals, has sent `LATCH_AFTER`
packets of one stream, one after the other and not all at once, that source is adopted (the peer is behind a NAT:
symmetric RTP, RFC 4961, and the latching of RFC 7362). It is on trial: should the address of SDP speak up within
`TRIAL` seconds, it has precedence. Then the socket is connected to its source, for good, and the kernel drops
everything else. What others send, whoever they pretend to be, changes nothing: no third party is ever sent the sound
of a leg.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import ipaddress
import os
import socket
import time
from collections.abc import Callable
from typing import Final

from yuqiao.media.ports import Address, MixerError
from yuqiao.media.rtcp import FIRST_KIND, LAST_KIND
from yuqiao.media.rtp import payload_bounds

LATCH_AFTER: Final = 10
LATCH_SECONDS: Final = 0.15  # that many packets take from first to last; a burst is nobody's voice
LATCH_GAP: Final = 50  # packets that may be lost between two of them
TRIAL: Final = 3.0
RECEIVE_BUFFER: Final = 64 * 1024
IGNORED: Final = -1

_libc = ctypes.CDLL(None, use_errno=True)


def is_reachable(address: Address) -> bool:
    """Tell whether RTP can be sent there: RFC 3264's hold address 0.0.0.0 and port 0 say no. MixerError for no IP."""
    try:
        host = ipaddress.ip_address(address[0])
    except ValueError as error:
        raise MixerError("the peer's media address is no IP address") from error
    return not host.is_unspecified and 0 < address[1] < 65536


class RtpSocket:
    """A bound, non-blocking UDP socket that locks on to one source."""

    def __init__(self, address: Address) -> None:
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        try:
            self.socket.bind(address)
        except OSError:
            self.socket.close()
            raise
        self.address: Address = self.socket.getsockname()[:2]
        self.remote: Address | None = None
        self.locked = False
        self.malformed = 0
        self.on_lock: Callable[[], None] = lambda: None
        self.open: Callable[[memoryview, int], int] | None = None  # SRTP: opens what came, or says IGNORED
        self._peer_host = ""
        self._source: Address | None = None
        self._forget_strangers()

    def close(self) -> None:
        self.socket.close()

    def point(self, remote: Address | None, peer_host: str = "") -> None:
        """Set the address SDP gave, and the host that signals ("": any may be latched on to). The same address again
        changes nothing; another one begins listening anew."""
        self._peer_host = peer_host
        if remote == self.remote:
            return
        if self.locked:
            self._disconnect()
        self.remote = remote
        self._forget_strangers()

    def _forget_strangers(self) -> None:
        self._adopted: Address | None = None
        self._trial_until = 0.0
        self._candidate: tuple[Address, bytes] | None = None  # with its SSRC
        self._last = self._heard = 0  # sequence number, and packets that followed each other
        self._since = 0.0

    def learn(self, slot: memoryview) -> int:
        """Receive into ``slot``; return the size, or `IGNORED` when the sender is not (yet) ours. Needed until a while
        after the socket is locked; then its own ``recv_into`` will do.

        OSError as the socket raises it.
        """
        size, source = self.socket.recvfrom_into(slot)
        sender: Address = source[:2]
        if self.open is not None:
            size = self.open(slot, size)
        if self.locked:  # a stranger's packet may have waited since before the kernel began to drop them
            return size if sender == self._source else IGNORED
        if self.remote is None or size < 0 or not self._may_be_peer(sender[0]):
            return IGNORED
        if sender == self.remote:
            self._lock(sender)
            return size
        if self._adopted is None:
            return size if self._is_adopted(sender, slot[:size]) else IGNORED
        if sender != self._adopted:
            return IGNORED
        if time.monotonic() >= self._trial_until:
            self._lock(sender)
        return size

    def _is_adopted(self, sender: Address, packet: memoryview) -> bool:
        """Count what a source that SDP did not name sends; adopt it if it goes on as a voice does."""
        if payload_bounds(packet) is None:
            self.malformed += 1
            return False
        if FIRST_KIND <= packet[1] <= LAST_KIND:
            return False
        now, stream = time.monotonic(), (sender, bytes(packet[8:12]))
        seq = packet[2] << 8 | packet[3]
        if stream == self._candidate and 0 < (seq - self._last) & 0xFFFF <= LATCH_GAP:
            self._heard += 1
        else:
            self._candidate, self._heard, self._since = stream, 1, now
        self._last = seq
        if self._heard < LATCH_AFTER or now - self._since < LATCH_SECONDS:
            return False
        self._adopted, self._trial_until = sender, now + TRIAL
        return True

    def _may_be_peer(self, host: str) -> bool:
        """Whether the peer may send from ``host`` though SDP says otherwise. Signalling in another family of addresses
        tells nothing of where its RTP comes from."""
        near = self._peer_host
        return not near or (":" in near) != (":" in host) or host in (near, self.remote[0] if self.remote else "")

    def send(self, packet: memoryview) -> int:
        """Send one packet; used while not locked."""
        target = self._adopted or self.remote
        return self.socket.sendto(packet, target) if target else 0

    def say(self, packet: bytes) -> None:
        """Send one packet that is no audio to whoever is there; RTCP that shares the port (RFC 5761)."""
        with contextlib.suppress(OSError):
            if self.locked:
                self.socket.send(packet)
            else:
                self.send(memoryview(packet))

    @property
    def source(self) -> Address | None:
        """Whom the leg hears, or, as long as nobody spoke, whom SDP named."""
        return self._source if self.locked else self._adopted or self.remote

    def _lock(self, source: Address) -> None:
        self.socket.connect(source)
        self.locked = True
        self._source = source
        self.on_lock()

    def _disconnect(self) -> None:
        """Connecting to AF_UNSPEC undoes a connect (connect(2)); the socket module cannot say it."""
        unspecified = ctypes.create_string_buffer(28)
        if _libc.connect(self.socket.fileno(), unspecified, len(unspecified)) != 0:
            raise MixerError(f"cannot release the RTP socket: {os.strerror(ctypes.get_errno())}")
        self.locked = False


class PortRange:
    """The RTP ports of one worker: even ones (RFC 3550 section 11), each in turn, so that a port rests before its next
    call. Workers share one range by taking every ``step``-th even port from ``offset`` on."""

    def __init__(self, host: str, first: int, last: int, *, offset: int = 0, step: int = 1) -> None:
        even = range(first + first % 2, last + 1, 2)
        self._host = host
        self._ports = list(even[offset::step])
        self._next = 0

    def bind(self) -> RtpSocket:
        """Return a socket on the next free port; MixerError when there is none."""
        for _ in range(len(self._ports)):
            port = self._ports[self._next]
            self._next = (self._next + 1) % len(self._ports)
            try:
                return RtpSocket((self._host, port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise MixerError(f"cannot open an RTP socket: {error.strerror}") from error
        raise MixerError("no RTP port is free")
