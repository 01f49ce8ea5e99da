"""One leg's RTCP socket, on the port after that of RTP, for peers that do not take RTCP on the port of RTP."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import struct
import time
from collections.abc import Iterator
from typing import Final

from yuqiao.media.ports import Address

_SO_TIMESTAMPNS: Final = 35
_TIMESPEC = struct.Struct("@qq")
_LARGEST: Final = 2048
AT_ONCE: Final = 8  # packets taken in a time: whoever floods it is not read more


class RtcpSocket:
    """A bound, non-blocking UDP socket that hears, and is heard by, one host alone."""

    def __init__(self, address: Address) -> None:
        """OSError when the port is taken."""
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        try:
            self.socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
            self.socket.bind(address)
        except OSError:
            self.socket.close()
            raise
        self._remote: Address | None = None

    def close(self) -> None:
        self.socket.close()

    def point(self, remote: Address | None) -> None:
        """Set where the peer's RTCP is to be sent."""
        self._remote = remote

    def take(self, host: str) -> Iterator[tuple[bytes, float]]:
        """Yield what came from ``host``, the host of the leg's RTP, and when, in UNIX seconds. What others send is
        dropped; where a port translator stands in the way, ours goes back where theirs comes from (RFC 4961)."""
        for _ in range(AT_ONCE):
            try:
                packet, extra, _flags, source = self.socket.recvmsg(_LARGEST, socket.CMSG_SPACE(_TIMESPEC.size))
            except OSError:  # nothing more, or ECONNREFUSED for what we sent
                return
            if not _same_host(source[0], host):
                continue
            self._remote = source[:2]
            yield packet, _time_of(extra)

    def send(self, packet: bytes) -> None:
        """Send one packet, if anybody is there."""
        if self._remote is not None:
            with contextlib.suppress(OSError):
                self.socket.sendto(packet, self._remote)


def _same_host(one: str, other: str) -> bool:
    try:
        return ipaddress.ip_address(one) == ipaddress.ip_address(other)
    except ValueError:
        return False


def _time_of(extra: list[tuple[int, int, bytes]]) -> float:
    for level, kind, data in extra:
        if (level, kind) == (socket.SOL_SOCKET, _SO_TIMESTAMPNS) and len(data) >= _TIMESPEC.size:
            seconds, nanoseconds = _TIMESPEC.unpack_from(data)
            return float(seconds + nanoseconds / 1e9)
    return time.time()
