"""Free ports of this machine, for benchmarks, the demo and tests."""

from __future__ import annotations

import socket


def free_port(host: str = "127.0.0.1", kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """Return a port of ``host`` that nobody holds at this moment (``SOCK_STREAM``: TCP, ``SOCK_DGRAM``: UDP)."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
