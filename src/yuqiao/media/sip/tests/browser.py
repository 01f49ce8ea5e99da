"""A browser's phone that says on its WebSocket exactly what a test wants said: Mei, at her desk."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from yuqiao.lib.phones import Ticket, issue, key_from
from yuqiao.media.sip import SipTrunk
from yuqiao.media.sip.phones import PhoneSettings
from yuqiao.media.sip.tests.parties import BRISK, Desk
from yuqiao.media.sip.tests.rawpeer import Heard

KEY = key_from("sesame")
FINGERPRINT = "ab" * 32
#: What Debian's Chromium wrote; see the folder.
SAID = {path.stem: path.read_bytes().decode() for path in (Path(__file__).parent / "browsers").glob("*.sdp")}
_numbers = itertools.count(1)


def ticket(name: str = "desk-1", *, dials: str = "", language: str = "", lasts: float = 60.0) -> str:
    """A ticket as the web pages issue it."""
    return issue(Ticket(name, time.time() + lasts, dials, language), KEY)


def moved(sdp: str, ufrag: str = "n3w1") -> str:
    """The same description from a page that was loaded anew: another ICE, another certificate."""
    lines = [f"a=ice-ufrag:{ufrag}" if line.startswith("a=ice-ufrag") else line for line in sdp.split("\r\n")]
    new = "a=fingerprint:sha-256 " + ":".join(["CD"] * 32)
    return "\r\n".join(new if line.startswith("a=fingerprint") else line for line in lines)


class Mei:
    """Her WebSocket, and the messages she writes. ``call_id`` and ``tag`` are of the calls she makes."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, name: str) -> None:
        self.socket, self.name = socket, name
        self.call_id = f"mei-{next(_numbers)}"
        self.tag = f"m{next(_numbers)}"

    async def say(self, text: str) -> None:
        await self.socket.send_str(text)

    async def hear(self, deadline: float = 5.0) -> Heard:
        """The next message, whatever it is."""
        async with asyncio.timeout(deadline):
            frame = await self.socket.receive()
        assert frame.type is aiohttp.WSMsgType.TEXT, (frame.type, frame.data, frame.extra)
        return Heard(frame.data.encode())

    async def wait_for(self, status_or_method: int | str, of: str = "") -> Heard:
        """The next response with that status (to method ``of``) or request of that method; others pass by."""
        while True:
            heard = await self.hear()
            if heard.status == status_or_method and (not of or heard.method == of):
                return heard
            if heard.start.split()[0] == status_or_method:
                return heard

    async def closed(self, deadline: float = 5.0) -> int:
        """How her WebSocket was ended by the other side."""
        async with asyncio.timeout(deadline):
            while not self.socket.closed:
                await self.socket.receive()
        return self.socket.close_code or 0

    def request(
        self,
        method: str,
        *,
        uri: str = "sip:browser",
        to: str = "",
        sender: str = "",
        seq: int = 1,
        body: str = "",
        extra: str = "",
        call_id: str = "",
        tag: str = "",
        branch: str = "",
    ) -> str:
        """Write a request; ``to`` is the whole To value."""
        own = f"sip:{sender or self.name}@browser"
        kind = "Content-Type: application/sdp\r\n" if body else ""
        return (
            f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/WSS m.invalid;branch={branch or f'z9hG4bK{next(_numbers)}'}\r\n"
            f"Max-Forwards: 69\r\nFrom: <{own}>;tag={tag or self.tag}\r\nTo: {to or f'<{own}>'}\r\n"
            f"Call-ID: {call_id or self.call_id}\r\nCSeq: {seq} {method}\r\n"
            f"Contact: <sip:x7@m.invalid;transport=ws>\r\n{extra}{kind}"
            f"Content-Length: {len(body.encode())}\r\n\r\n{body}"
        )

    def respond(self, to: Heard, status: int, *, tag: str = "", body: str = "", extra: str = "") -> str:
        """Write a response to a request she heard."""
        vias = "".join(f"Via: {via}\r\n" for via in to.all("Via"))
        kind = "Content-Type: application/sdp\r\n" if body else ""
        return (
            f"SIP/2.0 {status} X\r\n{vias}From: {to['From']}\r\nTo: {to['To']}{f';tag={tag}' if tag else ''}\r\n"
            f"Call-ID: {to['Call-ID']}\r\nCSeq: {to['CSeq']}\r\nContact: <sip:x7@m.invalid;transport=ws>\r\n"
            f"{extra}{kind}Content-Length: {len(body.encode())}\r\n\r\n{body}"
        )

    async def register(self, *, seq: int = 1, expires: int = 120) -> Heard:
        """Register, and hear that it went well."""
        await self.say(self.request("REGISTER", seq=seq, call_id=f"r-{self.tag}", extra=f"Expires: {expires}\r\n"))
        return await self.wait_for(200, of="REGISTER")

    async def take(self, *, body: str = "", tag: str = "mei") -> Heard:
        """Ring, answer, and hear the ACK; return the INVITE."""
        invite = await self.wait_for("INVITE")
        await self.say(self.respond(invite, 180, tag=tag))
        await self.say(self.respond(invite, 200, tag=tag, body=body or SAID["answer-voice"]))
        await self.wait_for("ACK")
        return invite

    async def dial(self, number: str, extra: str = "") -> Heard:
        """Call ``number``; hear the answer and acknowledge it."""
        uri = f"sip:{number}@browser"
        await self.say(self.request("INVITE", uri=uri, to=f"<{uri}>", body=SAID["offer-voice"], extra=extra))
        ok = await self.wait_for(200, of="INVITE")
        await self.say(self.request("ACK", uri=ok.contact, to=ok["To"]))
        return ok


@asynccontextmanager
async def mei_at(trunk: SipTrunk, ticket_text: str = "", name: str = "desk-1") -> AsyncIterator[Mei]:
    """Mei with a WebSocket to ``trunk``."""
    host, port = trunk.phones_address
    url = f"http://{host}:{port}/sip"
    async with aiohttp.ClientSession() as session:
        given = ticket_text or ticket(name)
        async with session.ws_connect(url, params={"ticket": given}, protocols=("sip",), max_msg_size=0) as socket:
            yield Mei(socket, name)


@asynccontextmanager
async def exchange(desk: Desk | None = None, public_host: str = "") -> AsyncIterator[SipTrunk]:
    """A started trunk that takes browsers' phones and nobody else, stopped at the end with nothing left over."""
    made = SipTrunk(
        host="127.0.0.1",
        port=0,
        on_incoming=desk or Desk(),
        timing=BRISK,
        peers=(),
        phones=PhoneSettings(("127.0.0.1", 0), KEY, FINGERPRINT, public_host),
    )
    await made.start()
    try:
        yield made
    finally:
        await made.stop()
        assert made.calls == 0
        assert made.counters["errors"] == 0
