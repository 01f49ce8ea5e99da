"""UDP datagrams and TCP streams on one port (RFC 3261 section 18).

UDP is our own non-blocking socket under the loop's reader, so that a burst is drained in one wake-up and a refused
send is noticed at once. TCP connections are kept and reused by peer; a dialog may also hold on to the one it came by.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field

from yuqiao.media.sip.streams import Connection

OnMessage = Callable[[bytes, "Hop"], None]
_DRAIN = 64
_BUFFER = 4 * 1024 * 1024
_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class Hop:
    """Where a message goes or came from: ``protocol`` UDP or TCP, host as address or name, port, and for TCP the
    connection that is preferred while it is open."""

    protocol: str
    host: str
    port: int
    connection: Connection | None = field(default=None, compare=False)

    @property
    def reliable(self) -> bool:
        """Whether nothing needs to be retransmitted."""
        return self.protocol == "TCP"


class Transport:
    """The trunk's sockets. ``on_message`` gets each datagram or frame; ``on_malformed`` hears why a stream
    was given up."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        on_message: OnMessage,
        on_malformed: Callable[[str], None],
        counters: Counter[str],
    ) -> None:
        self._host = host
        self._port = port
        self._on_message = on_message
        self._on_malformed = on_malformed
        self._counters = counters
        self._udp: socket.socket | None = None
        self._server: asyncio.Server | None = None
        self._connections: dict[tuple[str, int], Connection] = {}
        self._names: dict[str, str] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> tuple[str, int]:
        """The bound host and port."""
        return self._host, self._port

    async def start(self) -> None:
        """Bind UDP and TCP to the same port; OSError when it is taken."""
        loop = asyncio.get_running_loop()
        for attempt in range(_ATTEMPTS):
            server = await loop.create_server(self._connection, self._host, self._port, backlog=512)
            bound = server.sockets[0].getsockname()[1]
            try:
                self._udp = self._datagram_socket(bound)
            except OSError:
                server.close()
                await server.wait_closed()
                if self._port or attempt == _ATTEMPTS - 1:
                    raise
                continue
            self._server, self._port = server, bound
            loop.add_reader(self._udp.fileno(), self._drain)
            return

    def _datagram_socket(self, port: int) -> socket.socket:
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        udp = socket.socket(family, socket.SOCK_DGRAM)
        try:
            udp.setblocking(False)
            udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
            udp.bind((self._host, port))
        except OSError:
            udp.close()
            raise
        return udp

    async def stop(self) -> None:
        """Close every socket."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._udp is not None:
            asyncio.get_running_loop().remove_reader(self._udp.fileno())
            self._udp.close()
            self._udp = None
        for connection in list(self._connections.values()):
            connection.close()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    def send(self, data: bytes, hop: Hop, on_error: Callable[[], None] | None = None) -> None:
        """Send ``data`` towards ``hop``; ``on_error`` is called later, once, if it certainly did not go out."""
        failed = on_error or (lambda: None)
        if hop.connection is not None and hop.connection.open:
            hop.connection.send(data, failed)
            return
        address = hop.host.strip("[]")
        if not is_address(address):
            known = self._names.get(address)
            if known is None:
                self._spawn(self._resolve_and_send(data, hop, failed))
                return
            address = known
        if hop.protocol == "TCP":
            self._send_tcp(data, (address, hop.port), failed)
        else:
            self._send_udp(data, (address, hop.port), failed)

    def _send_udp(self, data: bytes, address: tuple[str, int], failed: Callable[[], None]) -> None:
        if self._udp is None:
            return
        try:
            self._udp.sendto(data, address)
        except BlockingIOError:
            self._counters["dropped"] += 1  # as if lost on the way: retransmission repairs it
        except OSError:
            self._counters["unreachable"] += 1
            asyncio.get_running_loop().call_soon(failed)

    def _send_tcp(self, data: bytes, address: tuple[str, int], failed: Callable[[], None]) -> None:
        connection = self._connections.get(address)
        if connection is None or not connection.open:
            connection = self._connection()
            self._connections[address] = connection
            self._spawn(self._connect(connection, address))
        connection.send(data, failed)

    async def _connect(self, connection: Connection, address: tuple[str, int]) -> None:
        try:
            async with asyncio.timeout(10):
                await asyncio.get_running_loop().create_connection(lambda: connection, *address)
        except OSError:
            self._counters["unreachable"] += 1
            self._connections.pop(address, None)
            connection.fail()

    async def _resolve_and_send(self, data: bytes, hop: Hop, failed: Callable[[], None]) -> None:
        """Look a host name up (A records only) and send; the answer is kept for a minute."""
        loop = asyncio.get_running_loop()
        name = hop.host.strip("[]")
        try:
            found = await loop.getaddrinfo(name, hop.port, family=socket.AF_INET, type=socket.SOCK_DGRAM)
        except (OSError, UnicodeError):  # the latter: a name with an empty or endless label
            self._counters["unreachable"] += 1
            failed()
            return
        self._names[name] = str(found[0][4][0])
        loop.call_later(60, self._names.pop, name, None)
        self.send(data, hop, failed)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _connection(self) -> Connection:
        return Connection(self._frame, self._opened, self._closed, self._on_malformed, self._counters)

    def _opened(self, connection: Connection) -> None:
        self._connections[connection.peer] = connection

    def _closed(self, connection: Connection) -> None:
        for address in [a for a, c in self._connections.items() if c is connection]:
            del self._connections[address]

    def _frame(self, data: bytes, connection: Connection) -> None:
        host, port = connection.peer
        self._on_message(data, Hop("TCP", host, port, connection))

    def _drain(self) -> None:
        for _ in range(_DRAIN):
            if self._udp is None:
                return
            try:
                data, source = self._udp.recvfrom(65_535)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                self._counters["unreachable"] += 1
                return
            self._on_message(data, Hop("UDP", source[0], source[1]))


def is_address(host: str) -> bool:
    """Whether ``host``, without brackets, is an IPv4 or IPv6 address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
