"""Ports of this machine, for benchmarks, the demo and tests; and by what a client's address is counted."""

from __future__ import annotations

import errno
import secrets
import socket
from ipaddress import IPv6Address, IPv6Network
from typing import Final

#: Ports below those that systems lend to whoever connects (Linux: 32768 to 60999), so that a free one stays free until
#: somebody listens there; and below those of RTP.
_QUIET_PORTS: Final = range(10240, 20000)


def free_port(host: str = "127.0.0.1") -> int:
    """Return a port of ``host`` that nobody holds at this moment, neither for TCP nor for UDP."""
    while True:
        port = secrets.choice(_QUIET_PORTS)
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            try:
                tcp.bind((host, port))
                udp.bind((host, port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
            else:
                return port


def listens(port: int) -> bool:
    """Whether somebody takes connections (TCP) at a port of this machine."""
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


def unmapped(address: str) -> str:
    """Return an IPv4 address that is written as IPv6 (``::ffff:192.0.2.1``) as IPv4; anything else as it is."""
    try:
        mapped = IPv6Address(address).ipv4_mapped
    except ValueError:
        return address
    return address if mapped is None else str(mapped)


def address_key(address: str) -> str:
    """Return by what a client's address is counted: IPv4 whole, IPv6 by its /64; what is no address as it is.

    Whoever has IPv6 has a /64 at least, and takes any address in it (RFC 6177; RIPE-690).
    """
    plain = unmapped(address)
    try:
        return str(IPv6Network((int(IPv6Address(plain)), 64), strict=False))
    except ValueError:
        return plain
