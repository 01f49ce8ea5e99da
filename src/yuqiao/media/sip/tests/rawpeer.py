"""A peer that says on the wire exactly what a test wants said, octet by octet: Carol."""

from __future__ import annotations

import asyncio
import itertools
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from yuqiao.media.sip import SipTrunk

SDP = (
    "v=0\r\no=carol 1 {version} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\n"
    "m=audio {port} RTP/AVP 8 0 96\r\na=rtpmap:96 telephone-event/8000\r\na={direction}\r\n"
)
_numbers = itertools.count(1)


def sdp(*, address: str = "127.0.0.1", port: int = 45_000, direction: str = "sendrecv", version: int = 1) -> str:
    """Carol's session description."""
    return SDP.format(address=address, port=port, direction=direction, version=version)


class Heard:
    """A message that Carol received: start line, header fields as text, body."""

    def __init__(self, data: bytes) -> None:
        head, _, body = data.decode().partition("\r\n\r\n")
        self.start, *self.lines = head.split("\r\n")
        self.body = body

    def all(self, name: str) -> list[str]:
        return [line.split(":", 1)[1].strip() for line in self.lines if line.lower().startswith(f"{name.lower()}:")]

    def __getitem__(self, name: str) -> str:
        return self.all(name)[0]

    @property
    def status(self) -> int:
        return int(self.start.split()[1]) if self.start.startswith("SIP/2.0") else 0

    @property
    def method(self) -> str:
        return self["CSeq"].split()[1]

    @property
    def to_tag(self) -> str:
        found = re.search(r";tag=([^;]+)", self["To"])
        return found[1] if found else ""

    @property
    def contact(self) -> str:
        return self["Contact"].strip("<>")


class Carol:
    """Her UDP socket, and the messages she writes. ``call_id`` and ``tag`` are hers."""

    def __init__(self, sock: socket.socket, trunk: SipTrunk) -> None:
        self._socket = sock
        self.trunk = trunk
        self.port = int(sock.getsockname()[1])
        self.call_id = f"carol-{next(_numbers)}"
        self.tag = f"c{next(_numbers)}"
        self.heard: list[Heard] = []

    def say(self, text: str | bytes) -> None:
        data = text if isinstance(text, bytes) else text.encode()
        self._socket.sendto(data, self.trunk.address)

    async def hear(self, deadline: float = 5.0) -> Heard:
        """The next message, whatever it is."""
        async with asyncio.timeout(deadline):
            data = await asyncio.get_running_loop().sock_recv(self._socket, 65_535)
        self.heard.append(Heard(data))
        return self.heard[-1]

    async def wait_for(self, status_or_method: int | str, of: str = "", deadline: float = 5.0) -> Heard:
        """The next response with that status (to method ``of``) or request of that method; others pass by."""
        while True:
            heard = await self.hear(deadline)
            if heard.status == status_or_method and (not of or heard.method == of):
                return heard
            if heard.start.split()[0] == status_or_method:
                return heard

    async def silence(self, seconds: float) -> bool:
        """Whether nothing comes for ``seconds``."""
        try:
            await self.hear(seconds)
        except TimeoutError:
            return True
        return False

    def request(
        self,
        method: str,
        *,
        seq: int = 1,
        to_tag: str = "",
        body: str = "",
        extra: str = "",
        branch: str = "",
        uri: str = "",
        content: str = "application/sdp",
        forwards: int = 70,
    ) -> str:
        """Write a request of Carol's; send it with `say`."""
        host, port = self.trunk.address
        to = f"<sip:960169@{host}:{port}>" + (f";tag={to_tag}" if to_tag else "")
        kind = f"Content-Type: {content}\r\n" if body else ""
        return (
            f"{method} {uri or f'sip:960169@{host}:{port}'} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};rport;branch={branch or f'z9hG4bK{next(_numbers)}'}\r\n"
            f"Max-Forwards: {forwards}\r\nFrom: Carol <sip:13900000000@127.0.0.1>;tag={self.tag}\r\nTo: {to}\r\n"
            f"Call-ID: {self.call_id}\r\nCSeq: {seq} {method}\r\nContact: <sip:carol@127.0.0.1:{self.port}>\r\n"
            f"{extra}{kind}Content-Length: {len(body.encode())}\r\n\r\n{body}"
        )

    def respond(self, to: Heard, status: int, *, tag: str = "", body: str = "", extra: str = "") -> str:
        """Write a response of Carol's to a request she heard."""
        vias = "".join(f"Via: {via}\r\n" for via in to.all("Via"))
        kind = "Content-Type: application/sdp\r\n" if body else ""
        return (
            f"SIP/2.0 {status} X\r\n{vias}From: {to['From']}\r\nTo: {to['To']}{f';tag={tag}' if tag else ''}\r\n"
            f"Call-ID: {to['Call-ID']}\r\nCSeq: {to['CSeq']}\r\nContact: <sip:carol@127.0.0.1:{self.port}>\r\n"
            f"{extra}{kind}Content-Length: {len(body.encode())}\r\n\r\n{body}"
        )

    @property
    def uri(self) -> str:
        return f"sip:carol@127.0.0.1:{self.port}"


@asynccontextmanager
async def carol_at(trunk: SipTrunk) -> AsyncIterator[Carol]:
    """Carol with a socket of her own, ready to talk to ``trunk``."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.setblocking(False)
        yield Carol(sock, trunk)
