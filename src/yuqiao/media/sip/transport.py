"""UDP datagrams and TCP streams on one port, TLS on another (RFC 3261 section 18).

UDP is our own non-blocking socket under the loop's reader, so that a burst is drained in one wake-up and a refused
send is noticed at once. TCP and TLS connections are kept and reused by peer; a dialog may also hold on to the one it
came by. One over TLS serves only the name that its peer has proved.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field

from yuqiao.media.sip import flows
from yuqiao.media.sip.crowd import Crowd
from yuqiao.media.sip.secure_transport import HANDSHAKE_LIMIT, Tls, refusal
from yuqiao.media.sip.streams import Connection

log = logging.getLogger(__name__)

OnMessage = Callable[[bytes, "Hop"], None]
#: Protocol, address, port, and the name that was proved ("" for TCP and where the peer connected to us).
_Key = tuple[str, str, int, str]
_DRAIN = 64
_BUFFER = 4 * 1024 * 1024
_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class Hop:
    """Where a message goes or came from: ``protocol`` UDP, TCP, TLS or WS, host as address or name (a phone's own for
    WS, see `flows`), port, for a stream the connection that is preferred while it is open, and whether a ``sips`` URI
    wants it (then Contact is one too)."""

    protocol: str
    host: str
    port: int
    connection: Connection | None = field(default=None, compare=False)
    sips: bool = field(default=False, compare=False)

    @property
    def reliable(self) -> bool:
        """Whether nothing needs to be retransmitted."""
        return self.protocol != "UDP"


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
        tls: Tls | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self._on_message = on_message
        self._on_malformed = on_malformed
        self._counters = counters
        self._udp: socket.socket | None = None
        self._tls = tls
        self._tls_port = 0 if tls is None else tls.settings.port
        self._servers: list[asyncio.Server] = []
        self._connections: dict[_Key, Connection] = {}
        self._proved: dict[tuple[str, int], str] = {}  # by address: the name whose certificate was seen there
        self._names: dict[str, str] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.crowd = Crowd()
        self.flows = flows.Flows()
        self.phones_port = 0

    @property
    def address(self) -> tuple[str, int]:
        """The bound host and port of UDP and TCP."""
        return self._host, self._port

    def port(self, protocol: str) -> int:
        """Return the port on which ``protocol`` listens; ValueError for TLS without a certificate of ours."""
        if protocol != "TLS":
            return self.phones_port if protocol == flows.PROTOCOL else self._port
        if self._tls is None:
            raise ValueError("TLS needs a certificate; none is configured")
        return self._tls_port

    async def start(self) -> None:
        """Bind UDP and TCP to the same port, TLS to its own; OSError when one is taken."""
        loop = asyncio.get_running_loop()
        await self._listen_for_tls()
        for attempt in range(_ATTEMPTS):
            server = await loop.create_server(lambda: self._connection("TCP"), self._host, self._port, backlog=512)
            bound = server.sockets[0].getsockname()[1]
            try:
                self._udp = self._datagram_socket(bound)
            except OSError:
                server.close()
                await server.wait_closed()
                if self._port or attempt == _ATTEMPTS - 1:
                    raise
                continue
            self._servers.append(server)
            self._port = bound
            loop.add_reader(self._udp.fileno(), self._drain)
            return

    async def _listen_for_tls(self) -> None:
        if self._tls is None:
            return
        server = await asyncio.get_running_loop().create_server(
            lambda: self._connection("TLS"),
            self._host,
            self._tls_port,
            ssl=self._tls.server,
            ssl_handshake_timeout=HANDSHAKE_LIMIT,
            backlog=512,
        )
        self._servers.append(server)
        self._tls_port = server.sockets[0].getsockname()[1]

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
        connections = list(self._connections.values())
        for connection in connections:
            connection.close()
        await asyncio.gather(*(connection.wait_closed() for connection in connections))
        while self._servers:
            server = self._servers.pop()
            server.close()
            await server.wait_closed()

    def send(self, data: bytes, hop: Hop, on_error: Callable[[], None] | None = None) -> None:
        """Send ``data`` towards ``hop``; ``on_error`` is called later, once, if it certainly did not go out."""
        failed = on_error or (lambda: None)
        if hop.protocol == flows.PROTOCOL:
            self._send_to_phone(data, hop, failed)
            return
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
        if hop.reliable:
            self._send_stream(data, hop, (address, hop.port), failed)
        else:
            self._send_udp(data, (address, hop.port), failed)

    def _send_to_phone(self, data: bytes, hop: Hop, failed: Callable[[], None]) -> None:
        flow = self.flows.of(hop.host)
        if flow is None:
            self._counters["unreachable"] += 1
            asyncio.get_running_loop().call_soon(failed)
        else:
            flow.send(data, failed)

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

    def _send_stream(self, data: bytes, hop: Hop, address: tuple[str, int], failed: Callable[[], None]) -> None:
        name = self._name_at(hop, address) if hop.protocol == "TLS" else ""
        connection = self._connections.get((hop.protocol, *address, name)) or self._connections.get(
            (hop.protocol, *address, "")  # one that the peer made
        )
        if connection is None or not connection.open:
            connection = self._connection(hop.protocol, name)
            self._connections[hop.protocol, *address, name] = connection
            self._spawn(self._connect(connection, address))
        connection.send(data, failed)

    def _name_at(self, hop: Hop, address: tuple[str, int]) -> str:
        """Return the name that the peer must prove. Contacts bear addresses where certificates bear names: who proved a
        name at an address may be called by the address too."""
        name = hop.host.strip("[]") if self._tls is None else self._tls.name_of(hop.host.strip("[]"))
        return self._proved.get(address, name) if is_address(name) else name

    async def _connect(self, connection: Connection, address: tuple[str, int]) -> None:
        try:
            async with asyncio.timeout(HANDSHAKE_LIMIT):
                await self._open(connection, address)
        except (OSError, ValueError) as error:  # the latter: a name that no certificate can bear, or no TLS here
            self._counters["unreachable"] += 1
            self._closed(connection)
            if connection.protocol == "TLS":
                self._counters["tls_refused"] += 1
                log.warning("no TLS connection to %s at %s:%d: %s", connection.name, *address, refusal(error))
            connection.fail()

    async def _open(self, connection: Connection, address: tuple[str, int]) -> None:
        loop = asyncio.get_running_loop()
        if connection.protocol == "TCP":
            await loop.create_connection(lambda: connection, *address)
        elif self._tls is None:
            raise ValueError("TLS needs a certificate; none is configured")
        else:
            context = self._tls.client
            await loop.create_connection(lambda: connection, *address, ssl=context, server_hostname=connection.name)
            self._proved[address] = connection.name

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

    def looked_up(self, host: str) -> str:
        """Return the address of ``host``, "" for a name whose address is not known now."""
        return host if is_address(host) else self._names.get(host, "")

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _connection(self, protocol: str, name: str = "") -> Connection:
        return Connection(
            self._frame, self._opened, self._closed, self._on_malformed, self._counters, protocol=protocol, name=name
        )

    def _opened(self, connection: Connection) -> None:
        self._connections[connection.protocol, *connection.peer, connection.name] = connection
        self.crowd.enter(connection)

    def _closed(self, connection: Connection) -> None:
        self.crowd.leave(connection)
        for key in [key for key, one in self._connections.items() if one is connection]:
            del self._connections[key]

    def _frame(self, data: bytes, connection: Connection) -> None:
        host, port = connection.peer
        self._on_message(data, Hop(connection.protocol, host, port, connection))

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
