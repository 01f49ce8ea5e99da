"""The way of a page's telephone to the media server: one WebSocket here, one there, messages handed on as they are.

So a browser needs no address but that of the pages: one certificate, one opening in the wall. Sound does not come this
way; a call goes on while this process is started anew, and the page connects again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.typing import Subprotocol

from yuqiao.lib import phones

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

log = logging.getLogger(__name__)

PATH: Final = "/phone"
SUBPROTOCOL: Final = "sip"
#: Octets of one message, both ways: the longest that SIP over UDP could have.
LONGEST: Final = 65_535
#: Telephones that one process serves at once; the others try again and find another.
_MOST: Final = 2000
_PATIENCE: Final = 5.0
_WAITING: Final = 16
#: RFC 6455 7.4.1: gone; a message that breaks the rules; too long; (IANA's registry) try again later.
_GOING_AWAY, _POLICY, _TOO_LONG, _AGAIN = 1001, 1008, 1009, 1013
#: Codes that no side may send, and those by which the media server says that it is gone for a while.
_NO_CODES: Final = {1001, 1005, 1006, 1011, 1012, 1015}


@dataclass(frozen=True, slots=True)
class RelaySettings:
    """``url`` of the media server's door for phones; ``key`` of the tickets; ``origins``: of which pages besides those
    of our own host a telephone may be (scheme and host)."""

    url: str
    key: bytes = field(repr=False)
    origins: Collection[str] = ()


def admits(scope: Mapping[str, Any], settings: RelaySettings, now: float) -> str:
    """Return the ticket with which a WebSocket begins at ``now`` (UNIX time), "" where it may not.

    It is to come from a page of ours (RFC 6455 10.2: any page anywhere may open one in a reader's browser), to speak
    SIP, and to bring a ticket that we issued. Pure.
    """
    headers = {name.lower(): value.decode("latin-1") for name, value in scope.get("headers", ())}
    origin, host = headers.get(b"origin", ""), headers.get(b"host", "")
    ours = bool(host) and urlsplit(origin).netloc == host
    query: bytes = scope.get("query_string", b"")
    given = parse_qs(query.decode("latin-1")).get("ticket", [""])[0]
    if scope.get("path") != PATH or SUBPROTOCOL not in scope.get("subprotocols", ()):
        return ""
    if not ours and origin not in settings.origins:
        return ""
    try:
        phones.check(given, settings.key, now)
    except phones.TicketError:
        return ""
    return given


class PhoneRelay:
    """An ASGI application: WebSockets are telephones, everything else is for ``pages``."""

    def __init__(self, pages: Application, settings: RelaySettings) -> None:
        self._pages = pages
        self._settings = settings
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI 3."""
        if scope["type"] != "websocket":
            await self._pages(scope, receive, send)
            return
        if (await receive())["type"] != "websocket.connect":
            return
        ticket = admits(scope, self._settings, time.time())
        if not ticket:
            await send({"type": "websocket.close", "code": _POLICY})  # before it is accepted: 403
            return
        await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
        self._open += 1
        try:
            code, reason = await self._relay(ticket, receive, send) if self._open <= _MOST else (_AGAIN, "full")
        finally:
            self._open -= 1
        if code:
            with contextlib.suppress(OSError, RuntimeError):  # the page went at the same moment
                await send({"type": "websocket.close", "code": code, "reason": reason})

    async def _relay(self, ticket: str, receive: Receive, send: Send) -> tuple[int, str]:
        """Hand messages on until one side ends; return how the page's side is to be closed, code 0 if it is."""
        url = f"{self._settings.url}?ticket={quote(ticket)}"
        try:
            beyond = await connect(
                url,
                subprotocols=[Subprotocol(SUBPROTOCOL)],
                compression=None,
                max_size=LONGEST,
                max_queue=_WAITING,
                open_timeout=_PATIENCE,
                close_timeout=_PATIENCE,
                proxy=None,
            )
        except InvalidStatus:
            return _POLICY, "this ticket is not taken"
        except (OSError, WebSocketException, TimeoutError):
            log.warning("the media server takes no phones at the moment")
            return _AGAIN, "telephony is not there"
        async with beyond:
            out = asyncio.create_task(_to_media_server(beyond, receive))
            back = asyncio.create_task(_to_page(beyond, send))
            done, rest = await asyncio.wait({out, back}, return_when=asyncio.FIRST_COMPLETED)
            for task in rest:
                task.cancel()
            await asyncio.gather(*rest, return_exceptions=True)
            return out.result() if out in done else back.result()


async def _to_media_server(beyond: ClientConnection, receive: Receive) -> tuple[int, str]:
    while True:
        message = await receive()
        if message["type"] != "websocket.receive":
            return 0, ""
        text, octets = message.get("text"), message.get("bytes")
        said = text if text is not None else octets or b""
        if len(said) > LONGEST:
            return _TOO_LONG, "a message too long"
        try:
            await beyond.send(said)
        except ConnectionClosed as closed:
            return _ended(closed)


async def _to_page(beyond: ClientConnection, send: Send) -> tuple[int, str]:
    while True:
        try:
            said = await beyond.recv()
        except ConnectionClosed as closed:
            return _ended(closed)
        try:
            await send({"type": "websocket.send", **({"text": said} if isinstance(said, str) else {"bytes": said})})
        except (OSError, RuntimeError):
            return 0, ""  # the page is gone


def _ended(closed: ConnectionClosed) -> tuple[int, str]:
    """Return what the page hears of the media server's end: its own words, or to try again where it is just gone."""
    told = closed.rcvd
    if told is None or told.code in _NO_CODES:
        return _AGAIN, "telephony is not there"
    return told.code, told.reason
