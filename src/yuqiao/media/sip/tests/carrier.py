"""A carrier written for the tests, octet by octet, on a socket of its own: what it hears, and what it says to it."""

from __future__ import annotations

import asyncio
import hashlib
import re
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from yuqiao.media.sip.tests.rawpeer import Heard, sdp

#: What a carrier says to a request: status, header lines, body; None: nothing.
Said = tuple[int, str, str] | None
React = Callable[["Carrier", Heard], Said]


class Carrier:
    """Answers every request by ``react``; keeps all it heard. ``address`` is where it can be dialled."""

    def __init__(self, sock: socket.socket, react: React) -> None:
        self._socket = sock
        self.react = react
        self.address: tuple[str, int] = sock.getsockname()[:2]
        self.heard: list[Heard] = []
        asyncio.get_running_loop().add_reader(sock.fileno(), self._hear)

    def of(self, method: str) -> list[Heard]:
        """The requests with that method so far, without their repetitions."""
        found: dict[str, Heard] = {}
        for one in self.heard:
            if one.start.startswith(f"{method} "):
                found.setdefault(one["Via"], one)
        return list(found.values())

    def _hear(self) -> None:
        data, source = self._socket.recvfrom(65_535)
        heard = Heard(data)
        self.heard.append(heard)
        if heard.start.startswith("SIP/2.0") or heard.method == "ACK":
            return
        said = self.react(self, heard)
        if said is not None:
            status, extra, body = said
            kind = "Content-Type: application/sdp\r\n" if body else ""
            tag = "" if heard.to_tag else f";tag=t{self.address[1]}"
            text = (
                f"SIP/2.0 {status} X\r\nVia: {heard['Via']}\r\nFrom: {heard['From']}\r\nTo: {heard['To']}{tag}\r\n"
                f"Call-ID: {heard['Call-ID']}\r\nCSeq: {heard['CSeq']}\r\n"
                f"Contact: <sip:carrier@{self.address[0]}:{self.address[1]}>\r\n"
                f"{extra}{kind}Content-Length: {len(body)}\r\n\r\n{body}"
            )
            self._socket.sendto(text.encode(), source)

    def send(self, text: str, to: tuple[str, int]) -> None:
        """Say something of one's own accord."""
        self._socket.sendto(text.encode(), to)

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._socket.fileno())
        self._socket.close()


@asynccontextmanager
async def carrier(react: React, host: str = "127.0.0.1") -> AsyncIterator[Carrier]:
    """A carrier on a free port of ``host``."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    sock.bind((host, 0))
    one = Carrier(sock, react)
    try:
        yield one
    finally:
        one.close()


def signature(heard: Heard, header: str, password: str) -> bool:
    """Whether the request shows the right response, reckoned from RFC 7616 3.4.1 once more, apart from our own code."""
    lines = heard.all(header)
    if not lines:
        return False
    got: dict[str, str] = dict(re.findall(r'(\w+)="?([^",]*)"?', lines[0].removeprefix("Digest ")))
    hashed = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}[got["algorithm"]]

    def h(text: str) -> str:
        return hashed(text.encode()).hexdigest()

    first = h(f"{got['username']}:{got['realm']}:{password}")
    second = h(f"{heard.start.split()[0]}:{got['uri']}")
    return got["response"] == h(f"{first}:{got['nonce']}:{got['nc']}:{got['cnonce']}:{got['qop']}:{second}")


def answer_invite(one: Carrier, heard: Heard) -> Said:
    """Take every call, and every other request."""
    return (200, "", sdp() if heard.method == "INVITE" else "")
