"""How the compiled tick (`in_step`) receives from a leg's socket, and sends to who is there."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from typing import Any, Final

from pylibsrtp import Session

from yuqiao.media.ports import Address

#: struct sockaddr_in and sockaddr_in6, by family: the family, the port, then what is the family's own.
_HEAD: Final = struct.Struct("=H")
_PORT: Final = struct.Struct("!H")
_IPV6_REST: Final = struct.Struct("=I16sI")  # flow, address, scope


@dataclass(frozen=True, slots=True)
class Way:
    """A socket that hears nobody else, or a ``shared`` one: STUN and DTLS come there, too, and from anywhere.

    ``session`` opens or seals its packets, None for plain ones. ``target``: whom to send to (`packed`), empty for a
    socket that is connected.
    """

    descriptor: int
    session: Session | None = None
    shared: bool = False
    target: bytes = b""


def packed(address: Address) -> bytes:
    """Return ``address`` as a ``struct sockaddr`` of its family. OSError for one that is no IP address."""
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    found: tuple[Any, ...] = socket.getaddrinfo(*address, family, socket.SOCK_DGRAM, 0, socket.AI_NUMERICHOST)[0][4]
    host, port = found[0].partition("%")[0], found[1]
    head = _HEAD.pack(family) + _PORT.pack(port)
    if family == socket.AF_INET:
        return head + socket.inet_pton(family, host) + bytes(8)
    flow, scope = found[2:]
    return head + _IPV6_REST.pack(socket.htonl(flow), socket.inet_pton(family, host), scope)


def unpacked(octets: bytes) -> Address:
    """Return the address in ``octets``, at least those of a ``struct sockaddr``, as Python's sockets would."""
    (family,) = _HEAD.unpack_from(octets)
    (port,) = _PORT.unpack_from(octets, _HEAD.size)
    if family == socket.AF_INET:
        return socket.inet_ntop(family, octets[4:8]), port
    return socket.inet_ntop(socket.AF_INET6, _IPV6_REST.unpack_from(octets, 4)[1]), port
