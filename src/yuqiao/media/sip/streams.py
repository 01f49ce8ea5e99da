"""One TCP connection that carries SIP, with TLS or without, taken or made."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

from yuqiao.media.sip.framing import Framer
from yuqiao.media.sip.wire import MalformedError

PARTIAL_LIMIT = 32.0
CLOSING_LIMIT = 1.0
_MOST_UNSENT = 1024 * 1024


class Connection(asyncio.Protocol):
    """Frames what arrives, queues what is sent before the connection stands. Closed by us when its framing is lost or
    when the rest of a message does not come within 32 s."""

    def __init__(
        self,
        on_frame: Callable[[bytes, Connection], None],
        on_open: Callable[[Connection], None],
        on_close: Callable[[Connection], None],
        on_malformed: Callable[[str], None],
        counters: Counter[str],
        *,
        protocol: str = "TCP",
        name: str = "",
    ) -> None:
        self._on_frame = on_frame
        self._on_open = on_open
        self._on_close = on_close
        self._on_malformed = on_malformed
        self._counters = counters
        self._framer = Framer()
        self._transport: asyncio.Transport | None = None
        self._queue: list[tuple[bytes, Callable[[], None]]] = []
        self._patience: asyncio.TimerHandle | None = None
        self._dead = False
        self.peer: tuple[str, int] = ("", 0)
        self.protocol = protocol
        self.name = name  # what the peer proved to be, "" where it need not
        self._lost = asyncio.Event()

    @property
    def open(self) -> bool:
        """Whether sending makes sense: standing, or being made."""
        return not self._dead and (self._transport is None or not self._transport.is_closing())

    def send(self, data: bytes, failed: Callable[[], None]) -> None:
        """Send ``data`` now or once connected; ``failed`` is called if the connection never came about."""
        if self._transport is None:
            self._queue.append((data, failed))
        elif self._transport.get_write_buffer_size() > _MOST_UNSENT:
            self._counters["dropped"] += 1
            self._transport.abort()  # the peer stopped reading
        else:
            self._transport.write(data)

    def fail(self) -> None:
        """The connection could not be made: tell all who wait."""
        self._dead = True
        waiting, self._queue = self._queue, []
        for _, failed in waiting:
            failed()

    def close(self) -> None:
        """Close after what is queued has gone out."""
        self._dead = True
        if self._transport is not None:
            self._transport.close()

    async def wait_closed(self) -> None:
        """Return once it is closed; what a peer does not close in time is cut off."""
        if self._transport is None:
            return
        try:
            async with asyncio.timeout(CLOSING_LIMIT):
                await self._lost.wait()
        except TimeoutError:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        if not isinstance(transport, asyncio.Transport) or self._dead:
            transport.close()
            return
        self._transport = transport
        peer = transport.get_extra_info("peername")
        self.peer = (peer[0], peer[1])
        self._on_open(self)
        waiting, self._queue = self._queue, []
        for data, failed in waiting:
            self.send(data, failed)

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        if self._dead:
            return
        try:
            frames = self._framer.feed(data)
        except MalformedError:
            self._on_malformed("a stream lost its framing; connection closed")
            self.close()
            return
        for frame in frames:
            if frame:
                self._on_frame(frame, self)
            elif self._transport is not None:
                self._transport.write(b"\r\n")  # RFC 5626 3.5.1: the pong
        # a piece now and then buys no time: what was begun must be whole 32 s after it began
        if self._patience is not None and (frames or not self._framer.partial):
            self._patience.cancel()
            self._patience = None
        if self._framer.partial and self._patience is None:
            self._patience = asyncio.get_running_loop().call_later(PARTIAL_LIMIT, self._give_up)

    def _give_up(self) -> None:
        self._on_malformed("the rest of a message never came; connection closed")
        self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol."""
        if self._patience is not None:
            self._patience.cancel()
        if self._framer.partial and not self._dead:
            self._on_malformed("a connection was cut off in the middle of a message")
        self._dead = True
        self._lost.set()
        self._on_close(self)
