"""The door for browsers' phones: SIP over WebSocket (RFC 7118), a ticket in the address, a message in each frame."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from aiohttp import WSMsgType, web

from yuqiao.lib.phones import Ticket, TicketError, check
from yuqiao.media.ports import Address
from yuqiao.media.sip.flows import PROTOCOL, Binding, Flows, host_of
from yuqiao.media.sip.phone_admission import Pace
from yuqiao.media.sip.transport import Hop
from yuqiao.media.sip.wire import MAX_MESSAGE

log = logging.getLogger(__name__)

PATH: Final = "/sip"
SUBPROTOCOL: Final = "sip"
_PING = 20.0
_CLOSING = 2.0
_MOST_UNSENT = 256
#: RFC 6455 7.4.1: a message that breaks the rules; gone (we stop).
_POLICY, _GOING_AWAY = 1008, 1001

OnMessage = Callable[[bytes, Hop], None]


@dataclass(frozen=True, slots=True)
class PhoneSettings:
    """Where browsers' phones come in, the key of their tickets (`yuqiao.lib.phones.key_from`), and what their SDP says
    of us: the SHA-256 of our certificate (64 hexadecimal digits) and the address under which the world reaches our RTP
    (where a router translates addresses one to one; "" for the one it is bound to)."""

    listen: Address
    key: bytes = field(repr=False)
    fingerprint: str
    public_host: str = ""


class WebSocketFlow:
    """Implements `flows.Flow`: what is sent waits in a queue of its own, so that a browser that stops reading holds
    nobody up."""

    def __init__(self, ticket: Ticket, socket: web.WebSocketResponse, counters: Counter[str]) -> None:
        self.ticket = ticket
        self.binding: Binding | None = None
        self._socket = socket
        self._counters = counters
        self._queue: asyncio.Queue[tuple[bytes, Callable[[], None]]] = asyncio.Queue(_MOST_UNSENT)
        self._ended: tuple[int, str] | None = None
        self._waiting = asyncio.Event()

    @property
    def open(self) -> bool:
        """See `Flow.open`."""
        return self._ended is None and not self._socket.closed

    def send(self, data: bytes, failed: Callable[[], None]) -> None:
        """See `Flow.send`."""
        if not self.open:
            asyncio.get_running_loop().call_soon(failed)
            return
        try:
            self._queue.put_nowait((data, failed))
        except asyncio.QueueFull:
            self._counters["dropped"] += 1
            self.close(_POLICY, "messages are not read")
        self._waiting.set()

    def close(self, code: int, reason: str) -> None:
        """See `Flow.close`."""
        self._ended = self._ended or (code, reason)
        self._waiting.set()

    async def write(self) -> None:
        """Send what is queued until the flow ends, then close the WebSocket."""
        while self.open:
            await self._waiting.wait()
            self._waiting.clear()
            while not self._queue.empty():
                data, failed = self._queue.get_nowait()
                try:
                    await self._socket.send_str(data.decode())
                except UnicodeDecodeError:
                    await self._socket.send_bytes(data)
                except ConnectionError:
                    failed()
        if self._ended is not None:
            code, reason = self._ended
            await self._socket.close(code=code, message=reason.encode())


class PhoneServer:
    """Listens for WebSockets; each message goes to ``on_message`` as one of the phone's host."""

    def __init__(
        self,
        settings: PhoneSettings,
        flows: Flows,
        *,
        on_message: OnMessage,
        on_malformed: Callable[[str], None],
        counters: Counter[str],
    ) -> None:
        self._settings = settings
        self._flows = flows
        self._on_message = on_message
        self._on_malformed = on_malformed
        self._counters = counters
        self._runner: web.AppRunner | None = None
        self._open: set[WebSocketFlow] = set()
        self.address: Address = settings.listen

    async def start(self) -> None:
        """Listen. OSError when the port is taken."""
        app = web.Application()
        app.router.add_get(PATH, self._serve)
        # No access log: the address holds the ticket.
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, *self._settings.listen).start()
        bound = self._runner.addresses[0]
        self.address = (bound[0], bound[1])

    async def stop(self) -> None:
        """Close the WebSockets, then the port."""
        for flow in list(self._open):
            flow.close(_GOING_AWAY, "the media server ends")
        if self._runner is not None:
            await self._runner.cleanup()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        try:
            ticket = check(request.query.get("ticket", ""), self._settings.key, time.time())
        except TicketError as error:
            self._counters["strangers"] += 1
            return web.Response(status=403, text=f"{error}\n")
        socket = web.WebSocketResponse(
            protocols=(SUBPROTOCOL,), heartbeat=_PING, timeout=_CLOSING, max_msg_size=MAX_MESSAGE, compress=False
        )
        offered = request.headers.get("Sec-WebSocket-Protocol", "")
        if not socket.can_prepare(request) or SUBPROTOCOL not in [one.strip() for one in offered.split(",")]:
            return web.Response(status=400, text="SIP over WebSocket is spoken here (RFC 7118), subprotocol sip\n")
        await socket.prepare(request)
        await self._speak(socket, WebSocketFlow(ticket, socket, self._counters))
        return socket

    async def _speak(self, socket: web.WebSocketResponse, flow: WebSocketFlow) -> None:
        writing = asyncio.create_task(flow.write())
        self._open.add(flow)
        self._flows.enter(flow)
        try:
            await self._listen(socket, flow)
        finally:
            flow.close(_GOING_AWAY, "")
            self._flows.leave(flow)
            self._open.discard(flow)
            with contextlib.suppress(ConnectionError):
                await writing

    async def _listen(self, socket: web.WebSocketResponse, flow: WebSocketFlow) -> None:
        clock = asyncio.get_running_loop().time
        pace, source = Pace(clock()), Hop(PROTOCOL, host_of(flow.ticket.name), 0)
        async for message in socket:
            if not flow.open:
                return
            if not pace.take(clock()):
                self._counters["dropped"] += 1
                flow.close(_POLICY, "too many messages")
            elif message.type is WSMsgType.ERROR:
                self._on_malformed("a frame that is no WebSocket's")
            elif message.type in {WSMsgType.TEXT, WSMsgType.BINARY}:
                data = message.data.encode() if isinstance(message.data, str) else bytes(message.data)
                if data == b"\r\n\r\n":
                    flow.send(b"\r\n", lambda: None)  # RFC 5626 3.5.1, as RFC 7118 6 has it
                else:
                    self._on_message(data, source)
