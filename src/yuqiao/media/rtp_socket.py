"""One leg's UDP socket: whom it hears.

Media is taken only from one address. The socket listens unconnected until a packet comes from the address of the
leg's SDP, or, when that address stays mute, until some other source has sent `LATCH_AFTER` good packets in a row (the
peer is behind a NAT: symmetric RTP, RFC 4961, and the latching of RFC 7362). Then it is connected to that source, once,
and the kernel drops everything else.
"""

from __future__ import annotations

import ctypes
import errno
import ipaddress
import os
import socket
from collections.abc import Callable
from typing import Final

from yuqiao.media.ports import Address, MixerError
from yuqiao.media.rtp import payload_bounds

LATCH_AFTER: Final = 10
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
        self._source: Address | None = None
        self._candidate: Address | None = None
        self._heard = 0

    def close(self) -> None:
        self.socket.close()

    def point(self, remote: Address | None) -> None:
        """Set the address SDP gave. The same address again changes nothing; another one begins listening anew."""
        if remote == self.remote:
            return
        if self.locked:
            self._disconnect()
        self.remote = remote
        self._candidate, self._heard = None, 0

    def learn(self, slot: memoryview) -> int:
        """Receive into ``slot``; return the size, or `IGNORED` when the sender is not (yet) ours. Needed until a while
        after the socket is locked; then its own ``recv_into`` will do.

        OSError as the socket raises it.
        """
        size, source = self.socket.recvfrom_into(slot)
        sender: Address = source[:2]
        if self.locked:  # a stranger's packet may have waited since before the kernel began to drop them
            return size if sender == self._source else IGNORED
        if self.remote is None:
            return IGNORED
        if sender == self.remote:
            self._lock(sender)
            return size
        if payload_bounds(slot[:size]) is None:
            self.malformed += 1
            return IGNORED
        self._heard = self._heard + 1 if sender == self._candidate else 1
        self._candidate = sender
        if self._heard < LATCH_AFTER:
            return IGNORED
        self._lock(sender)
        return size

    def send(self, packet: memoryview) -> int:
        """Send one packet; used while not locked."""
        return self.socket.sendto(packet, self.remote) if self.remote else 0

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
